"""Triton and TensorFlow Serving as far as a client can tell: HTTP servers that speak their protocols; real models.

Requests are checked as the two servers' documentation says that they check them, and refused with their status.
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

LENGTH = "Inference-Header-Content-Length"


@contextmanager
def listening(answer):
    """Serve ``answer(path, headers, body) -> (status, headers, body)``; give the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, content = answer(self.path, self.headers, body)
            self.send_response(status)
            for name, value in ({"Content-Length": len(content)} | headers).items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def kserve(config, score, *, binary=True):
    """Return the answers of a Triton with one model: ``config`` is its ModelConfig, ``score`` runs it."""

    def refuse(text):
        return 400, {}, json.dumps({"error": text}).encode()

    def answer(path, headers, body):
        if path != f"/v2/models/{config.name}/infer":
            return 404, {}, b"{}"
        head = int(headers[LENGTH])
        document = json.loads(body[:head])
        (tensor,), (wanted,) = document["inputs"], document["outputs"]
        dims = ([-1] if config.max_batch_size else []) + list(config.input[0].dims)
        if tensor["name"] != config.input[0].name or wanted["name"] != config.output[0].name:
            return refuse("unknown tensor")
        if tensor["datatype"] != "UINT8" or len(tensor["shape"]) != len(dims):
            return refuse("unexpected datatype or rank")
        if any(dim not in (-1, side) for dim, side in zip(dims, tensor["shape"], strict=True)):
            return refuse("unexpected shape")
        if tensor["parameters"]["binary_data_size"] != len(body) - head:
            return refuse("unexpected size")
        scores = score(np.frombuffer(body[head:], np.uint8).reshape(tensor["shape"]))
        output = {"name": wanted["name"], "datatype": "FP32", "shape": scores.shape}
        if not binary:
            return 200, {}, json.dumps({"outputs": [output | {"data": scores.ravel().tolist()}]}).encode()
        tail = scores.astype("<f4").tobytes()
        header = json.dumps({"outputs": [output | {"parameters": {"binary_data_size": len(tail)}}]}).encode()
        return 200, {LENGTH: len(header)}, header + tail

    return answer


def tf_rest(name, signatures):
    """Return the answers of TensorFlow Serving with one model: ``signatures`` are functions of a loaded SavedModel."""
    import tensorflow as tf

    def answer(path, headers, body):
        if path != f"/v1/models/{name}:predict":
            return 404, {}, b'{"error": "Servable not found"}'
        document = json.loads(body)
        signature = signatures[document["signature_name"]]
        (taken,) = signature.structured_input_signature[1].values()
        batch = tf.constant(document["inputs"][taken.name], taken.dtype)
        outputs = {key: value.numpy() for key, value in signature(**{taken.name: batch}).items()}
        plain = {
            key: np.vectorize(bytes.decode)(value) if value.dtype == object else value for key, value in outputs.items()
        }
        return 200, {}, json.dumps({"outputs": {key: value.tolist() for key, value in plain.items()}}).encode()

    return answer
