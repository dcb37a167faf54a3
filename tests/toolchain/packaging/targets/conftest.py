"""A bundle that a target packages: a null one that says it is of the format that the target runs."""

import pytest

from models.bundle import Bundle, seal


@pytest.fixture
def as_format(export, with_golden):
    """Return a bundle of the null rule, golden vectors included, whose manifest says ``format_name``."""

    def as_format(format_name, **fields):
        bundle = with_golden(export(format_name, **fields))
        manifest = Bundle.open(bundle.path).manifest.model_dump(exclude={"files", "schema_version"})
        seal(bundle.path, **manifest | {"format": format_name})
        return Bundle.open(bundle.path)

    return as_format
