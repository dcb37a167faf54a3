import pytest
from written import SILENT, keras_scores

from exporters.calibration.pictures import calibration_set
from exporters.deploy import deploy
from exporters.quantization.prepare import prepare


@pytest.fixture(scope="session")
def network(tiny_original):
    return deploy([tiny_original])


@pytest.fixture(scope="session")
def prepared(network, tiny_original, calibration_folder):
    """What every calibrated recipe is written from."""
    rule = tiny_original.manifest.spec.preprocessing
    return prepare(network, rule, calibration_set(calibration_folder), SILENT)


@pytest.fixture(scope="session")
def expected(tiny_original, pictures):
    """The original's scores, by Keras."""
    return keras_scores(tiny_original, pictures)
