"""StableHLO: the function in JAX, and the files as others read them."""

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from written import write_bundle

from exporters.formats import ExportOptions, check_request
from exporters.stablehlo.__main__ import main
from exporters.stablehlo.artefact import oldest_reader
from exporters.stablehlo.first import first_convolution
from exporters.stablehlo.graph import jax_function
from models.bundle import Bundle
from models.errors import UnavailableError
from models.resnet50 import inference_form
from models.runtimes import load_runtime

jax = pytest.importorskip("jax", reason="pip install 'rct[stablehlo]'")

LARGEST = {"float32": 2e-6, "float16": 2e-3, "bfloat16": 2e-2}


@pytest.fixture(scope="module")
def rule(tiny_original):
    return tiny_original.manifest.spec.preprocessing


@pytest.fixture(scope="module")
def fixed(tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, "stablehlo", "fp16", tmp_path_factory.mktemp("bundles") / "twelve", batch=12)


@pytest.mark.parametrize("blocks", [False, True])
@pytest.mark.parametrize("precision", LARGEST)
def test_the_function_computes_what_the_original_computes(network, rule, pictures, expected, precision, blocks):
    first = first_convolution(network, rule, precision, blocks=blocks)
    assert first.reads_blocks is blocks
    for rounding in (None, "layer", "operation"):
        scores = jax.jit(jax_function(first, precision, rounding))(pictures)
        np.testing.assert_allclose(scores, expected, atol=LARGEST[precision])


@pytest.mark.parametrize("sides", [(65, 63), (33, 50)])
def test_padding_is_that_of_the_inference_form_for_odd_sides_too(network, rule, sides):
    height, width = sides
    sized = replace(network, height=height, width=width)
    pixels = np.random.default_rng(3).integers(0, 256, (2, height, width, 3)).astype(np.uint8)
    first = first_convolution(sized, rule, "float32", blocks=True)
    assert not first.reads_blocks, "a side is odd"
    theirs = inference_form(sized).predict_on_batch(pixels)
    np.testing.assert_allclose(jax_function(first, "float32")(pixels), theirs, atol=2e-6)


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_the_first_convolution_lies_on_its_type_s_values_and_keeps_neutral_pixels(network, rule, precision):
    dtype = jax.numpy.dtype(precision)
    before = network.convolutions["conv1"]
    after = first_convolution(network, rule, precision, blocks=False).convolutions["conv1"]
    np.testing.assert_array_equal(after.kernel.astype(dtype).astype(np.float32), after.kernel)
    neutral = np.array([123.68, 116.779, 103.939, 255])
    moved = after.kernel.sum((0, 1)).T.astype(np.float64) @ neutral + after.bias - before.bias
    assert np.abs(moved).max() < 0.01 * np.abs(before.bias).max()


def test_the_graph_is_plain_stablehlo(fixed):
    """Read by StableHLO's own reader: half precision between the pictures and the head, nothing of a platform."""
    from jaxlib.mlir import ir
    from jaxlib.mlir.dialects import stablehlo

    context = ir.Context()
    stablehlo.register_dialect(context)
    content = (fixed.path / fixed.manifest.details["portable"]).read_bytes()
    text = str(stablehlo.deserialize_portable_artifact(context, content))
    lines = text.splitlines()
    assert "func.func public @main(%arg0: tensor<12x64x64x3xui8>) -> (tensor<12x2xf32>" in text
    assert "custom_call" not in text
    assert "gather" not in text
    convolutions = [line for line in lines if "stablehlo.convolution" in line]
    assert len(convolutions) == 1 + 3 * 7 + 4
    assert all(line.count("xf16>") == 2 and line.endswith("xf32>") for line in convolutions), "sums are float32"
    assert all("[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]" in line for line in convolutions)


