"""Judging, on scores made by hand."""

import json

import numpy as np
import pytest

from benchmarks.bootstrap import Bootstrap
from benchmarks.observations import Observations
from benchmarks.parity import ParityReport, Tolerance, judge, observe, tolerance_for
from models.errors import UserError
from models.preprocessing import Preprocessing, Resize
from models.spec import Category, ClassifierSpec, Thresholds

FEW = Bootstrap(resamples=50)


def spec(*labels):
    return ClassifierSpec(
        name="tiny",
        backbone="resnet50",
        licence="CC0-1.0",
        categories=tuple(Category(name=label, definition=f"what {label} is") for label in labels),
        preprocessing=Preprocessing(width=4, height=4, resize=Resize(width=4, height=4)),
        thresholds={label: Thresholds(review=0.5, block=0.75) for label in labels},
    )


def column(*scores):
    return np.float32(scores)[:, None]


def judged(original, candidate, tolerance, truth=None):
    ids = tuple(f"picture {number}" for number in range(len(original)))
    labels = ("adult", "violence")[: original.shape[1]]
    return judge(Observations(original, candidate, ids, truth), spec(*labels), tolerance, bootstrap=FEW)


def test_equal_scores_pass_every_recipe():
    scores = np.random.default_rng(0).random((200, 2)).astype(np.float32)
    for recipe in ("fp32", "fp16", "int8"):
        report = judged(scores, scores, tolerance_for(recipe))
        assert report.passed
        assert report.failures == ()
        at_block = report.categories[0].operating_points["block"]
        assert at_block.flipped == ()
        assert at_block.flip_rate.value == 0
        assert at_block.flip_rate.high == pytest.approx(1 - 0.025 ** (1 / 200))


def test_each_decides_by_its_own_thresholds():
    original, candidate = column(0.1, 0.55, 0.9), column(0.42, 0.36, 0.8)
    seen = Observations(original, candidate, ("a", "b", "c"), None)
    own = spec("adult").model_copy(update={"thresholds": {"adult": Thresholds(review=0.4, block=0.75)}})
    report = judge(seen, own, Tolerance(), original=spec("adult").thresholds, bootstrap=FEW)
    at = report.categories[0].operating_points["review"]
    assert (at.threshold, at.candidate_threshold) == (0.5, 0.4)
    assert (at.newly_flagged, at.newly_missed) == (("a",), ("b",))
    assert report.categories[0].operating_points["block"].candidate_threshold is None
    assert ParityReport.model_validate_json(report.model_dump_json()) == report
    same = judge(seen, own, Tolerance(), bootstrap=FEW)
    assert same.categories[0].operating_points["review"].newly_flagged == ("a",)
    assert same.categories[0].operating_points["review"].threshold == 0.4


def test_flips_are_named_counted_and_held_to_the_limit():
    original = column(0.1, 0.6, 0.9, 0.74, 0.2)
    candidate = column(0.55, 0.4, 0.7, 0.76, 0.2)
    report = judged(original, candidate, Tolerance(max_flip_rate=0.4))
    points = report.categories[0].operating_points
    assert points["review"].newly_flagged == ("picture 0",)
    assert points["review"].newly_missed == ("picture 1",)
    assert points["block"].newly_flagged == ("picture 3",)
    assert points["block"].newly_missed == ("picture 2",)
    assert points["block"].flip_rate.value == 0.4
    assert report.passed
    stricter = judged(original, candidate, Tolerance(max_flip_rate=0.3))
    assert stricter.failures == (
        "adult: 2 of 5 decisions flipped at review (limit 30 %)",
        "adult: 2 of 5 decisions flipped at block (limit 30 %)",
    )
    assert not stricter.passed


def test_a_flip_on_the_line_is_named_but_does_not_fail():
    original, candidate = column(0.5 - 2e-6, 0.1), column(0.5 + 2e-6, 0.1)
    report = judged(original, candidate, tolerance_for("fp32"))
    assert report.categories[0].operating_points["review"].newly_flagged == ("picture 0",)
    assert report.passed


def test_flips_on_the_line_are_told_apart_from_those_that_count():
    original, candidate = column(0.5 - 2e-6, 0.4), column(0.5 + 2e-6, 0.6)
    report = judged(original, candidate, tolerance_for("fp32"))
    assert report.failures == (
        "adult: largest score difference is 0.2 (limit 1e-05)",
        "adult: 1 of 2 decisions flipped at review (limit 0 %; 1 more within 1e-05 of the threshold)",
    )


def test_every_limit_fails_in_words_and_for_its_own_category():
    original = np.full((100, 2), 0.1, np.float32)
    candidate = original.copy()
    candidate[:, 1] = 0.3
    report = judged(original, candidate, Tolerance(max_abs_score=0.1, p99_abs_score=0.1, mean_abs_logit=1))
    assert report.failures == (
        "violence: largest score difference is 0.2 (limit 0.1)",
        "violence: 99th percentile of the score difference is 0.2 (limit 0.1)",
        "violence: mean logit difference is 1.35 (limit 1)",
    )


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_score_that_is_no_number_fails_whatever_the_tolerance(broken):
    original = np.full((4, 1), 0.25, np.float32)
    candidate = original.copy()
    candidate[2] = broken
    report = judged(original, candidate, Tolerance(), np.eye(4, 1) > 0)
    assert report.failures == ("adult: 1 of 4 scores of the candidate are not numbers from 0 to 1",)
    category = report.categories[0]
    assert category.candidate == (0.25, 0.25, None, 0.25)
    assert category.difference["max_abs"].value is None
    assert category.difference["max_abs"].undefined == "some scores are not finite numbers"
    assert category.quality["roc_auc"].change.undefined == "some scores are not finite numbers"
    assert ParityReport.model_validate_json(report.model_dump_json()) == report


