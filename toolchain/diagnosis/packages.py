"""The packages that we use: their versions, and the sets of them that are known to be bad."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distributions, requires, version

from models.keras_backend import backend, is_installed

PACKAGES = (
    "ai-edge-litert", "cleanlab", "cryptography", "cyclonedx-python-lib", "fastapi", "flatbuffers", "h5py", "httpcore",
    "httpx", "imagehash", "jax", "jinja2", "keras", "litert-quantizer", "matplotlib", "numpy", "onnx", "onnxruntime",
    "onnxruntime-gpu", "openvino", "packaging", "pillow", "prometheus-client", "protobuf", "pyarrow", "pydantic", "ray",
    "rich", "scikit-learn", "scipy", "tensorboard", "tensorflow", "tf2onnx", "typer", "uvicorn",
)  # fmt: skip
"""Every package whose version can make a difference to us."""

_SAME_FOLDER = {
    "onnxruntime": (
        "onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino", "onnxruntime-qnn",
        "onnxruntime-training", "ort-nightly", "ort-nightly-gpu",
    ),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tf-nightly", "tf-nightly-cpu"),
}  # fmt: skip
"""Packages that are installed into one and the same folder, so that of two each spoils the other."""


@dataclass(frozen=True)
class Problem:
    """Something that does not go together, and what to do about it."""

    subject: str
    what: str
    remedy: str


def installed(name: str) -> str | None:
    """Return the version of a package, None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def versions() -> dict[str, str]:
    """Return the versions of those of ``PACKAGES`` that are installed."""
    return {name: found for name in PACKAGES if (found := installed(name)) is not None}


def package_problems() -> list[Problem]:
    """Return every known-bad set among the packages that are installed."""
    names = {_plain(name): one.version for one in distributions() if (name := one.metadata["Name"])}
    return [*_overlaid(names), *_unmet(names), *_cuda_wheels(names), *_missing_backend()]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _overlaid(names: dict[str, str]) -> Iterator[Problem]:
    for module, candidates in _SAME_FOLDER.items():
        both = [name for name in candidates if name in names]
        if len(both) > 1:
            keep = both[-1]
            yield Problem(
                " and ".join(both),
                f"are all installed, into the same folder {module}, where each has overwritten files of the other",
                f"pip uninstall -y {' '.join(both)} && pip install {keep}",
            )


def _unmet(names: dict[str, str]) -> Iterator[Problem]:
    """Yield a problem for each requirement of one of ``PACKAGES`` that what is installed does not meet."""
    from packaging.requirements import InvalidRequirement, Requirement

    for owner in PACKAGES:
        if owner not in names:
            continue
        for line in requires(owner) or ():
            try:
                needed = Requirement(line)
            except InvalidRequirement:
                continue
            found = names.get(_plain(needed.name))
            applies = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if found and applies and not needed.specifier.contains(found, prereleases=True):
                wanted = f"{needed.name}{needed.specifier}"
                yield Problem(
                    f"{owner} {names[owner]}", f"needs {wanted} (got {found})", f"pip install {owner} '{wanted}'"
                )


def _cuda_wheels(names: dict[str, str]) -> Iterator[Problem]:
    """Yield a problem where the libraries of two CUDA releases lie in one environment, in the same folders."""
    runtimes = {
        name: names[name].partition(".")[0] for name in names if re.fullmatch(r"nvidia-cuda-runtime(-cu\d+)?", name)
    }
    if len(set(runtimes.values())) > 1:
        found = " and ".join(f"{name} {names[name]}" for name in sorted(runtimes))
        yield Problem(
            found,
            "are libraries of two CUDA releases in one environment, in the same folders",
            "Use one environment for TensorFlow on the GPU and another one for onnxruntime-gpu.",
        )


def _missing_backend() -> Iterator[Problem]:
    if not is_installed(backend()):
        yield Problem(f"KERAS_BACKEND={backend()}", "is not installed", "unset KERAS_BACKEND, or install that backend")