def test_tensorflow_runs_the_portable_file(fixed, pictures, expected):
    import tensorflow as tf
    from tensorflow.compiler.tf2xla.python import xla

    content = (fixed.path / fixed.manifest.details["portable"]).read_bytes()

    @tf.function(jit_compile=True)
    def run(image):
        version = fixed.manifest.details["calling_convention"]
        kinds = {"Tout": [tf.float32], "Sout": [[12, 2]], "platforms": ["CPU"]}
        return xla.call_module([image], version=version, module=content, **kinds)

    np.testing.assert_allclose(run(tf.constant(pictures))[0], expected, atol=2e-3)


def test_jax_alone_runs_the_model_file(fixed, pictures, expected, tmp_path):
    np.save(tmp_path / "pictures.npy", pictures)
    script = (
        "import sys, numpy, jax\n"
        "exported = jax.export.deserialize(bytearray(open(sys.argv[1], 'rb').read()))\n"
        "assert exported.platforms == ('cpu', 'cuda'), exported.platforms\n"
        "numpy.save('scores.npy', exported.call(numpy.load('pictures.npy')))\n"
    )
    command = [sys.executable, "-I", "-c", script, str(fixed.model)]
    subprocess.run(command, cwd=tmp_path, env={"JAX_PLATFORMS": "cpu"}, check=True, capture_output=True)
    np.testing.assert_allclose(np.load(tmp_path / "scores.npy"), expected, atol=2e-3)


def test_half_precision_halves_the_file(tiny_original, network, fixed, tmp_path):
    whole = write_bundle(tiny_original, "stablehlo", "fp32", tmp_path / "fp32", batch=12)
    weights = sum(affine.kernel.size for affine in network.convolutions.values())
    sizes = [bundle.manifest.files["model.mlirbc"].bytes for bundle in (whole, fixed)]
    assert sizes[0] - sizes[1] == pytest.approx(2 * weights, rel=0.1)
    code = sum(fixed.manifest.files[name].bytes for name in ("model.jax", "model.mlirbc")) - 2 * sizes[1]
    assert code < weights, "either platform reads the same weights"


@pytest.mark.parametrize(("platform", "made"), [("cpu", "f32"), ("cuda", "f16")])
def test_a_gpu_gets_what_it_has_fused_kernels_for(network, rule, platform, made):
    first = first_convolution(network, rule, "float16", blocks=True)
    pictures = jax.ShapeDtypeStruct((3, 64, 64, 3), np.uint8)
    text = jax.export.export(jax.jit(jax_function(first, "float16")), platforms=[platform])(pictures).mlir_module()
    convolutions = [line for line in text.splitlines() if "stablehlo.convolution" in line]
    assert len(convolutions) == 1 + 3 * 7 + 4
    assert {re.search(r"-> tensor<\S+x(\w+)>", line)[1] for line in convolutions} == {made}


@pytest.mark.parametrize("choices", [["--first", "pixels"], ["--first", "blocks", "--rounding", "operation"]])
def test_what_an_export_chooses_can_be_chosen_for_measurements(tiny_original, tmp_path, pictures, expected, choices):
    main([str(tiny_original.path), "--recipe", "fp32", *choices, "--out", str(tmp_path / "chosen")])
    bundle = Bundle.open(tmp_path / "chosen")
    assert bundle.manifest.details["reads_blocks"] is ("blocks" in choices)
    np.testing.assert_allclose(load_runtime(bundle)(pictures), expected, atol=1e-5)


def test_the_manifest_names_the_oldest_jax(fixed):
    assert fixed.manifest.minimum_runtime == {"jax": oldest_reader(jax.__version__)}
    assert [oldest_reader(version) for version in ("0.10.2", "0.11.0", "0.12.3")] == ["0.8.2", "0.11.0", "0.12.3"]


def test_without_jax_the_export_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jax", None)
    with pytest.raises(UnavailableError) as error:
        check_request("stablehlo", "fp16", ExportOptions())
    assert str(error.value) == "jax: not installed. pip install 'rct[stablehlo]'."
