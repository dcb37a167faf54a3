"""Takes a trained classifier into the zoo whose backbone is that of one that is there: its head alone.

python -m models.zoo.add_head trained/cartoon --backbone open_nsfw

Everything else in the bundle comes along: classifier.toml, golden vectors, model card, licences, history.
"""

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from models.bundle import MANIFEST, seal, writing
from models.classifier import find_original, keras_fields, load_keras
from models.keras_file import save_keras
from models.manifest import Parent
from models.shared_backbone import HEAD_FILE, head_fields, head_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", help="the folder of a Keras bundle")
    parser.add_argument("--backbone", default="open_nsfw", help="a classifier of the zoo")
    parser.add_argument("--out", type=Path, help="by default a folder in the zoo, named after the classifier")
    options = parser.parse_args(arguments)
    trained, backbone = find_original(options.trained), find_original(options.backbone)
    manifest = trained.manifest
    head = head_of(load_keras(trained), load_keras(backbone), manifest.spec)
    shared = Parent(name=options.backbone, sha256=backbone.manifest.sha256)
    with writing(options.out or Path(__file__).parent / manifest.name, overwrite=True) as folder:
        for file in manifest.files:
            if file not in {manifest.model, MANIFEST}:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(trained.path / file, folder / file)
        save_keras(head, folder / HEAD_FILE)
        seal(folder, **{**keras_fields(manifest.spec), **head_fields(shared)}, tools=manifest.tools)


if __name__ == "__main__":
    main()
