"""Score pictures on a server that serves this package's model; Pillow and NumPy are all that is needed here.

python classifier.py URL selftest            # every stage against golden/; exit code 1 if one differs
python classifier.py URL cat.jpg dog.png     # one JSON line each

classifier = Classifier.load(Path("folder"), "http://localhost:8000")
result = classifier.classify(Path("cat.jpg").read_bytes())
result.scores, result.verdicts, result.verdict     # {"adult": 0.01}, {"adult": "allow"}, "allow"

A picture that cannot be read, and an answer that makes no sense, is a ValueError or an OSError: let a person look.
"""  # noqa: INP001  it is copied out of here

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from command import run  # type: ignore[import-not-found]  # ../pillow; a package has them in one file
from pixels import decode, in_canvas, resize  # type: ignore[import-not-found]
from protocol import infer  # type: ignore[import-not-found]  # ../triton or ../tf_serving

USAGE = "usage: python classifier.py URL selftest, or python classifier.py URL PICTURE..."
VERSIONS = ("rct.bundle/1", "rct.bundle/2")
SEVERITY = ("allow", "review", "block")


@dataclass(frozen=True)
class Result:
    """Scores from 0 to 1 and verdicts by category, and the most severe of the verdicts."""

    scores: dict[str, float]
    verdicts: dict[str, str]
    verdict: str


@dataclass(frozen=True)
class Classifier:
    """What ``model/manifest.json`` says of the model that the server at ``url`` has."""

    manifest: dict[str, Any]
    url: str

    @classmethod
    def load(cls, folder: Path, url: str) -> "Classifier":
        """Read the manifest of the package in ``folder``; ``url`` is the server's, as http://localhost:8000."""
        manifest = json.loads((folder / "model" / "manifest.json").read_text("utf-8"))
        if manifest.get("schema_version") not in VERSIONS:
            raise ValueError(f"manifest.json: unknown version (got {manifest.get('schema_version')}).")
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"address: it begins with http:// or https:// (got {url}).")
        return cls(manifest, url.rstrip("/"))

    def classify(self, encoded: bytes) -> Result:
        """Return the scores and verdicts of a picture's bytes; ValueError or OSError if there are none."""
        return self.judge(self.score(self.resize(self.decode(encoded))))

    def decode(self, encoded: bytes) -> np.ndarray:
        """Return a picture's pixels, upright and opaque: uint8 [height, width, 3] RGB."""
        decoded: np.ndarray = decode(encoded, self.manifest["spec"]["preprocessing"])
        return decoded

    def resize(self, decoded: np.ndarray) -> np.ndarray:
        """Return the network's input: uint8 [height, width, 3] of the sizes in the manifest."""
        resized: np.ndarray = resize(decoded, self.manifest["spec"]["preprocessing"])
        return resized

    def score(self, resized: np.ndarray) -> list[float]:
        """Return the server's scores, one per category, of what ``resize`` returned."""
        taken, given = self.manifest["inputs"][0], self.manifest["outputs"][0]
        if taken["shape"][1] is None:  # the model resizes and cuts: in the middle of such a picture it does neither
            resized = in_canvas(resized, self.manifest["spec"]["preprocessing"])
        batch = np.repeat(resized[None], taken["shape"][0] or 1, axis=0)  # a model of a fixed batch wants all of it
        scores = infer(self.url, self.manifest["spec"]["name"], taken["name"], batch, given["name"])
        if scores.shape != (len(batch), len(self.manifest["spec"]["categories"])):
            raise ValueError(f"server: not one score per category (got shape {scores.shape}).")
        return [float(score) for score in scores[0]]

    def judge(self, scores: list[float]) -> Result:
        """Return scores with names and verdicts; a score that is not a number is a case for a person."""
        limits, verdicts = self.manifest["spec"]["thresholds"], {}
        named = dict(zip((row["name"] for row in self.manifest["spec"]["categories"]), scores, strict=True))
        for label, score in named.items():
            review = "review" if score >= limits[label]["review"] or score != score else "allow"
            verdicts[label] = "block" if score >= limits[label]["block"] else review
        return Result(named, verdicts, max(verdicts.values(), key=SEVERITY.index))


if __name__ == "__main__":
    here, words = Path(__file__).resolve().parent, sys.argv[1:]
    sys.exit(run(USAGE, lambda: Classifier.load(here, words[0]), here, words[1:]))
