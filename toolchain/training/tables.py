"""What a training reached, for a reader."""

from collections.abc import Mapping

from rich.console import RenderableType

from toolchain.table import table

_COLUMNS = {"roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "accuracy": "accuracy at 0.5"}


def measures_table(measures: Mapping[str, Mapping[str, float]]) -> RenderableType:
    """Return a row per category: pictures and positives, then what ``train.Outcome`` has."""
    rows = [
        (name, str(found["pictures"]), str(found["positives"]), *(f"{found[key]:.4f}" for key in _COLUMNS))
        for name, found in measures.items()
    ]
    columns = ("category", "pictures", "positives", *_COLUMNS.values())
    return table(columns, rows, right=columns[1:])
