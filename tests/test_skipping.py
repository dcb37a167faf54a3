"""What RCT_NO_SKIPS=1 makes of skips, by running pytest on a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CASES = """
import pytest

def test_called(): pytest.skip("nothing here")

@pytest.mark.skipif(True, reason="no compiler")
def test_marked(): pass

@pytest.fixture
def missing(): pytest.importorskip("no_such_module")

def test_fixture(missing): pass

@pytest.mark.xfail
def test_expected(): assert False

@pytest.mark.skipif(True, reason="there is a GPU")
def test_allowed(): pass
"""


@pytest.mark.parametrize(
    ("value", "outcome"), [("1", "1 failed, 1 skipped, 1 xfailed, 3 errors"), ("", "5 skipped, 1 xfailed")]
)
def test_a_skip_fails_unless_its_reason_is_allowed(tmp_path, value, outcome):
    (tmp_path / "conftest.py").write_text("from skipping import *\n")
    (tmp_path / "test_cases.py").write_text(CASES)
    (tmp_path / "test_file.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--continue-on-collection-errors", tmp_path],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(TESTS), "RCT_NO_SKIPS": value, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in done.stdout
    assert ("left out, which RCT_NO_SKIPS=1 forbids: no compiler" in done.stdout) == bool(value)
