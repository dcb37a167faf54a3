"""A zoo of two tiny classifiers by the names of ours, the second a head on the first one's backbone."""

from tiny import tiny_spec, write_original

from models import zoo
from models.classifier import load_keras
from models.zoo.add_head import main


def stand_in(folder, tiny_original, tapped_original, monkeypatch):
    """Write the zoo into ``folder`` and let it be the one that is found."""
    monkeypatch.setattr(zoo, "_HERE", folder)
    trained = folder.parent / "trained" / "cartoon"
    _write(folder / "open_nsfw", tiny_original, ("red", "green"))
    _write(trained, tapped_original, ("blue",))
    main([str(trained), "--out", str(folder / "cartoon")])


def _write(where, original, labels):
    write_original(where, load_keras(original), tiny_spec(*labels).model_copy(update={"name": where.name}))
