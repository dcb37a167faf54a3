"""Behind ``rct inspect``: what a bundle or a LiteRT file says of itself, and what is in an ONNX graph.

inspection = inspect(Path("exports/open_nsfw-onnx-int8"))
inspection.graph.float_islands
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from models.bundle import Bundle
from models.errors import BundleError
from models.litert_file import describe_litert, is_litert
from models.manifest import Manifest
from models.onnx_graph import GraphStatistics, graph_statistics
from models.picture_sizes import takes_any_size
from toolchain.output import size_text
from toolchain.references import is_reference, open_reference
from toolchain.refit_report import refit_facts
from toolchain.table import facts, table, title

_LEFT_OVER = ("Transpose", "Cast", "BatchNormalization", "Identity")
_OPERATORS = 12


@dataclass(frozen=True)
class Inspection:
    """What was found; ``bundle`` is None for a plain file, ``graph`` for whatever is not ONNX.

    ``metadata``: what a plain LiteRT file says of itself.
    """

    path: Path
    bundle: Bundle | None = None
    graph: GraphStatistics | None = None
    metadata: dict[str, Any] | None = None


def inspect(name: str) -> Inspection:
    """Look into a bundle, a classifier, an ONNX file or a LiteRT file.

    Raises:
        BundleError: it is none of these, its files are not what its manifest says, or a LiteRT file has no metadata.
    """
    path = Path(name)
    if path.is_file() and is_litert(path):
        return Inspection(path, metadata=describe_litert(path))
    if path.is_file():
        return Inspection(path, graph=graph_statistics(path))
    if not path.exists() and not is_reference(name):
        raise BundleError(name, "no such file, bundle or classifier", "rct models lists the classifiers that we ship.")
    bundle = open_reference(name) if is_reference(name) else Bundle.open(path)
    is_onnx = bundle.model.suffix == ".onnx"
    return Inspection(bundle.path, bundle, graph_statistics(bundle.model) if is_onnx else None)


def inspection_document(found: Inspection) -> dict[str, Any]:
    """Return an inspection as plain values."""
    graph = found.graph
    return {
        "path": str(found.path),
        "manifest": found.bundle.manifest.model_dump(mode="json") if found.bundle else None,
        "graph": asdict(graph) | {"nodes": graph.nodes} if graph else None,
        "metadata": found.metadata,
    }


def inspection_tables(found: Inspection) -> list[RenderableType]:
    """Return an inspection for a reader."""
    parts: list[RenderableType] = []
    if found.metadata is not None:
        rows = [(key, value if isinstance(value, str) else json.dumps(value)) for key, value in found.metadata.items()]
        parts += [title(str(found.path)), facts(rows)]
    if found.bundle:
        parts += _manifest_tables(found.bundle.manifest, found.path)
    if found.graph:
        parts += _graph_tables(found.graph, found.bundle.model if found.bundle else found.path)
    return parts


def _manifest_tables(manifest: Manifest, path: Path) -> list[RenderableType]:
    spec = manifest.spec
    resize = spec.preprocessing.resize
    crop = f"centre {spec.preprocessing.width} x {spec.preprocessing.height}"
    where = "; inside the model" if takes_any_size(manifest) else ""
    rows = [
        ("name", manifest.name),
        ("format", f"{manifest.format}, {manifest.recipe}"),
        ("backbone", spec.backbone),
        ("licence", spec.licence),
        *(("input", _tensor(tensor)) for tensor in manifest.inputs),
        *(("output", _tensor(tensor)) for tensor in manifest.outputs),
        ("picture", f"{resize.fit} to {resize.width} x {resize.height}, {resize.filter}; {crop}{where}"),
    ]
    if manifest.parent:
        rows.append(("made from", f"{manifest.parent.name} {manifest.parent.sha256[:12]}"))
    if manifest.calibration:
        one = manifest.calibration
        rows.append(("calibration", f"{one.method} on {one.pictures} pictures {one.sha256[:12]}"))
    rows += refit_facts(manifest)
    if manifest.minimum_runtime:
        rows.append(
            ("runs on", ", ".join(f"{name} {lowest} or later" for name, lowest in manifest.minimum_runtime.items()))
        )
    rows += [(key, _plain(value)) for key, value in manifest.details.items()]
    rows.append(("tools", ", ".join(f"{name} {version}" for name, version in manifest.tools.items())))
    categories = [(one.name, *_thresholds(manifest, one.name)) for one in spec.categories]
    files = [(name, size_text(entry.bytes), entry.sha256[:12]) for name, entry in manifest.files.items()]
    return [
        title(str(path)),
        facts([row for row in rows if row[1]]),
        title("categories"),
        table(("category", "review", "block"), categories, right={"review", "block"}),
        title("files"),
        table(("file", "size", "sha256"), files, right={"size"}),
    ]


def _tensor(tensor: Any) -> str:
    sizes = ", ".join("any" if size is None else str(size) for size in tensor.shape)
    return f"{tensor.name}: {tensor.dtype} [{sizes}]"


def _thresholds(manifest: Manifest, label: str) -> tuple[str, str]:
    rule = manifest.spec.thresholds[label]
    return f"{rule.review:g}", f"{rule.block:g}"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _graph_tables(graph: GraphStatistics, path: Path) -> list[RenderableType]:
    left_over = [f"{graph.operators[name]} {name}" for name in _LEFT_OVER if name in graph.operators]
    macs = "not known: a shape is not" if graph.macs is None else f"{graph.macs / 1e9:.2f} billion multiply-accumulates"
    rows = [
        ("opset", f"{graph.opset}, IR version {graph.ir_version}"),
        ("made by", graph.producer),
        *(("input", f"{name}: {kind}") for name, kind in graph.inputs.items()),
        *(("output", f"{name}: {kind}") for name, kind in graph.outputs.items()),
        ("parameters", f"{graph.parameters / 1e6:.2f} million in {size_text(graph.parameter_bytes)}"),
        ("work", f"{macs} for one picture" if graph.macs else macs),
        ("nodes", str(graph.nodes)),
        ("left over", ", ".join(left_over)),
        ("metadata", ", ".join(sorted(graph.metadata))),
    ]
    counts = list(graph.operators.items())
    shown = len(counts) if len(counts) <= _OPERATORS + 1 else _OPERATORS
    rest = counts[shown:]
    operators = [(name, str(count)) for name, count in counts[:shown]]
    if rest:
        operators.append((f"{len(rest)} others", str(sum(count for _, count in rest))))
    parts: list[RenderableType] = [
        title(f"graph {path.name}"),
        facts([row for row in rows if row[1]]),
        title("operators"),
        table(("operator", "nodes"), operators, right={"nodes"}),
    ]
    if graph.float_regions:
        regions = [(_PLACES[one.place], _chain(one.operators), one.nodes[0]) for one in graph.float_regions]
        parts += [
            title("what computes in float though the graph is quantized"),
            table(("where", "operators", "from"), regions),
        ]
    return parts


_PLACES = {"start": "at the start", "middle": "an island", "end": "at the end", "whole": "apart"}


def _chain(operators: tuple[str, ...]) -> str:
    shown = " ".join(operators[:6])
    return shown if len(operators) <= 6 else f"{shown} and {len(operators) - 6} more"
