"""JAX: arrays stay on the device that XLA compiled for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.resident import Place, RunResident
from models.bundle import Bundle
from models.errors import BundleError
from models.runtimes import RuntimeOptions
from models.runtimes.jax import compiled


def resident(bundle: Bundle, options: RuntimeOptions) -> tuple[Place, RunResident]:
    """Read the model; XLA compiles it for a batch size on the first run with it.

    Raises:
        UnavailableError: JAX or the device is not there.
        BundleError: JAX cannot read the model; of what is returned: it takes another number of pictures.
    """
    import jax

    function, device = compiled(bundle, options)
    fixed = bundle.manifest.inputs[0].shape[0]

    def place(batch: NDArray[np.uint8]) -> Any:
        if fixed not in (None, len(batch)):
            raise BundleError(bundle.model, f"takes {fixed} pictures at once (got {len(batch)})", "Give it as many.")
        return jax.device_put(np.array(batch), device).block_until_ready()  # a copy on the CPU too

    def run(placed: Any) -> object:
        return function(placed).block_until_ready()

    return place, run
