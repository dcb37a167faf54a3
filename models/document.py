"""The manner of every document that leaves the program: frozen, and unknown keys refused."""

from pydantic import BaseModel, ConfigDict, ValidationError


class Document(BaseModel):
    """A pydantic model that cannot change and that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def first_problem(error: ValidationError) -> str:
    """Return pydantic's first complaint as ``where: what (got X)``.

    >>> first_problem(error)
    "thresholds.adult.review: Input should be less than or equal to 1 (got 1.5)"
    """
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "document"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] in {"missing", "value_error"}:
        return f"{where}: {message}"
    return f"{where}: {message} (got {str(first['input'])[:80]!r})"
