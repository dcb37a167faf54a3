"""A .tflite file as a graph that can be read and changed.

    graph = Graph(content)
    pixels = graph.activation("pixels", (1, 224, 224, 3), np.float32)
    graph.operators.insert(0, graph.operator("DEQUANTIZE", [image], [pixels]))
    content = graph.content()

The file is a FlatBuffer of LiteRT's public schema; ``ai_edge_litert`` brings the classes that read and write it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_IDENTIFIER = b"TFL3"
_DTYPES = {"float32": "FLOAT32", "int32": "INT32", "int16": "INT16", "int8": "INT8", "uint8": "UINT8"}


@dataclass(frozen=True)
class Grid:
    """Where a tensor's levels lie: a level ``q`` stands for ``scale * (q - zero)``."""

    scale: float
    zero: int


class Graph:
    """The only subgraph of a model; ``tensors`` and ``operators`` are the schema's own objects, in order of execution.

    Tensors are named by their index, as in the file.
    """

    def __init__(self, content: bytes | bytearray) -> None:
        schema = _schema()
        self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(content), 0))
        self._bring_buffers_in(content)
        (self.subgraph,) = self.model.subgraphs

    def _bring_buffers_in(self, content: bytes | bytearray) -> None:
        """Take in what lies behind the FlatBuffer: readers from before 2023 do not look for weights there."""
        for buffer in self.model.buffers:
            if buffer.offset > 1:
                buffer.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0

    @property
    def tensors(self) -> list[Any]:
        """Every tensor, weights included."""
        return self.subgraph.tensors  # type: ignore[no-any-return]

    @property
    def operators(self) -> list[Any]:
        """The operators, in order of execution."""
        return self.subgraph.operators  # type: ignore[no-any-return]

    @operators.setter
    def operators(self, operators: Sequence[Any]) -> None:
        self.subgraph.operators = list(operators)

    def kind(self, operator: Any) -> str:
        """Return the operator's name in the schema, such as ``CONV_2D``."""
        code = self.model.operatorCodes[operator.opcodeIndex]
        return _name_of(_schema().BuiltinOperator, max(code.builtinCode, code.deprecatedBuiltinCode))

    def name(self, tensor: int) -> str:
        """Return a tensor's name."""
        return str(self.tensors[tensor].name.decode())

    def shape(self, tensor: int) -> tuple[int, ...]:
        """Return a tensor's shape; a free batch is 1."""
        return tuple(int(side) for side in self.tensors[tensor].shape)

    def dtype(self, tensor: int) -> np.dtype[Any]:
        """Return the type of a tensor's elements."""
        kind = _name_of(_schema().TensorType, self.tensors[tensor].type)
        return np.dtype(next(dtype for dtype, name in _DTYPES.items() if name == kind))

    def values(self, tensor: int) -> NDArray[Any] | None:
        """Return a weight's values, or None for an activation or an input that is left out (-1)."""
        if tensor < 0:
            return None
        data = self.model.buffers[self.tensors[tensor].buffer].data
        if data is None:
            return None
        return np.frombuffer(np.asarray(data, np.uint8).tobytes(), self.dtype(tensor)).reshape(self.shape(tensor))

    def activation(
        self, name: str, shape: Sequence[int], dtype: DTypeLike, grid: Grid | None = None, *, free: bool = False
    ) -> int:
        """Add a tensor that is computed and return its index; ``free`` leaves its first dimension to the run."""
        return self._add(name, shape, np.dtype(dtype), grid, None, free=free)

    def constant(self, name: str, values: NDArray[Any], grid: Grid | None = None) -> int:
        """Add a tensor that is stored, and return its index."""
        return self._add(name, values.shape, values.dtype, grid, values, free=False)

    def _add(
        self,
        name: str,
        shape: Sequence[int],
        dtype: np.dtype[Any],
        grid: Grid | None,
        values: NDArray[Any] | None,
        *,
        free: bool,
    ) -> int:
        schema = _schema()
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.hasRank = name.encode(), list(shape), True
        tensor.shapeSignature = [-1, *shape[1:]] if free else None
        tensor.type = getattr(schema.TensorType, _DTYPES[dtype.name])
        tensor.buffer = self.buffer(None if values is None else values.tobytes())
        if grid is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = [grid.scale], [grid.zero]
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def buffer(self, content: bytes | None) -> int:
        """Add a buffer and return its index."""
        buffer = _schema().BufferT()
        buffer.data = None if content is None else np.frombuffer(content, np.uint8)
        self.model.buffers.append(buffer)
        return len(self.model.buffers) - 1

    def operator(
        self, kind: str, inputs: Sequence[int], outputs: Sequence[int], options: str | None = None, **fields: Any
    ) -> Any:
        """Return a new operator, not yet among ``operators``.

        Args:
            kind: its name in the schema.
            inputs: indices of tensors.
            outputs: indices of tensors.
            options: the name of its options in the schema, without the ``T`` at the end.
            fields: what to set in the options.
        """
        schema = _schema()
        made = schema.OperatorT()
        made.opcodeIndex = self._code(getattr(schema.BuiltinOperator, kind))
        made.inputs, made.outputs = list(inputs), list(outputs)
        if options is not None:
            made.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            made.builtinOptions = getattr(schema, f"{options}T")()
            for field, value in fields.items():
                setattr(made.builtinOptions, field, value)
        return made

    def _code(self, builtin: int) -> int:
        codes = self.model.operatorCodes
        for index, code in enumerate(codes):
            if max(code.builtinCode, code.deprecatedBuiltinCode) == builtin:
                return index
        code = _schema().OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 1
        codes.append(code)
        return len(codes) - 1

    def declare(self, inputs: Sequence[tuple[str, int]], outputs: Sequence[tuple[str, int]]) -> None:
        """Name the model's inputs and outputs, also in its one signature."""
        schema = _schema()
        self.subgraph.inputs = [index for _, index in inputs]
        self.subgraph.outputs = [index for _, index in outputs]
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = b"serving_default", 0
        signature.inputs, signature.outputs = [_named(inputs), _named(outputs)]
        self.model.signatureDefs = [signature]
        for name, index in (*inputs, *outputs):
            self.tensors[index].name = name.encode()

    def content(self) -> bytes:
        """Return the file; the same graph is always the same bytes."""
        import flatbuffers

        self._drop_unused()
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), file_identifier=_IDENTIFIER)
        return bytes(builder.Output())

    def _drop_unused(self) -> None:
        """Leave out tensors that nothing uses, and with them their buffers."""
        subgraph, model = self.subgraph, self.model
        held = [subgraph.inputs, subgraph.outputs, *(ends for op in self.operators for ends in (op.inputs, op.outputs))]
        used = sorted({int(index) for ends in held for index in ends if index >= 0})
        place = {old: new for new, old in enumerate(used)} | {-1: -1}
        for op in self.operators:
            op.inputs, op.outputs = ([place[int(index)] for index in ends] for ends in (op.inputs, op.outputs))
        subgraph.inputs, subgraph.outputs = (
            [place[int(index)] for index in ends] for ends in (subgraph.inputs, subgraph.outputs)
        )
        for signature in model.signatureDefs or []:
            for entry in (*signature.inputs, *signature.outputs):
                entry.tensorIndex = place[int(entry.tensorIndex)]
        subgraph.tensors = [self.tensors[old] for old in used]
        self._drop_unused_buffers()

    def _drop_unused_buffers(self) -> None:
        """Buffer 0 is the empty one, by convention."""
        model = self.model
        holders = [*self.tensors, *(model.metadata or [])]
        kept = [0, *sorted({int(holder.buffer) for holder in holders} - {0})]
        place = {old: new for new, old in enumerate(kept)}
        for holder in holders:
            holder.buffer = place[int(holder.buffer)]
        model.buffers = [model.buffers[old] for old in kept]
        model.metadataBuffer = None


def _named(tensors: Sequence[tuple[str, int]]) -> list[Any]:
    entries = []
    for name, index in tensors:
        entry = _schema().TensorMapT()
        entry.name, entry.tensorIndex = name.encode(), index
        entries.append(entry)
    return entries


def _name_of(enumeration: Any, value: int) -> str:
    return next(str(name) for name, number in vars(enumeration).items() if number == value)


def _schema() -> Any:
    from ai_edge_litert import schema_py_generated

    return schema_py_generated
