"""TensorFlow Serving's REST API; NumPy is all it needs."""  # noqa: INP001

import json
from http.client import HTTPException
from urllib.request import Request, urlopen

import numpy as np

TIMEOUT_S = 30


def infer(url: str, model: str, taken: str, batch: np.ndarray, given: str) -> np.ndarray:
    """Return the output ``given``, [n, categories], of a uint8 batch [n, height, width, 3] in the input ``taken``.

    OSError: no answer, or an error of the server's (urllib.error.HTTPError). ValueError: an answer that makes no sense.
    """
    asked = {"signature_name": "serving_default", "inputs": {taken: batch.tolist()}}
    headers = {"Content-Type": "application/json"}
    request = Request(f"{url}/v1/models/{model}:predict", json.dumps(asked).encode(), headers)  # noqa: S310
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  the URL is the user's own server
            body = answer.read()
    except HTTPException as error:
        raise OSError(f"server: no whole answer ({error!r}).") from error
    try:
        return np.asarray(json.loads(body)["outputs"][given], np.float32)
    except (KeyError, TypeError) as error:
        raise ValueError(f"server: not an answer of TensorFlow Serving ({error!r}).") from error
