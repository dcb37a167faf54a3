"""C++17: a header that preprocesses and judges, decoding with libjpeg-turbo and libpng, and an example per runtime."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from toolchain.packaging.content import MODEL_FOLDER
from toolchain.packaging.golden_files import GOLDEN_JSON, golden_files
from toolchain.packaging.rendering import render_client

if TYPE_CHECKING:
    from toolchain.packaging.content import Content

SUMMARY = "C++17 services: CMake, libjpeg-turbo and libpng, and OpenVINO, ONNX Runtime, OpenCV or LiteRT"
FORMATS = ("openvino", "onnx", "tflite")
CONTRACT = "contract.txt"

_RUNTIMES = {"openvino": ("openvino",), "onnx": ("onnxruntime", "opencv"), "tflite": ("litert",)}


def client(content: "Content") -> Mapping[str, bytes]:
    """Return the sources, the CMake file, the README.md and the contract, made for this bundle.

    Only the runtimes that run the bundle's format are among the sources.
    """
    manifest = content.manifest
    runtimes = _RUNTIMES[manifest.format]
    if "int8" in manifest.recipe:  # no OpenCV that we tried reads such a graph
        runtimes = tuple(name for name in runtimes if name != "opencv")
    files = render_client(
        "cpp", name=manifest.name, labels=content.spec.labels, format=manifest.format, runtimes=runtimes
    )
    wanted = {
        path
        for path in files
        if not path.startswith("runtimes/") or path.removeprefix("runtimes/").startswith(runtimes)
    }
    return {path: files[path] for path in sorted(wanted)} | {CONTRACT: contract(content).encode()}


def contract(content: "Content") -> str:
    """Return what a client without a JSON reader needs of manifest.json and golden.json: a version, then a line each.

    Words are separated by spaces; the path of a file is the rest of its line, numbers are JSON's. The categories come
    before the golden pictures, which have one score for each.
    """
    return "".join(f"{line}\n" for line in ("rct.contract/1", *_model(content), *_rule(content), *_golden(content)))


def _model(content: "Content") -> Iterator[str]:
    manifest = content.manifest
    picture, scores = manifest.inputs[0], manifest.outputs[0]
    any_size = int(picture.shape[1] is None)
    yield f"model {manifest.format} {content.model_path} {picture.name} {scores.name} {any_size}"
    for path, entry in manifest.files.items():
        yield f"file {entry.bytes} {entry.sha256} {MODEL_FOLDER / path}"


def _rule(content: "Content") -> Iterator[str]:
    rule = content.spec.preprocessing
    yield f"resize {rule.resize.width} {rule.resize.height} {rule.resize.filter} {rule.resize.fit}"
    yield f"crop {rule.width} {rule.height}"
    yield f"exif_rotation {int(rule.exif_rotation)}"
    yield f"background {' '.join(map(str, rule.background))}"
    for label in content.spec.labels:
        limits = content.spec.thresholds[label]
        yield f"category {label} {limits.review!r} {limits.block!r}"


def _golden(content: "Content") -> Iterator[str]:
    document = json.loads(golden_files(content)[GOLDEN_JSON])
    limits = document["tolerance"]
    stages = ("decoded", "resized", "resized_score", "file_score")
    yield f"tolerance {' '.join(str(limits[stage]) for stage in stages)}"
    if "bundle_score" in limits:
        yield f"bundle_tolerance {limits['bundle_score']}"
    for picture in document["pictures"]:
        scores = " ".join(repr(score) for score in picture["scores"])
        yield f"golden {picture['file']} {picture['decoded']} {picture['resized']} {scores}"
        if "bundle_scores" in picture:
            yield f"bundle_scores {' '.join(map(repr, picture['bundle_scores']))}"
