"""What is derived from a report, held against numpy on the same raw samples."""

import numpy as np
import pytest
from measured import PICTURES, brief, contender, named, report

from benchmarks.latency.rendering.rows import read
from benchmarks.latency.report import Row


def pooled(measured):
    return np.concatenate(measured.rounds)


def test_percentiles_counts_and_rates_are_those_of_the_raw_samples(reading):
    for standing, speed in reading.in_scenario("single_stream"):
        times = pooled(standing.row.scenarios["single_stream"][0])
        if standing.row.failure is None:
            assert speed.p50.value == np.percentile(times, 50, method="inverted_cdf")
            assert speed.p99.value == np.percentile(times, 99, method="inverted_cdf")
            assert speed.p50.low <= speed.p50.value <= speed.p50.high
            assert speed.samples.pictures_per_second == pytest.approx(1e9 / times.mean(), rel=1e-6)
            assert speed.cpu_ns == pytest.approx(2 * times.mean())


def test_a_ratio_is_the_median_of_the_rounds_and_goes_to_the_original_and_the_fastest_peer(reading):
    (speed,) = [one for one in reading.standing("onnx int8").speeds if one.scenario == "single_stream"]
    ours, keras, nncf = (
        np.median(reading.report.row(name).scenarios["single_stream"][0].rounds, axis=1)
        for name in ("onnx int8", "keras", "nncf int8")
    )
    assert speed.against_original.name == "keras"
    assert speed.against_original.verdict.ratio == pytest.approx(np.exp(np.median(np.log(ours / keras))))
    assert speed.against_peer.name == "nncf int8"  # "hangs" was faster until it hung
    assert speed.against_peer.verdict.ratio == pytest.approx(np.exp(np.median(np.log(ours / nncf))))
    assert speed.against_peer.verdict.word == "faster"


def test_offline_is_compared_at_the_same_batch_and_best_where_the_most_pictures_get_through(reading):
    standing = reading.standing("onnx int8")
    speeds = {one.samples.batch: one for one in standing.speeds if one.scenario == "offline"}
    rates = {
        batch: batch * one.samples.count / (sum(map(sum, one.samples.rounds)) / 1e9) for batch, one in speeds.items()
    }
    assert standing.best("offline") is speeds[max(rates, key=rates.get)]
    theirs = next(one for one in reading.report.row("keras").scenarios["offline"] if one.batch == 8)
    ratios = np.median(speeds[8].samples.rounds, axis=1) / np.median(theirs.rounds, axis=1)
    assert speeds[8].against_original.verdict.ratio == pytest.approx(np.exp(np.median(np.log(ratios))))


def test_server_is_best_at_the_highest_rate_that_kept_the_bound_and_has_no_ratios(reading):
    standing = reading.standing("plain tf2onnx")
    speeds = [one for one in standing.speeds if one.scenario == "server"]
    kept = [np.percentile(pooled(one.samples), 99) <= 1e8 for one in speeds]
    assert [one.held for one in speeds] == kept == [True, True, False]
    assert standing.best("server") is speeds[1]
    assert reading.standing("keras").best("server") is None
    assert all(one.against_original is None and one.against_peer is None for one in speeds)


def test_the_share_of_the_peak_is_of_the_recipes_own_and_unknown_without_a_peak(full_report, reading):
    for name, peak in (("onnx int8", 4e11), ("onnx fp32", 1e11)):
        speed = reading.standing(name).speeds[0]
        times = pooled(speed.samples)
        assert speed.share_of_peak == pytest.approx(1e9 / (times.mean() / 1e9) / peak, rel=0.05)
    row, peak = full_report.rows[1], full_report.peak
    for contender_of, peak_of in (({"threads": 2}, {}), ({"device": "cuda"}, {}), ({}, {"threads": 2})):
        update = {"peak": peak.model_copy(update=peak_of), "rows": (named(row, "other", **contender_of),)}
        assert read(full_report.model_copy(update=update)).standings[0].speeds[0].share_of_peak is None
    blind = read(full_report.model_copy(update={"peak": None, "rows": full_report.rows[:2]}))
    assert {speed.share_of_peak for standing in blind.standings for speed in standing.speeds} == {None}


def test_decisions_that_changed_are_counted_from_the_scores(reading):
    standing = reading.standing("nncf int8")
    (category,) = standing.row.parity.categories
    before, after = np.array(category.original), np.array(category.candidate)
    flips = {point: int(np.sum((before >= at) != (after >= at))) for point, at in (("review", 0.4), ("block", 0.6))}
    assert standing.agreement.flips == flips
    assert standing.agreement.flipped == sum(flips.values()) > 0
    assert standing.agreement.decisions == PICTURES
    assert standing.agreement.largest.value == pytest.approx(np.abs(after - before).max())
    assert standing.agreement.failures
    assert reading.standing("keras").agreement is None


def test_another_stage_is_never_compared_and_the_same_threads_are_preferred():
    rows = [
        named(brief("keras", 1, 60.0), "one thread"),
        named(brief("keras", 2, 30.0), "two threads", threads=2),
        named(brief("onnx int8", 3), "ours", threads=2),
        named(brief("onnx int8", 4), "from files", stage="file"),
    ]
    one, two, ours, files = read(report(rows)).standings
    assert ours.speeds[0].against_original.name == "two threads"
    assert files.speeds[0].against_original is None
    assert one.speeds[0].against_original is two.speeds[0].against_original is None


def test_a_contender_that_failed_from_the_start_has_no_speeds():
    dead = Row(contender=contender("hangs"), failure="it did not load")
    reading = read(report([brief("keras", 0), dead]))
    assert reading.standing("hangs").speeds == ()
    assert reading.standing("hangs").best("single_stream") is None
    with pytest.raises(KeyError):
        reading.standing("nobody")
