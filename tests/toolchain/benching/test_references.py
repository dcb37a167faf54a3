"""Which peers are timed."""

import pytest

from models.errors import UnknownName, UserError
from models.runtimes.null import write_null
from models.spec import ClassifierSpec
from toolchain.benching.references import of_originals, of_peers, wanted_peers
from toolchain.benching.request import Request


def test_all_peers_are_those_that_are_made_for_the_device():
    on_cpu = {name for name, _ in wanted_peers(Request(peers=("all",)))}
    on_gpu = {name for name, _ in wanted_peers(Request(peers=("all",), device="cuda"))}
    assert {"plain_onnx", "plain_litert", "tf_function"} <= on_cpu
    assert not {"torch_compile", "keras_jax", "one_model_per_category"} & on_cpu
    assert {"torch_compile", "keras_jax", "plain_onnx"} <= on_gpu
    assert "plain_litert" not in on_gpu


def test_one_that_is_named_is_taken_with_all_its_recipes_or_with_one():
    assert wanted_peers(Request(peers=("plain_onnx",))) == (("plain_onnx", "fp32"), ("plain_onnx", "int8"))
    assert wanted_peers(Request(peers=("plain_onnx:int8", "plain_onnx:int8"))) == (("plain_onnx", "int8"),)
    with pytest.raises(UnknownName, match="peer: unknown name"):
        wanted_peers(Request(peers=("nobody",)))


def test_several_originals_are_run_in_turn_and_have_no_peers(original, spec, tmp_path):
    categories = [{"name": "blue", "definition": "Mostly blue."}]
    thresholds = {"blue": {"review": 0.25, "block": 0.75}}
    fields = spec.model_dump() | {"name": "blue", "categories": categories, "thresholds": thresholds}
    originals = [original, write_null(tmp_path / "blue", ClassifierSpec.model_validate(fields))]
    (both,) = of_originals(originals, Request(threads=(2,)), tmp_path)
    assert (both.original, both.peer, both.threads) == (True, "one_model_per_category", 2)
    with pytest.raises(UserError, match=r"^--peers: have no way to join classifiers \(got 2\)\."):
        of_peers(originals, Request(peers=("all",)), (), tmp_path, lambda *_, **__: None)
