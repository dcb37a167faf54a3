"""Where a contender's time goes, in its runtime's own words.

explain(bundle, contender, batch).notes      # ("83 % of the time is in QLinearConv.", ...)
explain(None, contender, batch)              # a peer: the model file in its folder is looked at
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why
from benchmarks.why.notes import processor_notes
from benchmarks.why.profiles import profile_module, profile_names
from models.bundle import Bundle
from models.picture_sizes import as_input
from models.runtimes import runtime, runtime_names


def explain(bundle: Bundle | None, contender: Contender, batch: NDArray[np.uint8]) -> Why:
    """Take a profile of the contender, in this process.

    Args:
        bundle: the contender's, None for a peer.
        contender: what is timed.
        batch: uint8 [n, height, width, 3] RGB, of the network's size, as many as a query has.

    Returns:
        What was found. A profile that cannot be taken, or that fails, is a note that says so, never an error: the
        contender's times are good without it.
    """
    found = _of_peer(contender) if bundle is None else _of_bundle(bundle, contender)
    if found is None:
        return Why(notes=("No profile can be taken of it.",))
    name, model = found
    pictures = batch if bundle is None else as_input(batch, bundle.manifest)
    try:
        why = profile_module(name).profile(model, pictures, contender)
    except Exception as error:  # noqa: BLE001  the runtimes' errors have no common type, and none may end the worker
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        return Why(notes=(f"The profile of {name} failed: {reason}",))
    if contender.device != "cpu":
        return why
    recipe = contender.recipe if bundle is None else bundle.manifest.recipe
    return why.model_copy(update={"notes": (*why.notes, *processor_notes(recipe))})


def _of_bundle(bundle: Bundle, contender: Contender) -> tuple[str, Path] | None:
    """Return the name of the profile module and the model file, None where there is no such module."""
    formats = (name for name in runtime_names() if bundle.manifest.format in runtime(name).FORMATS)
    name = contender.runtime or next(formats, "")
    return (name, bundle.model) if name in profile_names() else None


def _of_peer(contender: Contender) -> tuple[str, Path] | None:
    """Return the same for a peer: of the files in its folder, the one for a runtime that the peer says it needs."""
    from benchmarks.peers import peer  # peers import what their reports are made of, and that imports this package

    packages = getattr(peer(contender.peer or ""), "PACKAGES", ())
    files = sorted(Path(contender.folder or "").rglob("*"))
    for name in profile_names():
        module = profile_module(name)
        for suffix in module.SUFFIXES:
            for file in files:
                if file.suffix == suffix and module.PACKAGE in packages:
                    return name, file
    return None
