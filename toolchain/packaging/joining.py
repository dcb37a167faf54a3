"""One file of Python from several, so that a client is shared between packages and still copied as one file.

join(CLIENTS / "python/classifier.py", CLIENTS / "pillow/pixels.py")    # the source text of one module

The result begins with the first file; its ``if __name__`` block is at the end. The docstrings of the others become
comments in front of their code. Imports of the files from each other go, all others are merged; comments among imports
go with them. Names of a later file are there when functions run, not yet when the first file's own statements do.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_Import = ast.Import | ast.ImportFrom
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
_PROGRAM = ast.dump(ast.parse('__name__ == "__main__"', mode="eval").body)


@dataclass(frozen=True)
class _Module:
    """A file in its parts; ``body`` and ``program`` are source text, comments included."""

    name: str
    docstring: str
    imports: tuple[_Import, ...]
    definitions: tuple[_Definition, ...]
    body: str
    program: str


def join(*paths: Path) -> str:
    """Return one module that has the names of all modules at ``paths``.

    Raises:
        ValueError: what one file would make of them is something else, or no Python. A name means two things; an
            import is not at the top, is relative, of ``__future__``, renames or takes all from a module, or is of what
            a joined file has not; a statement but the first file's last is neither import nor definition.
    """
    first, *others = modules = [_parsed(path) for path in paths]
    if late := [module.name for module in others if module.program]:
        raise ValueError(f"{late[0]}: only the first file may be a program")
    imports = _checked(modules)
    parts = [f"{_as_comment(module.docstring)}\n\n{module.body}" for module in others]
    top = "\n\n".join(filter(None, (first.docstring, _merged(imports), first.body)))
    pieces = [top, *parts, first.program]
    return "\n\n\n".join(piece.strip("\n") for piece in pieces if piece) + "\n"


def _parsed(path: Path) -> _Module:
    text, name = path.read_text("utf-8"), path.stem
    tree = ast.parse(text)
    if ast.get_docstring(tree) is None:
        raise ValueError(f"{name}: no docstring")
    docstring, *rest = tree.body
    program = rest.pop() if rest and isinstance(rest[-1], ast.If) and ast.dump(rest[-1].test) == _PROGRAM else None
    imports = [node for node in rest if isinstance(node, _Import)]
    definitions = [node for node in rest if isinstance(node, _Definition)]
    if rest != [*imports, *definitions] or {*filter(_is_import, ast.walk(tree))} - {*imports}:
        raise ValueError(f"{name}: not imports, then definitions, then the program")
    for node in imports:
        if problem := _problem(node):
            raise ValueError(f"{name}: {problem} (got line {node.lineno})")
    lines = text.splitlines(keepends=True)
    start = (imports[-1] if imports else docstring).end_lineno or 0
    end = program.lineno - 1 if program else len(lines)
    body = "".join(lines[start:end]).strip("\n")
    return _Module(
        name=name,
        docstring=ast.get_source_segment(text, docstring) or "",
        imports=tuple(imports),
        definitions=tuple(definitions),
        body=body,
        program="".join(lines[end:]),
    )


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, _Import)


def _problem(node: _Import) -> str:
    """Return what is wrong with an import by itself, "" where nothing is."""
    if isinstance(node, ast.Import):
        return "several modules in one import" if len(node.names) > 1 else ""
    if node.level:
        return "a relative import"
    if node.module == "__future__":
        return "an import of __future__, which would be for all files"
    return "an import that renames or takes all" if any(one.asname or one.name == "*" for one in node.names) else ""


def _checked(modules: Sequence[_Module]) -> list[_Import]:
    """Return the imports of what is not joined; ValueError where a name would mean nothing, or two things."""
    own = {module.name: {name for node in module.definitions for name in _defined(node)} for module in modules}
    if len(own) < len(modules):
        raise ValueError(f"two files of one name (got {', '.join(module.name for module in modules)})")
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    for module in modules:
        for name in own[module.name]:
            meanings[name].add(f"{module.name}.{name}")
        for node in module.imports:
            for name, meaning in _bound(node):
                meanings[name].add(meaning)
            if _source(node) in own and (isinstance(node, ast.Import) or {*dict(_bound(node))} - own[_source(node)]):
                raise ValueError(f"{module.name}: not a name of a joined file (got line {node.lineno})")
    if twice := sorted(name for name, found in meanings.items() if len(found) > 1):
        raise ValueError(f"a name of two meanings (got {', '.join(twice)})")
    return [node for module in modules for node in module.imports if _source(node) not in own]


def _defined(node: _Definition) -> Iterator[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
    else:
        yield node.name


def _bound(node: _Import) -> Iterator[tuple[str, str]]:
    """Yield each name that an import binds, and what it then is."""
    for one in node.names:
        if isinstance(node, ast.ImportFrom):
            yield one.name, f"{node.module}.{one.name}"
        else:
            package = one.name.partition(".")[0]
            yield (one.asname, one.name) if one.asname else (package, package)


def _source(node: _Import) -> str:
    return (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name


def _as_comment(docstring: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in ast.literal_eval(docstring).strip().splitlines())


def _merged(imports: Sequence[_Import]) -> str:
    """Return the imports in isort's order: Python's own first; in each group whole modules before names of one."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    lines = set()
    for node in imports:
        if isinstance(node, ast.ImportFrom):
            names[_source(node)] |= {one.name for one in node.names}
        else:
            lines.add((_is_others(_source(node)), 0, _source(node), ast.unparse(node)))
    for module, taken in names.items():
        text = f"from {module} import {', '.join(sorted(taken, key=_rank))}"
        lines.add((_is_others(module), 1, module, text))
    groups = [[text for others, *_, text in sorted(lines) if others == group] for group in (False, True)]
    return "\n\n".join("\n".join(group) for group in groups if group)


def _is_others(module: str) -> bool:
    return module.partition(".")[0] not in sys.stdlib_module_names


def _rank(name: str) -> tuple[int, str]:
    """Return where isort puts a name: CONSTANTS, then Classes, then functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2), name
