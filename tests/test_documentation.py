"""What the documents point to is there, and the code in them is code."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from benchmarks.tolerance import TOLERANCES
from models.spec import ClassifierSpec

ROOT = Path(__file__).parents[1]
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


def test_the_guide_lists_the_tolerances_as_they_are() -> None:
    text = (ROOT / "docs" / "verifying.md").read_text("utf-8")
    rows = {line.split("|")[1].strip(): line.split("|")[2:5] for line in text.splitlines() if line.startswith("| ")}
    for row, field in {
        "largest score difference": "max_abs_score",
        "99th percentile of the score difference": "p99_abs_score",
        "mean logit difference": "mean_abs_logit",
        "decisions flipped, at each threshold": "max_flip_rate",
        "relative error of a layer (`--by-layer`)": "layer_relative_error",
    }.items():
        limits = [getattr(TOLERANCES[recipe], field) for recipe in ("fp32", "fp16", "int8")]
        assert [limit_in(cell.strip()) for cell in rows[row]] == limits


def limit_in(cell: str) -> float | None:
    if not cell or cell == "none":
        return 0.0 if cell else None
    return float(cell.removesuffix(" %")) / (100 if cell.endswith("%") else 1)
