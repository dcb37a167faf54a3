"""The contract of every metric, whichever files there are."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.metrics import metric, metric_names, proportion
from models.errors import UnknownName

ROOT = Path(__file__).parents[3]
PAIRS = [(family, name) for family in ("difference", "quality") for name in metric_names(family)]


def samples(family, shape, seed=0):
    rng = np.random.default_rng(seed)
    first = rng.random(shape).astype(np.float32)
    second = rng.random(shape).astype(np.float32) if family == "difference" else rng.random(shape) < 0.4
    return first, second


def test_the_metrics_that_were_asked_for_are_found():
    assert set(metric_names("difference")) >= {
        "max_abs", "mean_abs", "p99_abs", "logit_cosine", "logit_mean_abs", "logit_p99_abs", "logit_bias",
    }  # fmt: skip
    assert set(metric_names("quality")) >= {"roc_auc", "pr_auc", "tpr_at_fpr_1pct", "tpr_at_fpr_01pct", "ece", "brier"}
    assert set(metric_names("decision")) >= {"accuracy", "recall", "false_positive_rate", "precision"}


@pytest.mark.parametrize(("family", "name"), [*PAIRS, *(("decision", name) for name in metric_names("decision"))])
def test_a_metric_says_what_it_is(family, name):
    module = proportion(name) if family == "decision" else metric(family, name)
    assert module.TITLE
    assert module.BETTER in {"higher", "lower", "nearer to zero"}
    assert module.UNDEFINED
    assert module.__doc__


@pytest.mark.parametrize(("family", "name"), PAIRS)
def test_many_samples_are_measured_like_one_by_one(family, name):
    measure = metric(family, name).measure
    first, second = samples(family, (7, 50))
    together = measure(first, second)
    assert together.shape == (7,)
    assert together.dtype == np.float64
    np.testing.assert_allclose(together, [float(measure(*row)) for row in zip(first, second, strict=True)], rtol=1e-12)


@pytest.mark.parametrize(("family", "name"), PAIRS)
def test_the_order_of_the_pictures_does_not_matter(family, name):
    measure = metric(family, name).measure
    first, second = samples(family, 60)
    first = np.round(first, 1)  # many ties
    order = np.random.default_rng(1).permutation(60)
    assert float(measure(first[order], second[order])) == pytest.approx(float(measure(first, second)), abs=1e-12)


@pytest.mark.parametrize(("family", "name"), PAIRS)
def test_one_picture_is_measured_or_undefined_and_never_a_warning(family, name):
    first, second = samples(family, 1)
    value = float(metric(family, name).measure(first, second))
    assert np.isnan(value) or np.isfinite(value)


@pytest.mark.parametrize("name", metric_names("difference"))
def test_a_classifier_does_not_differ_from_itself(name):
    scores, _ = samples("difference", 30)
    assert float(metric("difference", name).measure(scores, scores)) == pytest.approx(
        1.0 if name == "logit_cosine" else 0.0, abs=1e-12
    )


def test_an_unknown_metric_is_refused_with_the_known_ones():
    with pytest.raises(
        UnknownName, match=r"^quality metric: unknown name \(got 'f1'\)\. Known: brier, ece, pr_auc, roc_auc"
    ):
        metric("quality", "f1")
    with pytest.raises(UnknownName, match=r"^decision metric: unknown name \(got '\.\.'\)\. Known: accuracy"):
        proportion("..")


def test_names_are_listed_and_parity_is_imported_without_anything_heavy():
    program = (
        "import json, sys\n"
        "from benchmarks.metrics import metric_names\n"
        "metric_names('quality')\n"
        "listed = sorted(sys.modules)\n"
        "import benchmarks.parity, benchmarks.layers, benchmarks.onnx_layers\n"
        "print(json.dumps([listed, sorted(sys.modules)]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    listed, imported = json.loads(done.stdout)
    assert not [name for name in listed if name.startswith("benchmarks.metrics.")]
    assert not {"sklearn", "scipy", "tensorflow", "keras", "onnx", "onnxruntime"} & set(imported)
