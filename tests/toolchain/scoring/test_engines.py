"""What becomes of an engine that is not installed."""

import sys

import pytest


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_ray_is_not_installed(rct, original, tmp_path, monkeypatch, json):
    from PIL import Image

    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    monkeypatch.setitem(sys.modules, "ray", None)
    shown = rct("score", original.path, tmp_path / "a.png", "--out", tmp_path / "out", "--engine", "ray", *json)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.splitlines()[-1] == "rct: engine ray: Ray is not installed. pip install 'rct[ray]'."
    assert "Traceback" not in shown.err
