"""Several originals, one after another, are one peer with the categories of all."""

import numpy as np
from tiny import TINY, randomise, tiny_spec, write_original

from benchmarks.latency.contender import Contender
from benchmarks.peers import one_model_per_category
from models import resnet50
from models.runtimes import load_runtime


def test_scores_of_several_originals_stand_side_by_side(pictures, tmp_path):
    originals = []
    for seed, labels in enumerate([("red",), ("green", "blue")]):
        model = randomise(resnet50.training_form(TINY, labels, 64, 64), seed)
        originals.append(write_original(tmp_path / labels[0], model, tiny_spec(*labels)))
    folder = tmp_path / "peer"
    folder.mkdir()
    one_model_per_category.prepare_several(originals, folder)
    contender = Contender(name="several", peer="one_model_per_category", recipe="fp32", folder=str(folder))
    model = one_model_per_category.load(folder, "fp32", contender)
    few = pictures[:2]
    expected = np.concatenate([load_runtime(original)(few) for original in originals], axis=1)
    found = model.run(model.prepare(few))
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() <= 1e-5
    assert model.subject.categories == ("red", "green", "blue")
    assert set(model.subject.files) == {"red/model.keras", "green-blue/model.keras"}
    assert model.subject.bytes == sum(original.model.stat().st_size for original in originals)
