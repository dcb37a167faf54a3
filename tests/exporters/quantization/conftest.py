import pytest

from exporters.deploy import deploy


@pytest.fixture(scope="session")
def network(tiny_original):
    return deploy([tiny_original])


@pytest.fixture(scope="session")
def batches(pictures):
    return [pictures[:8], pictures[8:]]
