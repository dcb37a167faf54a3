"""What is said of contenders of every kind; a profile that cannot be taken is said, and never an error."""

import re
import time

import numpy as np
import pytest
from PIL import Image
from tiny import tiny_spec

from benchmarks.latency.contender import Contender
from benchmarks.latency.protocol import Explain, Explained, Inputs, Load
from benchmarks.latency.session import Session
from benchmarks.why.explain import explain
from benchmarks.why.notes import processor_notes
from benchmarks.why.profiles import profile_module, profile_names
from benchmarks.why.profiles.jax import count_transposes
from models.errors import UnknownName
from models.runtimes import runtime_names
from models.runtimes.null import write_null

TIMED = {"onnx": "ONNX Runtime", "openvino": "OpenVINO"}


def asked(bundle, **fields):
    return Contender(name="any", bundle=str(bundle.path), **fields)


def test_every_runtime_has_a_profile():
    assert profile_names() == runtime_names()
    with pytest.raises(UnknownName):
        profile_module("nothing")


@pytest.mark.parametrize("name", TIMED)
def test_operators_and_their_shares(name, written, pictures):
    bundle = written(name)
    why = explain(bundle, asked(bundle), pictures[:2])
    assert why.profiler.startswith(TIMED[name])
    assert sum(one.share for one in why.operators) == pytest.approx(1)
    assert sum(one.nodes for one in why.operators if "Conv" in one.operator) >= 20  # 7 blocks, 4 with a shortcut
    assert why.float_islands in (0, None)
    assert why.notes[-len(processor_notes("fp32")) :] == processor_notes("fp32")


def test_what_cannot_be_seen_of_litert_is_said(litert_file, batch, contender):
    why = profile_module("litert").profile(litert_file, batch, contender)
    assert why.operators == ()
    assert why.profiler.startswith("LiteRT")
    assert (why.float_islands, why.transposes) == (0, 0)
    hidden, xnnpack, kinds = why.notes
    assert hidden == "LiteRT's Python package shows no times by operator."
    assert re.fullmatch(r"XNNPACK runs (\d+) of \1 operators, in one piece\.", xnnpack)
    assert kinds.startswith("0 operators compute integers and ")


def test_what_xla_counts(tmp_path, batch, contender):
    jax = pytest.importorskip("jax")
    symbolic = jax.export.symbolic_shape("batch, 16, 16, 3")
    taken = jax.ShapeDtypeStruct(symbolic, np.uint8)
    products = jax.jit(lambda image: (image.astype("float32") / 255) @ np.ones((3, 1000), np.float32))
    (tmp_path / "model.jax").write_bytes(jax.export.export(products)(taken).serialize())
    why = profile_module("jax").profile(tmp_path / "model.jax", batch, contender)
    assert why.operators == ()
    assert why.notes[0] == "XLA shows no times by operator."
    assert why.notes[1].startswith("XLA counts 0.00 billion operations and ")


def test_transposes_in_a_compiled_program():
    program = """
      %a = f32[3,8]{1,0} transpose(%x), dimensions={1,0}
      %transpose.2 = f32[8,3]{1,0} copy(%a)
      ROOT %b = f32[8,3]{1,0} transpose(f32[3,8]{1,0} %a), dimensions={1,0}
    """
    assert count_transposes(program) == 2


def test_the_original_is_traced_by_tensorflow(tiny_original, pictures):
    why = explain(tiny_original, asked(tiny_original), pictures[:1])
    assert why.profiler.startswith("TensorFlow")
    assert sum(one.share for one in why.operators) == pytest.approx(1)


def test_a_saved_model_is_traced_by_tensorflow(tmp_path, pictures, contender):
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec([None, 64, 64, 3], tf.uint8, name="image")])
    def scores(image):
        return {"scores": tf.nn.softplus(tf.transpose(tf.cast(image, tf.float32), [0, 3, 1, 2]))}

    module = tf.Module()
    tf.saved_model.save(module, str(tmp_path), signatures={"serving_default": scores})
    why = profile_module("tensorflow").profile(tmp_path / "saved_model.pb", pictures[:1], contender)
    nodes = {one.operator: one.nodes for one in why.operators}
    assert nodes["Softplus"] == why.transposes == 1


def test_the_null_runtime_has_nothing_to_say(tmp_path, pictures):
    bundle = write_null(tmp_path / "null", tiny_spec("red"))
    assert explain(bundle, asked(bundle), pictures[:1]).notes[0] == "The null runtime has no operators."


def test_a_profile_that_fails_is_a_note(written, pictures):
    bundle = written("onnx")
    wrong_size = np.zeros((1, 8, 8, 3), np.uint8)
    (note,) = explain(bundle, asked(bundle), wrong_size).notes
    assert note.startswith("The profile of onnxruntime failed: ")


def test_a_peers_file_is_profiled_in_the_runtime_that_it_names(written, pictures, tmp_path):
    (tmp_path / "model.onnx").write_bytes(written("onnx").model.read_bytes())
    for peer, profiler in (("plain_onnx", "ONNX Runtime"), ("nncf_openvino", "OpenVINO")):
        contender = Contender(name=peer, peer=peer, recipe="fp32", folder=str(tmp_path), threads=1)
        assert explain(None, contender, pictures[:1]).profiler.startswith(profiler)


def test_a_peer_without_a_file_has_no_profile(tmp_path, pictures):
    contender = Contender(name="any", peer="keras_jax", recipe="fp32", folder=str(tmp_path))
    assert explain(None, contender, pictures[:1]).notes == ("No profile can be taken of it.",)


def test_a_worker_explains(written, pictures, tmp_path):
    file = tmp_path / "picture.png"
    Image.fromarray(pictures[6]).save(file)
    session = Session()
    inputs = Inputs(pictures=(str(file),))
    session.answer(Load(contender=asked(written("onnx")), inputs=inputs, started_ns=time.perf_counter_ns()))
    reply = session.answer(Explain())
    assert isinstance(reply, Explained)
    assert reply.why.operators
