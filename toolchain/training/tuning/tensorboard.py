"""Numbers of each epoch as TensorBoard reads them; written without TensorFlow, so on every backend."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from toolchain.training.tuning.epochs import Log

_OURS = ".rct"
"""What the names of our event files end in."""


@contextmanager
def tensorboard(folder: Path, name: str) -> Iterator[Log]:
    """Yield what writes an epoch's numbers as scalars into an event file in ``folder / name``, a run of TensorBoard.

    A training that is resumed writes its epochs again from the first one on, into a file that takes the place of its
    last one. Files that something else wrote, and the runs beside it, stay.
    """
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    run = folder / name
    run.mkdir(parents=True, exist_ok=True)
    for old in run.glob(f"events.out.tfevents.*{_OURS}"):
        old.unlink()
    writer = EventFileWriter(str(run), filename_suffix=_OURS)

    def log(epoch: int, row: Mapping[str, float]) -> None:
        values = [Summary.Value(tag=name, simple_value=value) for name, value in row.items() if name != "epoch"]
        writer.add_event(Event(step=epoch, summary=Summary(value=values)))
        writer.flush()

    try:
        yield log
    finally:
        writer.close()
