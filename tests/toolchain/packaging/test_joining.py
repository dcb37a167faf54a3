"""Several modules as one file, and that what a package brings of it is as tidy as a file that somebody wrote."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from toolchain.packaging.joining import join
from toolchain.packaging.rendering import CLIENTS, python_client

ROOT = Path(__file__).parents[3]
CLIENT_SOURCES = {
    "python": ("python/classifier.py",),
    "triton": ("served/classifier.py", "triton/protocol.py"),
    "tf-serving": ("served/classifier.py", "tf_serving/protocol.py"),
}


def write(folder, **modules):
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    return [folder / f"{name}.py" for name in modules]


def test_the_first_file_is_at_both_ends_and_imports_are_merged(tmp_path):
    paths = write(
        tmp_path,
        main='"""Adds."""  # noqa: X1\n\nimport sys\nfrom json import dumps\n\nfrom sums import add  # beside\n\n'
        'ONE = 1\n\n\nif __name__ == "__main__":\n    print(dumps(add(ONE, int(sys.argv[1]))))\n',
        sums='"""Sums.\n\nOf two."""\n\nimport sys\nfrom json import JSONDecoder, dumps\n\nimport numpy as np\n\n\n'
        "def add(a, b):  # a remark\n    return int(np.add(a, b))\n",
    )
    (tmp_path / "one.py").write_text(join(*paths), "utf-8")
    assert join(*paths) == (
        '"""Adds."""\n\nimport sys\nfrom json import JSONDecoder, dumps\n\nimport numpy as np\n\nONE = 1\n\n\n'
        "# Sums.\n#\n# Of two.\n\ndef add(a, b):  # a remark\n    return int(np.add(a, b))\n\n\n"
        'if __name__ == "__main__":\n    print(dumps(add(ONE, int(sys.argv[1]))))\n'
    )
    done = subprocess.run([sys.executable, tmp_path / "one.py", "41"], capture_output=True, text=True, check=True)
    assert done.stdout == "42\n"


def test_a_docstring_stays_as_it_was_written(tmp_path):
    paths = write(tmp_path, one='r"""One \\d."""\n\nONE = 1\n', two='"""Two \\\\d."""\n\nTWO = 2\n')
    assert join(*paths) == 'r"""One \\d."""\n\nONE = 1\n\n\n# Two \\d.\n\nTWO = 2\n'


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ONE = 2", "a name of two meanings (got ONE)"),
        ("async def dumps():\n    pass", "a name of two meanings (got dumps)"),
        ("from ast import dumps", "a name of two meanings (got dumps)"),
        ("import ast as dumps", "a name of two meanings (got dumps)"),
        ("import os.path\nos = 1", "a name of two meanings (got os)"),
        ("def two():\n    import json", "two: not imports, then definitions, then the program"),
        ("TWO = 2\nimport json", "two: not imports, then definitions, then the program"),
        ("print(2)", "two: not imports, then definitions, then the program"),
        ("if 1:\n    TWO = 2", "two: not imports, then definitions, then the program"),
        ('if __name__ == "__main__":\n    two()', "two: only the first file may be a program"),
        ("from json import dumps as d", "two: an import that renames or takes all (got line 3)"),
        ("from json import *", "two: an import that renames or takes all (got line 3)"),
        ("from . import one", "two: a relative import (got line 3)"),
        ("from .one import ONE", "two: a relative import (got line 3)"),
        ("import json, os", "two: several modules in one import (got line 3)"),
        (
            "from __future__ import annotations",
            "two: an import of __future__, which would be for all files (got line 3)",
        ),
        ("import one", "two: not a name of a joined file (got line 3)"),
        ("from one import NONE", "two: not a name of a joined file (got line 3)"),
    ],
)
def test_what_would_change_the_meaning_is_refused(tmp_path, text, problem):
    paths = write(tmp_path, one='"""One."""\n\nfrom json import dumps\n\nONE = 1\n', two=f'"""Two."""\n\n{text}\n')
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        join(*paths)


def test_a_file_without_docstring_and_two_of_one_name_are_refused(tmp_path):
    (path,) = write(tmp_path, one="ONE = 1\n")
    with pytest.raises(ValueError, match=r"^one: no docstring$"):
        join(path)
    path.write_text('"""One."""\n', "utf-8")
    with pytest.raises(ValueError, match=r"^two files of one name \(got one, one\)$"):
        join(path, path)


@pytest.mark.parametrize("target", CLIENT_SOURCES)
def test_a_client_is_one_file_that_lints_clean_and_imports_nothing_of_ours(target, tmp_path):
    (tmp_path / "classifier.py").write_bytes(python_client(*CLIENT_SOURCES[target])["classifier.py"])
    settings = ["--config", ROOT / "pyproject.toml", "--no-cache"]
    for words in (["check", *settings, "--ignore", "INP001"], ["format", *settings, "--check"]):
        command = [sys.executable, "-m", "ruff", *words, tmp_path / "classifier.py"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    tree = ast.parse((tmp_path / "classifier.py").read_text("utf-8"), feature_version=(3, 10))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert len(modules) == len(set(modules))
    others = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    assert others == {"numpy", "PIL"} | ({"onnxruntime"} if target == "python" else set())


@pytest.mark.parametrize("target", CLIENT_SOURCES)
def test_a_client_has_types_that_mypy_agrees_with(target, tmp_path):
    (tmp_path / "classifier.py").write_bytes(python_client(*CLIENT_SOURCES[target])["classifier.py"])
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--cache-dir=cache",
        "--ignore-missing-imports",
    ]
    done = subprocess.run([*command, "classifier.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Success: no issues found in 1 source file\n")


def test_the_sources_of_clients_are_short():
    lengths = {path: path.read_bytes().count(b"\n") for path in CLIENTS.rglob("*.py")}
    assert len(lengths) > 5
    assert max(lengths.values()) < 200
