"""A full fine-tuning step of ResNet50: our training graph beside a plain ``model.fit``, by turns in one run.

    KERAS_BACKEND=jax python3 -m toolchain.figures.fine_tune_gpu --out docs/figures/fine_tune_gpu.json

Random weights and random pictures, which cost the same. Every layer learns, in mixed precision, with the same
optimizer. "fit" is ``keras.applications.ResNet50`` and a Dense layer, compiled and fitted as Keras' guides do it, on
normalised float32 pictures; "rct" is what ``rct train --recipe fine-tune`` runs, through Keras' own ``fit``, too. A
batch lies on the device, the same one for every step; the "host" candidates copy a new one there for each. Candidates
take turns; a turn is one call of ``fit`` with ``--steps`` steps, and ends when the device is done. Wants JAX and
Keras, no TensorFlow.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np

from benchmarks.figures.machine import describe_gpus, describe_machine
from benchmarks.paired import interleave, ratio
from models.preprocessing import Preprocessing, Resize
from models.resnet50 import ARCHITECTURES, training_form
from toolchain.training.tuning.graph import PICTURES, Precision, picture_graph
from toolchain.training.tuning.loss import masked_cross_entropy
from toolchain.training.tuning.optimizer import make_optimizer

PACKAGES = ("jax", "jaxlib", "jax-cuda13-plugin", "nvidia-cudnn-cu13")
CANDIDATES = (
    "fit mixed_float16", "rct mixed_float16", "rct frozen mixed_float16", "fit host mixed_float16",
    "rct host mixed_float16", "fit mixed_bfloat16", "rct mixed_bfloat16", "rct frozen mixed_bfloat16",
)  # fmt: skip
"""In the order in which they are compiled, until ``--seconds`` have passed; "host" ones share their twin's step."""
Fit = Callable[[], object]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line per candidate, and write the samples."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--side", type=int, default=224, help="of the pictures, in pixels")
    parser.add_argument("--steps", type=int, default=12, help="of one turn")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=200, help="nothing is compiled after that many")
    parser.add_argument("--candidates", nargs="+", choices=CANDIDATES, default=list(CANDIDATES), metavar="NAME")
    options = parser.parse_args(arguments)
    os.environ.setdefault("KERAS_BACKEND", "jax")
    began = time.monotonic()
    shop = Shop(options.batch, options.side, options.steps)
    fits: dict[str, Fit] = {}
    compiled: dict[str, float] = {}
    left_out: dict[str, str] = {}
    for name in options.candidates:
        if time.monotonic() - began > options.seconds:
            left_out[name] = "no time was left"
            continue
        start = time.monotonic()
        try:
            fits[name] = shop.fit(name)
            fits[name]()
        except Exception as error:  # noqa: BLE001  one that does not run must not take the others' figures along
            fits.pop(name, None)
            left_out[name] = f"{type(error).__name__}: {str(error).splitlines()[0][:300]}"
            continue
        compiled[name] = time.monotonic() - start
        print(f"{name}: first turn {compiled[name]:.1f} s", flush=True)
    seconds = interleave(fits, options.rounds, warmup=1)
    pictures = options.batch * options.steps
    document = {
        "machine": describe_machine(*PACKAGES),
        "gpus": describe_gpus(),
        "network": f"resnet50, {options.side}x{options.side}, every layer learns, SGD with Nesterov momentum",
        "batch": options.batch,
        "steps": options.steps,
        "first_turn_seconds": compiled,
        "left_out": left_out,
        "images_per_second": {name: pictures / float(np.median(taken)) for name, taken in seconds.items()},
        "against_fit": {
            name: asdict(ratio(seconds[_plain(name)], taken))
            for name, taken in seconds.items()
            if name.startswith("rct") and _plain(name) in seconds
        },
        "seconds": {name: taken.tolist() for name, taken in seconds.items()},
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    _print(document)


def _plain(name: str) -> str:
    return name.replace("rct", "fit").replace(" frozen", "")


def _print(document: Mapping[str, Any]) -> None:
    for name, speed in document["images_per_second"].items():
        times = document["against_fit"].get(name)
        beside = f", {times['median']:.3f} times fit ({times['low']:.3f} to {times['high']:.3f})" if times else ""
        print(f"{name}: {speed:,.0f} images/s{beside}")
    for name, why in document["left_out"].items():
        print(f"{name}: left out, {why}")


class Shop:
    """Makes the candidates; a "host" one trains its twin's model, so that nothing is compiled twice."""

    def __init__(self, batch: int, side: int, steps: int) -> None:
        chance = np.random.default_rng(0)
        self.steps = steps
        self.side = side
        self.pixels = chance.integers(0, 256, (batch, side, side, 3)).astype(np.uint8)
        self.truth = chance.integers(0, 2, (batch, 1)).astype(np.float32)
        self.models: dict[str, Any] = {}
        self.rule = Preprocessing(
            width=side,
            height=side,
            resize=Resize(width=side, height=side),
            channel_order="bgr",
            offset=(-123.68, -116.779, -103.939),
        )

    def fit(self, name: str) -> Fit:
        """Return a call that trains for ``steps`` steps and waits for them."""
        ours, host = name.startswith("rct"), " host" in name
        policy = cast("Precision", name.rpartition(" ")[2])
        twin = name.replace(" host", "")
        if twin not in self.models:
            self.models[twin] = self._ours(policy, frozen=" frozen" in name) if ours else self._plain(policy)
        model = self.models[twin]
        data = _repeated(self._our_batch() if ours else self._plain_batch(), self.steps, resident=not host)
        return lambda: model.fit(data, epochs=1, verbose=0, shuffle=False)

    def _ours(self, policy: Precision, *, frozen: bool) -> Any:
        network = training_form(ARCHITECTURES["resnet50"], ("score",), self.side, self.side)
        graph = picture_graph(network, self.rule, policy)
        graph.choose_trainable(5, "frozen" if frozen else "trained")
        scaling = policy == "mixed_float16"
        optimizer = make_optimizer("sgd", 0.01, momentum=0.9, weight_decay=1e-4, clip=None, loss_scaling=scaling)
        graph.model.compile(optimizer, loss=masked_cross_entropy)
        return graph.model

    def _our_batch(self) -> Any:
        targets = np.stack([self.truth, np.ones_like(self.truth)], axis=-1)
        return {PICTURES: self.pixels}, targets

    def _plain(self, policy: Precision) -> Any:
        import keras

        before = keras.config.dtype_policy()
        keras.config.set_dtype_policy(policy)
        try:
            body = keras.applications.ResNet50(
                include_top=False, weights=None, input_shape=(self.side, self.side, 3), pooling="avg"
            )
            scores = keras.layers.Dense(1, activation="sigmoid", dtype="float32")(body.output)
            model = keras.Model(body.input, scores)
        finally:
            keras.config.set_dtype_policy(before)
        optimizer = keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True, weight_decay=1e-4)
        model.compile(optimizer, loss="binary_crossentropy")  # Keras adds the loss scaling that float16 needs
        return model

    def _plain_batch(self) -> Any:
        from keras.applications.resnet import preprocess_input

        return np.ascontiguousarray(preprocess_input(self.pixels.astype(np.float32))), self.truth


def _repeated(batch: Any, steps: int, *, resident: bool) -> Any:
    """Return a dataset that is ``steps`` times this batch, which stays on the device if it is ``resident``."""
    import jax
    import keras

    held = jax.device_put(batch) if resident else batch

    class Repeated(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return steps

        def __getitem__(self, index: int) -> Any:
            return held

    return Repeated()


if __name__ == "__main__":
    main()
