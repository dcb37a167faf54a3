"""No test is left out unseen: with RCT_NO_SKIPS=1, as in CI, a skip is a failure unless its reason is one of these.

conftest.py takes the two hooks from here. An expected failure is no skip.
"""

import os
import re

import pytest

ALLOWED = {
    r"there is a GPU$|no CUDA|on CUDA|NVIDIA": "CI has no GPU, or a test wants none",
    r"is Linux's|is Linux' own|needs a system with terminals|makes a pipe": "another operating system",
    r"root may read everything": "CI runs as root, whom nothing is forbidden",
    r"needs the right to mount": "a container may not mount file systems",
    r"no PyTorch|'torch|no NNCF|^not installed: |nncf: not installed": "peers measured by hand, too large for CI",
    r"^yahoo_onnx: ": "a file of somebody else's, which no package has, and which has one network's weights",
    r"takes float networks here|comes out shorter than one pixel": "a combination that the other program cannot do",
}
"""Reasons that may stand in CI, and why."""


def _refused(report):
    """Return the reason of a skip that must not be, "" for any other report."""
    if not report.skipped or hasattr(report, "wasxfail") or os.environ.get("RCT_NO_SKIPS") != "1":
        return ""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    return "" if any(re.search(allowed, reason) for allowed in ALLOWED) else reason


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Turn the skip of a test into a failure."""
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    """Turn the skip of a whole file into an error."""
    return _judged((yield))


def _judged(report):
    if reason := _refused(report):
        report.outcome = "failed"
        report.longrepr = f"left out, which RCT_NO_SKIPS=1 forbids: {reason}"
    return report
