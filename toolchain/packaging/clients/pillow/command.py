"""The command line of classifier.py: the self-test, and pictures one after the other."""  # noqa: INP001  copied out

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

STAGES = ("decoded", "resized", "bundle_score", "resized_score", "file_score")


def run(usage: str, load: Callable[[], Any], folder: Path, words: list[str]) -> int:
    """Do what ``words`` say with the classifier that ``load`` returns; ``folder`` is the package's.

    Returns the exit code. 0: done. 1: the self-test failed, or a picture has no score, which a line on standard error
    says while the others go on. 2: nothing was begun.
    """
    if words[:1] in (["-h"], ["--help"]):
        print(usage)
        return 0
    if not words:
        return complain(usage, 2)
    try:
        classifier = load()
    except (OSError, ValueError) as error:
        return complain(str(error), 2)
    if words == ["selftest"]:
        try:
            return 0 if selftest(classifier, folder) else 1
        except (OSError, ValueError) as error:
            return complain(f"FAILED: {error}", 1)
    return max(classify(classifier, word) for word in words)


def classify(classifier: Any, name: str) -> int:
    """Print the scores and verdicts of a picture as a line of JSON; return the exit code."""
    try:
        result = classifier.classify(Path(name).read_bytes())
    except (OSError, ValueError) as error:
        problem = str(getattr(error, "strerror", None) or error).rstrip(".")
        return complain(f"{name}: {problem}. Let a person look.", 1)
    print(json.dumps({"file": name, **asdict(result)}), flush=True)
    return 0


def complain(problem: str, code: int) -> int:
    """Say in a line on standard error what is wrong; return the exit code."""
    print(" ".join(problem.split()), file=sys.stderr)
    return code


def selftest(classifier: Any, folder: Path) -> bool:
    """Go through golden/ stage by stage, each from the golden input of that stage, and print how far each is off."""
    golden = folder / "golden"
    document = json.loads((golden / "golden.json").read_text("utf-8"))
    most = document["tolerance"]
    worst = {stage: 0.0 for stage in STAGES if stage in most}
    for entry in document["pictures"]:
        pixels, resized = (np.asarray(Image.open(golden / entry[stage])) for stage in ("decoded", "resized"))
        decoded = classifier.decode((golden / entry["file"]).read_bytes())
        scores = classifier.score(resized)
        found = {
            "decoded": difference(decoded, pixels),
            "resized": difference(classifier.resize(pixels), resized),
            "bundle_score": difference(scores, entry.get("bundle_scores", entry["scores"])),
            "resized_score": difference(scores, entry["scores"]),
            "file_score": difference(classifier.score(classifier.resize(decoded)), entry["scores"]),
        }
        worst = {stage: max(worst[stage], found[stage], key=lambda off: (off != off, off)) for stage in worst}
    wrong = [stage for stage, off in worst.items() if not off <= most[stage]]
    for stage, off in worst.items():
        print(f"{stage:14} {'DIFFERS' if stage in wrong else 'ok':8} {off:.3g}, at most {most[stage]:g}")
    print(f"FAILED: {wrong[0]} is the first stage that differs." if wrong else "passed.")
    return not wrong


def difference(ours: Any, theirs: Any) -> float:
    """Return the largest difference; infinity where the sizes differ, and not a number where a value is not."""
    left, right = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    return float(np.abs(left - right).max()) if left.shape == right.shape else float("inf")
