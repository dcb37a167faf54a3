"""What a classifier detects, how it sees, and where it draws its lines: the content of ``classifier.toml``."""

import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from models.document import Document, first_problem
from models.errors import SpecError
from models.preprocessing import Preprocessing

Verdict = Literal["allow", "review", "block"]
SEVERITY: tuple[Verdict, ...] = ("allow", "review", "block")


class Category(Document):
    """One kind of content, detected as its own yes or no."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    definition: str = Field(min_length=1)


class Thresholds(Document):
    """Two operating points on a score in [0, 1]: from ``review`` on a person looks, from ``block`` on it is blocked."""

    review: float = Field(gt=0, le=1)
    block: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.review > self.block:
            raise ValueError(f"review must not be above block (got {self.review} > {self.block})")
        return self

    def verdict(self, score: float) -> Verdict:
        """Return what to do with a picture of this score; a score that is not a number is a case for a person."""
        if score != score:
            return "review"
        return "block" if score >= self.block else "review" if score >= self.review else "allow"


class ClassifierSpec(Document):
    """A classifier in words and numbers.

    ``categories`` is the order of the scores, always; ``thresholds`` has exactly one entry for each of them.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)
    description: str = ""
    backbone: str = Field(description="a name in models.resnet50.ARCHITECTURES")
    licence: str = Field(description="SPDX identifier of the weights' licence")
    categories: tuple[Category, ...] = Field(min_length=1)
    preprocessing: Preprocessing
    thresholds: dict[str, Thresholds]

    @field_validator("categories")
    @classmethod
    def _distinct(cls, categories: tuple[Category, ...]) -> tuple[Category, ...]:
        names = [category.name for category in categories]
        if len(set(names)) != len(names):
            raise ValueError(f"category names must be distinct (got {', '.join(names)})")
        return categories

    @model_validator(mode="after")
    def _thresholds_fit(self) -> Self:
        if set(self.thresholds) != set(self.labels):
            raise ValueError(
                f"thresholds must name every category once (got {', '.join(sorted(self.thresholds)) or 'none'}; "
                f"categories are {', '.join(self.labels)})"
            )
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories' names, in the order of the scores."""
        return tuple(category.name for category in self.categories)

    def verdict(self, scores: dict[str, float]) -> Verdict:
        """Return the most severe of the categories' verdicts."""
        verdicts = [self.thresholds[label].verdict(score) for label, score in scores.items()]
        return max(verdicts, key=SEVERITY.index)


def read_spec(path: Path) -> ClassifierSpec:
    """Read a ``classifier.toml``.

    Raises:
        SpecError: the file is missing, is not TOML, or does not describe a classifier.
    """
    try:
        return ClassifierSpec.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise SpecError(path, f"cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(path, f"not TOML ({error})") from error
    except ValidationError as error:
        raise SpecError(path, first_problem(error)) from error
