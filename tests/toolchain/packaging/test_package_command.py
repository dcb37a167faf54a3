"""``rct package`` and ``rct package verify``: what is made, what is found out, and what is refused."""

import json
import shutil
import stat
import zipfile

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from PIL import Image
from rezipped import member, rezip

from models.bundle import seal


@pytest.fixture
def keys(tmp_path):
    """Two pairs of keys: ours.pem and ours.pub.pem, theirs.pem and theirs.pub.pem."""
    for name in ("ours", "theirs"):
        key = Ed25519PrivateKey.generate()
        (tmp_path / f"{name}.pem").write_bytes(private(key))
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{name}.pub.pem").write_bytes(public)
    return tmp_path


def private(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_package_is_made_and_is_good(rct, bundle_of, tmp_path):
    bundle = bundle_of()
    made = rct("package", "--target", "python", bundle.path)
    archive = "packages/colours-onnx-fp32-python.zip"
    assert (made.code, made.out) == (0, f"{archive}\n")
    assert made.err.splitlines()[-1] == f"Next: rct package verify {archive}"
    shown = rct("package", "verify", archive)
    assert (shown.code, "PASS" in shown.out) == (0, True)
    assert "4 golden pictures, scores within" in shown.out
    assert "Next: " in shown.err.splitlines()[-1]
    with zipfile.ZipFile(archive) as opened:
        assert {info.date_time for info in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.filename.split("/")[0] for info in opened.infolist()} == {"colours-onnx-fp32-python"}


def test_without_a_target_those_for_the_bundle_are_listed(rct, bundle_of):
    shown = rct("package", bundle_of().path, "--json")
    assert shown.code == 0
    assert "python" in {row["target"] for row in json.loads(shown.out)}


def test_a_format_that_the_target_does_not_run_is_refused(rct, bundle_of, tmp_path):
    shown = rct("package", bundle_of("tflite").path, "--target", "python")
    assert (shown.code, shown.out) == (2, "")
    assert "bundle: format tflite does not run on target python (got colours-tflite-fp32)." in shown.err
    assert shown.err.endswith("xport to onnx.\n")
    assert not (tmp_path / "packages").exists()


def test_what_is_there_is_not_replaced_unasked(rct, bundle_of, tmp_path):
    arguments = ("package", bundle_of().path, "--target", "python", "--out", "x")
    (tmp_path / "x").mkdir()
    assert "x: already exists." in rct(*arguments).err
    assert "x: exists and is not a package, so it is not replaced." in rct(*arguments, "--overwrite").err
    (tmp_path / "x").rmdir()
    assert rct(*arguments).code == 0
    assert rct(*arguments).code == 2
    assert rct(*arguments, "--overwrite").code == 0


def test_golden_files_are_the_golden_vectors(packaged, golden_pictures):
    document = json.loads((packaged / "golden" / "golden.json").read_text("utf-8"))
    assert document["schema_version"] == "rct.golden/1"
    assert document["categories"] == ["red", "green"]
    assert [entry["file"] for entry in document["pictures"]] == ["0.jpg", "1.png", "2.png", "3.gif"]
    for entry, picture in zip(document["pictures"], golden_pictures, strict=True):
        assert (packaged / "golden" / entry["file"]).read_bytes() == picture.read_bytes()
    last = document["pictures"][3]
    assert last["scores"] == [np.float32(200 / 255), np.float32(40 / 255)]
    for stage, size in (("decoded", (16, 12)), ("resized", (8, 6))):
        with Image.open(packaged / "golden" / last[stage]) as picture:
            assert (picture.format, picture.size, picture.getpixel((0, 0))) == ("PPM", size, (200, 40, 0))


def test_a_signature_is_good_wrong_or_missing(rct, bundle_of, keys):
    bundle = bundle_of().path
    assert rct("package", bundle, "-t", "python", "-o", "signed", "--sign", "ours.pem").code == 0
    assert rct("package", bundle, "-t", "python", "-o", "plain").code == 0
    good = rct("package", "verify", "signed.zip", "--verify-key", "ours.pub.pem")
    assert (good.code, "good: signed by the owner of that key" in good.out) == (0, True)
    assert rct("package", "verify", "signed").code == 0
    wrong = rct("package", "verify", "signed.zip", "--verify-key", "theirs.pub.pem", "--json")
    assert (wrong.code, json.loads(wrong.out)["signature"]) == (1, "wrong")
    assert json.loads(wrong.out)["runtimes"] == []
    missing = rct("package", "verify", "plain.zip", "--verify-key", "ours.pub.pem")
    assert missing.code == 1
    assert missing.err.endswith("it is not signed, and a key was given. Do not use it; get it again.\n")


@pytest.mark.parametrize(
    ("option", "text", "problem"),
    [
        ("--sign", b"", "not a private key in PEM"),
        ("--sign", private(X25519PrivateKey.generate()), "not an Ed25519 key (got X25519PrivateKey)"),
        ("--verify-key", private(Ed25519PrivateKey.generate()), "not a public key in PEM"),
        ("--verify-key", None, "cannot be read (No such file or directory)"),
    ],
)
def test_a_key_that_is_none_is_one_line(rct, bundle_of, packaged, tmp_path, option, text, problem):
    if text is not None:
        (tmp_path / "key").write_bytes(text)
    words = (bundle_of(name="other").path, "-t", "python") if option == "--sign" else ("verify", packaged)
    shown = rct("package", *words, option, "key", "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: key: {problem}.")


@pytest.mark.parametrize("zipped", [False, True])
def test_files_that_are_not_as_listed_fail_it(rct, packaged, tmp_path, zipped):
    model = packaged / "model" / "model.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"!")
    (packaged / "classifier.py").unlink()
    package = rezip(packaged, tmp_path / "t.zip") if zipped else packaged
    shown = rct("package", "verify", package, "--json", "--quiet")
    report = json.loads(shown.out)
    assert shown.code == 1
    assert (report["altered"], report["missing"]) == (["model/model.onnx"], ["classifier.py"])
    assert report["runtimes"] == []
    assert shown.err.startswith(f"rct: {package}: model/model.onnx is not what contents.json says, and 1 more.")


def test_a_file_that_is_not_listed_fails_a_folder(rct, packaged):
    (packaged / "numpy.py").write_text("", "utf-8")
    shown = rct("package", "verify", packaged)
    assert (shown.code, "numpy.py is not listed in contents.json" in shown.out) == (1, True)


def test_another_models_scores_fail_it(rct, bundle_of, tmp_path):
    bundle = bundle_of()
    golden = dict(np.load(bundle.path / "golden.npz"))
    golden["scores"] = golden["scores"] + np.float32(0.001)
    np.savez(bundle.path / "golden.npz", **golden)
    seal(bundle.path, **bundle.manifest.model_dump(exclude={"files", "schema_version"}))
    rct("package", bundle.path, "-t", "python", "-o", "off")
    shown = rct("package", "verify", "off.zip")
    assert shown.code == 1
    assert "onnxruntime: golden scores differ by 0.001 (limit 1e-05)" in shown.out


@pytest.mark.parametrize("version", ["rct.package/2", "rct.package/0"])
def test_another_version_is_refused(rct, packaged, version):
    contents = packaged / "contents.json"
    contents.write_text(contents.read_text("utf-8").replace("rct.package/1", version), "utf-8")
    shown = rct("package", "verify", packaged, "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert f"contents.json: schema_version: Input should be 'rct.package/1' (got '{version}')." in shown.err


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda name: name.replace("top/README.md", "../README.md"), "a path leads out"),
        (lambda name: name.replace("top/README.md", "/README.md"), "a path is not relative"),
        (lambda name: name.replace("top/README.md", "top/C:/README.md"), "a path is not relative"),
        (lambda name: name.replace("top/README.md", "top\\README.md"), "a path has a character"),
        (lambda name: name.replace("top/README.md", "top/other.md"), "a file is not listed in its contents.json"),
        (lambda name: name.replace("top/README.md", "top/BOM.cdx.json"), "a path is there twice"),
        (lambda name: name.replace("top/README.md", "top/golden"), "a path is a file and a folder"),
        (lambda name: name.replace("top/README.md", "second/README.md"), "not a package"),
        (lambda name: name.replace("contents", "content"), "not a package"),
    ],
)
def test_names_that_no_package_has_are_refused(rct, packaged, tmp_path, change, problem):
    hostile = rezip(packaged, tmp_path / "hostile.zip", change)
    before = set(tmp_path.iterdir())
    shown = rct("package", "verify", hostile, "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: {hostile}: {problem}")
    assert shown.err.count("\n") == 1
    assert set(tmp_path.iterdir()) == before


