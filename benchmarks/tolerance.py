"""How far a candidate may be from its original and still pass, by recipe.

tolerance_for("int8")                                    # the one in TOLERANCES
tolerance_for("int8_second_order")                       # its family's: the name up to an underscore or hyphen
tolerance_for("int8_second_order", {"mean_abs_logit": 0.15})   # with what the recipe itself promises
"""

import re
from collections.abc import Mapping

from pydantic import Field, ValidationError

from models.document import Document, first_problem
from models.errors import UnknownName, UserError

Limit = float | None


class Tolerance(Document):
    """Limits that hold for each category by itself; None is no limit.

    ``max_flip_rate`` is the share of pictures whose decision may change, at each threshold. A flip counts against it
    only if the original's score is farther than ``max_abs_score`` from the threshold: nearer than that, the decision
    hangs on a difference that this very tolerance allows, and no other arithmetic could be asked to reproduce it.
    ``layer_relative_error`` is for the layer-by-layer comparison: ``|c - o| / |o|`` of one layer's output.
    ``max_abs_resize`` is for a model that resizes by itself: how far a whole picture's score may be from that of
    the same picture resized before the model.
    """

    max_abs_score: Limit = Field(default=None, ge=0)
    p99_abs_score: Limit = Field(default=None, ge=0)
    mean_abs_logit: Limit = Field(default=None, ge=0)
    max_flip_rate: Limit = Field(default=None, ge=0, le=1)
    layer_relative_error: Limit = Field(default=None, ge=0)
    max_abs_resize: Limit = Field(default=None, ge=0)


_INT8 = Tolerance(
    p99_abs_score=0.07, mean_abs_logit=0.45, max_flip_rate=0.02, layer_relative_error=0.5, max_abs_resize=0.07
)
TOLERANCES: dict[str, Tolerance] = {
    "fp32": Tolerance(max_abs_score=1e-5, max_flip_rate=0.0, layer_relative_error=1e-4, max_abs_resize=1e-3),
    "fp16": Tolerance(max_abs_score=2e-3, max_flip_rate=0.0, layer_relative_error=2e-2, max_abs_resize=1e-3),
    "bf16": Tolerance(max_abs_score=3e-2, max_flip_rate=0.0, layer_relative_error=0.1),
    "int8": _INT8,
    "int16x8": _INT8,
}
"""fp32: the same numbers in another order of addition. fp16: 11 bits of mantissa through some fifty layers. bf16: 8
bits. int8: what per-channel static quantization without second-order rounding was measured to keep; of the pictures,
1 % may be off by more than ``p99_abs_score``, and as many again may lie near enough to a threshold. int16x8 has the
same weights, which is where most of that comes from, and is held to the same. The worst layer of open_nsfw was measured
to be off by 3e-6, 7e-3 and 0.3 of its norm in fp32, fp16 and int8. A grey level here and there, which is what the two
ways of resizing differ by, was measured to move its scores by 2e-4, 2e-4 and 0.02 at most."""


def tolerance_for(recipe: str, own: Mapping[str, Limit] | None = None) -> Tolerance:
    """Return the tolerance of a recipe: its own limits laid over those of its name, or of its name's first part.

    Raises:
        UnknownName: the name begins with no known one, and the recipe brings no limits of its own.
        UserError: a limit of its own has an unknown name or an impossible value.
    """
    known = TOLERANCES.get(recipe) or TOLERANCES.get(re.split("[-_]", recipe)[0])
    if known is None and not own:
        raise UnknownName("tolerance of recipe", recipe, TOLERANCES)
    limits = (known.model_dump() if known else {}) | dict(own or {})
    try:
        return Tolerance.model_validate(limits)
    except ValidationError as error:
        raise UserError(
            f"tolerance of recipe {recipe}", first_problem(error), "Correct the recipe's limits."
        ) from error
