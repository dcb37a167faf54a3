"""``rct doctor``."""

from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def doctor(json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Look for what is missing or does not fit.

    Packages, processor, memory, GPU; the exit code is 1 if a set of packages is known not to work.
    """
    from toolchain.diagnosis.diagnose import diagnose

    output = Output(quiet)
    with output.progress() as progress:
        progress("looking at packages and hardware")
        found = diagnose()
    if json:
        output.document(found.document())
    else:
        from toolchain.diagnosis.tables import diagnosis_tables

        output.show(*diagnosis_tables(found))
    if found.problems:
        raise found.failed()
    output.say("Next: rct models")
