"""What comes first: only what got through is fastest, and what is not sure is not said."""

from measured import MILLISECONDS, brief, contender, named, parity, report, samples

from benchmarks.latency.rendering.headline import headline
from benchmarks.latency.rendering.rows import read
from benchmarks.latency.report import Row


def answers(reading):
    return {claim.question: claim for claim in headline(reading)}


def test_who_is_fastest_by_what_ratio_with_which_decisions_and_how_sure(reading):
    found = answers(reading)
    assert found["Who is fastest?"].answer == "onnx int8"
    against = found["onnx int8 against the original?"]
    verdict = reading.standing("onnx int8").speeds[0].against_original.verdict
    assert against.answer == f"{1 / verdict.ratio:.1f} times as fast"
    assert against.tone == "good"
    assert "of the time of nncf int8" in found["onnx int8 against the fastest peer?"].detail
    flips = reading.standing("onnx int8").agreement.flipped
    assert found["Does onnx int8 decide the same?"].answer == f"{flips} of 240 flipped"
    assert "failed: hangs" in found["How sure is that?"].detail
    assert found["How sure is that?"].tone == "unsure"


def test_a_peer_that_is_ahead_is_named_and_ours_reads_as_slower():
    found = answers(read(report([brief("keras", 0), brief("onnx fp32", 1), brief("nncf int8", 2)])))
    assert found["Who is fastest?"].answer == "nncf int8"
    assert found["onnx fp32 against the fastest peer?"].tone == "bad"
    assert found["onnx fp32 against the fastest peer?"].answer.startswith("takes 2.2")


def test_decisions_outside_of_the_tolerance_are_a_no():
    ours = named(brief("onnx int8", 1, parity=parity(0.5, 1, count=60)), "worse")
    claim = answers(read(report([brief("keras", 0), ours])))["Does worse decide the same?"]
    assert claim.answer.startswith("no, ")
    assert claim.tone == "bad"
    assert claim.detail.startswith("1 check failed")


def test_too_few_rounds_cannot_tell():
    rows = [
        Row(contender=contender(name), scenarios={"single_stream": (samples(time, seed, rounds=3),)})
        for seed, (name, time) in enumerate((("keras", 60.0), ("onnx int8", 5.0)))
    ]
    claim = answers(read(report(rows)))["onnx int8 against the original?"]
    assert claim.answer == "can't tell"
    assert claim.detail.endswith("3 rounds: too few")


def test_two_that_cannot_be_told_apart_are_both_named():
    one, other = brief("onnx int8", 1), brief("nncf int8", 2, MILLISECONDS["onnx int8"])
    claim = headline(read(report([brief("keras", 0), one, other])))[0]
    assert claim.answer in {"can't tell: onnx int8 or nncf int8", "can't tell: nncf int8 or onnx int8"}
    assert claim.tone == "unsure"


def test_nobody_is_fastest_where_nobody_was_measured():
    dead = Row(contender=contender("hangs"), failure="it did not load")
    first, last = headline(read(report([dead])))
    assert (first.answer, first.detail) == ("nobody was measured", "failed: hangs")
    assert "failed: hangs" in last.detail


def test_a_noisy_machine_says_so_first(full_report):
    loud = samples(5.0, 1)
    rounds = tuple(tuple(time * (2 if turn % 2 else 1) for time in one) for turn, one in enumerate(loud.rounds))
    noisy = Row(
        contender=contender("onnx int8"),
        scenarios={"single_stream": (loud.model_copy(update={"rounds": rounds}),)},
    )
    claim = answers(read(report([noisy])))["How sure is that?"]
    assert claim.answer == "the machine was noisy"
    assert claim.tone == "bad"
