"""The same bytes more than once."""

from collections.abc import Iterator

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material

SUMMARY = "files of the same bytes; many of them are a placeholder nobody knows yet"

_MANY = 5


def look(material: Material) -> Iterator[Finding]:
    """Yield one finding for bytes that are there up to four times, one for those that are there more often."""
    few = [one for one in material.same_bytes if len(one) < _MANY]
    many = [one for one in material.same_bytes if len(one) >= _MANY]
    if many:
        yield Finding(
            check="repeats",
            severity="warning",
            title=f"the same file {_MANY} times or more: a placeholder, perhaps",
            pictures=sum(map(len, many)),
            figures={"different files": len(many), "most often": len(many[0])},
            examples=material.examples(many),
            advice="Look at one of each. Remove placeholders, and keep one of the others.",
        )
    if few:
        yield Finding(
            check="repeats",
            severity="warning",
            title="the same file more than once",
            pictures=sum(map(len, few)),
            figures={"different files": len(few), "too many": sum(map(len, few)) - len(few)},
            examples=material.examples(few),
            advice="Keep one of each.",
        )
