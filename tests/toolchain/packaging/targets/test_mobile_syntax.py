"""Kotlin and Swift that no compiler here can build, at least parsed: tree-sitter's grammars find no error in them."""

import pytest

from toolchain.packaging.content import read_content
from toolchain.packaging.targets import target

SUFFIXES = {".kt": "tree_sitter_kotlin", ".kts": "tree_sitter_kotlin", ".swift": "tree_sitter_swift"}
CASES = [("android", "tflite"), ("ios", "tflite"), ("ios", "onnx")]


def errors(text, grammar):
    """Return the lines, from 1, at which the parser lost its way."""
    tree_sitter = pytest.importorskip("tree_sitter")
    language = tree_sitter.Language(pytest.importorskip(grammar).language())
    waiting, lines = [tree_sitter.Parser(language).parse(text).root_node], []
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            lines.append(node.start_point[0] + 1)
        waiting += node.children
    return sorted(lines)


@pytest.mark.parametrize(("name", "format_name"), CASES)
def test_every_source_parses(name, format_name, as_format):
    files = target(name).client(read_content(as_format(format_name)))
    for path, text in files.items():
        grammar = next((grammar for suffix, grammar in SUFFIXES.items() if path.endswith(suffix)), None)
        if grammar is not None:
            assert errors(text, grammar) == [], path


@pytest.mark.parametrize(
    ("grammar", "text"), [("tree_sitter_kotlin", b"fun f( {"), ("tree_sitter_swift", b"func f( {")]
)
def test_a_broken_source_does_not_parse(grammar, text):
    assert errors(text, grammar)
