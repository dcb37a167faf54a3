"""Equal constants of a graph become one: the same arithmetic, compiled in less time.

share_constants(model)

What OpenVINO does to a graph before it runs takes time by the node, and most nodes are constants: axes, steps, the ends
of ranges.
"""

from typing import Any

import numpy as np


def share_constants(model: Any) -> int:
    """Let equal constants of an ``openvino.Model`` be the same node; return how many are no longer used.

    Equal are those of one type and shape with the same bytes, so no result changes.
    """
    kept: dict[tuple[str, tuple[int, ...], bytes], Any] = {}
    dropped = 0
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Constant":
            continue
        key = (str(node.get_element_type()), tuple(node.get_output_shape(0)), np.asarray(node.data).tobytes())
        first = kept.setdefault(key, node)
        if first is not node:
            dropped += 1
            for reader in node.output(0).get_target_inputs():
                reader.replace_source_output(first.output(0))
    return dropped
