"""What a program needs to know to use a model file on its own, for formats that can carry it inside."""

import json

from exporters.formats import Job


def described(job: Job) -> dict[str, str]:
    """Return name, recipe, labels, preprocessing, thresholds, licence and parent, as text; what is nested is JSON."""
    spec = job.spec
    return {
        "name": spec.name,
        "recipe": job.recipe,
        "labels": json.dumps(spec.labels),
        "preprocessing": spec.preprocessing.model_dump_json(),
        "thresholds": json.dumps({label: rule.model_dump() for label, rule in spec.thresholds.items()}),
        "licence": spec.licence,
        "parent.sha256": job.parent.sha256,
    }
