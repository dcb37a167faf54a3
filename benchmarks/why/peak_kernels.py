"""What a measured peak is the best of: chains of equal convolutions or matrix products, as ONNX models.

A chain has several of them, so that changes of layout at its ends weigh little. It is small, so that it stays in the
caches and takes milliseconds only: of many calls, some are not interrupted. Integers are uint8 times int8 per channel,
spelled as QuantizeLinear and DequantizeLinear, which ONNX Runtime and OpenVINO both make integer kernels of.
"""

from dataclasses import dataclass
from typing import Any, Literal

Arithmetic = Literal["fp32", "int8"]


@dataclass(frozen=True)
class Chain:
    """``depth`` convolutions of ``kernel`` x ``kernel``, ``side`` x ``side`` positions, ``channels`` in and out.

    With ``kernel`` 0 they are matrix products of ``side`` rows with a square matrix.
    """

    kernel: int
    channels: int
    side: int
    depth: int

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the whole chain."""
        positions = self.side**2 * self.kernel**2 if self.kernel else self.side
        return positions * self.channels**2 * self.depth

    @property
    def title(self) -> str:
        """What it is, in words."""
        if not self.kernel:
            return f"products of {self.side} x {self.channels} and {self.channels} x {self.channels}"
        return f"{self.kernel}x{self.kernel} convolutions of {self.channels} channels at {self.side} x {self.side}"


CHAINS = (
    Chain(kernel=3, channels=128, side=28, depth=3),
    Chain(kernel=1, channels=256, side=28, depth=6),
    Chain(kernel=0, channels=768, side=128, depth=3),
)


def chain_model(chain: Chain, arithmetic: Arithmetic) -> Any:
    """Return the chain as an ``onnx.ModelProto``: from "x" to "y", float32 or uint8, weights random."""
    import onnx
    from onnx import TensorProto, helper

    integers = arithmetic == "int8"
    shape = [1, chain.channels, chain.side, chain.side] if chain.kernel else [chain.side, chain.channels]
    kind = TensorProto.UINT8 if integers else TensorProto.FLOAT
    constants, nodes = _weights(chain, integers), []
    before = "x"
    for index in range(chain.depth):
        after = "y" if index == chain.depth - 1 else f"x{index + 1}"
        source, weight, result = (before, "w", after) if not integers else (f"f{index}", "fw", f"r{index}")
        if integers:
            nodes.append(helper.make_node("DequantizeLinear", [before, "scale", "zero"], [source]))
        nodes.append(_product(chain, source, weight, result))
        if integers:
            nodes.append(helper.make_node("QuantizeLinear", [result, "wide", "zero"], [after]))
        before = after
    if integers:
        axis = 0 if chain.kernel else 1
        nodes.insert(0, helper.make_node("DequantizeLinear", ["w", "scales", "zeros"], ["fw"], axis=axis))
    ends = [helper.make_tensor_value_info(name, kind, shape) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "chain", ends[:1], ends[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.checker.check_model(model)
    return model


def _product(chain: Chain, source: str, weight: str, result: str) -> Any:
    from onnx import helper

    if not chain.kernel:
        return helper.make_node("MatMul", [source, weight], [result])
    around = [chain.kernel // 2] * 4
    return helper.make_node("Conv", [source, weight], [result], pads=around, kernel_shape=[chain.kernel] * 2)


def _weights(chain: Chain, integers: bool) -> list[Any]:
    import numpy as np
    from onnx import numpy_helper

    shape = [chain.channels, chain.channels] + [chain.kernel] * (2 if chain.kernel else 0)
    chance = np.random.default_rng(0)
    if not integers:
        fan_in = chain.channels * max(chain.kernel, 1) ** 2
        values = chance.normal(size=shape) / np.sqrt(fan_in)  # so that values neither grow nor vanish along the chain
        return [numpy_helper.from_array(values.astype(np.float32), "w")]
    arrays: dict[str, Any] = {
        "w": chance.integers(-63, 64, shape, dtype=np.int8),
        "scales": np.full(chain.channels, 1 / 64, np.float32),
        "zeros": np.zeros(chain.channels, np.int8),
        "scale": np.array(1 / 64, np.float32),
        "wide": np.array(1 / 4, np.float32),
        "zero": np.array(128, np.uint8),
    }
    return [numpy_helper.from_array(values, name) for name, values in arrays.items()]
