"""Documents that end in a verdict: it is derived from what they hold, and never read."""

from typing import Any

from pydantic import computed_field, model_validator

from models.document import Document


class Judged(Document):
    """A document with ``passed`` and ``failures``, both derived by ``find_failures``, which every kind has for itself.

    A document that is read again is judged again: what it says of its verdict is not believed.
    """

    @model_validator(mode="before")
    @classmethod
    def _derive_anew(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if key not in {"passed", "failures"}}
        return data

    @computed_field(description="nothing failed")  # type: ignore[prop-decorator]
    @property
    def passed(self) -> bool:
        """Whether every check held."""
        return not self.failures

    @computed_field(description="one line for each check that did not hold")  # type: ignore[prop-decorator]
    @property
    def failures(self) -> tuple[str, ...]:
        """One line for each check that did not hold."""
        return self.find_failures()

    def find_failures(self) -> tuple[str, ...]:
        """Return one line for each check that did not hold."""
        raise NotImplementedError
