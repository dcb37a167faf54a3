"""The picture's way to the network's size as part of the graph: ONNX's Resize, held to Pillow's.

    model = resize_inside(model, rule)         # takes uint8 [batch, any height, any width, 3]

The arithmetic is that of models.preprocessing.resize, step by step. Resize works on the bytes themselves: then ONNX
Runtime filters columns, rounds to whole grey levels from 0 to 255, filters rows and rounds again, as Pillow does. In
floating point it would not round in between. Pillow's filters give no weight to what lies outside the picture
(``exclude_outside``) and its bicubic curve has a = -0.5. Where Pillow filters rows first, a Resize of rows alone goes
before; for all other pictures it changes nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from exporters.onnx.convert import INPUT
from models.errors import UserError
from models.preprocessing import Filter, Preprocessing

RESIZED = "resized"
"""What the inference graph reads in place of its input: uint8 [batch, rule.height, rule.width, 3]."""

LOWEST_OPSET = 18
"""Older ones have no Resize that widens its filter with the reduction."""

_PLACES = {"first": 0, "second": 1, "end": 2}

_MODES: Mapping[Filter, str] = {"bilinear": "linear", "bicubic": "cubic"}


def check_expressible(rule: Preprocessing) -> None:
    """Raise UserError if ONNX's Resize has not the filter of ``rule``."""
    if rule.resize.filter not in _MODES:
        raise UserError(
            "--resize-in-graph",
            f"ONNX has no such filter (got {rule.resize.filter}, it has {' and '.join(sorted(_MODES))})",
            "Leave it out, and resize pictures before the model.",
        )


def resize_inside(model: Any, rule: Preprocessing) -> Any:
    """Return a copy of an ``onnx.ModelProto`` that takes pictures of any size; those of one batch share theirs.

    Args:
        model: opset 18 or later, with one input ``image``, uint8 [batch, rule.height, rule.width, 3].
        rule: its preprocessing; the filter is bilinear or bicubic.

    A picture of ``rule.resize``'s size passes the resampling unchanged, to the bit.
    """
    import onnx
    from onnx import TensorProto, helper

    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    batch = graph.input[0].type.tensor_type.shape.dim[0]
    size = batch.dim_param or batch.dim_value
    for node in graph.node:
        node.input[:] = [RESIZED if name == INPUT else name for name in node.input]
    front = _Front(rule)
    nodes = list(graph.node)
    del graph.node[:], graph.input[:]
    graph.node.extend(front.nodes + nodes)
    graph.initializer.extend(front.constants)
    graph.input.append(helper.make_tensor_value_info(INPUT, TensorProto.UINT8, [size, "height", "width", 3]))
    onnx.checker.check_model(result, full_check=True)
    return onnx.shape_inference.infer_shapes(result)


