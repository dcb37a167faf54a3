"""What is read is what was sealed: whatever was changed in a bundle is noticed."""

import hashlib
import json
import random
from contextlib import suppress

import pytest

from models.bundle import Bundle, seal, writing
from models.errors import BundleError


def rewrite(bundle, change):
    """Change the manifest as a hostile or hurried hand would: as text, with no check."""
    path = bundle.path / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_written_bundle_opens_and_names_its_files(bundle):
    opened = Bundle.open(bundle.path)
    content = (bundle.path / "model.json").read_bytes()
    assert opened.model == bundle.path / "model.json"
    assert opened.manifest.files["model.json"].bytes == len(content)
    assert opened.manifest.files["model.json"].sha256 == hashlib.sha256(content).hexdigest()
    assert names(bundle.path) == ["manifest.json", "model.json"]


def test_the_manifests_digest_is_that_of_its_file(bundle):
    on_disk = (bundle.path / "manifest.json").read_bytes()
    assert bundle.manifest.sha256 == hashlib.sha256(on_disk).hexdigest()


def test_files_in_subfolders_are_sealed_even_when_they_are_called_manifest(tmp_path, spec, bundle):
    with writing(tmp_path / "deep") as folder:
        (folder / "variables").mkdir()
        (folder / "variables" / "manifest.json").write_text("{}")
        (folder / "model.bin").write_bytes(b"1")
        fields = bundle.manifest.model_dump(exclude={"files", "model"})
        seal(folder, model="model.bin", **fields)
    assert set(Bundle.open(tmp_path / "deep").manifest.files) == {"model.bin", "variables/manifest.json"}


def test_what_is_not_there(tmp_path):
    with pytest.raises(BundleError) as error:
        Bundle.open(tmp_path / "nowhere")
    assert str(error.value) == (
        f"{tmp_path}/nowhere: no such bundle. A bundle is a folder with a manifest.json; rct export makes one."
    )


def test_a_folder_without_manifest(tmp_path):
    with pytest.raises(BundleError, match=r"not a bundle: it has no manifest\.json\. rct export makes one\."):
        Bundle.open(tmp_path)


def test_a_manifest_that_is_a_folder(tmp_path):
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(BundleError, match="cannot be read"):
        Bundle.open(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'"manifest"', b"[" * 100_000])
def test_a_manifest_that_is_no_document(bundle, content):
    (bundle.path / "manifest.json").write_bytes(content)
    with pytest.raises(BundleError):
        Bundle.open(bundle.path)


def test_a_changed_byte(bundle):
    content = bytearray(bundle.model.read_bytes())
    content[3] ^= 1
    bundle.model.write_bytes(content)
    with pytest.raises(BundleError) as error:
        Bundle.open(bundle.path)
    expected = f"not what the manifest says (got {len(content)} bytes, another sha256). Export it again."
    assert str(error.value) == f"{bundle.model}: {expected}"


@pytest.mark.parametrize("content", [b"", b"{}", b" " * 1000])
def test_another_length(bundle, content):
    bundle.model.write_bytes(content)
    with pytest.raises(BundleError, match="not what the manifest says"):
        Bundle.open(bundle.path)


def test_a_missing_file(bundle):
    bundle.model.unlink()
    with pytest.raises(BundleError, match=r"a file is missing \(got no model\.json\)\. Export it again\."):
        Bundle.open(bundle.path)


def test_a_folder_where_a_file_should_be(bundle):
    bundle.model.unlink()
    bundle.model.mkdir()
    with pytest.raises(BundleError, match="a file is missing"):
        Bundle.open(bundle.path)


@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "sub/../../secret", "..\\secret", "C:secret", "a\0b"])
def test_a_name_that_leads_out(bundle, name):
    (bundle.path.parent / "secret").write_text("s")
    rewrite(bundle, lambda document: document["files"].update({name: {"bytes": 1, "sha256": "0" * 64}}))
    with pytest.raises(BundleError, match="a file name leads out of the bundle"):
        Bundle.open(bundle.path)


def test_a_link_that_leads_out(bundle, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(bundle.model.read_bytes())
    bundle.model.unlink()
    bundle.model.symlink_to(secret)
    with pytest.raises(BundleError, match="a file name leads out of the bundle"):
        Bundle.open(bundle.path)


def test_a_link_to_itself(bundle):
    bundle.model.unlink()
    bundle.model.symlink_to(bundle.model.name)
    with pytest.raises(BundleError):
        Bundle.open(bundle.path)


def test_a_name_that_is_too_long_for_any_file(bundle):
    rewrite(bundle, lambda document: document["files"].update({"a" * 5000: {"bytes": 1, "sha256": "0" * 64}}))
    with pytest.raises(BundleError):
        Bundle.open(bundle.path)


def test_a_model_that_is_not_among_the_files(bundle):
    rewrite(bundle, lambda document: document.update(model="other.onnx"))
    with pytest.raises(BundleError, match=r"model is not among files \(got 'other\.onnx'\)"):
        Bundle.open(bundle.path)


def test_an_unknown_key(bundle):
    rewrite(bundle, lambda document: document.update(flavour="sweet"))
    with pytest.raises(BundleError) as error:
        Bundle.open(bundle.path)
    assert str(error.value) == (
        f"{bundle.path}/manifest.json: flavour: Extra inputs are not permitted (got 'sweet'). "
        "Export it again with this version of rct."
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda document: document.pop("spec"), "spec: Field required"),
        (lambda document: document.update(schema_version="rct.bundle/99"), "schema_version: Input should be"),
        (lambda document: document.update(schema_version="rct.bundle/2"), "refit belongs to rct.bundle/2"),
        (lambda document: document.update(inputs=[]), "inputs: Tuple should have at least 1 item"),
        (lambda document: document["files"]["model.json"].update(bytes=-1), "greater than or equal to 0"),
        (lambda document: document["files"]["model.json"].update(sha256="F" * 64), "should match pattern"),
        (lambda document: document["outputs"][0].update(dtype="complex64"), "dtype: Input should be"),
        (lambda document: document["spec"]["thresholds"]["red"].update(review=0.9), "review must not be above block"),
    ],
)
def test_a_manifest_that_does_not_hold_together(bundle, change, text):
    rewrite(bundle, change)
    with pytest.raises(BundleError) as error:
        Bundle.open(bundle.path)
    assert text in str(error.value)
    assert "\n" not in str(error.value)


def test_whatever_is_done_to_a_manifest_is_an_error_of_ours_or_none(bundle):
    """Two hundred manifests with one value replaced, or one key gone, anywhere in the tree."""
    chance = random.Random(20)
    original = (bundle.path / "manifest.json").read_text("utf-8")
    oddities = [None, True, -1, 1e308, "", "..", "\0", "a" * 300, [], {}, [[]], {"a": 1}, "\u202e", 2**70]

    def spots(node):
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in pairs:
            yield node, key
            yield from spots(value)

    for _ in range(200):
        document = json.loads(original)
        holder, key = chance.choice(list(spots(document)))
        if chance.random() < 0.2:
            del holder[key]
        else:
            holder[key] = chance.choice(oddities)
        (bundle.path / "manifest.json").write_text(json.dumps(document), "utf-8")
        with suppress(BundleError):
            Bundle.open(bundle.path)
