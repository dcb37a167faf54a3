"""NVIDIA Triton: a model repository, and a client that speaks KServe v2."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from toolchain.packaging.kubernetes import kubernetes_name
from toolchain.packaging.rendering import python_client, render_client

if TYPE_CHECKING:
    from models.manifest import Manifest, Tensor
    from toolchain.packaging.content import Content

SUMMARY = "Triton: a model repository with dynamic batching, for CPUs and GPUs"
FORMATS = ("onnx", "openvino")

_BACKENDS = {"onnx": "onnxruntime", "openvino": "openvino"}
_DTYPES = {"uint8": "TYPE_UINT8", "float16": "TYPE_FP16", "float32": "TYPE_FP32"}
_CONFIG = "config.pbtxt"
_CLIENT, _PROTOCOL = "served/classifier.py", "protocol.py"


def client(content: "Content") -> Mapping[str, bytes | Path]:
    """Return the repository, its model once more, and the client with its README.md.

    The model has the classifier's name, without format and recipe: who calls the server need not know of them.
    """
    manifest, model = content.manifest, content.spec.name
    files: dict[str, bytes | Path] = {**_rendered(content, gpu=False), **python_client(_CLIENT, f"triton/{_PROTOCOL}")}
    del files[_PROTOCOL]
    root = PurePosixPath("repository") / model
    files[f"{root}/{_CONFIG}"] = files.pop(_CONFIG)
    if _for_gpus(manifest):
        files[f"{root}/configs/gpu.pbtxt"] = _rendered(content, gpu=True)[_CONFIG]
    files[f"{root}/labels.txt"] = "".join(f"{label}\n" for label in content.spec.labels).encode()
    for name in _model_files(content):
        files[f"{root}/1/{name}"] = content.bundle.path / name
    return files


def _for_gpus(manifest: "Manifest") -> bool:
    """Return whether there is a configuration for GPUs: CUDA does not run int8 graphs well."""
    return manifest.format == "onnx" and "int8" not in manifest.recipe


def _rendered(content: "Content", *, gpu: bool) -> Mapping[str, bytes]:
    manifest = content.manifest
    taken, given = manifest.inputs[0], manifest.outputs[0]
    batch, height, width, channels = taken.shape
    resize = content.spec.preprocessing.resize
    picture = (height or resize.height, width or resize.width, channels)
    return render_client(
        "triton",
        name=manifest.name,
        model=content.spec.name,
        app=kubernetes_name(content.spec.name),
        runtime=manifest.minimum_runtime.get(_BACKENDS[manifest.format], ""),
        format=manifest.format,
        for_gpus=_for_gpus(manifest),
        backend=_BACKENDS[manifest.format],
        filename=manifest.model,
        batch=batch,
        gpu=gpu,
        input=_tensor(taken),
        output=_tensor(given),
        warm_up=list(picture if batch is None else (batch, *picture)),
        labels=content.spec.labels,
    )


def _tensor(tensor: "Tensor") -> Mapping[str, object]:
    """Return a tensor in Triton's words: the batch is no dimension unless it is fixed, and -1 is free."""
    shape = tensor.shape if tensor.shape[0] is not None else tensor.shape[1:]
    dims = [-1 if side is None else side for side in shape]
    return {"name": tensor.name, "dtype": _DTYPES[tensor.dtype], "dims": dims}


def _model_files(content: "Content") -> tuple[str, ...]:
    """Return the files that the backend reads: an OpenVINO model is two."""
    model = PurePosixPath(content.manifest.model)
    weights = model.with_suffix(".bin").as_posix()
    return (model.as_posix(), weights) if content.manifest.format == "openvino" else (model.as_posix(),)
