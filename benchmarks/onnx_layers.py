"""What every layer of an ONNX graph puts out, for ``benchmarks.layers``.

    outputs = layer_outputs(Path("model.onnx"))
    outputs(batch)["conv2_block1_out"]        # float32 [n, rows, columns, channels]

Nodes and their outputs carry the names of the Keras layers. In a quantized (QDQ) graph a layer's output is what its
readers get: the values after QuantizeLinear and DequantizeLinear. ONNX Runtime runs the graph as it is written, on the
CPU with its optimizations off; those would fuse layers away, and the integer kernels that they put in round alike.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.layers import LayerOutputs
from models.errors import BundleError

_CONVERTERS = {"QuantizeLinear", "DequantizeLinear", "Constant"}


def intermediate_outputs(model: Path, batch: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """Run the ONNX file ``model`` once over ``batch``; see ``layer_outputs``."""
    return dict(layer_outputs(model)(batch))


def layer_outputs(model: Path) -> LayerOutputs:
    """Return a function from uint8 pictures [n, height, width, 3] to every float output by layer, in running order.

    Outputs with four dimensions are taken to be channels first, as ONNX has it, and come back channels last; all come
    back as float32. ``model`` is an ONNX file with one input; a batch size that it fixes is not kept to.

    Raises:
        BundleError: the file is not an ONNX model, or ONNX Runtime cannot load it.
    """
    import onnx
    import onnxruntime
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped, unused-ignore]

    try:
        network = onnx.shape_inference.infer_shapes(onnx.load(model))
    except OSError as error:
        raise BundleError(model, f"cannot be read ({error.strerror or error})") from error
    except DecodeError as error:
        raise BundleError(model, "not an ONNX model", "Name a .onnx file.") from error
    if not network.graph.input:
        raise BundleError(model, "not an ONNX model (its graph has no input)", "Name a .onnx file.")
    tensors = visible_tensors(network.graph)
    _expose(network.graph, tensors.values())
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(network.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no common type but this one
        reason = str(error).partition("\n")[0][:200]
        raise BundleError(model, f"ONNX Runtime cannot load it ({reason})", "See rct doctor.") from error
    source = session.get_inputs()[0].name

    def run(batch: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        values = session.run(list(tensors.values()), {source: batch})
        return {name: _channels_last(value) for name, value in zip(tensors, values, strict=True)}

    return run


def visible_tensors(graph: Any) -> dict[str, str]:
    """Map each float output of an ``onnx.GraphProto`` with inferred types to the tensor in which its readers see it.

    A tensor that goes through QuantizeLinear and DequantizeLinear is seen as what comes out of the latter.
    """
    readers = {name: node for node in graph.node for name in node.input[:1] if node.op_type in _CONVERTERS}
    floats = _float_tensors(graph)
    seen = {}
    for node in graph.node:
        if node.op_type in _CONVERTERS:
            continue
        for name in node.output:
            if name in floats:
                quantized = readers.get(name)
                back = readers.get(quantized.output[0]) if quantized is not None else None
                seen[name] = back.output[0] if back is not None else name
    return seen


def _float_tensors(graph: Any) -> set[str]:
    from onnx import TensorProto

    kinds = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE}
    described = (*graph.value_info, *graph.output)
    return {value.name for value in described if value.type.tensor_type.elem_type in kinds}


def _expose(graph: Any, names: Iterable[str]) -> None:
    """Make graph outputs of the tensors, and leave the batch of the input free."""
    import onnx

    outside = {value.name for value in graph.output}
    graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in outside)
    graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    del graph.value_info[:]


def _channels_last(value: NDArray[Any]) -> NDArray[np.float32]:
    single = value.astype(np.float32)
    return np.moveaxis(single, 1, -1) if single.ndim == 4 else single
