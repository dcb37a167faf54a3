"""Sentences about a contender's time, each said only where it was seen."""

from collections.abc import Callable, Collection, Sequence

from benchmarks.why.document import OperatorTime
from models.processor import features, int8_saturates


def top_note(operators: Sequence[OperatorTime]) -> tuple[str, ...]:
    """Say which operator takes most of the time."""
    if not operators:
        return ()
    return (sentence(f"{percent(operators[0].share)} of the time is in {operators[0].operator}."),)


def float_share_note(operators: Sequence[OperatorTime], is_integer: Callable[[str], bool]) -> tuple[str, ...]:
    """Say how much of the time is in integer arithmetic, where there is any; ``is_integer`` tells by the operator."""
    share = sum(one.share for one in operators if is_integer(one.operator))
    return (sentence(f"{percent(share)} of the time is in integer arithmetic."),) if share else ()


def layout_note(operators: Sequence[OperatorTime], names: Collection[str], count: int) -> tuple[str, ...]:
    """Say what the ``count`` changes of layout cost that are left in the graph, their operators being ``names``."""
    if not count:
        return ()
    share = sum(one.share for one in operators if one.operator in names)
    what = "1 change of layout is" if count == 1 else f"{count} changes of layout are"
    return (f"{what} left in the graph, {percent(share)} of the time.",)


def processor_notes(recipe: str, found: frozenset[str] | None = None) -> tuple[str, ...]:
    """Say what this processor, or one with the features ``found``, does with the arithmetic of a recipe.

    Nothing is said of a processor that the system tells nothing about.
    """
    found = features() if found is None else found
    if not found:
        return ()
    return tuple(_int8_notes(found)) if recipe.startswith("int8") else tuple(_float_notes(found))


def _int8_notes(found: frozenset[str]) -> list[str]:
    if int8_saturates(found):
        vectors = "AVX-512" if "avx512f" in found else "AVX2"
        return [
            f"This processor has {vectors} without VNNI: pairs of int8 products are summed in 16 bits and saturate."
        ]
    notes = []
    if "avx512_vnni" in found:
        notes.append("This processor has AVX-512 VNNI, so int8 products are summed in 32 bits.")
    elif "avx_vnni" in found:
        notes.append("This processor has AVX-VNNI, so int8 products are summed in 32 bits, 256 bits at a time.")
    elif "asimddp" in found:
        notes.append("This processor has Arm's dot product, so int8 products are summed in 32 bits.")
    elif "asimd" in found:
        notes.append("This processor has Neon without the dot product: int8 gains less.")
    if "i8mm" in found:
        notes.append("It has I8MM, which multiplies int8 matrices.")
    if "amx_int8" in found:
        notes.append("It has AMX, which multiplies int8 matrices in tiles.")
    elif "avx512_vnni" in found:
        notes.append("It has no AMX.")
    return notes


def _float_notes(found: frozenset[str]) -> list[str]:
    if "avx512f" in found:
        return ["This processor has AVX-512: sixteen float32 at a time."]
    if "avx2" in found:
        return ["This processor has AVX2 and no AVX-512: eight float32 at a time."]
    return ["This processor has Neon: four float32 at a time."] if "asimd" in found else []


def percent(share: float) -> str:
    """Return a share as words: ``42 %``, ``less than 1 %``, ``more than 99 %``."""
    if 0 < share < 0.01:
        return "less than 1 %"
    return "more than 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def sentence(text: str) -> str:
    """Return the text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
