"""Rules on wording: how docstrings open, what parameters are called, where a constant is explained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType

import pytest

from tests.helpers.imports import tree_of
from tests.helpers.tracked import tracked_files

#: First words that make a reader wait for the noun.
OPENERS = re.compile(r"(What|Whether|How|Why|Where|When|Which|Who|That|If|Of|So)\b")
#: Names that say how a value came about, not what it is.
VAGUE = {"found", "made", "told", "said"}


def trees(root: Path) -> list[tuple[str, ast.Module]]:
    """Return (path below the root, syntax tree) of every module of the program."""
    named = [(path.relative_to(root).as_posix(), path) for path in tracked_files(root) if path.suffix == ".py"]
    return [(name, tree_of(path)) for name, path in named if name.startswith("app/")]


def slow_openings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and opening of each docstring that starts with a question word or a conjunction."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node) or ""
            if OPENERS.match(text):
                yield getattr(node, "lineno", 1), text.split("\n")[0][:50]


def vague_parameters(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of each parameter that says nothing of what it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg in VAGUE:
            yield node.lineno, node.arg


def strings_below(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string that explains the assignment above it."""
    for node in ast.walk(tree):
        body = getattr(node, "body", [])
        for before, after in zip(body, body[1:], strict=False) if isinstance(body, list) else ():
            match before, after:
                case ((ast.Assign() | ast.AnnAssign()), ast.Expr(value=ast.Constant(value=str(text)))):
                    yield after.lineno, text[:50]


@pytest.mark.parametrize("rule", [slow_openings, vague_parameters, strings_below], ids=lambda rule: rule.__name__)
def test_the_program_keeps_the_rule(repo_root: Path, rule: FunctionType) -> None:
    assert [f"{name}:{line} {text}" for name, tree in trees(repo_root) for line, text in rule(tree)] == []


def test_each_rule_sees_what_it_is_for() -> None:
    tree = ast.parse(
        'LIMIT = 3\n"""How many."""\n'
        'def ask(found: int, *, told: int) -> None:\n    """Whether it may."""\n'
        'class Whole:\n    """Offer of a thing."""\n    size = 1\n    "Its size."\n'
    )
    assert [line for line, _ in slow_openings(tree)] == [3]
    assert [name for _, name in vague_parameters(tree)] == ["found", "told"]
    assert [line for line, _ in strings_below(tree)] == [2, 8]
