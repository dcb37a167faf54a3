"""Time by operator in TensorFlow, from the trace of its own profiler.

Operators run side by side on several threads; shares are of the sum of their times.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.why.document import Why
from benchmarks.why.notes import top_note
from benchmarks.why.shares import NodeTime, operator_times, repeat

_EVENT = re.compile(r"^(?P<node>[^\s:]+):(?P<operator>[A-Za-z_]\w*)$")
_CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
"""Their time is that of the operators that they call."""
_CHANGERS = {"Transpose", "_MklTranspose"}


def trace(run: Callable[[], object]) -> Why:
    """Run ``run`` several times under TensorFlow's profiler, warmed up; return the shares of its operators."""
    import tensorflow as tf

    repeat(run)
    with TemporaryDirectory() as scratch:
        with tf.profiler.experimental.Profile(scratch):
            repeat(run)
        times = [time for file in sorted(Path(scratch).rglob("*.xplane.pb")) for time in event_times(file.read_bytes())]
    operators = operator_times(times)
    notes = top_note(operators) or ("TensorFlow's trace has no time of any operator.",)
    return Why(
        operators=operators,
        profiler=f"TensorFlow {tf.__version__}",
        transposes=sum(one.nodes for one in operators if one.operator in _CHANGERS) if operators else None,
        notes=notes,
    )


def event_times(space: bytes) -> Iterator[NodeTime]:
    """Yield the events of a serialized XSpace that are runs of operators of a graph, named ``node:operator``."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    for plane in xplane_pb2.XSpace.FromString(space).planes:
        for line in plane.lines:
            for event in line.events:
                found = _EVENT.match(plane.event_metadata[event.metadata_id].name)
                if found and found["operator"] not in _CALLS:
                    yield NodeTime(found["node"], found["operator"], event.duration_ps // 1000)
