"""``rct verify`` on a bundle's golden vectors: the original's scores, and those that it was exported with."""

import json

import numpy as np
import pytest

from models.golden import GOLDEN_FILE, Golden
from models.runtimes.null import write_null
from toolchain.verification.golden_check import check_golden


def test_golden_scores_that_hold(verify, export, with_golden):
    shown = verify(with_golden(export()), "--json")
    golden = json.loads(shown.out)["golden"]
    own = {"bundle_scores": None, "bundle_limit": None}
    assert golden == {"pictures": 1, "decoded": 0, "resized": 0, "scores": 0.0, "limit": 1e-5, **own}


def test_int8_is_held_to_the_scores_that_it_was_exported_with(verify, export, with_golden, original):
    bias = (0.0625, 0.0)
    same = with_golden(
        export("same", bias=bias, recipe="int8"), scorer=original, own=np.float32([[0.846814, 0.156863]])
    )
    golden = json.loads(verify(same, "--json").out)["golden"]
    assert golden["scores"] == pytest.approx(0.0625, abs=1e-6)
    assert (golden["limit"], golden["bundle_limit"]) == (None, 0.02)
    assert golden["bundle_scores"] == pytest.approx(0, abs=1e-5)
    other = with_golden(
        export("other", bias=bias, recipe="int8"), scorer=original, own=np.float32([[0.8218, 0.156863]])
    )
    shown = verify(other)
    assert shown.code == 1
    assert "golden scores and those that it was exported with differ by 0.025 (limit 0.02)" in shown.out


def test_golden_scores_that_do_not(verify, export, with_golden, original, spec, tmp_path):
    other = write_null(tmp_path / "other", spec, bias=[0.0625, 0.0])
    shown = verify(with_golden(export(), scorer=other))
    assert shown.code == 1
    assert "golden scores differ by 0.0625 (limit 1e-05)" in shown.out


def test_golden_vectors_of_another_classifier(verify, export, with_golden):
    bundle = with_golden(export())
    (bundle.path / "golden.npz").write_bytes(b"PK\x03\x04")
    shown = verify(bundle)
    assert shown.code == 2
    assert "not what the manifest says" in shown.err


@pytest.mark.parametrize("recipe", ["fp32", "int8"])
@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_scores_that_are_no_numbers_fail_whatever_the_recipe_is_held_to(export, with_golden, recipe, score):
    bundle = with_golden(export(recipe=recipe))
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    check = check_golden(golden, bundle.manifest, lambda batch: np.full((len(batch), 2), score, np.float32))
    assert check.failure == "golden scores are not numbers, or off by all that there is"
