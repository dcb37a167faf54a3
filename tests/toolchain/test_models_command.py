"""``rct models`` lists what lies in the zoo, as it lies there."""

import json
import tomllib
from pathlib import Path

ZOO = Path(__file__).parents[2] / "models" / "zoo"


def test_json_is_the_zoo(rct):
    shown = rct("models", "--json")
    assert shown.code == 0
    assert shown.err == ""
    found = {one["name"]: one for one in json.loads(shown.out)}
    folders = {path.parent for path in ZOO.glob("*/classifier.toml")}
    assert set(found) == {folder.name for folder in folders}
    for folder in folders:
        written = tomllib.loads((folder / "classifier.toml").read_text())
        one = found[folder.name]
        assert one["licence"] == written["licence"]
        assert one["backbone"] == written["backbone"]
        assert one["bytes"] == next(folder.glob("*.keras")).stat().st_size
        assert {category["name"]: category["review"] for category in one["categories"]} == {
            name: rule["review"] for name, rule in written["thresholds"].items()
        }


def test_the_table_fits_and_ends_with_the_next_command(rct):
    shown = rct("models")
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.out.startswith("classifier   backbone        category   review   block")
    assert "open_nsfw" in shown.out
    assert shown.err == "Next: rct export --format onnx\n"


def test_quiet(rct):
    assert rct("models", "--quiet").err == ""
