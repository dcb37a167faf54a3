"""Features of pictures in files, against what the exported network makes of pictures that are ready in memory.

    python -m toolchain.figures.features --images PICTURES --export exports/open_nsfw-onnx-fp32 \
        --export-with-taps exports/open_nsfw-cartoon-onnx-fp32 --out docs/figures/features.json

"features" is what ``rct train`` does: find, decode, resize, network, cache, from a cache that is empty. "export" is
stage "model" of ``rct bench`` on the scenario offline, all cores on one batch, and counts nothing but the network. They
take turns, and each of the two kinds of features is held to the export that computes it: that of the backbone's own
classifier, or that of a classifier whose head reads all taps. Wanted are nine tenths of the export's pictures a second.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks.figures.machine import describe_machine
from benchmarks.paired import interleave, ratio
from models.bundle import Bundle
from models.pictures import find_pictures, read_batches
from models.runtimes import RuntimeOptions, load_runtime
from toolchain.data.dataset import Dataset, Example
from toolchain.progress import silent
from toolchain.tensorflow_noise import quiet_keras
from toolchain.training.backbones import find_backbone
from toolchain.training.cores import cores
from toolchain.training.features.compute import Way, compute_features
from toolchain.training.features.network import open_extractor
from toolchain.training.features.views import Views

BATCHES = (8, 32)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line per candidate, and write the seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument(
        "--export", type=Path, required=True, help="the backbone's classifier, exported to ONNX in fp32"
    )
    parser.add_argument("--export-with-taps", type=Path, required=True, help="one whose head reads all taps, likewise")
    parser.add_argument("--backbone", default="open_nsfw")
    parser.add_argument("--pictures", type=int, default=512, help="of one turn")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args(arguments)
    quiet_keras()
    paths = find_pictures([options.images])[: options.pictures]
    exports = {"": options.export, " with taps": options.export_with_taps}
    with tempfile.TemporaryDirectory() as scratch:
        candidates = {
            "features": _features(options.backbone, "none", paths, Path(scratch) / "plain"),
            "features with taps": _features(options.backbone, "all", paths, Path(scratch) / "taps"),
            **{
                f"export{kind}, batches of {size}": _export(export, paths, size)
                for kind, export in exports.items()
                for size in BATCHES
            },
        }
        seconds = interleave(candidates, options.rounds, warmup=1)
    rows = {}
    for kind in exports:
        names = [f"export{kind}, batches of {size}" for size in BATCHES]
        best = min(names, key=lambda name: float(np.median(seconds[name])))
        for name in [f"features{kind}", *names]:
            rows[name] = {
                "pictures_per_second": round(len(paths) / float(np.median(seconds[name])), 1),
                "of_export": asdict(ratio(seconds[best], seconds[name])),
                "seconds": [round(one, 4) for one in seconds[name].tolist()],
            }
    for name, row in rows.items():
        print(name, row["pictures_per_second"], row["of_export"])
    if options.out:
        document = {"machine": describe_machine(), "backbone": options.backbone, "pictures": len(paths), "rows": rows}
        options.out.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def _features(name: str, taps: str, paths: Sequence[Path], folder: Path) -> Callable[[], object]:
    backbone = find_backbone(name)
    layers = backbone.architecture.taps if taps == "all" else ()
    way = Way(open_extractor(backbone, layers), backbone.preprocessing, Views(0, 0))
    dataset = Dataset(paths[0].parent, tuple(Example(path) for path in paths))

    def run() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        compute_features(dataset, way, folder, cores(), silent)

    return run


def _export(path: Path, paths: Sequence[Path], size: int) -> Callable[[], object]:
    bundle = Bundle.open(path)
    predict = load_runtime(bundle, RuntimeOptions(threads=cores()))
    batch = next(iter(islice(read_batches(paths, bundle.manifest.spec.preprocessing, size), 1))).pixels

    def run(times: int) -> None:
        for _ in range(times):
            predict(batch)

    return partial(run, round(len(paths) / size))


if __name__ == "__main__":
    main()
