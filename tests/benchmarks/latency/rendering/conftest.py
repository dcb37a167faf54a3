"""A report as a run makes it, from seeded samples, and what is read and drawn from it once for all tests."""

import numpy as np
import pytest
from measured import report

from benchmarks.latency.rendering.html import page
from benchmarks.latency.rendering.rows import read


@pytest.fixture(scope="session")
def full_report():
    return report()


@pytest.fixture(scope="session")
def reading(full_report):
    return read(full_report)


@pytest.fixture(scope="session")
def full_page(reading):
    return page(reading)


@pytest.fixture
def chance():
    return np.random.default_rng(11)
