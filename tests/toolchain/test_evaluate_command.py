"""``rct evaluate`` on null bundles, whose every score is known."""

import json

import pytest


def report(shown):
    assert shown.code == 0, shown.err
    return json.loads(shown.out)


def test_a_classifier_is_measured_on_labelled_folders(rct, original, photos):
    found = report(rct("evaluate", original.path, "--data", photos, "--json"))
    red, green = found["categories"]
    assert found["pictures"] == ["green/strong.png", "other/grey.png", "red/strong.png", "red/weak.png"]
    assert red["truth"] == [None, False, True, True]  # of a picture of another category nothing is known
    assert red["scores"] == pytest.approx([0, 10 / 255, 1, 0.4], abs=1e-6)
    assert (red["positives"], red["negatives"], red["unknown"]) == (2, 1, 1)
    assert red["quality"]["roc_auc"]["value"] == 1
    assert red["decisions"]["block"]["confusion"] == {
        "true_positives": 1, "false_positives": 0, "false_negatives": 1, "true_negatives": 1,
    }  # fmt: skip
    assert red["decisions"]["block"]["rates"]["recall"]["value"] == 0.5
    assert green["decisions"]["review"]["rates"]["recall"]["value"] == 1


def test_tables_and_the_next_command(rct, original, photos):
    shown = rct("evaluate", original.path, "--data", photos)
    assert shown.code == 0
    assert "red: 2 positives, 1 negatives" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.err.splitlines()[-1].startswith("Next: rct ")


def test_a_label_that_is_not_there_is_told_with_those_that_are(rct, original, paint):
    place = paint("mine/reds/a.png", (255, 0, 0)).parents[1]
    shown = rct("evaluate", original.path, "--data", place)
    assert shown.code == 2
    assert shown.err == f"rct: {place}: no picture is labelled red. Did you mean reds? It has reds.\n"


def test_a_category_that_the_classifier_has_not(rct, original, photos):
    shown = rct("evaluate", original.path, "--data", photos, "--category", "blue")
    assert shown.code == 2
    assert shown.err == "rct: category of colours: unknown name (got 'blue'). Known: green, red.\n"
