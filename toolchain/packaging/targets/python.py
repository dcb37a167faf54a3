"""Python: one file on ONNX Runtime, NumPy and Pillow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolchain.packaging.rendering import python_client, render_client

if TYPE_CHECKING:
    from toolchain.packaging.content import Content

SUMMARY = "Python services: one file on ONNX Runtime, NumPy and Pillow"
FORMATS = ("onnx",)


def client(content: "Content") -> Mapping[str, bytes]:
    """Return classifier.py and its README.md, made for this bundle."""
    manifest = content.manifest
    rendered = render_client(
        "python",
        name=manifest.name,
        labels=content.spec.labels,
        runtime=manifest.minimum_runtime.get("onnxruntime", ""),
    )
    return {**rendered, **python_client("python/classifier.py")}
