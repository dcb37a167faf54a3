"""Throughput of our StableHLO on a GPU against Keras on JAX and torch.compile, interleaved in one run.

    KERAS_BACKEND=jax python -m benchmarks.figures.gpu_throughput --out docs/figures/gpu_throughput.json

The full ResNet50 with random weights, which cost the same. Wants JAX and Keras, and PyTorch with torchvision for its
peer; no TensorFlow. Every call is waited for. Pictures are on the device already: uint8 for us and for torch.compile,
normalised float32 for Keras; "host" candidates copy uint8 to it first. ``--images`` adds how far the scores of
open_nsfw on this GPU are from the original's on the CPU.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures.machine import describe_gpus, describe_machine
from benchmarks.figures.untrained import write_untrained
from benchmarks.paired import interleave, ratio
from models.bundle import Bundle
from models.preprocessing import normalise
from models.resnet50 import ARCHITECTURES
from models.runtimes import RuntimeOptions, load_runtime

Run = Callable[[], object]

EXPORTS: Mapping[str, tuple[str, ...]] = {
    "rct fp16": ("--recipe", "fp16", "--first", "pixels"),
    "rct bf16": ("--recipe", "bf16", "--first", "pixels"),
    "rct fp16 blocks": ("--recipe", "fp16", "--first", "blocks"),
    "rct fp16 layer": ("--recipe", "fp16", "--first", "pixels", "--rounding", "layer"),
}
"""What ``python -m exporters.stablehlo`` is asked for; the first two are what ``rct export`` writes."""
POLICIES = {"fp32": "float32", "mixed fp16": "mixed_float16", "fp16": "float16"}
PACKAGES = ("jax", "jaxlib", "jax-cuda13-plugin", "torch", "torchvision", "triton", "nvidia-cudnn-cu13")
CANDIDATES = (
    "rct fp16", "rct fp16 host", "rct bf16", "rct fp16 blocks", "rct fp16 layer",
    "keras fp32 jit", "keras fp32 predict_on_batch", "keras mixed fp16 jit", "keras mixed fp16 predict_on_batch",
    "keras fp16 jit", "torch.compile fp16", "torch.compile fp16 host", "torch.compile fp16 frozen",
)  # fmt: skip
CALLS = {1: 20, 64: 4}
"""Calls in one timing, by batch size; one for the others."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each candidate, and write the samples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write; rewritten after every batch size")
    parser.add_argument("--batches", type=int, nargs="+", default=[256, 1, 1024, 64])
    parser.add_argument("--candidates", nargs="+", choices=CANDIDATES, default=list(CANDIDATES), metavar="NAME")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=360, help="nothing is compiled after that many")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--backbone", choices=ARCHITECTURES, default="resnet50")
    parser.add_argument("--side", type=int, default=224, help="of the pictures, in pixels")
    parser.add_argument("--images", type=Path, help="pictures to compare open_nsfw's scores on")
    options = parser.parse_args(arguments)
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # or JAX would leave PyTorch no memory
    deadline = time.monotonic() + options.seconds
    document: dict[str, Any] = {
        "machine": describe_machine(*PACKAGES),
        "gpus": describe_gpus(),
        "network": f"{options.backbone}, {options.side}x{options.side}",
        "parity": {},
        "batches": [],
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        hall = Hall(Path(scratch), options.backbone, options.side, options.device)
        for batch in options.batches:
            document["batches"].append(_measure(hall, batch, options.candidates, options.rounds, deadline))
            options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
        if options.images:
            document["parity"] = _parity(hall, options.images)
            options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


@dataclass(frozen=True)
class Hall:
    """Where the contest takes place: a scratch folder, and the network that all run."""

    scratch: Path
    backbone: str
    side: int
    device: Any
    made: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def original(self) -> tuple[Path, Any]:
        """The folder of the original, and its ``keras.Model``."""
        return write_untrained(self.scratch, ARCHITECTURES[self.backbone], self.side)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned when this name was first asked for."""
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]


def _measure(hall: Hall, batch: int, names: Sequence[str], rounds: int, deadline: float) -> dict[str, Any]:
    pixels = np.random.default_rng(0).integers(0, 256, (batch, hall.side, hall.side, 3)).astype(np.uint8)
    calls = CALLS.get(batch, 1)
    runs: dict[str, Run] = {}
    left_out: dict[str, str] = {}
    compile_seconds: dict[str, float] = {}
    for name in names:
        if time.monotonic() > deadline:
            left_out[name] = "no time was left"
            continue
        start = time.monotonic()
        try:
            run = _candidate(hall, name, pixels)
            run()
        except Exception as error:  # noqa: BLE001  one that cannot run does not stop the others
            left_out[name] = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:300]}"
        else:
            runs[name] = _repeated(run, calls)
            compile_seconds[name] = round(time.monotonic() - start, 1)
    samples = interleave(runs, rounds)
    medians = {name: float(np.median(seconds)) / calls for name, seconds in samples.items()}
    for name, seconds in medians.items():
        print(f"batch {batch}: {name}: {1e3 * seconds:.3f} ms, {batch / seconds:,.0f} pictures/s", file=sys.stderr)
    for name, reason in left_out.items():
        print(f"batch {batch}: {name}: left out ({reason})", file=sys.stderr)
    return {
        "batch": batch,
        "calls_per_sample": calls,
        "median_ms": {name: 1e3 * seconds for name, seconds in medians.items()},
        "pictures_per_second": {name: batch / seconds for name, seconds in medians.items()},
        "comparisons": list(_comparisons(samples)),
        "samples_ms": {name: [round(1e3 * one / calls, 4) for one in seconds] for name, seconds in samples.items()},
        "first_call_seconds": compile_seconds,
        "left_out": left_out,
    }


def _candidate(hall: Hall, name: str, pixels: NDArray[np.uint8]) -> Run:
    """Return one run of the candidate of this name, everything it needs made and on the device."""
    plain = name.removesuffix(" host")
    if plain in EXPORTS:
        return _ours(hall, plain, pixels)[name.endswith(" host")]
    if name.startswith("torch.compile"):
        from benchmarks.figures.torchvision_resnet50 import compiled

        frozen = name.endswith(" frozen")
        key = f"torch {len(pixels)} {frozen}"
        both: tuple[Run, Run] = hall.once(key, lambda: compiled(pixels, device=hall.device, frozen=frozen))
        return both[name.endswith(" host")]
    from benchmarks.peers import keras_jax

    precision, _, how = name.removeprefix("keras ").rpartition(" ")
    policy: Any = POLICIES[precision]
    model = hall.once(policy, lambda: keras_jax.under_policy(policy, ARCHITECTURES[hall.backbone], hall.side))
    rule = Bundle.open(_bundle(hall, "rct fp16")).manifest.spec.preprocessing
    prepare = keras_jax.jitted if how == "jit" else keras_jax.predict_on_batch
    return prepare(model, np.ascontiguousarray(normalise(pixels, rule)))


def _ours(hall: Hall, name: str, pixels: NDArray[np.uint8]) -> tuple[Run, Run]:
    import jax

    from models.runtimes.jax import compiled

    bundle = Bundle.open(_bundle(hall, name))
    function, device = hall.once(f"compiled {name}", lambda: compiled(bundle, RuntimeOptions(device=hall.device)))
    on_device = jax.device_put(pixels, device)
    return (
        lambda: function(on_device).block_until_ready(),
        lambda: function(jax.device_put(pixels, device)).block_until_ready(),
    )


def _bundle(hall: Hall, name: str, original: str | None = None) -> Path:
    """Return the folder of an export, made in a process of its own on the CPU."""
    target = hall.scratch / f"{original or 'untrained'} {name}"
    if not target.exists():
        source = original or str(hall.original[0])
        command = [sys.executable, "-m", "exporters.stablehlo", source, *EXPORTS[name], "--out", str(target)]
        subprocess.run(command, check=True, env={**os.environ, "JAX_PLATFORMS": "cpu"})  # noqa: S603
    return target


def _repeated(run: Run, calls: int) -> Run:
    def repeated() -> None:
        for _ in range(calls):
            run()

    return repeated


def _comparisons(samples: Mapping[str, NDArray[np.float64]]) -> Iterator[dict[str, Any]]:
    """Yield each of ours against each of the others, as the ratio of times."""
    for ours in (name for name in samples if name.startswith("rct")):
        for theirs in (name for name in samples if not name.startswith("rct")):
            yield {"ours": ours, "theirs": theirs, "ratio": asdict(ratio(samples[ours], samples[theirs]))}


def _parity(hall: Hall, images: Path) -> dict[str, Any]:
    """Return how far open_nsfw's scores on the device are from the original's on the CPU, by export."""
    import jax

    from models.classifier import find_original
    from models.pictures import find_pictures, read_batches

    original = find_original("open_nsfw")
    rule = original.manifest.spec.preprocessing
    batches = [batch.pixels for batch in read_batches(find_pictures([images]), rule, 25)]
    with jax.default_device(jax.devices("cpu")[0]):
        original_predict = load_runtime(original)
        expected = np.concatenate([original_predict(batch) for batch in batches])
    found = {}
    for name in EXPORTS:
        predict = load_runtime(Bundle.open(_bundle(hall, name, "open_nsfw")), RuntimeOptions(device=hall.device))
        difference = np.abs(np.concatenate([predict(batch) for batch in batches]) - expected)
        found[name] = {"largest": float(difference.max()), "mean": float(difference.mean())}
        print(f"{name}: largest score difference {found[name]['largest']:.2e}", file=sys.stderr)
    return {"pictures": len(expected), "score_difference": found}


if __name__ == "__main__":
    main()
