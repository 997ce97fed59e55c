"""Only the door writes to the terminal, and only it makes several lines of something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.test_house_rules import called, trees

DOOR = "app/cli/output.py"

#: Modules of the window that write a word before there is one or after it has closed, each text through `one_line`.
BESIDE = {"app/ui/window/tour.py"}

#: The log: every record is masked and made one line there.
LOG = "app/runtime/logs.py"


def writes(tree: ast.AST) -> Iterator[int]:
    """Yield the line of each print, and of each use of a standard stream."""
    for node in ast.walk(tree):
        if called(node) in ("print", "print_exc", "print_exception"):
            yield getattr(node, "lineno", 0)
        match node:
            case ast.Attribute(value=ast.Name(id="sys"), attr="stdout" | "stderr" | "__stdout__" | "__stderr__"):
                yield node.lineno


def joins(tree: ast.AST) -> Iterator[int]:
    """Yield the line of each text that is put together of lines."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="join")) if "\n" in text:
                yield node.lineno
            case ast.JoinedStr(values=parts):
                texts = [part.value for part in parts if isinstance(part, ast.Constant)]
                if any("\n" in text for text in texts if isinstance(text, str)):
                    yield node.lineno


def test_only_the_door_writes_to_the_terminal(repo_root: Path) -> None:
    allowed = {DOOR, LOG, *BESIDE}
    found = [f"{name}:{line}" for name, tree in trees(repo_root) if name not in allowed for line in writes(tree)]
    assert found == []


def test_only_the_door_makes_lines_of_texts(repo_root: Path) -> None:
    cli = [(name, tree) for name, tree in trees(repo_root) if name.startswith("app/cli/") and name != DOOR]
    assert [f"{name}:{line}" for name, tree in cli for line in joins(tree)] == []


def test_a_document_for_programs_is_made_at_the_door(repo_root: Path) -> None:
    cli = [(name, tree) for name, tree in trees(repo_root) if name.startswith("app/cli/") and name != DOOR]
    found = [
        f"{name}:{node.lineno}"
        for name, tree in cli
        if name != "app/cli/journal/words.py"  # cuts a raw reply, which is shown as a line
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == "dumps"
    ]
    assert found == []


@pytest.mark.parametrize(
    "code, seen",
    [
        ("print(1)", 1),
        ("sys.stderr.write(text)", 1),
        ("print(1, file=sys.stderr)", 2),
        ("traceback.print_exc()", 1),
        ("tell(text)", 0),
    ],
)
def test_the_rule_sees_what_it_is_for(code: str, seen: int) -> None:
    assert len(list(writes(ast.parse(code)))) == seen


@pytest.mark.parametrize("code, seen", [(r"'\n'.join(a)", 1), (r"f'a\n{b}'", 1), ("', '.join(a)", 0), ("joined(a)", 0)])
def test_the_rule_on_lines_sees_what_it_is_for(code: str, seen: int) -> None:
    assert len(list(joins(ast.parse(code)))) == seen
