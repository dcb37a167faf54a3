"""What is to be kept in mind with a category's numbers, a sentence each."""

from toolchain.evaluation.report import CategoryEvaluation
from toolchain.evaluation.request import Request


def notes_on(one: CategoryEvaluation, request: Request) -> list[str]:
    """Return the sentences, none where there is nothing to doubt."""
    said = []
    known = one.positives + one.negatives
    if not one.positives or not one.negatives:
        what = "positives" if not one.positives else "negatives"
        said.append(f"{one.name}: there are no {what}, so what needs both is not measured.")
    elif one.negatives < 1000:
        said.append(
            f"{one.name}: of {one.negatives} negatives TPR at FPR 0.1 % lets none be flagged: it rests on one picture."
        )
    broken = sum(score is None for score in one.scores)
    if broken:
        said.append(f"{one.name}: {broken} scores are not numbers and are left out.")
    if one.chosen:
        said += one.chosen.warnings
    if one.chosen and request.choose:
        said.append(f"{one.name}: the thresholds were chosen on these pictures, so rates at them flatter a little.")
    pair = one.worst_pairing
    if pair:
        value = pair.roc_auc.value or 0.0
        said.append(
            f"{one.name}: worst across sources: positives of {pair.positives_of} against negatives of "
            f"{pair.negatives_of}, ROC-AUC {value:.4f}."
        )
    check = one.shortcut
    if check and check.error_auc.low is not None and check.error_auc.low > 0.5:
        said.append(
            f"{one.name}: size, aspect and edge say where it errs (ROC-AUC {check.error_auc.value:.2f}, from "
            f"{check.error_auc.low:.2f}), so it may look at them."
        )
    if one.robustness and one.robustness[0].pictures < known:
        said.append(f"{one.name}: perturbations were tried on {one.robustness[0].pictures} of {known} pictures.")
    return said
