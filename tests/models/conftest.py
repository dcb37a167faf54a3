import pytest

from models.runtimes.null import write_null
from models.spec import ClassifierSpec


@pytest.fixture
def spec() -> ClassifierSpec:
    """Two categories, 8x6 pictures."""
    return ClassifierSpec.model_validate(
        {
            "name": "tiny",
            "backbone": "resnet50_1by2",
            "licence": "CC0-1.0",
            "categories": [
                {"name": "red", "definition": "Mostly red."},
                {"name": "green", "definition": "Mostly green."},
            ],
            "preprocessing": {"width": 8, "height": 6, "resize": {"width": 8, "height": 6}},
            "thresholds": {"red": {"review": 0.25, "block": 0.75}, "green": {"review": 0.5, "block": 0.5}},
        }
    )


@pytest.fixture
def bundle(tmp_path, spec):
    """A bundle of the null runtime."""
    return write_null(tmp_path / "exports" / "tiny", spec)
