"""A trained network as an original: the Keras bundle that everything else is made from."""

import csv
import shutil
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path
from typing import Any

from exporters.calibration.pictures import golden_pictures
from models.bundle import Bundle, seal, writing
from models.classifier import MODEL_FILE, SPEC_FILE, keras_fields
from models.golden import GOLDEN_FILE, make_golden
from models.keras_file import save_keras
from models.runtimes.keras import predict_with
from models.spec import ClassifierSpec
from toolchain.training.model_card import MODEL_CARD
from toolchain.training.record import RECORD_FILE, TrainingRecord
from toolchain.training.task import Backbone

HISTORY_FILE = "history.csv"
_TOOLS = ("rct", "keras", "tensorflow", "jax", "numpy", "pillow", "onnxruntime", "onnxruntime-gpu")
_LEGAL = ("LICENSE*", "NOTICE*")


def write_original(
    target: Path,
    model: Any,
    spec: ClassifierSpec,
    backbone: Backbone,
    card: str,
    record: TrainingRecord,
    history: Sequence[Mapping[str, float]],
    *,
    overwrite: bool,
) -> Bundle:
    """Write a Keras bundle at ``target``, whole or not at all; the same arguments give the same bytes.

    Raises:
        BundleError: the target is taken.
        UserError: the disk is full, or the folder cannot be written.
    """
    rule = spec.preprocessing
    with writing(target, overwrite=overwrite) as folder:
        (folder / SPEC_FILE).write_text(toml(spec), "utf-8")
        save_keras(model, folder / MODEL_FILE)
        make_golden(golden_pictures(), rule, predict_with([model], rule)).save(folder / GOLDEN_FILE)
        (folder / MODEL_CARD).write_text(card, "utf-8")
        (folder / RECORD_FILE).write_text(record.text(), "utf-8")
        (folder / HISTORY_FILE).write_text(_csv(history), "utf-8")
        for pattern in _LEGAL:
            for file in sorted(Path(backbone.weights).parent.glob(pattern)) if backbone.weights else ():
                shutil.copyfile(file, folder / file.name)
        seal(folder, **keras_fields(spec), tools=tool_versions())
    return Bundle.open(target)


def tool_versions() -> dict[str, str]:
    """Return the versions of what a training's result depends on."""
    found = {}
    for name in _TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def toml(spec: ClassifierSpec) -> str:
    """Return the text of a ``classifier.toml`` that reads back as ``spec``."""
    document = spec.model_dump(mode="json")
    categories, tables = document.pop("categories"), {key: document.pop(key) for key in ("preprocessing", "thresholds")}
    lines = [f"{key} = {_value(value)}" for key, value in document.items()]
    for category in categories:
        lines += ["", "[[categories]]", *(f"{key} = {_value(value)}" for key, value in category.items())]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    """Return a TOML value; strings of JSON are strings of TOML, but for DEL, which JSON leaves as it is."""
    import json

    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _csv(rows: Sequence[Mapping[str, float]]) -> str:
    text = StringIO()
    if rows:
        writer = csv.DictWriter(text, [*rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: f"{value:.8g}" for key, value in row.items()} for row in rows)
    return text.getvalue()