class _Front:
    """The nodes from ``image`` to ``resized``, in running order, and their constants.

    Sides are int64 [height, width]: those of the picture, of a box in it, of the target.
    """

    def __init__(self, rule: Preprocessing) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        target = (rule.resize.height, rule.resize.width)
        resampled = {"stretch": self._stretch, "cover": self._cover, "contain": self._contain}[rule.resize.fit](rule)
        if target != (rule.height, rule.width):
            top, left = (target[0] - rule.height) // 2, (target[1] - rule.width) // 2
            start = self._sides("crop.start", (top, left))
            end = self._sides("crop.end", (top + rule.height, left + rule.width))
            resampled = self._node("Slice", [resampled, start, end, self._axes()], "crop")
        self.nodes[-1].output[0] = RESIZED

    def _stretch(self, rule: Preprocessing) -> str:
        return self._resample(INPUT, self._target(rule), rule)

    def _cover(self, rule: Preprocessing) -> str:
        """Cut the centre of the target's aspect ratio: min(h, w * H / W) by min(w, h * W / H)."""
        across = self._sides("target.turned", (rule.resize.width, rule.resize.height))
        sides, turned = self._picture()
        wanted = self._node(
            "Div", [self._node("Mul", [turned, self._target(rule)], "cover.scaled"), across], "cover.box"
        )
        box = self._at_least_one(self._node("Min", [sides, wanted], "cover.inside"), "cover.sides")
        start = self._margin(sides, box, "cover")
        end = self._node("Add", [start, box], "cover.end")
        centre = self._node("Slice", [INPUT, start, end, self._axes()], "cover.cut")
        return self._resample(centre, self._target(rule), rule)

    def _contain(self, rule: Preprocessing) -> str:
        """Resample to min(H, W * h / w) by min(W, H * w / h), and fill up with the background."""
        target = self._target(rule)
        across = self._sides("target.turned", (rule.resize.width, rule.resize.height))
        sides, turned = self._picture()
        wanted = self._node("Div", [self._node("Mul", [sides, across], "contain.scaled"), turned], "contain.box")
        box = self._at_least_one(self._node("Min", [target, wanted], "contain.inside"), "contain.sides")
        before = self._margin(target, box, "contain")
        after = self._node("Sub", [self._node("Sub", [target, box], "contain.margins"), before], "contain.after")
        pads = self._node("Concat", [before, after], "contain.pads", axis=0)
        resampled = self._resample(INPUT, box, rule)
        filled = self._filled(resampled, pads, rule.background)
        shape = self._constant("contain.shape", np.array([0, rule.resize.height, rule.resize.width, 3], np.int64))
        return self._node("Reshape", [filled, shape], "contain.filled")  # says the size, which pads hide

    def _filled(self, pixels: str, pads: str, background: Sequence[int]) -> str:
        if len(set(background)) == 1:
            colour = self._constant("background", np.array(background[0], np.uint8))
            return self._node("Pad", [pixels, pads, colour, self._axes()], "contain.fill")
        planes = [f"contain.{name}" for name in ("red", "green", "blue")]
        self._node("Split", [pixels], "contain.split", outputs=planes, axis=3, num_outputs=3)
        padded = []
        for plane, value in zip(planes, background, strict=True):
            colour = self._constant(f"{plane}.background", np.array(value, np.uint8))
            padded.append(self._node("Pad", [plane, pads, colour, self._axes()], f"{plane}.fill"))
        return self._node("Concat", padded, "contain.fill", axis=3)

    def _resample(self, pixels: str, sides: str, rule: Preprocessing) -> str:
        attributes: dict[str, Any] = {
            "mode": _MODES[rule.resize.filter],
            "antialias": 1,
            "coordinate_transformation_mode": "half_pixel",
            "exclude_outside": 1,
        }
        if rule.resize.filter == "bicubic":
            attributes["cubic_coeff_a"] = -0.5
        rows = self._node("Resize", [pixels, "", "", self._rows_first(pixels, sides)], "rows", axes=[1], **attributes)
        return self._node("Resize", [rows, "", "", sides], "resample", axes=[1, 2], **attributes)

    def _rows_first(self, pixels: str, sides: str) -> str:
        """Return how many rows are left when columns are filtered: the target's if Pillow takes rows first, or all.

        It does for h x w to H x W if h > H and h - H > 2 * (w - W): that is, h - H > max(0, 2 * (w - W)).
        """
        first, second, end = (self._constant(name, np.array([value], np.int64)) for name, value in _PLACES.items())
        given = self._node("Shape", [pixels], "given.sides", start=1, end=3)
        over = self._node("Sub", [given, sides], "given.over")
        rows_over = self._node("Slice", [over, first, second], "given.over_rows")
        columns_over = self._node("Slice", [over, second, end], "given.over_columns")
        twice = self._node("Mul", [columns_over, self._constant("two", np.array(2, np.int64))], "given.twice")
        limit = self._node("Max", [twice, self._constant("zero", np.array(0, np.int64))], "given.limit")
        tall = self._node("Greater", [rows_over, limit], "given.is_tall")
        mine = self._node("Slice", [given, first, second], "given.rows")
        theirs = self._node("Slice", [sides, first, second], "wanted.rows")
        return self._node("Where", [tall, theirs, mine], "rows.sides")

    def _picture(self) -> tuple[str, str]:
        """Return the sides of the picture, and the same turned round."""
        sides = self._node("Shape", [INPUT], "picture.sides", start=1, end=3)
        order = self._constant("picture.order", np.array([1, 0], np.int64))
        return sides, self._node("Gather", [sides, order], "picture.turned")

    def _margin(self, outer: str, inner: str, name: str) -> str:
        """Return where the centre of ``inner`` sides begins in ``outer`` ones: half of what is over, rounded down."""
        over = self._node("Sub", [outer, inner], f"{name}.over")
        return self._node("Div", [over, self._constant("two", np.array(2, np.int64))], f"{name}.start")

    def _at_least_one(self, sides: str, name: str) -> str:
        return self._node("Max", [sides, self._constant("one", np.array(1, np.int64))], name)

    def _target(self, rule: Preprocessing) -> str:
        return self._sides("target", (rule.resize.height, rule.resize.width))

    def _axes(self) -> str:
        return self._sides("axes", (1, 2))

    def _sides(self, name: str, values: tuple[int, int]) -> str:
        return self._constant(name, np.array(values, np.int64))

    def _constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        name = f"{RESIZED}.{name}"
        if name not in {tensor.name for tensor in self.constants}:
            self.constants.append(numpy_helper.from_array(value, name))
        return name

    def _node(
        self, kind: str, inputs: Sequence[str], name: str, outputs: Sequence[str] | None = None, **attributes: Any
    ) -> str:
        from onnx import helper

        name = f"{RESIZED}.{name}"
        self.nodes.append(helper.make_node(kind, inputs, outputs or [name], name=name, **attributes))
        return name
