"""Golden vectors: a few pictures and what the original makes of them, stage by stage.

They lie in every bundle as ``golden.npz``. A client that decodes and resizes in its own way finds here at which
stage it departs: the encoded bytes, the decoded pixels, the resized tensor, the scores. An export has its own scores
there, too: a client that runs the very same file comes much nearer to those than a quantized model is to its original.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from models.errors import BundleError
from models.preprocessing import Preprocessing, decode, resize
from models.runtimes import Predict

GOLDEN_FILE = "golden.npz"
Pixels = NDArray[np.uint8]
_LARGEST = 1 << 30


@dataclass(frozen=True)
class Golden:
    """``encoded``: file contents. ``decoded``: uint8 [height, width, 3] each. ``resized``: uint8 [n, height, width, 3].

    ``scores``: the original's, float32 [n, categories]. ``bundle_scores``: those of the bundle that the vectors lie in,
    from ``resized``, in the runtime that runs its format here; None where they were not kept.
    """

    encoded: tuple[bytes, ...]
    decoded: tuple[Pixels, ...]
    resized: Pixels
    scores: NDArray[np.float32]
    bundle_scores: NDArray[np.float32] | None = None

    def save(self, path: Path) -> None:
        """Write an .npz of plain arrays: ``encoded_0``, ``decoded_0``, … , ``resized`` and what there is of scores."""
        arrays: dict[str, NDArray[np.uint8] | NDArray[np.float32]] = {"resized": self.resized, "scores": self.scores}
        if self.bundle_scores is not None:
            arrays["bundle_scores"] = self.bundle_scores
        for index, (content, pixels) in enumerate(zip(self.encoded, self.decoded, strict=True)):
            arrays[f"encoded_{index}"] = np.frombuffer(content, np.uint8)
            arrays[f"decoded_{index}"] = pixels
        np.savez_compressed(path, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Golden":
        """Read what ``save`` wrote.

        Raises:
            BundleError: the file is not such an archive, or is larger than a gigabyte once unpacked.
        """
        try:
            with ZipFile(path) as opened:
                if sum(info.file_size for info in opened.infolist()) > _LARGEST:
                    raise ValueError("too large")
            with np.load(path, allow_pickle=False) as archive:
                count = len(archive["resized"])
                read = cls(
                    tuple(archive[f"encoded_{index}"].tobytes() for index in range(count)),
                    tuple(archive[f"decoded_{index}"] for index in range(count)),
                    archive["resized"],
                    archive["scores"],
                    archive.get("bundle_scores"),
                )
            read._check_shapes()
        except (OSError, ValueError, TypeError, KeyError, EOFError, MemoryError, BadZipFile, zlib.error) as error:
            raise BundleError(path, f"not golden vectors ({error})", "Export the bundle again.") from error
        return read

    def _check_shapes(self) -> None:
        pictures = [(picture.dtype, picture.ndim, picture.shape[-1:]) for picture in (*self.decoded, *self.resized)]
        if any(found != (np.uint8, 3, (3,)) for found in pictures):
            raise ValueError("a picture is not uint8 [height, width, 3]")
        if self.scores.dtype != np.float32 or self.scores.ndim != 2 or len(self.scores) != len(self.resized):
            raise ValueError("scores are not float32 [pictures, categories]")
        own = self.bundle_scores
        if own is not None and (own.dtype != np.float32 or own.shape != self.scores.shape):
            raise ValueError("the bundle's own scores are not float32 [pictures, categories]")


def make_golden(pictures: Sequence[Path], rule: Preprocessing, original: Predict) -> Golden:
    """Run ``pictures`` through decoding, resizing and the original, and keep every stage.

    Raises:
        PictureError: one of them cannot be read.
    """
    encoded = tuple(picture.read_bytes() for picture in pictures)
    decoded = tuple(decode(content, rule) for content in encoded)
    resized = np.stack([resize(pixels, rule) for pixels in decoded])
    return Golden(encoded, decoded, resized, original(resized))
