"""``rct data sources`` lists the sources as they are."""

import json

from toolchain.data.sources import source, source_names


def test_json_has_every_source_with_its_settings(rct):
    shown = rct("data", "sources", "--json")
    assert (shown.code, shown.err) == (0, "")
    found = {one["name"]: one for one in json.loads(shown.out)}
    assert set(found) == set(source_names()) >= {"folder", "hub-db", "nus-wide", "open-images", "table", "url-list"}
    assert json.loads(rct("data", "sources", "url-list", "--json").out) == found["url-list"]
    for name, one in found.items():
        assert one["summary"] == source(name).SUMMARY
        assert [each["name"] for each in one["settings"]] == [*source(name).Settings.model_fields]
        assert all(each["meaning"] for each in one["settings"])


def test_tables_fit_and_name_the_next_command(rct):
    every = rct("data", "sources")
    assert [line.split()[0] for line in every.out.splitlines()[2:] if line] == [*source_names()]
    assert every.err == "Next: rct data sources open-images\n"
    one = rct("data", "sources", "open-images")
    assert max(map(len, (every.out + one.out).splitlines())) <= 80
    assert "min_confidence   0.5" in one.out
    assert one.err == "Next: rct data fetch open-images INPUT... --out data/mine\n"


def test_there_is_no_such_source(rct):
    shown = rct("data", "sources", "imagenet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith("rct: source: unknown name (got 'imagenet'). Known: datasets, folder, ")
