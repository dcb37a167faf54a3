"""A bundle is written whole or is not there, whatever ends the writing."""

import errno
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from models.bundle import Bundle, check_target, writing
from models.errors import BundleError, UserError
from models.runtimes.null import write_null


def fail_half_way(target, failure):
    with writing(target, overwrite=True) as folder:
        (folder / "model.json").write_text("half")
        raise failure


def names(folder):
    return sorted(path.name for path in folder.iterdir())


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
