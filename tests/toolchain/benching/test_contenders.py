"""Names and variants of what is timed."""

from dataclasses import replace

import pytest

from models.errors import UserError
from models.processor import usable_cores
from toolchain.benching.contenders import bundle_names, of_bundles, of_original, variants
from toolchain.benching.request import Request


def test_a_bundle_is_called_by_format_and_recipe_where_that_is_enough(export):
    fp32, int8 = export("a"), export("b", recipe="int8")
    assert bundle_names([fp32, int8]) == ("null fp32", "null int8")


def test_bundles_that_are_alike_are_called_by_their_folders(export, tmp_path):
    one, other, nested = export("a"), export("b"), export("deeper/a")
    assert bundle_names([one, other]) == ("a", "b")
    assert bundle_names([one, nested]) == (str(tmp_path / "a"), str(tmp_path / "deeper/a"))
    with pytest.raises(UserError, match="given twice"):
        bundle_names([one, one])


def test_threads_and_stages_multiply(export, original):
    request = Request(threads=(1, 2), stages=("model", "file"))
    names = [one.name for one in of_bundles([export()], request)]
    assert names == [
        "null fp32, 1 thread, model",
        "null fp32, 1 thread, file",
        "null fp32, 2 threads, model",
        "null fp32, 2 threads, file",
    ]
    originals = of_original(original, request)
    assert [(one.threads, one.stage, one.original) for one in originals] == [
        (1, "model", True),
        (1, "file", True),
        (2, "model", True),
        (2, "file", True),
    ]


def test_all_cores_and_the_model_alone_by_default():
    (only,) = variants(Request())
    assert (only.threads, only.stage, only.suffix) == (usable_cores(), "model", "")
    assert variants(Request(device="cuda"))[0].threads is None


def test_nothing_sees_a_gpu_that_was_not_asked_for(export):
    (bundle,) = of_bundles([export()], Request())
    assert bundle.environment["CUDA_VISIBLE_DEVICES"] == ""
    (bundle,) = of_bundles([export("b")], Request(device="cuda"))
    assert "CUDA_VISIBLE_DEVICES" not in bundle.environment


def test_the_original_has_nothing_on_the_device_to_stay_there(original):
    assert of_original(original, Request(stages=("resident",))) == ()


def test_a_runtime_that_takes_no_number_of_threads_is_told_one_only_if_it_was_asked_for(original, spec, tmp_path):
    bundle = replace(original, manifest=original.manifest.model_copy(update={"format": "stablehlo"}))
    assert of_bundles([bundle], Request())[0].threads is None
    assert of_bundles([bundle], Request(threads=(1,)))[0].threads == 1
    assert of_bundles([original], Request())[0].threads == usable_cores()
