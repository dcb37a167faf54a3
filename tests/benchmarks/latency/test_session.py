"""What a worker answers, without the process around it."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.latency.contender import Contender
from benchmarks.latency.protocol import (
    COMMAND,
    REPLY,
    Failed,
    Inputs,
    Load,
    Measure,
    Measured,
    Ready,
    Score,
    Serve,
    Warm,
)
from benchmarks.latency.session import Session
from models.runtimes.null import write_null


def loaded(contender, inputs):
    session = Session()
    return session, session.answer(Load(contender=contender, inputs=inputs, started_ns=0))


def test_nothing_can_be_asked_before_something_is_loaded():
    assert Session().answer(Score()) == Failed(reason="worker: no contender is loaded. Load one first.")


def test_the_subject_says_what_was_loaded(contender, inputs, null_bundle):
    _, ready = loaded(contender(), inputs)
    assert isinstance(ready, Ready)
    entry = null_bundle.manifest.files["model.json"]
    assert ready.subject.files == {"model.json": entry.sha256}
    assert ready.subject.bytes == null_bundle.model.stat().st_size
    assert (ready.subject.format, ready.subject.recipe, ready.subject.runtime) == ("null", "fp32", "null")
    assert ready.subject.categories == ("red", "green")


@pytest.mark.parametrize("stage", ["model", "picture", "file"])
@pytest.mark.parametrize("any_size", [False, True])
def test_every_stage_scores_what_pillow_and_a_mean_say(tmp_path, spec, stage, any_size):
    chance = np.random.default_rng(3)
    paths = [tmp_path / f"{index}.png" for index in range(3)]
    for path in paths:
        Image.fromarray(chance.integers(0, 256, (40, 30, 3)).astype(np.uint8)).save(path)
    bundle = write_null(tmp_path / "bundle", spec, any_size=any_size)
    whole = any_size and stage != "model"
    expected = []
    for path in paths:
        picture = Image.open(path)
        seen = np.asarray(picture if whole else picture.resize((8, 8), Image.Resampling.BILINEAR), np.float64)
        expected.append(seen.mean(axis=(0, 1))[:2] / 255)
    session, _ = loaded(
        Contender(name="any", bundle=str(bundle.path), stage=stage), Inputs(pictures=tuple(map(str, paths)))
    )
    np.testing.assert_allclose(session.answer(Score()).scores, expected, atol=1e-6)
    assert len(session.answer(Measure(batch=3, seconds=0.0, least=4, most=4)).times_ns) == 4


def test_a_picture_is_turned_by_its_exif_and_its_verdict_found(tmp_path, contender):
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (16, 24), (255, 0, 0)).save(path, exif=exif, quality=95)
    session, ready = loaded(contender(stage="file"), Inputs(pictures=(str(path),)))
    assert isinstance(ready, Ready)
    assert session.answer(Score()).scores[0] == pytest.approx((1, 0), abs=0.02)


def test_scores_that_are_no_numbers_are_no_time(tmp_path, spec, inputs):
    bundle = write_null(tmp_path / "broken", spec, bias=[0.0, float("nan")])
    _, reply = loaded(Contender(name="broken", bundle=str(bundle.path)), inputs)
    assert reply == Failed(reason="scores: not numbers from 0 to 1 (got nan).")


def test_a_query_that_fails_on_the_way_leaves_no_times(contender, inputs):
    session, _ = loaded(contender(), inputs)
    answers = iter([np.zeros((1, 2), np.float32)] * 5 + [np.full((1, 2), np.nan, np.float32)])
    object.__setattr__(session._asked.loaded.model, "run", lambda _: next(answers))
    reply = session.answer(Measure(batch=1, seconds=0.0, least=5, most=5))
    assert reply == Failed(reason="scores: not numbers from 0 to 1 (got nan).")


def test_an_error_of_a_library_is_one_line(contender, inputs, capfd):
    session, _ = loaded(contender(), inputs)

    def fails(_):
        raise RuntimeError("the first line\nand the second")

    object.__setattr__(session._asked.loaded.model, "run", fails)
    reply = session.answer(Measure(batch=1, seconds=0.0, least=5, most=5))
    assert reply == Failed(reason="RuntimeError: the first line and the second")
    assert "Traceback" in capfd.readouterr().err


def test_a_picture_that_cannot_be_read_is_named(tmp_path, contender):
    path = tmp_path / "none.png"
    _, reply = loaded(contender(), Inputs(pictures=(str(path),)))
    assert reply == Failed(reason=f"{path}: no such file.")


def test_what_has_no_resident_run_says_so(contender, inputs):
    _, reply = loaded(contender(stage="resident"), inputs)
    reason = "stage resident: cannot be timed with its input on the device (got null). Time the stage model."
    assert reply == Failed(reason=reason)


def test_a_bundle_that_was_altered_is_refused(tmp_path, spec, inputs):
    bundle = write_null(tmp_path / "altered", spec)
    bundle.model.write_text("{}")
    _, reply = loaded(Contender(name="altered", bundle=str(bundle.path)), inputs)
    assert isinstance(reply, Failed)
    assert reply.reason.startswith(f"{bundle.model}: ")


def test_serving_and_warming_up(contender, inputs):
    session, _ = loaded(contender(), inputs)
    served = session.answer(Serve(rate=5000.0, count=30, seed=1))
    assert isinstance(served, Measured)
    assert len(served.times_ns) == 30
    warmed = session.answer(Warm(batch=2, seconds=0.05))
    assert warmed.warmup.queries > 0


def test_commands_and_replies_come_back_from_json_as_they_were(contender, inputs):
    commands = [
        Load(contender=contender(), inputs=inputs, cores=(0, 1), started_ns=5),
        Serve(rate=0.1, count=3, seed=4),
        Score(),
    ]
    assert [COMMAND.validate_json(one.model_dump_json()) for one in commands] == commands
    session, ready = loaded(contender(), inputs)
    replies = [ready, session.answer(Score()), session.answer(Measure(batch=1, seconds=0.0, least=3, most=3))]
    assert [REPLY.validate_json(one.model_dump_json()) for one in replies] == replies
