"""Syntax trees of files, and the modules that they import, read off without running them."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable
from functools import cache
from pathlib import Path


def name_of(path: Path) -> str:
    """Return the dotted name of a module, from its path below the root."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def resolved(names: Iterable[str], modules: Container[str]) -> set[str]:
    """Return the modules that dotted names lead to: ``a.b`` itself, or ``a`` where b is something inside a."""
    owners = (name if name in modules else name.rpartition(".")[0] for name in names)
    return {owner for owner in owners if owner in modules}


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree, made once a process; nobody changes it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Return every dotted name a file imports; ``from a import b`` gives ``a.b``, whatever b is."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)
