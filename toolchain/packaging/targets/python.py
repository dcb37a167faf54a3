"""Python: three files on ONNX Runtime, NumPy and Pillow."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolchain.packaging.rendering import render_client

if TYPE_CHECKING:
    from toolchain.packaging.content import Content

SUMMARY = "Python services: three files on ONNX Runtime, NumPy and Pillow"
FORMATS = ("onnx",)


def client(content: "Content") -> Mapping[str, bytes]:
    """Return classifier.py, what it needs, and its README.md, made for this bundle."""
    manifest = content.manifest
    rendered = render_client(
        "python",
        name=manifest.name,
        labels=content.spec.labels,
        runtime=manifest.minimum_runtime.get("onnxruntime", "1.17"),
    )
    return {**render_client("pillow"), **rendered}
