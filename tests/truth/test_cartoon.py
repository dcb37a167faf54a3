"""The cartoon head that ships, on the shipped backbone: what it scored as a whole, where it was trained."""

import numpy as np
import pytest

from exporters.calibration.pictures import golden_pictures
from models.classifier import find_original
from models.golden import GOLDEN_FILE, Golden
from models.runtimes import load_runtime


@pytest.fixture(scope="module")
def original():
    return find_original("cartoon")


@pytest.fixture(scope="module")
def golden(original):
    return Golden.load(original.path / GOLDEN_FILE)


def test_the_head_on_its_backbone_scores_as_it_did(original, golden):
    np.testing.assert_allclose(load_runtime(original)(golden.resized), golden.scores, atol=1e-5)


def test_drawings_score_above_photographs(golden):
    drawn = np.array([path.name.startswith("drawing-") for path in golden_pictures()])
    assert golden.scores[drawn].min() > golden.scores[~drawn].max()
