"""``rct data``: a group of commands, each a module here with a function of its name."""

from importlib import import_module

import typer

COMMANDS: tuple[str, ...] = ("sources", "fetch", "audit", "split")
"""The modules of this package, in the order of a user's work."""

data = typer.Typer(
    name="data",
    help="Collect labelled pictures, look for what is wrong with them, and split them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name in COMMANDS:
    data.command(_name)(getattr(import_module(f"{__name__}.{_name}"), _name))
