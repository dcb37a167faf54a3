"""The three files: whole, readable again, and a folder that cannot be written to is the user's mistake."""

import pytest
from measured import brief, report

from benchmarks.latency.rendering.write import write_reports
from benchmarks.latency.report import LatencyReport
from models.errors import UserError


@pytest.fixture(scope="module")
def small():
    return report([brief("onnx int8", 1)])


def test_json_markdown_and_page_are_written_over_what_was_there(small, tmp_path):
    folder = tmp_path / "new" / "reports"
    folder.mkdir(parents=True)
    (folder / "report.md").write_text("old", "utf-8")
    files = write_reports(small, folder)
    assert [file.name for file in files] == ["report.json", "report.md", "report.html"]
    assert sorted(folder.iterdir()) == sorted(files)
    assert LatencyReport.model_validate_json(files[0].read_text("utf-8")) == small
    assert files[1].read_text("utf-8").startswith("# Latency\n")
    assert files[2].read_text("utf-8").startswith("<!doctype html>")


def test_a_folder_that_is_a_file_is_refused_in_one_line(small, tmp_path):
    place = tmp_path / "file"
    place.write_text("", "utf-8")
    with pytest.raises(UserError) as caught:
        write_reports(small, place)
    assert str(caught.value) == f"{place}: cannot be written to (File exists). Choose another folder."
