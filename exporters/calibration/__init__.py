"""What activations of a network range over, measured on pictures in memory that does not grow with their number.

calibration = calibration_set(None)                          # exporters.calibration.pictures
ranges = calibrator("percentile")                            # one of calibrators()
for batch in calibration.batches(rule, batch_size=16):
    for name, values in activations(batch): ranges.observe(name, values)
ranges.ranges()                                              # {"relu_1": (0.0, 5.73), ...}

A method is one file in ``exporters/calibration/methods``, found by its name; ``create()`` in it makes an empty one.
"""

import pkgutil
from importlib import import_module

from exporters.calibration import methods
from exporters.calibration.ranges import Calibrator
from models.errors import UnknownName

__all__ = ["Calibrator", "calibrator", "calibrators"]


def calibrators() -> tuple[str, ...]:
    """Return the names of every method, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(methods.__path__))


def calibrator(name: str) -> Calibrator:
    """Return a calibrator of this method that has seen nothing yet.

    Raises:
        UnknownName: there is no such method.
    """
    if name not in calibrators():
        raise UnknownName("calibrator", name, calibrators())
    created: Calibrator = import_module(f"{methods.__name__}.{name}").create()
    return created
