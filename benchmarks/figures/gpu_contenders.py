"""What runs on a GPU: ONNX and StableHLO of ours, the Keras original on JAX, and the same network in PyTorch.

contenders = Hall(Path("work"), "", "resnet50", 224, "cuda").contenders([Path("onnx-fp16")])
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.figures.hollow import HOLLOW, fill
from benchmarks.figures.untrained import write_noise
from benchmarks.latency.contender import Contender
from benchmarks.preparing import prepare_peers
from models.bundle import Bundle
from models.classifier import find_original
from models.runtimes import Device

PEERS = (
    ("keras_jax", "fp32-jit"), ("keras_jax", "mixed-fp16-jit"), ("keras_jax", "fp16-jit"),
    ("torch_compile", "fp16"), ("torch_compile", "fp32"),
)  # fmt: skip
ORIGINAL = "keras_jax fp32-jit"
COPIED = ("torch_compile",)
"""Peers that take bytes, as we do: timed with the copies to the device and back as well."""

_NOISE = 8
_CONTENDERS = TypeAdapter(list[Contender])


@dataclass(frozen=True)
class Hall:
    """Where they are prepared: a working folder, what all run, and the device. What is there is not made again."""

    work: Path
    classifier: str
    backbone: str
    side: int
    device: Device

    def noise(self) -> Path:
        """Return a folder of pictures of noise."""
        return _once(self.work / "noise", lambda folder: write_noise(folder, _NOISE))

    def contenders(self, onnx: Sequence[Path]) -> list[Contender]:
        """Return them all; what cannot be made is said and left out."""
        file = self.work / "contenders.json"
        if not file.exists():
            self.work.mkdir(parents=True, exist_ok=True)
            original = find_original(self.classifier) if self.classifier else self._untrained()
            found = [one for path in onnx for one in self._onnx(path)]
            found += [*self._stablehlo(original), *self._peers(original)]
            file.write_bytes(_CONTENDERS.dump_json(found, indent=1))
        return _CONTENDERS.validate_json(file.read_bytes())

    def _untrained(self) -> Bundle:
        """Make the original in a process of its own: this one must not take memory of the GPU."""
        command = [sys.executable, "-m", "benchmarks.figures.untrained", str(self.work), "--backbone", self.backbone]
        command += ["--side", str(self.side)]
        folder = _once(
            self.work / "resnet50",
            lambda _: subprocess.run(command, env=_on_the_processor(), check=True),  # noqa: S603
        )
        return find_original(str(folder))

    def _onnx(self, path: Path) -> Iterator[Contender]:
        bundle = Bundle.open(path.absolute())
        recipe = bundle.manifest.recipe
        if HOLLOW in bundle.manifest.details:
            bundle = Bundle.open(_once(self.work / f"onnx-{recipe}", lambda folder: fill(bundle, folder)))
        graph = {"enable_cuda_graph": "1"}
        for name, settings in ((f"onnx {recipe} cuda graph", graph), (f"onnx {recipe}", {})):
            one = Contender(name=name, bundle=str(bundle.path), device=self.device, settings=settings)
            yield from _both_stages(one)

    def _stablehlo(self, original: Bundle) -> Iterator[Contender]:
        target = self.work / "stablehlo-fp16"
        command = [sys.executable, "-m", "exporters.stablehlo", str(original.path), "--recipe", "fp16"]
        command += ["--first", "pixels", "--out", str(target)]
        done = subprocess.run(command, env=_on_the_processor(), check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            say(f"stablehlo: left out ({(done.stderr.strip().splitlines() or ['no word'])[-1][:300]})")
            return
        yield from _both_stages(Contender(name="stablehlo fp16", bundle=str(target), device=self.device))

    def _peers(self, original: Bundle) -> Iterator[Contender]:
        ready, left_out = prepare_peers(original, [], self.work / "peers", PEERS, progress=say, device=self.device)
        for name, reason in left_out.items():
            say(f"{name}: left out ({reason})")
        for one in ready:
            resident, copied = _both_stages(one.model_copy(update={"original": one.name == ORIGINAL}))
            yield resident
            if one.peer in COPIED:
                yield copied


def _both_stages(one: Contender) -> tuple[Contender, Contender]:
    resident = one.model_copy(update={"name": f"{one.name} resident", "stage": "resident"})
    return resident, one.model_copy(update={"stage": "model"})


def _once(target: Path, make: Callable[[Path], object]) -> Path:
    """Return ``target``, which ``make`` writes if it is not there."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        make(target)
    return target


def _on_the_processor() -> dict[str, str]:
    return {**os.environ, "JAX_PLATFORMS": "cpu"}


def say(text: str, *, done: int = 0, total: int | None = None) -> None:
    """Tell how far it is, on standard error."""
    print(text if total is None else f"{text} ({done} of {total})", file=sys.stderr, flush=True)
