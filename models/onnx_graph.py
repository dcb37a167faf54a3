"""What is in an ONNX file, told from its graph alone: no weights are read and nothing is run.

statistics = graph_statistics(Path("model.onnx"))
statistics.operators["Transpose"]       # layout changes that the converter left behind
statistics.float_islands                # float arithmetic between quantized operators
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from models.errors import BundleError
from models.onnx_islands import FloatRegion, float_regions
from models.onnx_macs import fed_inputs, multiply_accumulates


@dataclass(frozen=True)
class GraphStatistics:
    """The numbers of one graph.

    ``operators``: nodes by type, most frequent first, those of subgraphs included. ``parameters``: numbers learnt in
    training; scales, zero points and shapes are not counted. ``parameter_bytes``: what they take in the file.
    ``macs``: multiply-accumulates of the convolutions and matrix products for one picture, None where a shape is
    unknown. ``inputs`` and ``outputs``: name, and type with shape, such as ``uint8[batch, 224, 224, 3]``.
    """

    opset: int
    ir_version: int
    producer: str
    metadata: dict[str, str]
    inputs: dict[str, str]
    outputs: dict[str, str]
    operators: dict[str, int]
    parameters: int
    parameter_bytes: int
    macs: int | None
    float_regions: tuple[FloatRegion, ...]

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return sum(self.operators.values())

    @property
    def float_islands(self) -> tuple[FloatRegion, ...]:
        """The float regions that lie between quantized operators."""
        return tuple(region for region in self.float_regions if region.place == "middle")


def graph_statistics(path: Path) -> GraphStatistics:
    """Read the graph of an ONNX file.

    Raises:
        BundleError: the file cannot be read, or is not an ONNX model.
    """
    model = _read(path)
    graph = model.graph
    counted = Counter(node.op_type for node in _all_nodes(graph))
    learnt = list(_learnt(graph))
    return GraphStatistics(
        opset=max((entry.version for entry in model.opset_import if entry.domain in {"", "ai.onnx"}), default=0),
        ir_version=model.ir_version,
        producer=f"{model.producer_name} {model.producer_version}".strip(),
        metadata={entry.key: entry.value for entry in model.metadata_props},
        inputs={value.name: _type_text(value) for value in fed_inputs(graph)},
        outputs={value.name: _type_text(value) for value in graph.output},
        operators=dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))),
        parameters=sum(prod(tensor.dims) for tensor in learnt),
        parameter_bytes=sum(-(-prod(tensor.dims) * _bits(tensor.data_type) // 8) for tensor in learnt),
        macs=multiply_accumulates(model),
        float_regions=float_regions(model),
    )


def _read(path: Path) -> Any:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped, unused-ignore]

    try:
        model = onnx.load(path, format="protobuf", load_external_data=False)
    except OSError as error:
        raise BundleError(path, f"cannot be read ({error.strerror})") from error
    except DecodeError as error:
        raise BundleError(path, "not an ONNX model", "Name a .onnx file or a bundle.") from error
    if not model.graph.node:
        raise BundleError(path, "not an ONNX model (its graph is empty)", "Name a .onnx file or a bundle.")
    return model


def _all_nodes(graph: Any) -> Iterator[Any]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for subgraph in (attribute.g, *attribute.graphs):
                yield from _all_nodes(subgraph)


def _learnt(graph: Any) -> Iterator[Any]:
    """Yield the initializers that hold weights: not shapes (int64), not scales and zero points."""
    from onnx import TensorProto

    grids = {name for node in graph.node if node.op_type.endswith("Linear") for name in node.input[1:]}
    for tensor in graph.initializer:
        if (
            tensor.data_type not in {TensorProto.INT64, TensorProto.BOOL, TensorProto.STRING}
            and tensor.name not in grids
        ):
            yield tensor


def _bits(data_type: int) -> int:
    import onnx

    if data_type in {onnx.TensorProto.INT4, onnx.TensorProto.UINT4}:
        return 4
    return int(onnx.helper.tensor_dtype_to_np_dtype(data_type).itemsize) * 8


def _type_text(value: Any) -> str:
    import onnx

    tensor = value.type.tensor_type
    name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
    name = {"float": "float32", "double": "float64"}.get(name, name)
    sizes = [
        size.dim_param or (str(size.dim_value) if size.HasField("dim_value") else "?") for size in tensor.shape.dim
    ]
    return f"{name}[{', '.join(sizes)}]"
