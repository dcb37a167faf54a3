"""The classifiers that we ship together: the second is a head on the first one's backbone, and not stored twice."""

import shutil

import numpy as np
import pytest
from stand_in_zoo import stand_in
from tiny import TINY, randomise, tiny_spec, write_original

from models import zoo
from models.bundle import Bundle, seal
from models.classifier import backbone_of, find_original, keras_fields, load_keras
from models.errors import BundleError, NetworkError
from models.preprocessing import normalise
from models.resnet50 import HeadForm, training_form
from models.shared_backbone import head_of
from models.zoo import default_names, zoo_names
from models.zoo.add_head import main


@pytest.fixture
def folder(tmp_path, tiny_original, tapped_original, monkeypatch):
    stand_in(tmp_path / "zoo", tiny_original, tapped_original, monkeypatch)
    return tmp_path / "zoo"


def test_what_is_meant_where_none_is_named():
    assert default_names() == ("open_nsfw", "cartoon")
    assert set(default_names()) <= set(zoo_names())


def test_a_default_that_is_not_there_is_left_out(folder):
    shutil.rmtree(folder / "cartoon")
    assert default_names() == ("open_nsfw",)


def test_a_head_is_put_on_its_backbone(folder, tapped_original, pictures):
    assert default_names() == ("open_nsfw", "cartoon")
    cartoon = find_original("cartoon")
    assert backbone_of(cartoon).manifest.name == "open_nsfw"
    assert cartoon.model.name == "head.keras"
    assert cartoon.model.stat().st_size < find_original("open_nsfw").model.stat().st_size * 2 / 3
    pixels = normalise(pictures, cartoon.manifest.spec.preprocessing)
    scores = load_keras(cartoon).predict_on_batch(pixels)
    np.testing.assert_array_equal(scores, load_keras(tapped_original).predict_on_batch(pixels))


def test_a_plain_head_can_be_shared_too(folder, tiny_original, pictures, tmp_path):
    main([str(tiny_original.path), "--out", str(tmp_path / "plain")])
    plain = find_original(str(tmp_path / "plain"))
    pixels = normalise(pictures, plain.manifest.spec.preprocessing)
    expected = load_keras(tiny_original).predict_on_batch(pixels)
    np.testing.assert_array_equal(load_keras(plain).predict_on_batch(pixels), expected)


def test_a_backbone_that_was_replaced_is_not_taken(folder):
    original = Bundle.open(folder / "open_nsfw")
    other = original.manifest.model_copy(update={"recipe": "other"})
    (folder / "open_nsfw" / "manifest.json").write_text(other.to_json())
    with pytest.raises(BundleError, match=r"cartoon: made for another open_nsfw than this one\. Take the open_nsfw"):
        load_keras(find_original("cartoon"))


def test_a_classifier_on_another_backbone_is_shipped_whole(folder, tmp_path):
    spec = tiny_spec("pink")
    model = randomise(training_form(TINY, spec.labels, 64, 64, head=HeadForm(TINY.taps)), seed=8)
    write_original(tmp_path / "pink", model, spec)
    with pytest.raises(NetworkError, match=r"pink: its backbone is another one \(at conv1_conv\)\. Ship it whole\."):
        main([str(tmp_path / "pink")])
    assert not (zoo.zoo_path("open_nsfw").parent / "pink").exists()


def test_a_model_that_is_no_training_form(tiny_original):
    spec = tiny_spec("red", "green")
    model = load_keras(tiny_original)
    other = training_form(TINY, ("red",), 64, 64)
    other.set_weights(model.get_weights()[:-2] + other.get_weights()[-2:])
    with pytest.raises(NetworkError, match="red-green: scores has weights of another shape"):
        head_of(other, model, spec)


def test_what_a_person_wrote_stays(folder, tmp_path):
    trained, target = tmp_path / "trained" / "cartoon", tmp_path / "kept"
    (trained / "LICENSE").write_text("of the backbone")
    (trained / "MODEL_CARD.md").write_text("# cartoon\n\nWords.\n\n## Data\n\n### Few\n\n## Training\n\nfirst\n")
    spec = Bundle.open(trained).manifest.spec
    seal(trained, **keras_fields(spec))
    main([str(trained), "--out", str(target)])
    assert (target / "LICENSE").read_text() == "of the backbone"
    (target / "LICENSE").write_text("of both")
    (target / "sections.md").write_text("# Not a section\n\n## Data\n\nMany.\n\n## Limits\n\n- One.\n")
    main([str(trained), "--out", str(target)])
    written = Bundle.open(target)
    assert (written.path / "LICENSE").read_text() == "of both"
    card = "# cartoon\n\nWords.\n\n## Data\n\nMany.\n\n## Training\n\nfirst\n\n## Limits\n\n- One.\n"
    assert (written.path / "MODEL_CARD.md").read_text() == card
    main([str(trained), "--out", str(target)])
    assert Bundle.open(target).manifest == written.manifest
