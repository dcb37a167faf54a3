"""``rct verify`` on bundles that resize inside the model."""

import json

import numpy as np
from PIL import Image

from toolchain.verification.report import VerificationReport


def test_a_bundle_that_resizes_is_checked_on_whole_pictures_too(verify, export):
    """On pictures of one colour every resizing is the same, so nothing moves."""
    shown = verify(export(any_size=True))
    assert shown.code == 0
    (line,) = [line for line in shown.out.splitlines() if "inside the model" in line]
    assert line.split()[0] == "resizing"
    assert max(map(len, shown.out.splitlines())) <= 80
    report = VerificationReport.model_validate_json(verify(export("other", any_size=True), "--json").out)
    assert report.resize is not None
    assert (report.resize.pictures, report.resize.limit) == (4, 1e-3)
    assert report.resize.scores < 1e-6


def test_resizing_that_moves_the_scores_is_a_failure(rct, export, original, tmp_path):
    """The null runtime takes the mean of the whole picture, which is not that of the resized one."""
    folder = tmp_path / "striped"
    folder.mkdir()
    pixels = np.zeros((100, 4, 3), np.uint8)
    pixels[0, :, 0] = 255
    Image.fromarray(pixels).save(folder / "a.png")
    bundle = export(any_size=True)
    shown = rct("verify", bundle.path, "--original", original.path, "--images", folder)
    assert shown.code == 1
    assert "resizing inside the model moves scores by 0.00" in shown.out
    assert "(limit 0.001)" in shown.out


def test_without_its_own_resizing_there_is_nothing_to_check(verify, export):
    assert json.loads(verify(export(), "--json").out)["resize"] is None
