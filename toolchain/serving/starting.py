"""Before anything listens: the bundle is loaded and has to reproduce its golden vectors."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError, VerdictError
from models.golden import GOLDEN_FILE, Golden
from models.preprocessing import Preprocessing
from models.processor import int8_saturates
from models.runtimes import Predict, RuntimeOptions, load_runtime
from toolchain.serving.settings import Settings
from toolchain.verification.golden_check import check_golden

_DECODED, _RESIZED = 4, 1


def check_packages() -> None:
    """Raise UnavailableError where a package of the extra ``serve`` is missing."""
    try:
        import fastapi  # noqa: F401
        import httptools  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UnavailableError(error.name, "not installed", "pip install 'rct[serve]'.") from error


def load_checked(bundle: Bundle, settings: Settings, runtime: str | None = None) -> Predict:
    """Return what runs the bundle, once it has passed its golden vectors and has run a picture and a whole batch.

    What a runtime compiles or measures for a batch's size it has done before the first client asks.

    Raises:
        BundleError: it has none, or cannot be loaded.
        VerdictError: it does not reproduce them here.
        UnavailableError: the runtime is not there.
    """
    if GOLDEN_FILE not in bundle.manifest.files:
        raise BundleError(bundle.path, "has no golden vectors, so it cannot be checked", "Export it again.")
    options = RuntimeOptions(device=settings.device, threads=settings.threads, runs=settings.workers)
    predict = load_runtime(bundle, options, runtime)
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    check = check_golden(golden, bundle.manifest, predict)
    failure = check.failure
    if check.decoded > _DECODED or check.resized > _RESIZED:
        failure = f"golden pictures differ by {max(check.decoded, check.resized)} of 255 once decoded and resized"
    if failure:
        overflows = bundle.manifest.calibration is not None and int8_saturates()
        cause = "int8 may overflow on this processor: rct export --target-cpu this." if overflows else ""
        raise VerdictError(bundle.path, failure, f"It is not served. {cause or 'rct verify says more.'}")
    _warm_up(predict, bundle.manifest.spec.preprocessing, settings)
    return predict


def _warm_up(predict: Predict, rule: Preprocessing, settings: Settings) -> None:
    """Run both sizes alone, so that each is compiled once, and then as often at once as there are workers."""
    together = Barrier(settings.workers)

    def run(batch: NDArray[np.uint8]) -> None:
        together.wait()
        predict(batch)

    with ThreadPoolExecutor(settings.workers) as pool:
        for size in {1, settings.batch}:
            blank = np.zeros((size, rule.height, rule.width, 3), np.uint8)
            predict(blank)
            list(pool.map(run, [blank] * settings.workers))
