"""Writing chosen thresholds into an original: a new bundle in place of the old one, whole or not at all.

    rewritten = write_thresholds(bundle, {"adult": choice}, "val of data/mine")

Files are copied to a temporary sibling, ``classifier.toml``, the model card and the manifest are made anew, and the
sibling takes the bundle's place in one step. The model stays the same to the byte. What is refused: a classifier that
we ship, an export (it has its original's thresholds, or its own refitted ones), and a folder of the user's own without
a manifest, whose classifier.toml is the user's text.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from models.bundle import MANIFEST, Bundle, seal, writing
from models.classifier import SPEC_FILE
from models.errors import BundleError, UserError
from models.manifest import Manifest
from models.spec import ClassifierSpec
from models.zoo import zoo_names, zoo_path
from toolchain.evaluation.thresholds import Choice, percent
from toolchain.training.model_card import MODEL_CARD
from toolchain.training.original import toml

_SECTION = re.compile(r"\n## Thresholds\n.*?(?=\n## |\Z)", re.DOTALL)
_ROW = re.compile(r"^\| review / block \| .* \|$", re.MULTILINE)


def check_rewritable(bundle: Bundle) -> None:
    """Refuse a bundle whose thresholds are not to be written, before any work is done.

    Raises:
        BundleError: it is an export, a folder without a manifest, or one that we ship.
    """
    if bundle.manifest.format != "keras":
        problem = f"an export has the thresholds of its original (got format {bundle.manifest.format})"
        raise BundleError(bundle.path, problem, "Choose them for the original, and export it again.")
    if not (bundle.path / MANIFEST).is_file():
        raise BundleError(
            bundle.path, "no bundle, and its classifier.toml is your text", "Leave --write out, and put them there."
        )
    if bundle.path.resolve() in {zoo_path(name).resolve() for name in zoo_names()}:
        raise BundleError(bundle.path, "a classifier that rct ships stays as it is", "Copy its folder, and name that.")


def write_thresholds(bundle: Bundle, choices: Mapping[str, Choice], where: str) -> Bundle:
    """Return the bundle with the thresholds of ``choices``, by category; the others keep theirs.

    ``where``: what they were chosen on, for the model card.

    Raises:
        BundleError: see ``check_rewritable``.
        UserError: no threshold keeps to a goal, there is nothing to write, or the folder cannot be written.
    """
    check_rewritable(bundle)
    if not choices:
        raise UserError(bundle.path, "no thresholds to write", "Give labelled pictures that are negative.")
    for choice in choices.values():
        if not choice.kept:
            raise UserError(
                choice.category, "no threshold keeps to the goals", "Nothing was written. Give other goals."
            )
    chosen = {name: choice.thresholds for name, choice in choices.items()}
    spec = bundle.manifest.spec.model_copy(update={"thresholds": {**bundle.manifest.spec.thresholds, **chosen}})
    with writing(bundle.path, overwrite=True) as folder:
        for name in bundle.manifest.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(bundle.path / name, folder / name)
        if (folder / SPEC_FILE).is_file():
            (folder / SPEC_FILE).write_text(toml(spec), "utf-8")
        if (folder / MODEL_CARD).is_file():
            _rewrite_card(folder / MODEL_CARD, spec, choices, where)
        names = [name for name in Manifest.model_fields if name not in {"files", "schema_version", "spec"}]
        seal(folder, spec=spec, **{name: getattr(bundle.manifest, name) for name in names})
    return Bundle.open(bundle.path)


def _rewrite_card(card: Path, spec: ClassifierSpec, choices: Mapping[str, Choice], where: str) -> None:
    text = _SECTION.sub("", card.read_text("utf-8")).rstrip("\n")
    rows = ", ".join(f"{name} {at.review:g} / {at.block:g}" for name, at in spec.thresholds.items())
    text = _ROW.sub(lambda _: f"| review / block | {rows} |", text)
    lines = [f"- {line}" for choice in choices.values() for line in _told(choice)]
    card.write_text("\n".join([text, "", "## Thresholds", "", f"Chosen on {where}.", "", *lines, ""]), "utf-8")


def _told(choice: Choice) -> list[str]:
    said = []
    for name, line in (("review", choice.review), ("block", choice.block)):
        what = "false positive rate" if line.kind == "fpr" else "share of all pictures"
        said.append(
            f"{choice.category}, {name} from {line.threshold:g} on: {what} at most {percent(line.goal)}; "
            f"{line.false_positives} of {line.negatives} negatives, true rate {percent(line.low)} to "
            f"{percent(line.high)}."
        )
    return [*said, *choice.warnings]
