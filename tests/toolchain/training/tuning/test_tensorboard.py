"""Event files for TensorBoard: each training has its own, and takes away no others."""

from toolchain.training.tuning.tensorboard import tensorboard


def told(run):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run)).Reload()
    return [(event.step, event.value) for event in events.Scalars("loss")]


def test_other_runs_and_files_of_others_stay(tmp_path):
    (tmp_path / "one").mkdir(parents=True)
    theirs = [tmp_path / "events.out.tfevents.1.theirs", tmp_path / "one" / "events.out.tfevents.2.theirs"]
    for path in theirs:
        path.write_bytes(b"")
    for name, losses in (("one", (9.0,)), ("other", (3.0, 2.0)), ("one", (1.0, 0.5))):
        with tensorboard(tmp_path, name) as log:
            for epoch, loss in enumerate(losses, 1):
                log(epoch, {"epoch": epoch, "loss": loss})
    assert all(path.exists() for path in theirs)
    assert len([*(tmp_path / "one").iterdir()]) == 2
    assert told(tmp_path / "other") == [(1, 3.0), (2, 2.0)]
    theirs[1].unlink()
    assert told(tmp_path / "one") == [(1, 1.0), (2, 0.5)]
