"""What an engineer wants to see first: who is fastest, by what ratio, with the same decisions or not, and how sure.

for claim in headline(reading):
    claim.question, claim.answer, claim.detail
"""

from dataclasses import dataclass

from benchmarks.latency.comparison import paired
from benchmarks.latency.contender import STAGES
from benchmarks.latency.rendering.cells import Tone, interval_text, milliseconds, percent, three, times_text
from benchmarks.latency.rendering.rows import Against, Reading, Speed, Standing


@dataclass(frozen=True)
class Claim:
    """A question, its answer in a few words, what it rests on, and how it is to be taken."""

    question: str
    answer: str
    detail: str
    tone: Tone = ""


def headline(reading: Reading) -> tuple[Claim, ...]:
    """Return the claims, the most important first; only of contenders that got through."""
    scenario, ranked = _ranked(reading)
    if not ranked:
        return (Claim("Who is fastest?", "nobody was measured", _failed(reading), "bad"), _sure(reading, None))
    claims = [_fastest(scenario, ranked)]
    ours = next(((standing, one) for standing, one in ranked if standing.role == "ours"), None)
    speed = ranked[0][1]
    if ours is not None:
        standing, speed = ours
        claims += [
            _against(f"{standing.name} against {whom}?", against)
            for whom, against in (("the original", speed.against_original), ("the fastest peer", speed.against_peer))
            if against is not None
        ]
        claims.append(_decisions(standing))
    return (*claims, _sure(reading, speed))


def _ranked(reading: Reading) -> tuple[str, list[tuple[Standing, Speed]]]:
    """Return the scenario that the headline is of, and who stands best in it; at the original's stage, if there is one.

    The first of the plan that has times; server, where a rate is what counts, only if there is no other.
    """
    originals = [one for one in reading.standings if one.role == "original"]
    stage = (originals or reading.standings)[0].row.contender.stage
    for scenario in sorted(reading.scenarios, key=lambda name: name == "server"):
        found = [
            (standing, speed)
            for standing in reading.standings
            if standing.row.failure is None and standing.row.contender.stage == stage
            if (speed := standing.best(scenario)) is not None
        ]
        if found:
            return scenario, sorted(found, key=lambda one: _rank(one[1]))
    return "", []


def _fastest(scenario: str, ranked: list[tuple[Standing, Speed]]) -> Claim:
    """Name the fastest, and whoever could as well be."""
    (winner, speed), *others = ranked
    tied = [winner.name, *(other.name for other, theirs in others if not _behind(theirs, speed))]
    stage = STAGES[winner.row.contender.stage]
    detail = f"{_pace(speed)}, {scenario.replace('_', ' ')}; {stage}"
    if len(tied) == 1:
        return Claim("Who is fastest?", winner.name, detail)
    return Claim("Who is fastest?", f"can't tell: {' or '.join(tied)}", f"{winner.name}: {detail}", "unsure")


def _behind(speed: Speed, first: Speed) -> bool:
    """Say whether ``speed`` is slower beyond noise; of batches of different sizes, and of rates, the numbers decide."""
    if speed.samples.rate or speed.samples.batch != first.samples.batch:
        return _rank(speed) > _rank(first)
    return paired(speed.samples, first.samples).word == "slower"


def _rank(speed: Speed) -> float:
    return -speed.samples.rate if speed.samples.rate else speed.ns_per_picture


def _pace(speed: Speed) -> str:
    if speed.samples.rate:
        return f"{three(speed.samples.rate)} queries/s inside the bound"
    if speed.samples.batch > 1:
        return f"{three(speed.samples.pictures_per_second)} pictures/s in batches of {speed.samples.batch}"
    if speed.p50.value is None:
        return f"{three(speed.samples.pictures_per_second)} pictures/s"
    return f"{milliseconds(speed.p50.value)} ms at the median"


def _against(question: str, against: Against) -> Claim:
    verdict = against.verdict
    tone: Tone = "unsure" if verdict.word == "can't tell" else "good" if verdict.word == "faster" else "bad"
    detail = f"{three(verdict.ratio)} of the time of {against.name}, {interval_text(verdict)}"
    return Claim(question, times_text(verdict), detail, tone)


def _decisions(standing: Standing) -> Claim:
    question = f"Does {standing.name} decide the same?"
    agreement = standing.agreement
    if agreement is None:
        return Claim(question, "not compared", "the run has no scores of an original", "unsure")
    flips = ", ".join(f"{count} at {point}" for point, count in agreement.flips.items())
    largest = agreement.largest
    farthest = largest.undefined if largest.value is None else f"{largest.value:.3g}"
    detail = f"{flips}; largest score difference {farthest}"
    answer = f"{agreement.flipped} of {agreement.decisions} flipped"
    if agreement.failures:
        failed = f"{len(agreement.failures)} check{'s' * (len(agreement.failures) > 1)} failed"
        return Claim(question, f"no, {answer}", f"{failed}; {detail}", "bad")
    if agreement.flipped:
        return Claim(question, answer, f"within its tolerance; {detail}", "unsure")
    return Claim(question, f"yes, {answer}", detail, "good")


def _sure(reading: Reading, speed: Speed | None) -> Claim:
    question = "How sure is that?"
    rests = "" if speed is None else f"{speed.samples.count:,} queries in {len(speed.samples.rounds)} rounds; "
    failed = _failed(reading)
    detail = rests + (failed or "every contender got through")
    if reading.noise.spread is not None:
        detail = f"rounds scatter by up to {percent(reading.noise.spread)}; {detail}"
    if reading.report.partial is not None:
        return Claim(question, "the run was ended", f"{reading.report.progress}; {detail}", "bad")
    if reading.noise.noisy:
        return Claim(question, "the machine was noisy", detail, "bad")
    return Claim(question, "the machine was quiet", detail, "unsure" if failed else "good")


def _failed(reading: Reading) -> str:
    names = [standing.name for standing in reading.standings if standing.row.failure is not None]
    return f"failed: {', '.join(names)}" if names else ""
