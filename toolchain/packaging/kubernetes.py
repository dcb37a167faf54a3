"""What a model is called on Kubernetes, whose names are of fewer characters than ours."""

import re

_LONGEST = 63


def kubernetes_name(model: str) -> str:
    """Return a name for Deployment and Service: a label of RFC 1035, of small letters, digits and hyphens.

    ``Open_nsfw.v2`` is ``open-nsfw-v2``.
    """
    label = re.sub(r"[^a-z0-9]", "-", model.lower())
    return (label if label[0].isalpha() else f"m-{label}")[:_LONGEST].rstrip("-")
