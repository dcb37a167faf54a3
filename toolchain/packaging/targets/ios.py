"""iOS: Swift sources on LiteRT, as a pod, or on ONNX Runtime, as a Swift package."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolchain.packaging.rendering import render_client

if TYPE_CHECKING:
    from toolchain.packaging.content import Content

SUMMARY = "iOS apps: Swift, on LiteRT (a pod) or ONNX Runtime (a Swift package)"
FORMATS = ("tflite", "onnx")

_PROJECT = {"tflite": "Rct.podspec", "onnx": "Package.swift"}
"""What a dependency manager reads; each runtime comes through one only."""


def client(content: "Content") -> Mapping[str, bytes]:
    """Return the Swift sources with the runtime of the bundle's format, the self-test and README.md."""
    manifest = content.manifest
    files = dict(
        render_client(
            "ios",
            name=manifest.name,
            labels=content.spec.labels,
            format=manifest.format,
            version=manifest.tools.get("rct", "0"),
        )
    )
    runtimes = {kind: files.pop(f"runtimes/{kind}.swift") for kind in FORMATS}
    projects = {kind: files.pop(path) for kind, path in _PROJECT.items()}
    chosen = {
        "Sources/Rct/Runtime.swift": runtimes[manifest.format],
        _PROJECT[manifest.format]: projects[manifest.format],
    }
    return files | chosen
