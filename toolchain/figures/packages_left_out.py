"""How good a classifier is on pictures of packages that it has not learnt from.

    python -m toolchain.figures.packages_left_out --data DATA --like cartoon --out docs/figures/packages_left_out.json

The pictures of the split train are shared out into folds by their ``source``, whole sources to one fold, both answers
in each (scikit-learn's StratifiedGroupKFold). For each fold a whole ``rct train``, with the settings of ``--like``,
learns from the others and is measured on it; features are computed once. Scores are not calibrated, which changes no
ROC-AUC. The split val is not looked at. A fold whose source holds most photographs also leaves few to learn from.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from benchmarks.figures.machine import describe_machine
from toolchain.data.ledger import OK, Entry, read_ledger, write_ledger
from toolchain.progress import silent
from toolchain.training.record import read_record
from toolchain.training.train import Request, train


def main(arguments: Sequence[str] | None = None) -> None:
    """Train without each fold, print a line for it, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a folder with a ledger that names sources")
    parser.add_argument("--like", default="cartoon", metavar="CLASSIFIER", help="whose settings are taken")
    parser.add_argument("--category", default="cartoon")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args(arguments)
    entries = [
        replace(entry, file=str((options.data / entry.file).absolute()))
        for entry in read_ledger(options.data)
        if entry.status == OK and entry.split == "train" and options.category in entry.labels
    ]
    answers = np.array([entry.labels[options.category] for entry in entries])
    sources = np.array([entry.source for entry in entries])
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for _, fold in StratifiedGroupKFold(options.folds).split(answers, answers, sources):
            rows.append(_without(set(fold.tolist()), entries, options.category, options.like, Path(scratch)))
            print(json.dumps(rows[-1]), flush=True)
    document = {
        "machine": describe_machine(),
        "category": options.category,
        "like": options.like,
        "mean_roc_auc": round(fmean(row["roc_auc"][0] for row in rows), 4),
        "folds": rows,
    }
    options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    print(f"mean ROC-AUC {document['mean_roc_auc']}")


def _without(fold: set[int], entries: Sequence[Entry], category: str, like: str, scratch: Path) -> dict[str, Any]:
    """Train on the pictures that are not in ``fold`` (places in ``entries``), and measure on those that are."""
    place = Path(tempfile.mkdtemp(dir=scratch))
    write_ledger(
        place, (replace(entry, split="val" if index in fold else "train") for index, entry in enumerate(entries))
    )
    record = read_record(like)
    request = replace(Request((category,), place).like(record), out=scratch / "trained" / place.name)
    outcome = train(replace(request, settings=(*record.given, "calibrate=0")), silent, lambda _: None)
    left_out = [entries[index] for index in sorted(fold)]
    found = outcome.measures[category]
    return {
        "sources": sorted({entry.source for entry in left_out}),
        "pictures": len(left_out),
        "positives": sum(entry.labels[category] for entry in left_out),
        **{name: [value.value, value.low, value.high] for name, value in found.metrics.items()},
    }


if __name__ == "__main__":
    main()
