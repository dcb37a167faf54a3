"""``rct doctor``."""

from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def doctor(json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Say what is installed, what this machine can do, and what is known not to work; exit code 1 for the latter."""
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
