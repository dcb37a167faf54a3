"""The documents that the server answers with."""

from typing import Literal

from pydantic import Field

from models.document import Document
from models.spec import ClassifierSpec, Verdict
from toolchain.serving.refusals import Reason


class CategoryAnswer(Document):
    """The score of one category, and what its thresholds make of it."""

    score: float = Field(ge=0, le=1)
    verdict: Verdict


class ModelName(Document):
    """What scored: the bundle's name and the SHA-256 of its manifest."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Answer(Document):
    """A scored picture: the most severe verdict, and each category's."""

    verdict: Verdict
    categories: dict[str, CategoryAnswer]
    model: ModelName


class Refusal(Document):
    """A picture without scores. The verdict is always "review": nobody has looked at it yet."""

    verdict: Literal["review"] = "review"
    reason: Reason
    problem: str


class Health(Document):
    """The answer of /healthz and /readyz."""

    status: Literal["ok"] = "ok"
    model: ModelName


def answer(scores: list[float], spec: ClassifierSpec, model: ModelName) -> Answer:
    """Return the answer for finite ``scores`` in [0, 1], in the order of the spec's categories."""
    named = dict(zip(spec.labels, scores, strict=True))
    categories = {
        label: CategoryAnswer(score=score, verdict=spec.thresholds[label].verdict(score))
        for label, score in named.items()
    }
    return Answer(verdict=spec.verdict(named), categories=categories, model=model)
