"""Score pictures with this package on ONNX Runtime, NumPy and Pillow.

python classifier.py selftest            # every stage against golden/; exit code 1 if one differs
python classifier.py cat.jpg dog.png     # one JSON line each

classifier = Classifier.load(Path("folder"))
result = classifier.classify(Path("cat.jpg").read_bytes())
result.scores, result.verdicts, result.verdict     # {"adult": 0.01}, {"adult": "allow"}, "allow"

A picture that cannot be read, or a package that is not whole, is a ValueError or an OSError.
"""  # noqa: INP001  it is copied out of here

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from command import run  # type: ignore[import-not-found]  # ../pillow; a package has them in one file
from pixels import decode, in_canvas, resize  # type: ignore[import-not-found]

USAGE = "usage: python classifier.py selftest, or python classifier.py PICTURE..."
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
    """A bundle that is loaded. ``spec`` and ``takes_any_size`` are what its manifest says."""

    spec: dict[str, Any]
    session: Any
    takes_any_size: bool

    @classmethod
    def load(cls, folder: Path) -> "Classifier":
        """Check the files of the package in ``folder`` and load its model; ValueError says what is wrong."""
        bundle = folder / "model"
        manifest = json.loads((bundle / "manifest.json").read_text("utf-8"))
        if manifest.get("schema_version") not in VERSIONS:
            raise ValueError(f"manifest.json: unknown version (got {manifest.get('schema_version')}).")
        if manifest["format"] != "onnx":
            raise ValueError(f"manifest.json: this client runs format onnx (got {manifest['format']}).")
        for name, entry in manifest["files"].items():
            content = (bundle / name).read_bytes()
            if len(content) != entry["bytes"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
                raise ValueError(f"{name}: not what the manifest says.")
        session = onnxruntime.InferenceSession(str(bundle / manifest["model"]), providers=["CPUExecutionProvider"])
        return cls(manifest["spec"], session, manifest["inputs"][0]["shape"][1] is None)

    def classify(self, encoded: bytes) -> Result:
        """Return the scores and verdicts of a picture's bytes; ValueError or OSError if it cannot be read."""
        return self.judge(self.score(self.resize(self.decode(encoded))))

    def decode(self, encoded: bytes) -> np.ndarray:
        """Return a picture's pixels, upright and opaque: uint8 [height, width, 3] RGB."""
        decoded: np.ndarray = decode(encoded, self.spec["preprocessing"])
        return decoded

    def resize(self, decoded: np.ndarray) -> np.ndarray:
        """Return the network's input: uint8 [height, width, 3] of the sizes in the manifest."""
        resized: np.ndarray = resize(decoded, self.spec["preprocessing"])
        return resized

    def score(self, resized: np.ndarray) -> list[float]:
        """Return one score per category of what ``resize`` returned."""
        if self.takes_any_size:  # the model resizes and cuts: in the middle of a picture of that size it does neither
            resized = in_canvas(resized, self.spec["preprocessing"])
        names = self.session.get_inputs()[0].name, self.session.get_outputs()[0].name
        return [float(score) for score in self.session.run([names[1]], {names[0]: resized[None]})[0][0]]

    def judge(self, scores: list[float]) -> Result:
        """Return scores with names and verdicts; a score that is not a number is a case for a person."""
        labels = [category["name"] for category in self.spec["categories"]]
        verdicts = {label: self.verdict(label, score) for label, score in zip(labels, scores, strict=True)}
        return Result(dict(zip(labels, scores, strict=True)), verdicts, max(verdicts.values(), key=SEVERITY.index))

    def verdict(self, label: str, score: float) -> str:
        """Return what to do with a picture of this score in this category."""
        limits = self.spec["thresholds"][label]
        if score != score:
            return "review"
        return "block" if score >= limits["block"] else "review" if score >= limits["review"] else "allow"


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    sys.exit(run(USAGE, lambda: Classifier.load(here), here, sys.argv[1:]))
