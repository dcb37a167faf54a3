"""How far the scores of one and the same model file may be apart: on another processor, in another runtime.

The golden vectors of an export hold its own scores beside the original's. Who runs the very same file is held to those,
and quantization is no excuse there.
"""

from benchmarks.tolerance import tolerance_for

ROUNDED_DIFFERENTLY = 0.02
"""For recipes that hold no single picture to the original. On the golden pictures each runtime gives the same scores on
any number of threads. Where a file is computed in another way, which rounds in other places, they are off by 0.006
at most: OpenVINO on an ONNX file, ONNX Runtime without graph optimizations, LiteRT without XNNPACK. So thrice that.
Red and blue exchanged are off by 0.10, and eight-bit weights that overflow on a processor without VNNI by 0.07."""


def own_score_limit(recipe: str) -> float:
    """Return how far any score may be from the bundle's own golden one.

    A recipe that holds every picture to the original is held to the same here: fp32 and fp16 differ from it by what the
    order of additions makes, and so do two runs of the same file.

    Raises:
        UnknownName: there is no tolerance for such a recipe.
    """
    limit = tolerance_for(recipe).max_abs_score
    return ROUNDED_DIFFERENTLY if limit is None else limit
