"""TensorFlow Serving: a versioned SavedModel, its configuration, and a client that speaks REST."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from toolchain.packaging.kubernetes import kubernetes_name
from toolchain.packaging.rendering import python_client, render_client

if TYPE_CHECKING:
    from toolchain.packaging.content import Content

SUMMARY = "TensorFlow Serving: a versioned SavedModel and its configuration"
FORMATS = ("saved_model",)

_CLIENT, _PROTOCOL = "served/classifier.py", "protocol.py"


def client(content: "Content") -> Mapping[str, bytes | Path]:
    """Return the configuration, the SavedModel once more as version 1, and the client with its README.md."""
    manifest, model = content.manifest, content.spec.name
    rendered = render_client(
        "tf_serving",
        name=manifest.name,
        model=model,
        app=kubernetes_name(model),
        base=f"/models/{model}",
        labels=content.spec.labels,
    )
    files: dict[str, bytes | Path] = {**rendered, **python_client(_CLIENT, f"tf_serving/{_PROTOCOL}")}
    del files[_PROTOCOL]
    folder = PurePosixPath(manifest.model).parent
    for name in manifest.files:
        path = PurePosixPath(name)
        if path.is_relative_to(folder):
            files[f"models/{model}/1/{path.relative_to(folder)}"] = content.bundle.path / name
    return files
