"""What a run was made on, as far as it can be told without naming the machine.

here().fingerprint       # equal for runs whose times may be compared
"""

import hashlib
import platform
from importlib.metadata import PackageNotFoundError, version

from models.document import Document
from models.processor import features, processor_name, usable_cores

PACKAGES = (
    "rct", "ai-edge-litert", "jax", "jaxlib", "keras", "litert-quantizer", "nncf", "numpy", "nvidia-cudnn-cu13", "onnx",
    "onnxruntime", "onnxruntime-gpu", "opennsfw2", "openvino", "pillow", "tensorflow", "tf2onnx", "torch",
    "torchvision", "triton",
)  # fmt: skip


class Gpu(Document):
    """An NVIDIA GPU as its driver describes it."""

    name: str
    driver: str
    memory: str
    clock: str


class Environment(Document):
    """Processor, its features (models.processor), cores that we may use, system, GPUs, and versions of packages."""

    processor: str
    features: tuple[str, ...]
    cores: int
    system: str
    python: str
    gpus: tuple[Gpu, ...] = ()
    packages: dict[str, str] = {}

    @property
    def fingerprint(self) -> str:
        """A digest of what makes the machine fast or slow: processor, features, cores and GPUs; not of the software."""
        gpus = [f"{gpu.name} {gpu.memory} {gpu.clock}" for gpu in self.gpus]
        facts = [self.processor, *self.features, str(self.cores), *gpus]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def here(extra_packages: dict[str, str] | None = None) -> Environment:
    """Look at this machine; ``extra_packages`` are versions that were used outside of this interpreter."""
    from benchmarks.figures.machine import describe_gpus

    return Environment(
        processor=processor_name(),
        features=tuple(sorted(features())),
        cores=usable_cores(),
        system=platform.system(),
        python=platform.python_version(),
        gpus=tuple(
            Gpu(name=one["name"], driver=one["driver_version"], memory=one["memory.total"], clock=one["clocks.max.sm"])
            for one in describe_gpus()
        ),
        packages=_versions() | (extra_packages or {}),
    )


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
