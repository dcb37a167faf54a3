"""Score pictures with this package on ONNX Runtime, NumPy and Pillow; nothing else is needed.

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
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image

VERSIONS = ("rct.bundle/1", "rct.bundle/2")
SEVERITY = ("allow", "review", "block")
DECODERS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MAX_PIXELS, MAX_SIDE = 100_000_000, 65_535
PLAIN_MODES = ("1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr")
EXIF_ORIENTATION = 0x0112
# mirrored, 180, upside down, transposed, 270, transversed, 90: the EXIF orientations 2 to 8
TURN = dict(enumerate(map(Image.Transpose, (0, 3, 1, 5, 4, 6, 2)), start=2))


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
        session = onnxruntime.InferenceSession(bundle / manifest["model"], providers=["CPUExecutionProvider"])
        return cls(manifest["spec"], session, manifest["inputs"][0]["shape"][1] is None)

    def classify(self, encoded: bytes) -> Result:
        """Return the scores and verdicts of a picture's bytes; ValueError or OSError if it cannot be read."""
        return self.judge(self.score(self.resize(self.decode(encoded))))

    def decode(self, encoded: bytes) -> np.ndarray:
        """Return the first frame, upright and opaque: uint8 [height, width, 3] RGB."""
        rule = self.spec["preprocessing"]
        picture = Image.open(BytesIO(encoded), formats=DECODERS)
        if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
            raise ValueError(f"picture: too large (got {picture.width}x{picture.height}).")
        try:
            orientation = picture.getexif().get(EXIF_ORIENTATION, 1)
        except Exception:  # noqa: BLE001  a broken EXIF block does not break the picture
            orientation = 1
        picture.load()
        plain = eight_bits(picture) if picture.mode.startswith("I;16") else picture
        if "A" in plain.getbands() or "a" in plain.getbands() or "transparency" in plain.info:
            rgb = Image.new("RGB", plain.size, tuple(rule["background"]))
            rgb.paste(coloured := plain.convert("RGBA"), mask=coloured)
        elif plain.mode in PLAIN_MODES:
            rgb = plain.convert("RGB")
        else:
            raise ValueError(f"picture: its pixels have no agreed meaning as colours (got mode {plain.mode}).")
        turn = TURN.get(orientation) if rule["exif_rotation"] else None
        return np.asarray(rgb if turn is None else rgb.transpose(turn))

    def resize(self, pixels: np.ndarray) -> np.ndarray:
        """Return the network's input: uint8 [height, width, 3] of the sizes in the manifest."""
        rule = self.spec["preprocessing"]
        size, (height, width) = rule["resize"], pixels.shape[:2]
        columns, rows = size["width"], size["height"]
        if size["fit"] == "cover":
            pixels = centre(pixels, *largest_inside(width, height, columns, rows))
        elif size["fit"] == "contain":
            columns, rows = largest_inside(columns, rows, width, height)
        resampling = Image.Resampling[size["filter"].upper()]
        resized = np.asarray(Image.fromarray(pixels).resize((columns, rows), resampling))
        if size["fit"] == "contain":
            canvas = np.full((size["height"], size["width"], 3), rule["background"], np.uint8)
            centre(canvas, columns, rows)[:] = resized
            resized = canvas
        return np.ascontiguousarray(centre(resized, rule["width"], rule["height"]))

    def score(self, resized: np.ndarray) -> list[float]:
        """Return one score per category of what ``resize`` returned."""
        if self.takes_any_size:  # the model resizes and cuts: in the middle of a picture of that size it does neither
            size = self.spec["preprocessing"]["resize"]
            canvas = np.zeros((size["height"], size["width"], 3), np.uint8)
            centre(canvas, resized.shape[1], resized.shape[0])[:] = resized
            resized = canvas
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


def eight_bits(picture: Image.Image) -> Image.Image:
    """Return a grey picture of 16 bits as 8 bits, by the high byte."""
    values = np.asarray(picture)
    grey = Image.fromarray((values >> 8).astype(np.uint8))
    if (transparent := picture.info.get("transparency")) is not None:
        grey.putalpha(Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8)))
    return grey


def largest_inside(width: int, height: int, across: int, down: int) -> tuple[int, int]:
    """Return the width and height of the largest box of the aspect across:down that fits, rounded down."""
    return max(1, min(width, height * across // down)), max(1, min(height, width * down // across))


def centre(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the middle width x height; where a margin is odd, the smaller half is at the top and on the left."""
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


def selftest(folder: Path) -> bool:
    """Go through golden/ stage by stage, each from the golden input of that stage, and print how far each is off."""
    classifier, golden = Classifier.load(folder), folder / "golden"
    document = json.loads((golden / "golden.json").read_text("utf-8"))
    stages = ("decoded", "resized", "bundle_score", "resized_score", "file_score")
    worst = {stage: 0.0 for stage in stages if stage in document["tolerance"]}
    for entry in document["pictures"]:
        encoded = (golden / entry["file"]).read_bytes()
        pixels, resized = (np.asarray(Image.open(golden / entry[stage])) for stage in ("decoded", "resized"))
        decoded, scores = classifier.decode(encoded), classifier.score(resized)
        found = {
            "decoded": difference(decoded, pixels),
            "resized": difference(classifier.resize(pixels), resized),
            "bundle_score": difference(scores, entry.get("bundle_scores", entry["scores"])),
            "resized_score": difference(scores, entry["scores"]),
            "file_score": difference(classifier.score(classifier.resize(decoded)), entry["scores"]),
        }
        worst = {stage: max(worst[stage], found[stage], key=lambda off: (off != off, off)) for stage in worst}
    wrong = [stage for stage, off in worst.items() if not off <= document["tolerance"][stage]]
    for stage, off in worst.items():
        print(
            f"{stage:14} {'DIFFERS' if stage in wrong else 'ok':8} {off:.3g}, at most {document['tolerance'][stage]:g}"
        )
    print(f"FAILED: {wrong[0]} is the first stage that differs." if wrong else "passed.")
    return not wrong


def difference(ours: Any, theirs: Any) -> float:
    """Return the largest difference; infinity where the sizes differ, and not a number where a value is not."""
    left, right = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    return float(np.abs(left - right).max()) if left.shape == right.shape else float("inf")


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    if sys.argv[1:] == ["selftest"]:
        sys.exit(0 if selftest(here) else 1)
    loaded = Classifier.load(here)
    for name in sys.argv[1:]:
        print(json.dumps({"file": name, **asdict(loaded.classify(Path(name).read_bytes()))}))
