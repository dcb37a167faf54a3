"""A whole run, with workers, on classifiers that answer in microseconds."""

import pytest

from benchmarks.latency.contender import Contender
from benchmarks.latency.field import running
from benchmarks.latency.overhead import measure_overhead
from benchmarks.latency.plan import Plan
from benchmarks.latency.report import LatencyReport
from benchmarks.latency.run import _ids, check, run
from benchmarks.latency.scenarios import scenario, scenario_names
from benchmarks.latency.server_search import MOST_TRIALS, held
from models.errors import UnknownName, UserError
from models.runtimes.null import write_null

PLAN = Plan(
    scenarios=("single_stream", "multi_stream", "offline"),
    rounds=6,
    seconds=0.005,
    least_queries=3,
    most_queries=100,
    batches=(1, 4),
    warmup_seconds=0.1,
    pause_seconds=0.0,
)


@pytest.fixture(scope="module")
def report(tmp_path_factory, null_bundle, inputs, spec):
    folder = tmp_path_factory.mktemp("others")
    redder = write_null(folder / "redder", spec, weights=[[1, 0, 0], [0, 1, 0]], bias=[0.1, 0.0])
    contenders = (
        Contender(name="original", bundle=str(null_bundle.path), original=True),
        Contender(name="redder", bundle=str(redder.path), stage="file"),
        Contender(name="nothing", bundle=str(folder / "nothing")),
    )
    told = []
    found = run(contenders, inputs, PLAN, lambda text, **_: told.append(text), spec=spec)
    return found, told


def test_one_that_cannot_be_loaded_is_a_row_with_its_reason_and_the_others_go_on(report):
    found, _ = report
    assert [row.contender.name for row in found.rows] == ["original", "redder", "nothing"]
    failed = found.row("nothing")
    assert failed.failure is not None
    assert "no such classifier" in failed.failure
    assert (failed.scenarios, failed.subject, failed.start, failed.parity) == ({}, None, None, None)
    assert [row.failure for row in found.rows[:2]] == [None, None]


def test_every_scenario_has_every_round(report):
    found, _ = report
    for row in found.rows[:2]:
        assert set(row.scenarios) == {"single_stream", "multi_stream", "offline"}
        assert [samples.batch for samples in row.scenarios["offline"]] == [1, 4]
        assert row.scenarios["multi_stream"][0].batch == 8
        assert all(len(samples.rounds) == 6 for many in row.scenarios.values() for samples in many)
        assert all(len(times) <= 100 for many in row.scenarios.values() for one in many for times in one.rounds)
        assert all(len(times) >= 3 for times in row.scenarios["single_stream"][0].rounds)
        assert row.peak_rss_bytes > 10 << 20


def test_scores_are_held_against_the_original(report):
    found, _ = report
    assert found.row("original").parity is None
    parity = found.row("redder").parity
    assert not parity.passed
    assert parity.pictures == ("0.png", "1.png", "2.png", "3.png", "4.png")
    red, green = parity.categories
    assert red.difference["mean_abs"].value == pytest.approx(0.1, abs=1e-5)
    assert green.difference["mean_abs"].value == 0


def test_the_report_comes_back_from_json_as_it_was(report):
    found, _ = report
    assert LatencyReport.model_validate_json(found.model_dump_json()) == found
    assert found.overhead.count >= 6
    assert 0 < found.load.ours <= found.load.cores


def test_progress_is_told_in_the_order_of_the_work(report):
    _, told = report
    stages = list(dict.fromkeys(told))
    assert stages.index("scoring: original") < stages.index("single_stream") < stages.index("multi_stream")


def test_a_bound_is_searched_for_and_every_trial_kept(contender, inputs, silent):
    plan = Plan(rounds=6, seconds=0.01, most_queries=70, warmup_seconds=0.1, latency_bound_ms=5.0)
    with running([contender()], inputs, plan, silent) as field:
        trials = scenario("server").measure(field, plan, silent)["null"]
    assert 1 <= len(trials) <= MOST_TRIALS
    assert all(trial.rate is not None and trial.bound_ns == 5_000_000 for trial in trials)
    assert all(len(trial.rounds) == 6 and trial.count >= 368 for trial in trials)


def test_a_bound_that_nothing_keeps_has_one_trial_that_shows_it(contender, inputs, silent):
    plan = Plan(rounds=6, seconds=0.01, most_queries=70, warmup_seconds=0.1, latency_bound_ms=1e-5)
    with running([contender()], inputs, plan, silent) as field:
        trials = scenario("server").measure(field, plan, silent)["null"]
    assert [held(trial) for trial in trials] == [False]


def test_the_harness_is_measured_by_itself(silent):
    samples = measure_overhead(None, silent)
    assert len(samples.rounds) == 6
    assert samples.batch == 1


def test_the_scenarios_are_mlperfs_four():
    assert scenario_names() == ("multi_stream", "offline", "server", "single_stream")
    assert all(scenario(name).TITLE for name in scenario_names())


def refuse(contenders, plan=PLAN):
    with pytest.raises(UserError) as caught:
        check(contenders, plan)
    return str(caught.value)


def test_what_cannot_be_run_is_refused_before_it_is(contender):
    assert refuse([]) == "contenders: nothing to measure (got none). Name a bundle or a peer."
    assert refuse([contender(), contender()]) == "contenders: two of one name (got 'null'). Give each its own."
    plan = PLAN.model_copy(update={"scenarios": ("server",)})
    assert refuse([contender()], plan) == "scenario server: it needs a bound to keep (got none). Give --latency-bound."
    with pytest.raises(UnknownName, match="got 'fast'"):
        check([contender()], PLAN.model_copy(update={"scenarios": ("fast",)}))


def test_pictures_are_named_from_the_folder_that_they_share():
    assert _ids(("/a/b/c.png", "/a/b/d/e.png")) == ("c.png", "d/e.png")
    assert _ids(("/a/one.png",)) == ("one.png",)
    assert _ids(("/a/b/c.png", "/a/b/c.png")) == ("0", "1")


@pytest.mark.slow
def test_reasons_and_the_peak_are_there_when_they_are_asked_for(contender, inputs, silent):
    plan = PLAN.model_copy(update={"scenarios": (), "explain": True})
    found = run([contender(threads=1)], inputs, plan, silent)
    assert found.row("null").why is not None
    assert found.row("null").failure is None
    assert found.peak.threads == 1
