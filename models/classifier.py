"""The originals: the Keras classifiers that everything else is made from and compared with.

original = find_original("open_nsfw")                # one that we ship
original = find_original("trained/adult")            # a bundle that rct train wrote
original = find_original("mine")                     # a folder of your own: classifier.toml and model.keras
model = load_keras(original)
"""

from pathlib import Path
from typing import Any

from models.bundle import MANIFEST, Bundle
from models.errors import BundleError
from models.joined import joined_parent
from models.keras_file import read_keras
from models.manifest import FileEntry, Manifest, Parent, Tensor, file_sha256
from models.shared_backbone import on_backbone, shared_backbone
from models.spec import ClassifierSpec, read_spec
from models.zoo import zoo_names, zoo_path

SPEC_FILE = "classifier.toml"
MODEL_FILE = "model.keras"


def find_original(reference: str) -> Bundle:
    """Return the original of this name, or the one in this folder, its digests checked.

    A folder of one's own needs no manifest: ``classifier.toml`` beside a ``model.keras`` is enough.

    Raises:
        BundleError: there is no such classifier, or it is an export rather than an original.
        SpecError: its classifier.toml does not describe a classifier.
    """
    if reference in zoo_names():
        return Bundle.open(zoo_path(reference))
    folder = Path(reference)
    if (folder / MANIFEST).is_file():
        bundle = Bundle.open(folder)
        if bundle.manifest.format != "keras":
            raise BundleError(
                folder, f"an export, not an original (got format {bundle.manifest.format})", "Name the Keras bundle."
            )
        return bundle
    if (folder / SPEC_FILE).is_file():
        return _own_folder(folder)
    raise BundleError(
        reference,
        "no such classifier",
        f"Name one of {', '.join(zoo_names())}, or a folder with {SPEC_FILE} and {MODEL_FILE}.",
    )


def _own_folder(folder: Path) -> Bundle:
    spec = read_spec(folder / SPEC_FILE)
    model = folder / MODEL_FILE
    if not model.is_file():
        raise BundleError(
            folder, f"a file is missing (got no {MODEL_FILE})", f"Save the Keras model there as {MODEL_FILE}."
        )
    files = {MODEL_FILE: FileEntry(bytes=model.stat().st_size, sha256=file_sha256(model))}
    return Bundle(folder, Manifest(files=files, **keras_fields(spec)))


def keras_fields(spec: ClassifierSpec) -> dict[str, Any]:
    """Return the manifest's fields, less ``files`` and ``tools``, of an original with this spec."""
    rule = spec.preprocessing
    return {
        "name": spec.name,
        "format": "keras",
        "recipe": "fp32",
        "spec": spec,
        "model": MODEL_FILE,
        "inputs": (Tensor(name="image", dtype="float32", shape=(None, rule.height, rule.width, 3)),),
        "outputs": (Tensor(name="scores", dtype="float32", shape=(None, len(spec.labels))),),
    }


def load_keras(original: Bundle) -> Any:
    """Load the original's ``keras.Model``: normalised float32 [n, height, width, 3] in, scores [n, categories] out.

    Code in the file (lambdas) is refused, not run. An original that is a head alone is put on its backbone
    (models.shared_backbone).

    Raises:
        NetworkError: Keras cannot load the file.
        BundleError: the backbone of a head is not what it was trained on.
    """
    model = read_keras(original.model)
    backbone = backbone_of(original)
    return model if backbone is None else on_backbone(model, load_keras(backbone), original.manifest.spec)


def backbone_of(original: Bundle) -> Bundle | None:
    """Return the original whose backbone this one stands on, if it is a head alone.

    Raises:
        BundleError: it is not the one that the head was trained on.
    """
    shared = shared_backbone(original.manifest)
    if shared is None:
        return None
    backbone = find_original(shared.name)
    if backbone.manifest.sha256 != shared.sha256:
        raise BundleError(
            original.path, f"made for another {shared.name} than this one", f"Take the {shared.name} that it came with."
        )
    return backbone


def find_parents(parent: Parent) -> tuple[Bundle, ...]:
    """Return the originals that an export names as its parent, if they are among those that we ship.

    Raises:
        BundleError: they are not, or those that we ship are not the same any more.
    """
    names = parent.name.split("+")
    originals = tuple(find_original(name) for name in names if name in zoo_names())
    if len(originals) == len(names) and joined_parent(originals) == parent:
        return originals
    raise BundleError(
        parent.name, "the original of this export is not among the classifiers that we ship", "Name it with --original."
    )
