"""The checks that learn: the probe for shortcuts and the search for wrong labels, on data whose truth is known."""

import numpy as np
import pytest
from scenes import scene
from sklearn.metrics import balanced_accuracy_score

from toolchain.data.audit.checks import check, shortcuts
from toolchain.data.audit.checks.label_errors import find_suspects
from toolchain.data.audit.checks.shortcuts import _balanced, probe
from toolchain.data.audit.folds import out_of_fold


@pytest.fixture
def chance():
    return np.random.default_rng(3)


@pytest.fixture
def few_trees(monkeypatch):
    monkeypatch.setattr(shortcuts, "_TREES", 15)


def test_balanced_accuracy_is_scikit_learns(chance):
    truth, answers = chance.integers(0, 2, (2, 200)).astype(np.int8)
    truth[:120] = 1
    assert _balanced(truth[None], (truth == answers)[None])[0] == pytest.approx(balanced_accuracy_score(truth, answers))
    assert np.isnan(_balanced(np.ones((1, 3), np.int8), np.ones((1, 3), bool)))[0]


def test_a_probe_finds_what_is_there_and_nothing_where_there_is_nothing(chance, few_trees):
    truth = (np.arange(240) % 3 == 0).astype(np.int8)
    noise = chance.normal(size=(240, 3)).astype(np.float32)
    groups = np.arange(240)
    _, low, high = probe(noise, truth, groups, 0)
    assert low < 0.5 < high
    telling = np.concatenate([noise, (truth + 0.1 * noise[:, 0])[:, None]], 1).astype(np.float32)
    assert probe(telling, truth, groups, 0)[1] > 0.95


def test_a_probe_cannot_learn_a_group_by_heart(chance, few_trees):
    """Numbers that name the group, and one label per group: on a picture's own group it would be right always."""
    groups = np.repeat(np.arange(40), 6)
    truth = chance.permutation(np.repeat([0, 1], 20))[groups].astype(np.int8)
    names = chance.normal(size=(40, 4))[groups].astype(np.float32)
    _, low, _ = probe(names, truth, groups, 0)
    assert low < 0.6


def test_answers_out_of_fold_come_from_other_groups(chance):
    groups = np.repeat(np.arange(30), 3)
    truth = (groups % 2).astype(np.int8)

    class Remembers:
        def fit(self, values, _truth):
            self.seen = set(values[:, 0].tolist())
            return self

        def predict_proba(self, values):
            known = np.array([one in self.seen for one in values[:, 0].tolist()], float)
            return np.stack([1 - known, known], 1)

    answers = out_of_fold(Remembers, groups[:, None].astype(np.float32), truth, groups, 0)
    assert answers.tolist() == [0.0] * 90
    assert out_of_fold(Remembers, groups[:9, None].astype(np.float32), truth[:9], groups[:9], 0) is None


def test_wrong_labels_are_found_the_surest_first(chance):
    truth = (np.arange(300) % 2).astype(np.int8)
    features = chance.normal(size=(300, 8)) + 3 * truth[:, None]
    wrong = [5, 60, 111, 222, 299]
    given = truth.copy()
    given[wrong] = 1 - given[wrong]
    suspects = find_suspects(features, given, np.arange(300), 0)
    assert set(suspects.tolist()) == set(wrong)


def test_size_gives_a_label_away(entry, material, few_trees):
    entries = [entry(f"{n}.png", picture=scene_of(n), labels={"cat": n % 2 == 0, "dog": n % 2 == 1}) for n in range(44)]
    (finding,) = check("shortcuts").look(material(*entries))
    assert (finding.severity, finding.pictures) == ("warning", 44)
    assert finding.title.startswith("cat can be told without looking by size")
    assert finding.figures["balanced accuracy, size"].startswith("1.000 (1.000 to 1.000)")


def test_the_check_for_wrong_labels_names_the_pictures(entry, material):
    entries = [entry(f"{n:02}.png", labels={"cat": n % 2 == 0}) for n in range(60)]
    features = np.random.default_rng(1).normal(size=(60, 4)) + np.where(np.arange(60) % 2, -4, 4)[:, None]
    features[[7, 20]] = 1.5 * features[[20, 7]]
    features[11] = np.nan
    (finding,) = check("label-errors").look(material(*entries, features=lambda: features))
    assert {one for (one,) in finding.examples} == {"pictures/07.png", "pictures/20.png"}
    assert finding.figures == {"labelled yes": 1, "labelled no": 1, "share of labels": round(2 / 59, 4)}


def scene_of(number):
    return scene(number, (60, 40) if number % 2 else (40, 60))
