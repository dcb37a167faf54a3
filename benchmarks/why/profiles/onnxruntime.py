"""ONNX Runtime: its profile of every node, and the graph that it optimized.

With a GPU a node's time is what the processor needs to start it, as ONNX Runtime's profile has it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why
from benchmarks.why.feeding import fit
from benchmarks.why.graph import float_islands
from benchmarks.why.notes import float_share_note, layout_note, top_note
from benchmarks.why.onnx_nodes import LAYOUT_CHANGES, graph_nodes, is_integer_arithmetic
from benchmarks.why.shares import WARMUP_RUNS, NodeTime, operator_times, repeat
from models.onnxruntime_session import PROVIDERS, open_session, session_settings
from models.runtimes import RuntimeOptions

SUFFIXES = (".onnx",)
PACKAGE = "onnxruntime"

_DTYPES = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32, "tensor(float16)": np.float16}


@dataclass(frozen=True)
class NodeRun:
    """One run of one node, and the execution provider that ran it."""

    time: NodeTime
    provider: str


def profile(model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why:
    """Run the model with the profiler on, and look at the graph that ONNX Runtime made of it."""
    import onnx
    import onnxruntime as ort

    provider = PROVIDERS[contender.device]
    with TemporaryDirectory() as scratch:
        optimized = Path(scratch, "optimized.onnx")
        options = _options(contender)
        settings = session_settings(options)
        settings.optimized_model_filepath = str(optimized)
        settings.enable_profiling = True
        settings.profile_file_prefix = str(Path(scratch, "profile"))
        session = open_session(model, options, settings)
        (source,) = session.get_inputs()
        shape = [side if isinstance(side, int) else None for side in source.shape]
        feed = {source.name: fit(batch, shape, _DTYPES[source.type])}
        repeat(lambda: session.run(None, feed))
        runs = node_runs(Path(session.end_profiling()).read_text("utf-8"), skip=WARMUP_RUNS)
        nodes = graph_nodes(onnx.load(optimized, load_external_data=False).graph)
    operators = operator_times(run.time for run in runs)
    islands = float_islands(nodes)
    layouts = sum(node.operator in LAYOUT_CHANGES for node in nodes)
    return Why(
        operators=operators,
        profiler=f"ONNX Runtime {ort.__version__}",
        float_islands=len(islands),
        transposes=layouts,
        notes=(
            *top_note(operators),
            *float_share_note(operators, is_integer_arithmetic),
            *layout_note(operators, LAYOUT_CHANGES, layouts),
            *_provider_notes(runs, provider),
        ),
    )


def node_runs(text: str, skip: int) -> tuple[NodeRun, ...]:
    """Return the runs of nodes in the JSON that ONNX Runtime's profiler wrote, less the first ``skip`` of each node.

    The profiler counts microseconds.
    """
    by_node: dict[tuple[str, str], list[NodeRun]] = defaultdict(list)
    events = [event for event in json.loads(text) if event.get("cat") == "Node" and "op_name" in event["args"]]
    for event in sorted(events, key=lambda event: event["ts"]):
        about = event["args"]
        node = f"{event['name']} {about.get('node_index', '')}"
        time = NodeTime(node, about["op_name"], int(event["dur"]) * 1000)
        by_node[time.node, time.operator].append(NodeRun(time, about.get("provider", "")))
    return tuple(run for runs in by_node.values() for run in runs[skip:])


def nodes_elsewhere(runs: Iterable[NodeRun], provider: str) -> dict[str, int]:
    """Return how many nodes of each operator another execution provider ran than this one."""
    counted: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        if run.provider and run.provider != provider:
            counted[run.time.operator].add(run.time.node)
    return {operator: len(nodes) for operator, nodes in sorted(counted.items())}


def _options(contender: Contender) -> RuntimeOptions:
    """Return the contender's options, less the CUDA graph: nothing is said of the nodes inside of one."""
    settings = {name: value for name, value in contender.settings.items() if name != "enable_cuda_graph"}
    return RuntimeOptions(device=contender.device, threads=contender.threads, settings=settings)


def _provider_notes(runs: tuple[NodeRun, ...], provider: str) -> tuple[str, ...]:
    notes = []
    elsewhere = nodes_elsewhere(runs, provider)
    if elsewhere:
        names = ", ".join(f"{count} {operator}" for operator, count in elsewhere.items())
        notes.append(f"{provider} left nodes to another provider: {names}.")
    if provider == PROVIDERS["cuda"]:
        notes.append("Shares are of the time that the processor takes to start the GPU's kernels.")
    return tuple(notes)
