"""What bundles are timed against: the original, and what others make of the same network."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.latency.contender import Contender
from benchmarks.peers import peer, peer_names
from models.bundle import Bundle
from models.errors import UserError
from toolchain.benching.contenders import of_original, variants
from toolchain.benching.request import ALL, Request
from toolchain.output import Progress

PER_CATEGORY = "one_model_per_category"
"""The peer that runs several originals one after another: the original of a joined bundle."""


def of_originals(originals: Sequence[Bundle], request: Request, folder: Path) -> tuple[Contender, ...]:
    """Return the contenders of what the bundles were made from; several originals run one after another."""
    if len(originals) == 1:
        return of_original(originals[0], request)
    if request.device != "cpu":
        return ()
    from benchmarks.peers.one_model_per_category import ENVIRONMENT, prepare_several

    place = folder / PER_CATEGORY
    place.mkdir()
    prepare_several(originals, place)
    one = Contender(
        name="keras, one model per category (original)",
        peer=PER_CATEGORY,
        recipe="fp32",
        folder=str(place),
        environment={"CUDA_VISIBLE_DEVICES": "", **ENVIRONMENT},
        original=True,
    )
    return tuple(contender for contender in _varied([one], request) if contender.stage != "resident")


def of_peers(
    originals: Sequence[Bundle], request: Request, pictures: Sequence[Path], folder: Path, progress: Progress
) -> tuple[tuple[Contender, ...], dict[str, str]]:
    """Prepare the peers that were asked for; return the contenders, and why those that are missing were left out.

    Raises:
        UnknownName: no such peer, or no such recipe of it.
        UserError: peers of several originals.
    """
    wanted = wanted_peers(request)
    if not wanted:
        return (), {}
    if len(originals) > 1:
        problem = f"have no way to join classifiers (got {len(originals)})"
        raise UserError("--peers", problem, "Time them one by one; one Keras model per category is timed anyway.")
    from benchmarks.preparing import prepare_peers

    found, left_out = prepare_peers(originals[0], pictures, folder, wanted, device=request.device, progress=progress)
    return _varied(found, request), left_out


def wanted_peers(request: Request) -> tuple[tuple[str, str], ...]:
    """Return peers and recipes: those that were named, as ``name`` or ``name:recipe``, or all that fit the device.

    Of all, a processor is not given those that are made for a GPU.

    Raises:
        UnknownName: no such peer.
    """
    found: list[tuple[str, str]] = []
    for word in request.peers:
        name, _, recipe = word.partition(":")
        for one in peer_names() if name == ALL else (name,):
            module = peer(one)
            fits = module.DEVICES[0] == "cpu" if request.device == "cpu" else request.device in module.DEVICES
            if name == ALL and (one == PER_CATEGORY or not fits):
                continue
            found += [(one, each) for each in ((recipe,) if recipe else module.RECIPES)]
    return tuple(dict.fromkeys(found))


def _varied(contenders: Sequence[Contender], request: Request) -> tuple[Contender, ...]:
    """Return each contender once for each number of threads and each stage."""
    return tuple(
        one.model_copy(
            update={
                "name": one.name + variant.suffix,
                "threads": variant.threads if request.threads or _limits_threads(one) else None,
                "stage": variant.stage,
            }
        )
        for variant in variants(request)
        for one in contenders
    )


def _limits_threads(one: Contender) -> bool:
    return bool(getattr(peer(one.peer or ""), "LIMITS_THREADS", True))
