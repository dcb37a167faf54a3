"""Which pictures a bundle takes: of the network's size, or of any where it resizes by itself.

Every runtime's predict is wrapped in one of these by models.runtimes.load_runtime, so that pictures of another size are
an error that says so, and not a score for something else.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from models.manifest import Manifest
from models.preprocessing import Preprocessing

Pixels = NDArray[np.uint8]


def takes_any_size(manifest: Manifest) -> bool:
    """Return whether the bundle resizes by itself: its input is uint8 [batch, any height, any width, 3]."""
    return manifest.inputs[0].shape[1:3] == (None, None)


def as_input(batch: Pixels, manifest: Manifest) -> Pixels:
    """Return resized pictures (uint8 [n, rule.height, rule.width, 3]) as what goes into the bundle's model.

    A model that resizes gets them in the middle of a picture of the size that it resizes to: that passes its
    resampling as it is, and then the model cuts out the middle.
    """
    rule = manifest.spec.preprocessing
    return on_canvas(batch, rule) if takes_any_size(manifest) else batch


def on_canvas(batch: Pixels, rule: Preprocessing) -> Pixels:
    """Return uint8 [n, resize.height, resize.width, 3] whose centre is ``batch``; the margin is black."""
    over = (rule.resize.height - rule.height, rule.resize.width - rule.width)
    margins = [(side // 2, side - side // 2) for side in over]
    return np.pad(batch, ((0, 0), *margins, (0, 0)))


def check_resized(batch: Pixels, manifest: Manifest) -> None:
    """Raise UserError unless ``batch`` is uint8 [n, rule.height, rule.width, 3]."""
    rule = manifest.spec.preprocessing
    _check_pixels(batch, manifest)
    if batch.shape[1:3] != (rule.height, rule.width):
        raise UserError(
            "pictures",
            f"not {rule.width} x {rule.height} pixels, which {manifest.name} takes "
            f"(got {batch.shape[2]} x {batch.shape[1]})",
            "Resize them with models.preprocessing.resize.",
        )


def check_whole(batch: Pixels | Sequence[Pixels], manifest: Manifest) -> Pixels:
    """Return pictures of one size as uint8 [n, height, width, 3].

    Raises:
        UserError: their sizes differ, or they are not RGB bytes.
    """
    if not isinstance(batch, np.ndarray):
        sizes = sorted({f"{picture.shape[1]} x {picture.shape[0]}" for picture in batch})
        if len(sizes) > 1:
            raise UserError(
                "pictures",
                f"not of one size in a batch (got {', '.join(sizes)})",
                "Give those of one size together, or one at a time.",
            )
        batch = np.stack(batch)
    _check_pixels(batch, manifest)
    return batch


def _check_pixels(batch: Any, manifest: Manifest) -> None:
    shape: tuple[int, ...] = getattr(batch, "shape", ())
    kind = getattr(batch, "dtype", type(batch).__name__)
    if kind != np.uint8 or len(shape) != 4 or shape[-1] != 3:
        raise UserError(
            "pictures",
            f"not uint8 [pictures, height, width, 3], which {manifest.name} takes (got {kind} {list(shape)})",
            "Read them with models.preprocessing.",
        )
