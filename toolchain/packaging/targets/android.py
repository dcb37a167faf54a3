"""Android: a Gradle library module in Kotlin, on LiteRT or MediaPipe Tasks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from toolchain.packaging.rendering import render_client

if TYPE_CHECKING:
    from toolchain.packaging.content import Content

SUMMARY = "Android apps: a Gradle module in Kotlin, on LiteRT or MediaPipe Tasks"
FORMATS = ("tflite",)


def client(content: "Content") -> Mapping[str, bytes]:
    """Return the Gradle module, its instrumented self-test and README.md, made for this bundle."""
    return render_client("android", name=content.manifest.name, labels=content.spec.labels)
