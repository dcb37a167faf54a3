"""One threshold, and what is known of its false positive rate."""

from typing import Literal

from models.document import Document


class Line(Document):
    """A threshold that was chosen for a goal, and how far it keeps to it.

    Attributes:
        threshold: scores from here on are flagged.
        goal: the share that was asked for.
        kind: of what: "fpr", of the negatives, or "load", of all pictures.
        reached: that share on these pictures.
        false_positives: negatives flagged.
        negatives: of how many.
        low: lower end of the 95 % interval of the true false positive rate.
        high: upper end.
    """

    threshold: float
    goal: float
    kind: Literal["fpr", "load"]
    reached: float
    false_positives: int
    negatives: int
    low: float
    high: float

    @property
    def expected(self) -> float:
        """The false positive rate that one would hope for, above 0."""
        return self.goal if self.kind == "fpr" else max(self.false_positives, 1) / self.negatives

    @property
    def sure(self) -> bool:
        """Whether there are negatives enough: the true rate is hardly more than twice the one hoped for."""
        return self.high <= 2 * self.expected
