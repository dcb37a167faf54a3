"""How much accuracy an export may cost, and what one was seen to cost.

judged("int8", (), report, Budget(max_flips=0.001)).held
"""

from dataclasses import dataclass

from benchmarks.parity_report import ParityReport
from toolchain.share import read_share


@dataclass(frozen=True)
class Budget:
    """Limits; None is no limit.

    ``max_flips``: share of pictures whose decision may change, at each threshold of each category. ``max_auc_drop``: by
    how much the area under the ROC curve may fall, which needs labels.
    """

    max_flips: float | None = None
    max_auc_drop: float | None = None


NO_BUDGET = Budget()


def read_budget(max_flips: str | None, max_auc_drop: float | None) -> Budget:
    """Return the budget that was asked for, ``max_flips`` as "0.1%" or "0.001".

    Raises:
        UserError: it is not a share from 0 to 1.
    """
    if max_flips is None:
        return Budget(None, max_auc_drop)
    return Budget(read_share("--max-flips", max_flips, "0.1% or 0.001"), max_auc_drop)


@dataclass(frozen=True)
class Trial:
    """One export, and what it cost in decisions. ``broken`` says what was over budget; nothing is within it."""

    recipe: str
    float_layers: tuple[str, ...]
    flips: float
    auc_drop: float | None
    logit_error: float | None
    broken: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether it stayed within the budget."""
        return not self.broken


def judged(recipe: str, float_layers: tuple[str, ...], report: ParityReport, budget: Budget) -> Trial:
    """Return what a report says about one export, held to the budget."""
    broken, flips, drops, errors = [], 0.0, [], []
    for category in report.categories:
        errors.append(category.difference["logit_mean_abs"].value)
        for point, at in category.operating_points.items():
            share = len(at.flipped) / len(report.pictures)
            flips = max(flips, share)
            if budget.max_flips is not None and share > budget.max_flips:
                broken.append(f"{category.name}: {100 * share:.2g} % flips at {point}")
        change = category.quality["roc_auc"].change.value if "roc_auc" in category.quality else None
        if change is not None:
            drops.append(-change)
            if budget.max_auc_drop is not None and -change > budget.max_auc_drop:
                broken.append(f"{category.name}: ROC-AUC falls by {-change:.2g}")
    known = [error for error in errors if error is not None]
    return Trial(
        recipe,
        float_layers,
        flips,
        max(drops) if drops else None,
        max(known) if known else None,
        tuple(broken),
    )


def described(trial: Trial) -> str:
    """Return a trial's recipe in words."""
    return trial.recipe + (f" with {len(trial.float_layers)} layers in float" if trial.float_layers else "")
