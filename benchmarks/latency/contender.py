"""What is timed: a bundle or a peer, where it runs, and how much of the way from a picture file to a verdict counts.

    Contender(name="onnx int8", bundle="exports/open_nsfw-onnx-int8", threads=1)
    Contender(name="plain tf2onnx", peer="plain_onnx", recipe="fp32", folder="peers/plain_onnx-fp32", stage="file")

Plain values, for they cross to the worker's process as JSON.
"""

from typing import Literal

from pydantic import Field, model_validator

from models.document import Document
from models.runtimes import Device, Hint

Stage = Literal["resident", "model", "picture", "file"]
STAGES: dict[Stage, str] = {
    "resident": "model only, its input already on the device and its scores left there",
    "model": "model only, from its input in this process's memory to scores there",
    "picture": "from a decoded picture of any size: resize, normalise where the model does not, model",
    "file": "from the bytes of a JPEG or PNG file to scores: decode, resize, normalise, model, verdict",
}
"""What is inside the timed region."""


class Contender(Document):
    """One thing to time. Either ``bundle`` or ``peer`` with ``folder``, where ``benchmarks.peers`` prepared it.

    ``name`` is the row's label, unique in a run. ``recipe`` is the peer's. ``settings`` are those of a runtime, such as
    ``{"enable_cuda_graph": "1"}``; ``environment`` are variables of the process, such as ``{"KERAS_BACKEND": "jax"}``.
    ``original`` marks what everything else is compared with.
    """

    name: str = Field(min_length=1)
    bundle: str | None = None
    peer: str | None = None
    recipe: str = ""
    folder: str | None = None
    runtime: str | None = None
    device: Device = "cpu"
    threads: int | None = Field(default=None, gt=0)
    hint: Hint = "latency"
    stage: Stage = "model"
    settings: dict[str, str] = {}
    environment: dict[str, str] = {}
    original: bool = False

    @model_validator(mode="after")
    def _one_of_the_two(self) -> "Contender":
        if (self.bundle is None) == (self.peer is None) or (self.peer is None) != (self.folder is None):
            raise ValueError("either a bundle, or a peer and the folder that it was prepared in")
        return self
