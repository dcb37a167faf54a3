import numpy as np
import pytest

from exporters.litert.graph import Graph, Grid


def test_reading_and_writing_changes_nothing(float_body, run_model, pictures):
    content = float_body.content()
    again = Graph(content)
    assert again.content() == content
    batch = np.zeros((1, 64, 64, 3), np.float32)
    np.testing.assert_array_equal(run_model(again.content(), batch), run_model(content, batch))


def test_what_nothing_uses_is_left_out(float_body):
    content = float_body.content()
    changed = Graph(content)
    changed.activation("idle", (1, 2), np.float32)
    changed.constant("idle_weights", np.zeros(1000, np.float32))
    changed.buffer(b"idle")
    assert changed.content() == content


def test_weights_behind_the_flatbuffer_are_brought_in(float_body, run_model):
    """Where the quantizer puts those of large models, and readers from before 2023 do not look."""
    content = float_body.content()
    outside = with_weights_behind(content)
    assert len(outside) > len(content)
    again = Graph(outside)
    assert all(buffer.offset == buffer.size == 0 for buffer in again.model.buffers)
    batch = np.random.default_rng(0).normal(0, 60, (1, 64, 64, 3)).astype(np.float32)
    np.testing.assert_array_equal(run_model(again.content(), batch), run_model(content, batch))


def with_weights_behind(content):
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(content), 0))
    moved = [
        (buffer, bytes(buffer.data)) for buffer in model.buffers if buffer.data is not None and len(buffer.data) > 64
    ]
    behind = b"".join(data for _, data in moved)

    def packed(start):
        for buffer, data in moved:
            buffer.data, buffer.offset, buffer.size = None, start, len(data)
            start += len(data)
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    return packed(len(packed(2))) + behind


def test_a_model_of_one_operator(float_body, run_model):
    """x + 0.5, on a quantized input: 8 bits of scale 2 around -10."""
    graph = Graph(float_body.content())
    image = graph.activation("image", (1, 3), np.uint8, Grid(2.0, 10), free=True)
    real, moved = (graph.activation(name, (1, 3), np.float32) for name in ("real", "moved"))
    half = graph.constant("half", np.array([0.5], np.float32))
    graph.operators = [
        graph.operator("DEQUANTIZE", [image], [real], "DequantizeOptions"),
        graph.operator("ADD", [real, half], [moved], "AddOptions", potScaleInt16=False),
    ]
    graph.declare([("image", image)], [("moved", moved)])
    content = graph.content()
    assert len(content) < 4000, "nothing of the other model is left"
    np.testing.assert_array_equal(run_model(content, np.array([[0, 10, 255]], np.uint8)), [[-19.5, 0.5, 490.5]])
    read = Graph(content)
    assert [read.kind(operator) for operator in read.operators] == ["DEQUANTIZE", "ADD"]
    assert read.dtype(read.subgraph.inputs[0]) == np.uint8
    assert read.values(read.operators[1].inputs[1]) == pytest.approx(0.5)
    assert read.values(read.subgraph.inputs[0]) is read.values(-1) is None


def test_a_program_finds_inputs_and_outputs_by_name(float_body):
    from ai_edge_litert.interpreter import Interpreter

    signature = Interpreter(model_content=float_body.content()).get_signature_list()
    assert signature == {"serving_default": {"inputs": ["entry"], "outputs": ["scores"]}}
