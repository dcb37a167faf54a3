"""torchvision's ResNet50 under ``torch.compile``: float16, channels last, normalisation included.

torchvision has version 1.5 of the network, with the stride of a stage's first block in its 3x3 convolution. Keras'
ResNet50 is version 1, with the stride in the 1x1 before it, which is less work. The strides are moved, so that both
multiply equally often; weights are random, and the head is one sigmoid.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

MEAN = (123.68, 116.779, 103.939)
DEVIATION = (58.393, 57.12, 57.375)


def version_1() -> Any:
    """Return torchvision's ``resnet50`` as version 1, with one output, in evaluation mode."""
    import torch
    from torchvision.models import resnet50

    model = resnet50(weights=None)
    for stage in (model.layer2, model.layer3, model.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    model.fc = torch.nn.Linear(model.fc.in_features, 1)
    return model.eval()


def compiled(
    pixels: NDArray[np.uint8], *, device: str = "cuda", mode: str = "max-autotune", frozen: bool = False
) -> tuple[Callable[[], object], Callable[[], object]]:
    """Compile for one batch size; return a run on a batch on the device, and a run that copies it there first.

    Args:
        pixels: uint8 [n, height, width, 3]; permuted to NCHW it lies in memory as channels last does.
        device: "cuda", or "cpu" to try it out.
        mode: of ``torch.compile``.
        frozen: let the compiler treat weights as constants, which folds the batch norms into the convolutions.
    """
    import torch
    from torch._inductor import config

    kind = torch.float16 if device == "cuda" else torch.float32
    model = version_1().to(device=device, dtype=kind, memory_format=torch.channels_last)
    mean, deviation = (
        torch.tensor(values, dtype=kind, device=device).reshape(1, 3, 1, 1) for values in (MEAN, DEVIATION)
    )

    def forward(pictures: Any) -> Any:
        normalised = (pictures.permute(0, 3, 1, 2).to(kind) - mean) / deviation
        return torch.sigmoid(model(normalised))

    torch._dynamo.reset()  # noqa: SLF001  a batch size of its own, not one among several
    run = torch.compile(forward, mode=mode, dynamic=False, fullgraph=True)
    on_host = torch.from_numpy(pixels)
    on_device = on_host.to(device)

    def wait() -> None:
        if device == "cuda":
            torch.cuda.synchronize()

    def resident() -> None:
        with torch.inference_mode():
            run(on_device)
        wait()

    def copied() -> None:
        with torch.inference_mode():
            run(on_host.to(device))
        wait()

    with config.patch(freezing=frozen):
        resident()  # compiles
    return resident, copied
