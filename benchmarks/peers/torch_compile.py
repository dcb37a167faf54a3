"""The original's network in PyTorch under ``torch.compile``, channels last, normalisation included: bytes go in.

"frozen" lets the compiler treat weights as constants, which folds the batch norms into the convolutions. "graphs" takes
the kernels that PyTorch chooses by itself, in a CUDA graph; the others try every kernel out for minutes. On a GPU
float32 may multiply in TF32, as it does in JAX and ONNX Runtime by default.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._folder import spec_of, subject
from models.bundle import Bundle
from models.classifier import load_keras
from models.errors import UnavailableError
from models.runtimes import Device

TITLE = "the same network in PyTorch, torch.compile"
PACKAGES = ("torch",)
RECIPES = ("fp16", "fp16-frozen", "fp16-graphs", "fp32")
DEVICES: tuple[Device, ...] = ("cuda", "cpu")
ENVIRONMENT: dict[str, str] = {}

_FILE = "weights.npz"


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:  # noqa: ARG001
    """Write the original's weights by layer.

    Raises:
        NetworkError: the original is not what its spec says.
        UnavailableError: its head is none that PyTorch is given here.
    """
    from benchmarks.peers._torch_network import save_weights

    save_weights(load_keras(original), original.manifest.spec, folder / _FILE)


def load(folder: Path, recipe: str, contender: Contender) -> Model:
    """Build the network; the first batch of a size is compiled, on a GPU with ``max-autotune``, which takes a minute.

    Raises:
        UnavailableError: PyTorch does not see the device.
    """
    import torch
    from torch._inductor import config

    from benchmarks.peers._torch_network import network

    if contender.device == "cuda" and not torch.cuda.is_available():
        raise UnavailableError("device cuda", "PyTorch sees no such device")
    if contender.device == "cpu" and contender.threads is not None:
        torch.set_num_threads(contender.threads)
    if contender.device == "cuda":
        torch.set_float32_matmul_precision("high")
        if recipe == "fp32":  # what the compiler asks for its own convolutions; without, each takes it a minute
            torch.backends.cudnn.fp32_precision = "tf32"
    config.freezing = recipe.endswith("-frozen")  # for the process, which is this contender's own
    precision = torch.float16 if recipe.startswith("fp16") else torch.float32
    with np.load(folder / _FILE) as weights:
        module = network(spec_of(folder), weights, precision)
    module = module.to(device=contender.device, dtype=precision, memory_format=torch.channels_last)
    tuned = "reduce-overhead" if recipe.endswith("-graphs") else "max-autotune"
    mode = tuned if contender.device == "cuda" else "default"

    def forward(pictures: Any) -> Any:
        return module(pictures)

    compiled = torch.compile(forward, mode=mode, dynamic=False, fullgraph=True)

    def place(batch: NDArray[np.uint8]) -> Any:
        return torch.from_numpy(batch).to(contender.device)

    def run_resident(on_device: Any) -> object:
        with torch.inference_mode():
            scores = compiled(on_device)
        if contender.device == "cuda":
            torch.cuda.synchronize()
        return scores

    def run(batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return np.asarray(compiled(place(batch)).float().cpu().numpy())

    provider = torch.cuda.get_device_name() if contender.device == "cuda" else "cpu"
    described = subject(contender, "torch", torch.__version__, provider)
    return Model(run=run, subject=described, place=place, run_resident=run_resident)
