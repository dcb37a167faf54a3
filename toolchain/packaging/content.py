"""What a package is made of, before there is a client: the bundle, its golden vectors, and how near a client must come.

content = read_content(Bundle.open(path))
content.spec.labels, content.tolerance.resized_score
"""

from dataclasses import dataclass
from pathlib import PurePosixPath

from benchmarks.tolerance import tolerance_for
from models.bundle import Bundle
from models.golden import GOLDEN_FILE, Golden
from models.manifest import Manifest
from models.spec import ClassifierSpec
from toolchain.verification.own_scores import own_score_limit

MODEL_FOLDER = PurePosixPath("model")
GOLDEN_FOLDER = PurePosixPath("golden")


@dataclass(frozen=True)
class ClientTolerance:
    """How far a client may be from the golden vectors, stage by stage.

    Attributes:
        decoded: grey levels, any pixel of the decoded picture; decoders of JPEG differ by a few.
        resized: grey levels, any pixel of the picture as resized by the client from the *golden* decoded pixels.
        bundle_score: any score against the bundle's own, from the golden resized pixels; None if it has none.
        resized_score: any score against the original's, from the golden resized pixels.
        file_score: any score against the original's, from the picture file with the client's own decoder and resize.
    """

    decoded: int
    resized: int
    bundle_score: float | None
    resized_score: float
    file_score: float


@dataclass(frozen=True)
class Content:
    """A bundle to be packaged."""

    bundle: Bundle
    golden: Golden
    tolerance: ClientTolerance

    @property
    def manifest(self) -> Manifest:
        """The bundle's manifest."""
        return self.bundle.manifest

    @property
    def spec(self) -> ClassifierSpec:
        """The classifier."""
        return self.manifest.spec

    @property
    def model_path(self) -> PurePosixPath:
        """Where the model's file lies in the package."""
        return MODEL_FOLDER / self.manifest.model


def read_content(bundle: Bundle) -> Content:
    """Read what goes into every package of ``bundle``.

    Raises:
        BundleError: its golden vectors cannot be read.
    """
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    return Content(bundle, golden, client_tolerance(bundle.manifest.recipe, own=golden.bundle_scores is not None))


def client_tolerance(recipe: str, *, own: bool = False) -> ClientTolerance:
    """Return what a client of a bundle of this recipe is held to; ``own``: the bundle has its own golden scores.

    Scores from resized pixels are held to what ``rct verify`` holds the recipe to; from a file, to 1e-3 more, which is
    what another decoder and resize within a grey level are allowed. Where a recipe bounds only the 99th percentile,
    four times that is the bound of any.
    """
    limits = tolerance_for(recipe)
    score = limits.max_abs_score if limits.max_abs_score is not None else 4 * (limits.p99_abs_score or 0.25)
    near = own_score_limit(recipe) if own else None
    return ClientTolerance(decoded=4, resized=1, bundle_score=near, resized_score=score, file_score=score + 1e-3)
