"""The errors that rct raises on purpose.

    RctError
     ├── UserError            input or usage: one line, exit code 2
     │    ├── PictureError    a picture that cannot be read
     │    ├── SpecError       a classifier.toml, or a document in it, that does not hold together
     │    ├── BundleError     a bundle that is incomplete, altered or of another version
     │    ├── NetworkError    a Keras model that is not the network its spec says, or weights that are missing
     │    ├── UnknownName     a name that is not one of the known ones (which the message lists)
     │    └── UnavailableError  a package, provider or device that was asked for and is not there
     ├── VerdictError         a check that ran and failed: exit code 1
     └── InterruptedRun       ended by a signal, with something to show for it: exit code 130

Every message reads *subject: what is wrong (got X). What to do.* Anything else that reaches the user is our bug.
"""

from collections.abc import Iterable


class RctError(Exception):
    """An error with a subject, a problem and a way out; ``str`` of it is the one line that the user sees."""

    exit_code = 2

    def __init__(self, subject: object, problem: str, advice: str = "") -> None:
        self.subject = str(subject)
        self.problem = problem
        self.advice = advice
        super().__init__(f"{self.subject}: {problem}.{f' {advice}' if advice else ''}")


class UserError(RctError):
    """Input or usage that rct cannot work with."""


class PictureError(UserError):
    """A picture that cannot be read, or that is not safe to read."""


class SpecError(UserError):
    """A classifier description that does not hold together."""


class BundleError(UserError):
    """A bundle that is incomplete, altered, or written by another version."""


class NetworkError(UserError):
    """A Keras model that is not the network its spec says, or weights that cannot be found."""


class UnavailableError(UserError):
    """A package, execution provider or device that was asked for and is not there."""


class UnknownName(UserError):
    """A name that is not one of the known ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(kind, f"unknown name (got {name!r})", f"Known: {', '.join(sorted(known))}.")


class VerdictError(RctError):
    """A check that ran and did not pass."""

    exit_code = 1


class InterruptedRun(RctError):
    """Work that a signal has ended, and of which something is left."""

    exit_code = 130
