"""What the search for a recipe did, for a reader and for a program."""

from typing import Any

from toolchain.budget import described
from toolchain.budget_search import Found


def budget_facts(found: Found) -> list[tuple[str, str]]:
    """Return name and text of each thing to say: recipe, calibrator, layers in float, what it costs, what was tried."""
    chosen = found.chosen
    said = [
        ("recipe", f"{described(chosen)}, the fastest of {len(found.trials)} tried that stays within the budget"),
        ("calibrator", found.calibrator),
    ]
    if chosen.float_layers:
        said.append(("in float", ", ".join(chosen.float_layers)))
    if found.time is not None:
        interval = f"{found.time.low:.2f} to {found.time.high:.2f}"
        said.append(("time", f"{found.time.median:.2f} of plain int8's ({interval})"))
    said += [("tried", f"{described(trial)}: {'; '.join(trial.broken)}") for trial in found.trials if not trial.held]
    return said


def budget_document(found: Found) -> dict[str, Any]:
    """Return the same as plain values."""
    ratio = found.time
    return {
        "recipe": found.chosen.recipe,
        "calibrator": found.calibrator,
        "float_layers": list(found.chosen.float_layers),
        "time_of_int8": None if ratio is None else {"median": ratio.median, "low": ratio.low, "high": ratio.high},
        "trials": [
            {
                "recipe": trial.recipe,
                "float_layers": list(trial.float_layers),
                "flips": trial.flips,
                "auc_drop": trial.auc_drop,
                "logit_mean_abs": trial.logit_error,
                "broken": list(trial.broken),
            }
            for trial in found.trials
        ],
    }
