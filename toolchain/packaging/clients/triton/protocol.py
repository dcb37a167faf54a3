"""The KServe v2 protocol over HTTP with Triton's extension for binary tensors; NumPy is all it needs."""  # noqa: INP001

import json
from http.client import HTTPException
from urllib.request import Request, urlopen

import numpy as np

DTYPES = {"FP32": "<f4", "FP16": "<f2"}
LENGTH = "Inference-Header-Content-Length"
TIMEOUT_S = 30


def infer(url: str, model: str, taken: str, batch: np.ndarray, given: str) -> np.ndarray:
    """Return the output ``given``, [n, categories], of a uint8 batch [n, height, width, 3] in the input ``taken``.

    OSError: no answer, or an error of the server's (urllib.error.HTTPError). ValueError: an answer that makes no sense.
    """
    tensor = {"name": taken, "shape": batch.shape, "datatype": "UINT8", "parameters": {"binary_data_size": batch.size}}
    asked = {"inputs": [tensor], "outputs": [{"name": given, "parameters": {"binary_data": True}}]}
    header = json.dumps(asked).encode()
    headers = {"Content-Type": "application/octet-stream", LENGTH: str(len(header))}
    request = Request(f"{url}/v2/models/{model}/infer", header + batch.tobytes(), headers)  # noqa: S310
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  the URL is the user's own server
            body, length = answer.read(), answer.headers.get(LENGTH)
    except HTTPException as error:
        raise OSError(f"server: no whole answer ({error!r}).") from error
    try:
        head = len(body) if length is None else int(length)
        output = next(tensor for tensor in json.loads(body[:head])["outputs"] if tensor["name"] == given)
        dtype = DTYPES[output["datatype"]]
        values = np.asarray(output["data"], dtype) if "data" in output else np.frombuffer(body[head:], dtype)
        return values.reshape(output["shape"])
    except (KeyError, TypeError, StopIteration) as error:
        raise ValueError(f"server: not an answer of KServe v2 ({error!r}).") from error
