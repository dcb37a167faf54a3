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
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from protocol import infer  # type: ignore[import-not-found]  # the file beside this one

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
    """What ``model/manifest.json`` says of the model that the server at ``url`` has."""

    manifest: dict[str, Any]
    url: str

    @classmethod
    def load(cls, folder: Path, url: str) -> "Classifier":
        """Read the manifest of the package in ``folder``; ``url`` is the server's, as http://localhost:8000."""
        manifest = json.loads((folder / "model" / "manifest.json").read_text("utf-8"))
        if manifest.get("schema_version") not in VERSIONS:
            raise ValueError(f"manifest.json: unknown version (got {manifest.get('schema_version')}).")
        return cls(manifest, url.rstrip("/"))

    def classify(self, encoded: bytes) -> Result:
        """Return the scores and verdicts of a picture's bytes; ValueError or OSError if there are none."""
        return self.judge(self.score(self.resize(self.decode(encoded))))

    def decode(self, encoded: bytes) -> np.ndarray:
        """Return the first frame, upright and opaque: uint8 [height, width, 3] RGB."""
        rule = self.manifest["spec"]["preprocessing"]
        picture = Image.open(BytesIO(encoded), formats=DECODERS)
        if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
            raise ValueError(f"picture: too large (got {picture.width}x{picture.height}).")
        try:
            orientation = picture.getexif().get(EXIF_ORIENTATION, 1)
        except Exception:  # noqa: BLE001  a broken EXIF block does not break the picture
            orientation = 1
        picture.load()
        if "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info:
            rgb = Image.new("RGB", picture.size, tuple(rule["background"]))
            rgb.paste(coloured := picture.convert("RGBA"), mask=coloured)
        elif picture.mode in PLAIN_MODES:
            rgb = picture.convert("RGB")
        else:
            raise ValueError(f"picture: its pixels are not 8-bit colours (got mode {picture.mode}).")
        turn = TURN.get(orientation) if rule["exif_rotation"] else None
        return np.asarray(rgb if turn is None else rgb.transpose(turn))

    def resize(self, pixels: np.ndarray) -> np.ndarray:
        """Return the network's input: uint8 [height, width, 3] of the sizes in the manifest."""
        rule = self.manifest["spec"]["preprocessing"]
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
        """Return the server's scores, one per category, of what ``resize`` returned."""
        taken, given = self.manifest["inputs"][0], self.manifest["outputs"][0]
        if taken["shape"][1] is None:  # the model resizes and cuts: in the middle of such a picture it does neither
            size = self.manifest["spec"]["preprocessing"]["resize"]
            canvas = np.zeros((size["height"], size["width"], 3), np.uint8)
            centre(canvas, resized.shape[1], resized.shape[0])[:] = resized
            resized = canvas
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


def largest_inside(width: int, height: int, across: int, down: int) -> tuple[int, int]:
    """Return the width and height of the largest box of the aspect across:down that fits, rounded down."""
    return max(1, min(width, height * across // down)), max(1, min(height, width * down // across))


def centre(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the middle width x height; where a margin is odd, the smaller half is at the top and on the left."""
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


def selftest(folder: Path, url: str) -> bool:
    """Go through golden/ stage by stage, each from the golden input of that stage, and print how far each is off."""
    classifier, golden = Classifier.load(folder, url), folder / "golden"
    document = json.loads((golden / "golden.json").read_text("utf-8"))
    stages = ("decoded", "resized", "bundle_score", "resized_score", "file_score")
    worst = {stage: 0.0 for stage in stages if stage in document["tolerance"]}
    for entry in document["pictures"]:
        pixels, resized = (np.asarray(Image.open(golden / entry[stage])) for stage in ("decoded", "resized"))
        decoded, scores = classifier.decode((golden / entry["file"]).read_bytes()), classifier.score(resized)
        found = {
            "decoded": difference(decoded, pixels),
            "resized": difference(classifier.resize(pixels), resized),
            "bundle_score": difference(scores, entry.get("bundle_scores", entry["scores"])),
            "resized_score": difference(scores, entry["scores"]),
            "file_score": difference(classifier.score(classifier.resize(decoded)), entry["scores"]),
        }
        worst = {stage: max(worst[stage], found[stage], key=lambda off: (off != off, off)) for stage in worst}
    most = document["tolerance"]
    wrong = [stage for stage, off in worst.items() if not off <= most[stage]]
    for stage, off in worst.items():
        print(f"{stage:14} {'DIFFERS' if stage in wrong else 'ok':8} {off:.3g}, at most {most[stage]:g}")
    print(f"FAILED: {wrong[0]} is the first stage that differs." if wrong else "passed.")
    return not wrong


def difference(ours: Any, theirs: Any) -> float:
    """Return the largest difference; infinity where the sizes differ, and not a number where a value is not."""
    left, right = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    return float(np.abs(left - right).max()) if left.shape == right.shape else float("inf")


if __name__ == "__main__":
    here, server = Path(__file__).resolve().parent, sys.argv[1]
    if sys.argv[2:] == ["selftest"]:
        sys.exit(0 if selftest(here, server) else 1)
    loaded = Classifier.load(here, server)
    for name in sys.argv[2:]:
        print(json.dumps({"file": name, **asdict(loaded.classify(Path(name).read_bytes()))}))
