"""The CUDA provider: its settings, and one line that says why it does not start. No GPU is needed, or wanted, here."""

import ctypes
from types import SimpleNamespace

import numpy as np
import pytest
from written import write_bundle

from models import onnxruntime_cuda, onnxruntime_session
from models.errors import UnavailableError, UserError
from models.onnxruntime_binding import bind
from models.onnxruntime_cuda import SETTINGS, provider_options, why_not
from models.onnxruntime_session import nodes_by_provider, open_session
from models.runtimes import Running, RuntimeOptions, load_runtime, settings_of
from models.runtimes.null import write_null
from models.runtimes.onnxruntime import _through_graphs


@pytest.fixture(scope="module")
def bundle(tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, "onnx", "fp32", tmp_path_factory.mktemp("bundles") / "onnx")


@pytest.fixture
def with_cuda(monkeypatch):
    """ONNX Runtime as the GPU package has it, whichever is installed."""
    import onnxruntime as ort

    monkeypatch.setattr(ort, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"])
    return monkeypatch


def test_channels_last_unless_told_otherwise():
    assert provider_options("cuda", {}) == {"prefer_nhwc": "1"}
    assert provider_options("cuda", {"prefer_nhwc": "0", "enable_cuda_graph": "1"}) == {
        "prefer_nhwc": "0",
        "enable_cuda_graph": "1",
    }
    assert provider_options("cpu", {}) == {}


def test_the_settings_are_listed():
    assert settings_of("onnxruntime") == SETTINGS
    assert settings_of("null") == {}


def test_a_setting_that_no_runtime_has(bundle, tmp_path, spec):
    with pytest.raises(UserError) as error:
        load_runtime(bundle, RuntimeOptions(settings={"cuda_graph": "1"}))
    assert str(error.value) == (
        "settings of onnxruntime: unknown name (got 'cuda_graph'). Known: enable_cuda_graph, prefer_nhwc, use_tf32."
    )
    with pytest.raises(UserError) as error:
        load_runtime(write_null(tmp_path / "null", spec), RuntimeOptions(settings={"speed": "1"}))
    assert str(error.value) == "settings of null: unknown name (got 'speed'). Known: none."


def test_a_value_that_is_neither_yes_nor_no(bundle):
    with pytest.raises(UserError) as error:
        load_runtime(bundle, RuntimeOptions(settings={"enable_cuda_graph": "yes"}))
    assert str(error.value) == (
        "setting enable_cuda_graph: neither 0 nor 1 (got 'yes'). "
        "1: kernels are captured once for each batch size and launched together (0 if left out)."
    )


def test_the_processor_has_none_of_them(bundle):
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle, RuntimeOptions(settings={"use_tf32": "0"}))
    assert str(error.value) == "setting use_tf32: only CUDA has it (got device cpu). Use --device cuda."


def test_no_gpu(bundle, with_cuda):
    with_cuda.setattr(onnxruntime_cuda, "_DRIVER", "libnobody-has-this.so.1")
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle, RuntimeOptions(device="cuda"))
    assert str(error.value) == (
        "device cuda: CPUExecutionProvider would run instead of CUDAExecutionProvider: "
        "no driver of an NVIDIA GPU is here. Or use --device cpu."
    )


def test_a_gpu_without_libraries(monkeypatch):
    """A driver that loads, as every C library does, and the provider's own file, which wants what is not there."""
    monkeypatch.setattr(onnxruntime_cuda, "_DRIVER", "libc.so.6")
    monkeypatch.setattr(onnxruntime_cuda, "_LIBRARIES", "libcublas-and-so-on.so")
    pytest.importorskip("onnxruntime")
    assert why_not().startswith("the libraries of CUDA ")
    assert "libcublas-and-so-on.so: cannot open shared object file" in why_not()
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(name=name))
    assert why_not() == "no GPU that it can use"


def test_nothing_is_printed_when_it_does_not_start(bundle, with_cuda, capfd):
    with pytest.raises(UnavailableError):
        load_runtime(bundle, RuntimeOptions(device="cuda"))
    assert capfd.readouterr() == ("", "")


def test_a_gpu_that_fails_is_no_fault_of_the_bundle(bundle, with_cuda):
    import onnxruntime as ort

    def broken(*arguments, **options):
        raise RuntimeError("CUDA failure 100: no CUDA-capable device is detected\nand more")

    with_cuda.setattr(ort, "InferenceSession", broken)
    with pytest.raises(UnavailableError) as error:
        open_session(bundle.model, RuntimeOptions(device="cuda"))
    assert str(error.value) == (
        "device cuda: CUDAExecutionProvider cannot start (CUDA failure 100: no CUDA-capable device is detected). "
        "nvidia-smi says what is there."
    )


def test_every_node_is_counted_where_it_runs(bundle):
    predict = load_runtime(bundle)
    assert isinstance(predict, Running)
    assert (predict.provider, predict.nodes_elsewhere) == ("CPUExecutionProvider", 0)
    import onnx

    wanted = {"Conv": sum(node.op_type == "Conv" for node in onnx.load(bundle.model).graph.node)}
    assert nodes_by_provider(open_session(bundle.model, RuntimeOptions()))["CPUExecutionProvider"] >= wanted["Conv"]


def test_nodes_that_a_provider_left_to_another(bundle, monkeypatch):
    """As a session on a GPU reports them."""
    from models.runtimes import onnxruntime as module

    class Session:
        def get_providers(self):
            return ["CUDAExecutionProvider", "CPUExecutionProvider"]

        def get_provider_graph_assignment_info(self):
            on_gpu, on_cpu = [object()] * 3, [object()]
            parts = [
                ("CUDAExecutionProvider", on_gpu),
                ("CPUExecutionProvider", on_cpu),
                ("CPUExecutionProvider", on_cpu),
            ]
            return [SimpleNamespace(ep_name=name, get_nodes=lambda nodes=nodes: nodes) for name, nodes in parts]

    monkeypatch.setattr(module, "open_session", lambda *_: Session())
    assert load_runtime(bundle).nodes_elsewhere == 2
    assert onnxruntime_session.PROVIDERS["cuda"] == load_runtime(bundle).provider


def test_bound_memory_is_filled_again_for_every_batch(bundle, pictures):
    """What a captured graph does, on a device that captures nothing."""
    expected = load_runtime(bundle)(pictures)
    session = open_session(bundle.model, RuntimeOptions())
    run = _through_graphs(session, bundle)
    for part in (slice(0, 4), slice(4, 8), slice(8, 9), slice(0, 4)):
        before = pictures[part].copy()
        np.testing.assert_allclose(run(before), expected[part], atol=1e-6)
        np.testing.assert_array_equal(before, pictures[part])
    bound = bind(session, bundle, pictures[:2])
    bound.fill(pictures[2:4])
    np.testing.assert_allclose(bound.run().numpy(), expected[2:4], atol=1e-6)
