"""A bundle is whole or is not there, and what was changed is noticed."""

import errno
import hashlib
import json
import os
import random
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import pytest

from models.bundle import Bundle, check_target, seal, writing
from models.errors import BundleError, UserError
from models.runtimes.null import write_null


@pytest.fixture
def bundle(tmp_path, spec):
    return write_null(tmp_path / "exports" / "tiny", spec)


def rewrite(bundle, change):
    """Change the manifest as a hostile or hurried hand would: as text, with no check."""
    path = bundle.path / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def fail_half_way(target, failure):
    with writing(target, overwrite=True) as folder:
        (folder / "model.json").write_text("half")
        raise failure


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


def test_a_target_that_exists_is_refused_before_any_work(bundle):
    before = (bundle.path / "manifest.json").read_bytes()
    with pytest.raises(BundleError) as error, writing(bundle.path):
        pytest.fail("the block must not run")
    assert str(error.value) == f"{bundle.path}: already exists. Give --overwrite to replace it, or another --out."
    assert (bundle.path / "manifest.json").read_bytes() == before


def test_overwriting_replaces_the_whole_folder(bundle, spec):
    (bundle.path / "stray.txt").write_text("from before")
    write_null(bundle.path, spec, bias=[0.5, 0.5], overwrite=True)
    assert names(bundle.path) == ["manifest.json", "model.json"]
    assert json.loads(bundle.model.read_text())["bias"] == [0.5, 0.5]
    assert names(bundle.path.parent) == ["tiny"]


def test_overwriting_spares_what_is_not_a_bundle(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(b"1")
    with pytest.raises(BundleError, match="exists and is not a bundle, so it is not replaced"):
        check_target(tmp_path / "photos", overwrite=True)


@pytest.mark.parametrize("kind", ["file", "link to a bundle", "dangling link"])
def test_overwriting_spares_files_and_links(bundle, tmp_path, kind):
    target = tmp_path / "target"
    if kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(bundle.path if kind == "link to a bundle" else tmp_path / "nowhere")
    with pytest.raises(BundleError, match="is not a bundle, so it is not replaced"):
        check_target(target, overwrite=True)


@pytest.mark.parametrize("failure", [RuntimeError("ours"), KeyboardInterrupt(), SystemExit(3)])
def test_a_block_that_fails_leaves_everything_as_it_was(bundle, failure):
    before = {path.name: path.read_bytes() for path in bundle.path.iterdir()}
    with pytest.raises(type(failure)):
        fail_half_way(bundle.path, failure)
    assert {path.name: path.read_bytes() for path in bundle.path.iterdir()} == before
    assert names(bundle.path.parent) == ["tiny"]


def test_a_full_disk(bundle):
    with pytest.raises(UserError) as error:
        fail_half_way(bundle.path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert str(error.value) == f"{bundle.path}: the disk is full. Free some space; nothing was left behind."
    assert names(bundle.path.parent) == ["tiny"]
    Bundle.open(bundle.path)


def test_a_parent_that_is_a_file(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(UserError, match="cannot be written") as error, writing(tmp_path / "taken" / "tiny"):
        pytest.fail("the block must not run")
    assert error.value.exit_code == 2


def test_a_killed_writer_leaves_the_old_bundle_and_the_next_one_cleans_up(bundle, spec):
    script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from models.bundle import writing
        with writing(Path(sys.argv[1]), overwrite=True) as folder:
            (folder / "model.json").write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", script, str(bundle.path)], env=environment, check=False)
    assert done.returncode == -9
    assert len(names(bundle.path.parent)) == 2
    Bundle.open(bundle.path)
    write_null(bundle.path, spec, bias=[0.1, 0.1], overwrite=True)
    assert names(bundle.path.parent) == ["tiny"]


def test_a_kill_between_the_two_renames_is_mended_by_the_next_writer(bundle):
    before = bundle.manifest.sha256
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    bundle.path.rename(bundle.path.with_name(f".tiny.replaced-{finished.pid}-0123456789abcdef"))
    with pytest.raises(RuntimeError), writing(bundle.path):
        raise RuntimeError
    assert Bundle.open(bundle.path).manifest.sha256 == before


def test_leftovers_of_other_bundles_and_other_programs_stay(tmp_path, spec):
    others = sorted(
        [".tiny2.partial-1-0123456789abcdef", ".tiny.partial", ".tiny.swp", ".tiny.partial-1-0123456789abcdef"]
    )
    for name in others:
        (tmp_path / name).mkdir()
    write_null(tmp_path / "tiny", spec)
    assert names(tmp_path) == [*others, "tiny"], "process 1 is running: what it writes is not ours to clear"