def test_links_and_encrypted_members_are_refused(rct, packaged, tmp_path):
    link = rezip(packaged, tmp_path / "link.zip", extra=[(member("top/out", stat.S_IFLNK | 0o777), "/etc")])
    assert "a member is a link or a device (got 'top/out')" in rct("package", "verify", link).err
    (packaged / "out").symlink_to("/etc")
    assert "a file is a link or a device (got 'out')" in rct("package", "verify", packaged).err


def test_folders_are_those_of_the_files(rct, packaged, tmp_path):
    whole = rezip(packaged, tmp_path / "whole.zip", extra=[(member("top/golden/", stat.S_IFDIR | 0o755), "")])
    assert rct("package", "verify", whole, "--quiet").code == 0
    for name in ("top/README.md/", "top/empty/"):
        stray = rezip(packaged, tmp_path / "stray.zip", extra=[(member(name, stat.S_IFDIR | 0o755), "")])
        shown = rct("package", "verify", stray, "--quiet")
        assert (shown.code, shown.out) == (2, "")
        assert shown.err == f"rct: {stray}: a folder with no file in it (got '{name}'). Do not use the package.\n"


def test_nothing_stands_before_the_first_file(rct, packaged, tmp_path):
    whole = rezip(packaged, tmp_path / "whole.zip")
    mixed = tmp_path / "mixed.zip"
    mixed.write_bytes(b"#!/bin/sh\n" + whole.read_bytes())
    shown = rct("package", "verify", mixed, "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == f"rct: {mixed}: something stands before its first file. Do not use the package.\n"


def test_a_zip_that_would_grow_is_refused(rct, packaged, tmp_path):
    contents = json.loads((packaged / "contents.json").read_text("utf-8"))
    contents["files"]["README.md"]["bytes"] = 65 << 20
    text = json.dumps(contents, indent=2).encode() + b"\n"
    (packaged / "contents.json").write_bytes(text)
    shown = rct("package", "verify", rezip(packaged, tmp_path / "bomb.zip"))
    assert (shown.code, "bomb.zip: would grow to " in shown.err) == (2, True)


def test_no_more_is_unpacked_than_is_listed(rct, packaged, tmp_path):
    (packaged / "README.md").write_bytes(bytes(65 << 20))  # 64 KB of zip, were it believed
    shown = rct("package", "verify", rezip(packaged, tmp_path / "bomb.zip"), "--json", "-q")
    assert (shown.code, json.loads(shown.out)["altered"]) == (1, ["README.md"])


@pytest.mark.parametrize("text", [b"", b"PK\x05\x06", b"no zip at all"])
def test_what_is_no_zip_is_refused(rct, tmp_path, text):
    (tmp_path / "x.zip").write_bytes(text)
    shown = rct("package", "verify", "x.zip", "-q")
    assert (shown.code, shown.err.startswith("rct: x.zip: a zip that is damaged or none at all")) == (2, True)
    assert "x: no such package." in rct("package", "verify", "x").err


@pytest.mark.parametrize("inside", [".", "packages/new"])
def test_a_package_does_not_go_into_its_bundle(rct, bundle_of, inside):
    bundle = bundle_of().path
    before = sorted(bundle.rglob("*"))
    shown = rct("package", bundle, "-t", "python", "-o", bundle / inside, "--overwrite")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.endswith(
        f"rct: {bundle / inside}: lies in the bundle that is to be packaged. Give another --out.\n"
    )
    assert sorted(bundle.rglob("*")) == before


def test_a_bundle_of_an_unknown_version_is_refused(rct, bundle_of, tmp_path):
    bundle = bundle_of().path
    shutil.copytree(bundle, tmp_path / "old")
    manifest = tmp_path / "old" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("rct.bundle/1", "rct.bundle/0"), "utf-8")
    shown = rct("package", "old", "-t", "python")
    assert (shown.code, "schema_version" in shown.err, shown.err.count("\n")) == (2, True, 1)
