"""Takes a trained classifier into the zoo whose backbone is that of one that is there: its head alone.

python -m models.zoo.add_head trained/cartoon --backbone open_nsfw

Everything else in the bundle comes along: classifier.toml, golden vectors, model card, licences, history. What a person
wrote in the folder that is replaced goes before it: ``LICENSE``, ``NOTICE`` and ``sections.md``. Of the last one, each
section ("## ...") takes the place of that section of the model card, and one that the card does not have comes at its
end. So texts are changed by changing these files and running the command again.
"""

import argparse
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from models.bundle import MANIFEST, seal, writing
from models.classifier import find_original, keras_fields, load_keras
from models.keras_file import save_keras
from models.manifest import Parent
from models.shared_backbone import HEAD_FILE, head_fields, head_of

_CARD, _SECTIONS = "MODEL_CARD.md", "sections.md"
_WRITTEN = ("LICENSE", "NOTICE", _SECTIONS)


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
    target = options.out or Path(__file__).parent / manifest.name
    with writing(target, overwrite=True) as folder:
        for file in manifest.files:
            if file not in {manifest.model, MANIFEST}:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(trained.path / file, folder / file)
        for file in _WRITTEN:
            if (target / file).is_file():
                shutil.copyfile(target / file, folder / file)
        if (folder / _SECTIONS).is_file():
            card, written = ((folder / name).read_text("utf-8") for name in (_CARD, _SECTIONS))
            (folder / _CARD).write_text(with_sections(card, written), "utf-8")
        save_keras(head, folder / HEAD_FILE)
        seal(folder, **{**keras_fields(manifest.spec), **head_fields(shared)}, tools=manifest.tools)


def with_sections(card: str, written: str) -> str:
    """Return the Markdown ``card`` with the sections of ``written`` in place of its own, and new ones at its end."""
    title, *sections = _split(card)
    own = {_heading(section): section for section in sections}
    own |= {_heading(section): section for section in _split(written) if section.startswith("## ")}
    return "\n\n".join([title, *own.values()]) + "\n"


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)]


def _heading(section: str) -> str:
    return section.partition("\n")[0]


if __name__ == "__main__":
    main()
