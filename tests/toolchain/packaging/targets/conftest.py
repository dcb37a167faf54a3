"""A bundle that a target packages, a null one that says it is of the target's format; and the C++ client, built."""

import pytest
from sanitized_cpp import HERE, SOURCES, build

from models.bundle import Bundle, seal
from toolchain.packaging.build import write_package


@pytest.fixture
def as_format(export, with_golden):
    """Return a bundle of the null rule, golden vectors included, whose manifest says ``format_name``."""

    def as_format(format_name, **fields):
        bundle = with_golden(export(format_name, **fields))
        manifest = Bundle.open(bundle.path).manifest.model_dump(exclude={"files", "schema_version"})
        seal(bundle.path, **manifest | {"format": format_name})
        return Bundle.open(bundle.path)

    return as_format


@pytest.fixture(scope="session")
def cpp_probe(tmp_path_factory):
    """A program that shows single functions of the C++ client."""
    return build(tmp_path_factory.mktemp("probe") / "probe", HERE / "probe.cpp")


@pytest.fixture(scope="session")
def cpp_program(tmp_path_factory):
    """The example program of the C++ client, with a null runtime."""
    return build(tmp_path_factory.mktemp("program") / "rct_classify", SOURCES / "main.cpp", HERE / "null_runtime.cpp")


@pytest.fixture
def cpp_package(as_format, tmp_path):
    """A package for C++: the folder."""
    write_package(as_format("onnx"), "cpp", tmp_path / "package")
    return tmp_path / "package"
