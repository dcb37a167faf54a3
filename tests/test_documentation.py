"""What the documents point to is there, and the code in them is code."""

import json
import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.tolerance import TOLERANCES
from models.spec import ClassifierSpec
from toolchain.cli import main
from toolchain.commands import data
from toolchain.data.sources import source
from toolchain.settings import read_settings

ROOT = Path(__file__).parents[1]
OPTION = re.compile(r"--[a-z][a-z-]+")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def named(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def blocks(document: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", document.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", document.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        linked = document.parent / path if path else document
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_python_json_and_toml_in_documents_can_be_read(document: Path) -> None:
    for block in blocks(document, "python"):
        compile(block, named(document), "exec")
    for block in blocks(document, "json"):
        json.loads(block)
    for block in blocks(document, "toml"):
        tomllib.loads(block)


def test_the_classifier_in_the_guide_is_one() -> None:
    (block,) = blocks(ROOT / "docs" / "exporting.md", "toml")
    assert ClassifierSpec.model_validate(tomllib.loads(block)).labels == ("violence",)


def commands_shown() -> list[tuple[str, str]]:
    """Return command and option of every ``rct`` line in a shell block; the option is empty for the command itself."""
    shown = set()
    for block in (block for document in DOCUMENTS for block in blocks(document, "sh")):
        for command, rest in re.findall(r"\brct ((?:data |package (?=verify ))?\w+)(.*)", block):
            shown |= {(command, option) for option in ["", *OPTION.findall(rest)]}
    return sorted(shown)


def options_of(command: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    assert main([*command.split(), "--help"]) == 0
    return {*OPTION.findall(capsys.readouterr().out), ""}


@pytest.mark.parametrize(("command", "option"), commands_shown())
def test_every_command_shown_exists(command: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert option in options_of(command, capsys)


def fetches_shown() -> list[list[str]]:
    """Return the words of every ``rct data fetch`` line in a shell block that names a source."""
    lines = [line for document in DOCUMENTS for block in blocks(document, "sh") for line in block.splitlines()]
    words = [shlex.split(line) for line in lines if line.startswith("rct data fetch ")]
    return [found for found in words if found[3].islower()]


@pytest.mark.parametrize("words", fetches_shown(), ids=" ".join)
def test_every_setting_of_a_source_shown_can_be_set(words: list[str]) -> None:
    given = [after for word, after in pairwise(words) if word == "--set"]
    settings = read_settings(source(words[3]).Settings, given, words[3])
    assert len(settings.model_fields_set) == len(given)


def test_every_option_explained_exists(capsys: pytest.CaptureFixture[str]) -> None:
    known = options_of("export", capsys) | options_of("verify", capsys)
    for guide in ("exporting.md", "verifying.md"):
        inline = re.findall(r"`[^`\n]+`", (ROOT / "docs" / guide).read_text("utf-8"))
        assert set(OPTION.findall(" ".join(inline))) <= known


def test_every_option_of_the_guide_to_data_exists(capsys: pytest.CaptureFixture[str]) -> None:
    known = {option for command in data.COMMANDS for option in options_of(f"data {command}", capsys)}
    assert set(OPTION.findall((ROOT / "docs" / "data.md").read_text("utf-8"))) <= known


def test_every_option_of_comparing_exists(capsys: pytest.CaptureFixture[str]) -> None:
    inline = re.findall(r"`[^`\n]+`", (ROOT / "docs" / "comparing.md").read_text("utf-8"))
    assert set(OPTION.findall(" ".join(inline))) <= options_of("compare", capsys)


def test_the_guide_lists_the_tolerances_as_they_are() -> None:
    text = (ROOT / "docs" / "verifying.md").read_text("utf-8")
    rows = {line.split("|")[1].strip(): line.split("|")[2:6] for line in text.splitlines() if line.startswith("| ")}
    for row, field in {
        "largest score difference": "max_abs_score",
        "99th percentile of the score difference": "p99_abs_score",
        "mean logit difference": "mean_abs_logit",
        "decisions flipped, at each threshold": "max_flip_rate",
        "relative error of a layer (`--by-layer`)": "layer_relative_error",
        "score of a picture resized inside the model": "max_abs_resize",
    }.items():
        limits = [getattr(TOLERANCES[recipe], field) for recipe in ("fp32", "fp16", "bf16", "int8")]
        assert [limit_in(cell.strip()) for cell in rows[row]] == limits


def limit_in(cell: str) -> float | None:
    if not cell or cell == "none":
        return 0.0 if cell else None
    return float(cell.removesuffix(" %")) / (100 if cell.endswith("%") else 1)
