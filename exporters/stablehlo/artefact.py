"""The function as files: one for JAX, and one in StableHLO alone for whatever else reads that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from exporters.formats import Written
from exporters.stablehlo.first import first_convolution
from exporters.stablehlo.graph import Precision, Rounding, jax_function
from models.manifest import Tensor
from models.preprocessing import Preprocessing
from models.resnet50 import InferenceNetwork

PRECISION: Mapping[str, Precision] = {"fp16": "float16", "bf16": "bfloat16", "fp32": "float32"}
"""Recipe to the type that the body computes in."""
PLATFORMS = ("cpu", "cuda")
MODEL = "model.jax"
PORTABLE = "model.mlirbc"
OLDEST_READER: Mapping[str, str] = {"0.10": "0.8.2", "0.11": "0.11.0"}
"""JAX that writes, to the oldest that was seen to run what it wrote; the release before it refuses the file."""


def write_artefact(
    network: InferenceNetwork,
    rule: Preprocessing,
    recipe: str,
    batch: int | None,
    folder: Path,
    *,
    blocks: bool = False,
    rounding: Rounding | None = None,
) -> Written:
    """Write ``model.jax``, for ``jax.export.deserialize``, and ``model.mlirbc``; the weights are in each.

    ``model.mlirbc`` is StableHLO's portable bytecode. Its function ``main`` takes the pictures and returns the scores,
    and nothing in it is of one platform.

    Args:
        network: the float network; its first convolution reads pixels.
        rule: the preprocessing that it was trained with.
        recipe: a key of ``PRECISION``.
        batch: pictures per run, None for any number.
        folder: where the files go.
        blocks: let the first convolution read 2x2 pixels at once, where the sides are even.
        rounding: see ``exporters.stablehlo.graph.jax_function``.
    """
    import jax
    from jax import export

    network = first_convolution(network, rule, PRECISION[recipe], blocks=blocks)
    size = export.symbolic_shape("batch")[0] if batch is None else batch
    shape_and_type: Any = jax.ShapeDtypeStruct
    pictures = shape_and_type((size, network.height, network.width, 3), np.uint8)
    function = jax.jit(jax_function(network, PRECISION[recipe], rounding))
    exported = export.export(function, platforms=PLATFORMS)(pictures)
    (folder / MODEL).write_bytes(exported.serialize())
    alone = export.export(function, platforms=PLATFORMS[:1])(pictures)  # for one platform, none is named in it
    (folder / PORTABLE).write_bytes(alone.mlir_module_serialized)
    return Written(
        model=MODEL,
        inputs=(Tensor(name="image", dtype="uint8", shape=(batch, network.height, network.width, 3)),),
        outputs=(Tensor(name="scores", dtype="float32", shape=(batch, len(network.labels))),),
        minimum_runtime={"jax": oldest_reader(jax.__version__)},
        details={
            "portable": PORTABLE,
            "calling_convention": int(exported.calling_convention_version),
            "reads_blocks": network.reads_blocks,
        },
    )


def oldest_reader(writer: str) -> str:
    """Return the oldest JAX that runs what the JAX of version ``writer`` writes; itself, where nobody has tried."""
    return OLDEST_READER.get(".".join(writer.split(".")[:2]), writer)
