"""Resizing in the graph against Pillow, and whole pictures through every recipe."""

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper
from PIL import Image
from written import write_bundle

from exporters.calibration.pictures import calibration_set
from exporters.export import export
from exporters.formats import ExportOptions, check_request
from exporters.onnx.resize import RESIZED, resize_inside
from exporters.quantization.prepare import prepare
from models.errors import BundleError, UserError
from models.picture_sizes import on_canvas
from models.preprocessing import Preprocessing, resize
from models.runtimes import RuntimeOptions, load_runtime

SIZES = [
    *((32, 24), (16, 12), (64, 48), (640, 480), (480, 640), (1024, 33), (33, 1024)),
    *((1, 1), (1, 700), (700, 1), (2, 3), (31, 25), (33, 23), (32, 300), (300, 24), (37, 911), (199, 201)),
]
"""Columns and rows: the target's own, half, twice, large, odd, and both kinds of strip."""


def rule(fit="stretch", kernel="bilinear", crop=(32, 24), background=(255, 255, 255)):
    return Preprocessing.model_validate(
        {
            "width": crop[0],
            "height": crop[1],
            "resize": {"width": 32, "height": 24, "filter": kernel, "fit": fit},
            "background": background,
        }
    )


def resizer(rule):
    """The front of the graph alone: a function from uint8 [n, height, width, 3] to what the network would read."""
    sides = ["batch", rule.height, rule.width, 3]
    through = helper.make_graph(
        [helper.make_node("Identity", ["image"], ["scores"])],
        "nothing",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, sides)],
        [helper.make_tensor_value_info("scores", TensorProto.UINT8, sides)],
    )
    model = helper.make_model(through, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    session = ort.InferenceSession(resize_inside(model, rule).SerializeToString(), providers=["CPUExecutionProvider"])
    return lambda batch: session.run(None, {"image": batch})[0]


def noise(size, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)


def difference(ours, theirs):
    return np.abs(ours.astype(np.int16) - theirs)


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
def test_it_is_pillow_s_resize(kernel):
    resized = resizer(rule(kernel=kernel))
    differences = []
    for size in SIZES:
        pixels = noise(size)
        theirs = Image.fromarray(pixels).resize((32, 24), Image.Resampling[kernel.upper()])
        differences.append(difference(resized(pixels[None])[0], np.asarray(theirs)))
    assert max(one.max() for one in differences) <= 1
    assert np.mean([one.mean() for one in differences]) < 0.02


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
@pytest.mark.parametrize(
    ("fit", "crop", "background"),
    [
        ("stretch", (28, 21), (255, 255, 255)),
        ("cover", (32, 24), (255, 255, 255)),
        ("cover", (20, 20), (255, 255, 255)),
        ("contain", (32, 24), (255, 255, 255)),
        ("contain", (27, 22), (10, 120, 250)),
    ],
)
def test_every_fit_and_the_crop_are_those_of_our_preprocessing(fit, crop, background, kernel):
    preprocessing = rule(fit, kernel, crop, background)
    resized = resizer(preprocessing)
    for size in SIZES:
        pixels = noise(size)
        ours = resized(pixels[None])[0]
        assert ours.shape == (crop[1], crop[0], 3)
        assert difference(ours, resize(pixels, preprocessing)).max() <= 1, size


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic"])
def test_rows_come_first_where_pillow_takes_them_first(kernel):
    """The order shows: in the other one, values of noise differ by more than a grey level."""
    resized = resizer(rule(kernel=kernel))
    chance = np.random.default_rng(1)
    for width, height in chance.integers(2, 120, (60, 2)).tolist():
        pixels = noise((width, height), seed=width)
        theirs = np.asarray(Image.fromarray(pixels).resize((32, 24), Image.Resampling[kernel.upper()]))
        ours = difference(resized(pixels[None])[0], theirs)
        assert ours.max() <= 1, (width, height)
        assert (ours > 0).mean() < 0.15, (width, height)


@pytest.mark.parametrize("fit", ["stretch", "cover", "contain"])
def test_a_picture_of_the_right_size_passes_bit_for_bit(fit):
    pixels = noise((32, 24))
    np.testing.assert_array_equal(resizer(rule(fit))(pixels[None])[0], pixels)
    cropped = noise((27, 22))[None]
    preprocessing = rule(fit, crop=(27, 22))
    np.testing.assert_array_equal(resizer(preprocessing)(on_canvas(cropped, preprocessing)), cropped)


def test_pictures_of_a_batch_are_resized_each_by_itself():
    resized = resizer(rule())
    batch = np.stack([noise((50, 70), seed) for seed in range(3)])
    np.testing.assert_array_equal(resized(batch), np.concatenate([resized(one[None]) for one in batch]))


@pytest.fixture(scope="module", params=["fp32", "fp16", "int8"])
def bundles(request, network, tiny_original, calibration_folder, tmp_path_factory):
    """One bundle that resizes, and the same without."""
    preprocessing = tiny_original.manifest.spec.preprocessing
    prepared = None
    if request.param == "int8":
        prepared = prepare(network, preprocessing, calibration_set(calibration_folder), lambda _: None)
    folder = tmp_path_factory.mktemp(request.param)
    options = {"resize_in_graph": True}
    inside = write_bundle(tiny_original, "onnx", request.param, folder / "inside", prepared, **options)
    return inside, write_bundle(tiny_original, "onnx", request.param, folder / "plain", prepared, opset=18)


def test_whole_pictures_score_as_resized_ones(bundles, pictures):
    inside, plain = bundles
    whole, resized = load_runtime(inside, RuntimeOptions(whole=True)), load_runtime(plain)
    large = [np.asarray(Image.fromarray(pixels).resize((150, 211), Image.Resampling.NEAREST)) for pixels in pictures]
    preprocessing = plain.manifest.spec.preprocessing
    expected = resized(np.stack([resize(pixels, preprocessing) for pixels in large]))
    np.testing.assert_allclose(whole(np.stack(large)), expected, atol=0.02 if "int8" in str(inside.path) else 2e-3)


def test_resized_pictures_score_to_the_bit_as_in_the_plain_bundle(bundles, pictures):
    inside, plain = bundles
    np.testing.assert_array_equal(load_runtime(inside)(pictures), load_runtime(plain)(pictures))


def test_the_inference_graph_behind_it_is_unchanged(bundles):
    inside, plain = (onnx.load(bundle.model).graph for bundle in bundles)
    kept = [node for node in inside.node if not node.name.startswith(f"{RESIZED}.")]
    for node in kept:
        node.input[:] = ["image" if name == RESIZED else name for name in node.input]
    assert kept == list(plain.node)
    weights = {tensor.name: tensor for tensor in inside.initializer if not tensor.name.startswith(f"{RESIZED}.")}
    assert weights == {tensor.name: tensor for tensor in plain.initializer}


def test_the_manifest_says_that_any_size_goes_in(bundles):
    inside, _ = bundles
    manifest = inside.manifest
    assert (manifest.inputs[0].dtype, manifest.inputs[0].shape) == ("uint8", (None, None, None, 3))
    assert manifest.outputs[0].shape == (None, 2)
    assert manifest.details["opset"] == 18
    assert manifest.minimum_runtime == {"onnxruntime": "1.15"}


def test_a_fixed_batch_serves_any_number_of_whole_pictures(tiny_original, tmp_path):
    two = write_bundle(tiny_original, "onnx", "fp32", tmp_path / "two", batch=2, resize_in_graph=True)
    assert two.manifest.inputs[0].shape == (2, None, None, 3)
    whole = load_runtime(two, RuntimeOptions(whole=True))
    batch = np.stack([noise((90, 70), seed) for seed in range(3)])
    np.testing.assert_allclose(whole(batch), np.concatenate([whole(one[None]) for one in batch]), atol=1e-6)


def test_pictures_of_several_sizes_in_one_batch(bundles):
    whole = load_runtime(bundles[0], RuntimeOptions(whole=True))
    with pytest.raises(UserError) as error:
        whole([noise((8, 6)), noise((9, 6)), noise((8, 6))])
    assert str(error.value) == (
        "pictures: not of one size in a batch (got 8 x 6, 9 x 6). Give those of one size together, or one at a time."
    )
    assert whole([noise((8, 6)), noise((8, 6))]).shape == (2, 2)


def test_whole_pictures_are_not_for_a_bundle_that_does_not_resize(bundles):
    with pytest.raises(BundleError, match=r"takes resized pictures only\. rct export --resize-in-graph makes one"):
        load_runtime(bundles[1], RuntimeOptions(whole=True))


def test_an_older_opset_is_refused_with_the_reason():
    with pytest.raises(UserError) as error:
        check_request("onnx", "fp32", ExportOptions(resize_in_graph=True, opset=13))
    assert str(error.value) == (
        "--opset: --resize-in-graph needs 18, the first whose Resize does not alias (got 13). Leave one of the two out."
    )
    check_request("onnx", "fp32", ExportOptions(resize_in_graph=True, opset=18))


def test_a_filter_that_onnx_lacks_is_refused_before_any_work(tiny_original, tmp_path):
    manifest = tiny_original.manifest
    preprocessing = manifest.spec.preprocessing
    sharp = preprocessing.model_copy(update={"resize": preprocessing.resize.model_copy(update={"filter": "lanczos"})})
    spec = manifest.spec.model_copy(update={"preprocessing": sharp})
    original = type(tiny_original)(tiny_original.path, manifest.model_copy(update={"spec": spec}))
    told = []
    with pytest.raises(UserError) as error:
        export([original], "onnx", "int8", tmp_path / "new", ExportOptions(resize_in_graph=True), told.append)
    assert str(error.value) == (
        "--resize-in-graph: ONNX has no such filter (got lanczos, it has bicubic and bilinear). "
        "Leave it out, and resize pictures before the model."
    )
    assert told == []
    assert list(tmp_path.iterdir()) == []
