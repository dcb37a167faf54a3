"""What a user means by the name of a classifier or a bundle."""

from collections.abc import Sequence
from pathlib import Path

from models.bundle import MANIFEST, Bundle
from models.classifier import SPEC_FILE, find_original, find_parents
from models.errors import BundleError
from models.zoo import default_names, zoo_names


def is_reference(name: str) -> bool:
    """Tell whether ``name`` is a classifier that we ship, a bundle, or a folder with a classifier.toml."""
    return name in zoo_names() or any((Path(name) / file).is_file() for file in (MANIFEST, SPEC_FILE))


def open_reference(name: str) -> Bundle:
    """Open a bundle of any format by its folder, or a classifier by its name or folder.

    Raises:
        BundleError: it is neither, or its files are not what its manifest says.
        SpecError: its classifier.toml does not describe a classifier.
    """
    if name not in zoo_names() and (Path(name) / MANIFEST).is_file():
        return Bundle.open(Path(name))
    return find_original(name)


def originals_named(names: Sequence[str] | None) -> tuple[Bundle, ...]:
    """Return the classifiers of these names, those that we ship as one without any.

    Raises:
        BundleError: one of them is not an original.
    """
    return tuple(find_original(name) for name in names or default_names())


def originals_of(bundle: Bundle, names: Sequence[str] | None = None) -> tuple[Bundle, ...]:
    """Return what ``bundle`` was made from, in the order of its categories: ``names``, or those in its manifest.

    Raises:
        BundleError: they cannot be found, or their categories are not those of the bundle.
    """
    if names:
        originals = tuple(open_reference(name) for name in names)
    elif bundle.manifest.parent is None:
        problem = "does not say what it was made from"
        raise BundleError(bundle.path, problem, "Name a classifier to compare with: --original CLASSIFIER.")
    else:
        originals = find_parents(bundle.manifest.parent)
    _check_same_task(bundle, originals)
    labels = bundle.manifest.spec.labels
    return tuple(sorted(originals, key=lambda original: labels.index(original.manifest.spec.labels[0])))


def _check_same_task(bundle: Bundle, originals: Sequence[Bundle]) -> None:
    theirs = [label for original in originals for label in original.manifest.spec.labels]
    ours = bundle.manifest.spec.labels
    if sorted(theirs) != sorted(ours):
        problem = f"other categories than the bundle's (got {', '.join(theirs)}; the bundle has {', '.join(ours)})"
        raise BundleError(_names(originals), problem, "Name the classifiers that it was made from.")
    for original in originals:
        if original.manifest.spec.preprocessing != bundle.manifest.spec.preprocessing:
            problem = "other preprocessing than the bundle's, so they do not see the same pictures"
            raise BundleError(original.path, problem, "Name the classifiers that it was made from.")


def _names(originals: Sequence[Bundle]) -> str:
    return ", ".join(str(original.path) for original in originals)
