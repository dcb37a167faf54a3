"""A backend of Keras that is not there, or that cannot do what is asked, is one line and no traceback."""

import sys

import pytest


@pytest.fixture
def run(rct, tiny_original, photos, tmp_path):
    """Run a command on the tiny original and the labelled pictures."""

    def run(name, *more):
        if name == "train":
            given = ("red", "--define", "red=Mostly red.", "--data", photos, "--backbone", tiny_original.path)
        elif name == "evaluate":
            given = (tiny_original.path, "--data", photos)
        else:
            given = (tiny_original.path, "--images", photos, "--out", tmp_path / "export")
        return rct(name, *given, *more)

    return run


def last_line(shown):
    assert (shown.code, shown.out) == (2, "")
    assert "Traceback" not in shown.err
    return shown.err.splitlines()[-1]


@pytest.mark.parametrize("command", ["train", "evaluate", "export"])
@pytest.mark.parametrize("backend", ["torch", "abacus"])
def test_a_backend_that_is_not_installed(run, monkeypatch, command, backend):
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setitem(sys.modules, "torch", None)
    more = ("--format", "openvino") if command == "export" else ()
    said = last_line(run(command, *more))
    assert said == f"rct: KERAS_BACKEND={backend}: not installed. Unset it, or install that backend."


def test_openvino_cannot_train(run, monkeypatch):
    pytest.importorskip("openvino", reason="pip install 'rct[openvino]'")
    monkeypatch.setenv("KERAS_BACKEND", "openvino")
    said = last_line(run("train"))
    assert said == (
        "rct: KERAS_BACKEND=openvino: training takes Keras on tensorflow or jax or torch. Unset it, or name tensorflow."
    )


@pytest.mark.parametrize(("form", "name"), [("onnx", "ONNX"), ("tflite", "LiteRT")])
def test_formats_that_are_traced_want_tensorflow(run, monkeypatch, form, name):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    said = last_line(run("export", "--format", form))
    assert said == (
        f"rct: KERAS_BACKEND=jax: an export to {name} takes Keras on tensorflow. Unset it, or name tensorflow."
    )
