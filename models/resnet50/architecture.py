"""What a ResNet50 is made of, and in which order: written once, for every library that is to build it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Strides = Literal["trained", "moved"]
Shortcuts = Literal["added", "joined"]
STEM = "pool1_pool"
"""The pooling between the first convolution and the stages."""


@dataclass(frozen=True)
class Architecture:
    """What tells one ResNet50 from another.

    ``widths``: channels inside the bottlenecks of each stage (a stage's output has four times as many).
    ``pool_padding``: zeros before and after each side ahead of the 3x3 pooling. ``epsilon``: of the batch norms.
    """

    name: str
    widths: tuple[int, int, int, int]
    pool_padding: tuple[int, int]
    blocks: tuple[int, int, int, int] = (3, 4, 6, 3)
    stem: int = 64
    epsilon: float = 1.001e-5

    def convolutions(self) -> tuple[str, ...]:
        """Return the names of all convolutions, in the order in which they run (53 of them)."""
        names: list[str] = []
        run_body(
            self,
            None,
            Operations(
                convolve=lambda _, name, *__: names.append(name),
                relu=lambda *_: None,
                add=lambda *_: None,
                pool=lambda _: None,
                subsample=lambda *_: None,
                join=lambda *_: None,
            ),
            "trained",
        )
        return tuple(names)

    @property
    def taps(self) -> tuple[str, ...]:
        """The layers that a head may read, in the order in which they run: the stem's pooling, and each stage's end."""
        ends = (f"conv{stage}_block{blocks}_out" for stage, blocks in enumerate(self.blocks, start=2))
        return (STEM, *ends)

    def channels(self, tap: str) -> int:
        """Return the channels of one of ``taps``."""
        return self.stem if tap == STEM else 4 * self.widths[self.taps.index(tap) - 1]

    def read_at_even_positions(self, tap: str) -> bool:
        """Return whether the next stage reads every second row and column of one of ``taps``, and no other."""
        return tap in self.taps[1:-1]


RESNET50 = Architecture("resnet50", widths=(64, 128, 256, 512), pool_padding=(1, 1))
RESNET50_1BY2 = Architecture("resnet50_1by2", widths=(32, 64, 128, 256), pool_padding=(0, 1), epsilon=1e-5)
ARCHITECTURES: Mapping[str, Architecture] = {arch.name: arch for arch in (RESNET50, RESNET50_1BY2)}


Tensor = Any
"""A tensor of whatever library the operations are of."""
Around = tuple[tuple[int, int], tuple[int, int]]
"""Zeros before and after the rows, and before and after the columns."""


@dataclass(frozen=True)
class Operations:
    """What a body is made of, in one library: Keras for the two forms here, others in the exporters.

    ``relu``, ``add``, ``subsample`` (every second row and column) and ``join`` (the channels of one behind those of the
    other) are told the name of their layer; ``pool`` is the 3x3 maximum of stride 2 after
    ``Architecture.pool_padding``.
    """

    convolve: Callable[[Tensor, str, int, int, int], Tensor]
    """From (x, name, filters, kernel size, stride), batch norm included if the form has one."""
    relu: Callable[[Tensor, str], Tensor]
    add: Callable[[Tensor, Tensor, str], Tensor]
    pool: Callable[[Tensor], Tensor]
    subsample: Callable[[Tensor, str], Tensor]
    join: Callable[[Tensor, Tensor, str], Tensor]


def run_body(
    arch: Architecture, x: Tensor, build: Operations, strides: Strides = "moved", shortcuts: Shortcuts = "added"
) -> Tensor:
    """Run ``build``'s operations over ``x``, from the first convolution to the last ReLU, and return what they return.

    With moved strides, a stage's last block computes only the even positions, the only ones that the next stage's
    strided 1x1 convolutions would read. Joined shortcuts need them: a stage's first block then ends in one 1x1
    convolution over the channels of its main path and, behind them, those that it reads.
    """
    x = build.pool(build.relu(build.convolve(x, "conv1", arch.stem, 7, 2), "conv1_relu"))
    for stage, (width, blocks) in enumerate(zip(arch.widths, arch.blocks, strict=True), start=2):
        for block in range(1, blocks + 1):
            name = f"conv{stage}_block{block}"
            entry = 2 if strides == "trained" and stage > 2 and block == 1 else 1
            inner = 2 if strides == "moved" and stage < 5 and block == blocks else 1
            joined = block == 1 and shortcuts == "joined"
            if block == 1 and not joined:
                shortcut = build.convolve(x, f"{name}_0", 4 * width, 1, entry * inner)
            else:
                shortcut = x if inner == 1 else build.subsample(x, f"{name}_subsample")
            x = build.relu(build.convolve(x, f"{name}_1", width, 1, entry), f"{name}_1_relu")
            x = build.relu(build.convolve(x, f"{name}_2", width, 3, inner), f"{name}_2_relu")
            if joined:
                x = build.convolve(build.join(x, shortcut, f"{name}_join"), f"{name}_3", 4 * width, 1, 1)
            else:
                x = build.add(shortcut, build.convolve(x, f"{name}_3", 4 * width, 1, 1), f"{name}_add")
            x = build.relu(x, f"{name}_out")
    return x


def watched(build: Operations, layers: Collection[str]) -> tuple[Operations, dict[str, Tensor]]:
    """Return the same operations, and a dict that will hold the outputs of ``layers``, by name, once they have run.

    ``layers`` are ReLUs, or the pooling of the stem.
    """
    seen: dict[str, Tensor] = {}

    def relu(x: Tensor, name: str) -> Tensor:
        x = build.relu(x, name)
        return seen.setdefault(name, x) if name in layers else x

    def pool(x: Tensor) -> Tensor:
        x = build.pool(x)
        return seen.setdefault(STEM, x) if STEM in layers else x

    return replace(build, relu=relu, pool=pool), seen


def zeros_around(kernel: int, stride: int, rows: int, columns: int) -> Around:
    """Return the padding that centres a window of the inference form on every position, or on the even ones.

    Args:
        kernel: side of the window: 1, 3, 7, or 4 for one that reads blocks (of which it reads two before, one after).
        stride: 1, or 2 for the even positions.
        rows: height of what is read.
        columns: width of it.
    """
    before = kernel // 2

    def after(side: int) -> int:
        return (kernel - 1) // 2 if stride == 1 or kernel == 1 else before - 1 + side % 2

    return ((before, after(rows)), (before, after(columns)))
