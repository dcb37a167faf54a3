"""Keras files whose bytes depend on the model alone, not on when they were written."""

import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any


def save_keras(model: Any, path: Path) -> None:
    """Save a ``keras.Model`` as ``path`` (.keras); the same model under the same Keras gives the same bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "model.keras"
        model.save(plain)
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
            for name in sorted(source.namelist()):
                content = source.read(name)
                if name == "metadata.json":
                    metadata = json.loads(content)
                    metadata.pop("date_saved", None)
                    content = json.dumps(metadata).encode()
                target.writestr(zipfile.ZipInfo(name), content)
