"""``rct models``."""

from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def models(json: JsonOption = False, quiet: QuietOption = False) -> None:
    """List the classifiers that we ship."""
    from toolchain.listing import catalogue, catalogue_table

    output = Output(quiet)
    found = catalogue()
    if json:
        output.document(found)
        return
    output.show(*catalogue_table(found))
    output.say("Next: rct export --format onnx")
