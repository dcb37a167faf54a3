"""``rct package BUNDLE``, and ``rct package verify ZIP``: a group, one of whose commands goes without its name."""

from typing import Any

import typer
from typer.core import TyperGroup

from toolchain.commands.package.make import make
from toolchain.commands.package.verify import verify


class _MakeUnlessNamed(TyperGroup):
    """A group that is its command ``make`` wherever the first word is not the name of another one."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Return the context of ``make``, under the group's own name, or of the group."""
        if args[:1] == ["verify"]:
            return super().make_context(info_name, args, parent, **extra)
        return self.commands["make"].make_context(info_name, args, parent, **extra)


package = typer.Typer(
    name="package",
    cls=_MakeUnlessNamed,
    help="Give a bundle a client for one target.",
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
package.command("make", hidden=True, epilog="Check one: rct package verify ZIP")(make)
package.command("verify")(verify)
