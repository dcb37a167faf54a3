"""Web: an ES module for browsers and Node.js, on ONNX Runtime, with a page that uploads nothing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolchain.packaging.rendering import render_client

if TYPE_CHECKING:
    from toolchain.packaging.content import Content

SUMMARY = "web pages and Node.js services: an ES module on ONNX Runtime, and a page that uploads nothing"
FORMATS = ("onnx",)


def client(content: "Content") -> Mapping[str, bytes]:
    """Return the modules, the page, package.json and README.md, made for this bundle."""
    return render_client("web", name=content.manifest.name, labels=content.spec.labels)