def test_scores_beyond_0_and_1_fail_and_so_do_those_of_the_original():
    report = judged(column(-0.5, np.nan, 0.5), column(0.5, 0.5, 1.5), Tolerance())
    assert report.failures == (
        "adult: 2 of 3 scores of the original are not numbers from 0 to 1",
        "adult: 1 of 3 scores of the candidate are not numbers from 0 to 1",
    )


def test_with_labels_quality_is_compared():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(4)
    truth = rng.random((300, 1)) < 0.3
    original = (1 / (1 + np.exp(-rng.normal(3 * truth - 2, 1)))).astype(np.float32)
    candidate = np.clip(original + rng.normal(0, 0.1, (300, 1)), 0, 1).astype(np.float32)
    category = judged(original, candidate, Tolerance(), truth).categories[0]
    areas = category.quality["roc_auc"]
    assert areas.original.value == pytest.approx(roc_auc_score(truth, original))
    assert areas.candidate.value == pytest.approx(roc_auc_score(truth, candidate))
    assert areas.change.value == pytest.approx(areas.candidate.value - areas.original.value)
    assert areas.change.low < areas.change.value < areas.change.high
    width = areas.original.high - areas.original.low
    assert areas.change.high - areas.change.low < width, "paired resamples cancel what both share"
    accuracy = category.operating_points["block"].quality["accuracy"]
    assert accuracy.original.value == pytest.approx(np.mean((original >= 0.75) == truth))
    assert category.truth == tuple(truth[:, 0].tolist())


def test_with_one_class_alone_a_metric_says_why_it_is_missing():
    scores = column(0.1, 0.9)
    category = judged(scores, scores, Tolerance(), np.zeros((2, 1), bool)).categories[0]
    assert category.quality["roc_auc"].change.value is None
    assert category.quality["roc_auc"].original.undefined == "all pictures carry the same label"
    recall = category.operating_points["block"].quality["recall"]
    assert recall.original.undefined == "no picture is labelled positive"
    assert category.quality["ece"].original.value is not None


def test_without_labels_there_is_no_quality():
    category = judged(column(0.1, 0.9), column(0.1, 0.9), Tolerance()).categories[0]
    assert category.quality == {}
    assert category.truth is None
    assert category.operating_points["review"].quality == {}


def test_a_report_goes_through_json_and_its_verdict_is_derived_anew():
    report = judged(column(0.1, 0.6), column(0.1, 0.4), tolerance_for("int8"), np.array([[False], [True]]))
    written = json.loads(report.model_dump_json())
    assert written["passed"] is False
    assert written["failures"] == list(report.failures)
    assert ParityReport.model_validate(written) == report
    written["passed"] = True
    written["failures"] = []
    assert not ParityReport.model_validate(written).passed
    written["tolerance"] = Tolerance().model_dump()
    assert ParityReport.model_validate(written).passed


def test_raw_scores_are_kept_to_the_bit():
    original = np.random.default_rng(0).random((20, 1)).astype(np.float32)
    report = judged(original, original, Tolerance())
    found = ParityReport.model_validate_json(report.model_dump_json()).categories[0].original
    np.testing.assert_array_equal(np.float32(found), original[:, 0])


def test_a_report_says_what_was_compared_and_refuses_what_it_does_not_know():
    scores = column(0.5)
    observed = Observations(scores, scores, ("only",))
    report = judge(observed, spec("adult"), Tolerance(), about={"candidate": "exports/tiny"}, bootstrap=FEW)
    assert report.about == {"candidate": "exports/tiny"}
    with pytest.raises(ValueError, match="Extra inputs are not permitted"):
        ParityReport.model_validate({**report.model_dump(), "verdict": "fine"})


def test_the_schema_of_the_json_is_published_with_the_verdict_in_it():
    schema = ParityReport.model_json_schema(mode="serialization")
    assert {"passed", "failures", "categories", "tolerance"} <= set(schema["properties"])


def test_the_same_observations_give_the_same_report():
    scores = np.random.default_rng(0).random((2, 40, 1)).astype(np.float32)
    assert judged(*scores, tolerance_for("int8")) == judged(*scores, tolerance_for("int8"))


def test_a_spec_of_other_categories_is_refused():
    with pytest.raises(UserError) as refused:
        judge(Observations(column(0.5), column(0.5), ("a",)), spec("adult", "violence"), Tolerance())
    assert str(refused.value) == (
        "scores of tiny: not one for each category (got 1 for adult, violence). "
        "Judge with the spec of the classifier that was observed."
    )


def test_from_pictures_to_verdict():
    def redness(batch):
        return (batch[..., 0].mean(axis=(1, 2)) / 255).astype(np.float32)[:, None]

    pictures = np.random.default_rng(0).integers(0, 256, (6, 4, 4, 3), dtype=np.uint8)
    observed = observe(redness, lambda batch: redness(batch) + np.float32(1e-6), np.split(pictures, 3))
    assert judge(observed, spec("adult"), tolerance_for("fp32"), bootstrap=FEW).passed
    assert not judge(observed, spec("adult"), Tolerance(max_abs_score=1e-7), bootstrap=FEW).passed
