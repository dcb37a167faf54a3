"""Which formats and runtimes there are, whether their packages are installed, and what ONNX Runtime can run on."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from toolchain.diagnosis.packages import Problem, installed

_STAND_INS = {"onnxruntime": ("onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino")}


@dataclass(frozen=True)
class Plugin:
    """A format or a runtime. ``package``: what it needs, and ``version`` of it, None where it is missing."""

    name: str
    package: str
    version: str | None

    @property
    def ready(self) -> bool:
        """Whether it can be used."""
        return not self.package or self.version is not None

    @property
    def remedy(self) -> str:
        """What to type to make it ready; nothing where it is."""
        return "" if self.ready else f"pip install {self.package}"


def format_plugins() -> tuple[Plugin, ...]:
    """Return the formats that we export to."""
    from exporters.formats import format_names, load_format

    return tuple(_plugin(name, load_format(name).DISTRIBUTION) for name in format_names())


def runtime_plugins() -> tuple[Plugin, ...]:
    """Return the runtimes that run bundles."""
    from models.runtimes import runtime, runtime_names

    return tuple(_plugin(name, runtime(name).DISTRIBUTION) for name in runtime_names())


def _plugin(name: str, package: str) -> Plugin:
    for candidate in (package, *_STAND_INS.get(package, ())):
        if candidate and (found := installed(candidate)):
            return Plugin(name, candidate, found)
    return Plugin(name, package, None)


@dataclass(frozen=True)
class Providers:
    """ONNX Runtime's execution providers.

    ``built_in``: those of the package. ``cuda``: the CUDA release that it was built for, empty for none.
    ``cuda_obstacle``: why its CUDA provider cannot be loaded, empty where it can or there is none.
    """

    built_in: tuple[str, ...] = ()
    cuda: str = ""
    cuda_obstacle: str = ""


def providers() -> tuple[Providers, list[Problem]]:
    """Return what ONNX Runtime can run on, and what is wrong with its installation."""
    try:
        import onnxruntime

        built_in = tuple(onnxruntime.get_available_providers())
    except ImportError as error:
        problem = Problem("onnxruntime", f"cannot be imported ({error})", "pip install onnxruntime")
        return Providers(), [problem] if any(map(installed, ("onnxruntime", *_STAND_INS["onnxruntime"]))) else []
    except AttributeError:
        remedy = "pip install --force-reinstall onnxruntime-gpu"
        return Providers(), [Problem("onnxruntime", "is broken: files of it are missing", remedy)]
    if "CUDAExecutionProvider" not in built_in:
        return Providers(built_in), []
    return Providers(built_in, _cuda_release(), _cuda_obstacle(onnxruntime)), []


def _cuda_release() -> str:
    try:
        from onnxruntime.capi import build_and_package_info
    except ImportError:
        return ""
    return str(getattr(build_and_package_info, "cuda_version", ""))


def _cuda_obstacle(onnxruntime: ModuleType) -> str:
    """Load the CUDA provider's library as ONNX Runtime would, and return what the loader says against it."""
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None and installed("nvidia-cuda-runtime"):
        preload(directory="")
    for library in _provider_libraries(onnxruntime):
        try:
            ctypes.CDLL(str(library))
        except OSError as error:
            return str(error)
    return ""


def _provider_libraries(onnxruntime: ModuleType) -> Iterator[Path]:
    folder = Path(str(onnxruntime.__file__)).parent / "capi"
    yield from sorted(folder.glob("*onnxruntime_providers_cuda.*"))
