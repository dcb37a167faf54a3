"""A zoo of two tiny classifiers by the names of ours, the second a head on the first one's backbone."""

from tiny import tiny_spec, write_original

from models import zoo
from models.classifier import load_keras
from models.zoo.add_head import main


def stand_in(folder, tiny_original, tapped_original, monkeypatch):
    """Write the zoo into ``folder`` and let it be the one that is found."""
    monkeypatch.setattr(zoo, "_HERE", folder)
    for name, original, labels in (
        ("open_nsfw", tiny_original, ("red", "green")),
        ("cartoon", tapped_original, ("blue",)),
    ):
        spec = tiny_spec(*labels).model_copy(update={"name": name})
        where = folder / name if name == "open_nsfw" else folder.parent / "trained" / name
        write_original(where, load_keras(original), spec)
    main([str(where), "--out", str(folder / "cartoon")])
