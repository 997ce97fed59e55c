"""What is handed on while one event is taken in stays as it was made: nothing else sees to it that it does."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

from app.desk.fold import context
from app.desk.fold.context import FoldContext

FOLDER = Path(context.__file__).parent
NAMES = {each.name for each in fields(FoldContext)}


def written(source: str) -> list[str]:
    """Return what a module writes to a context, be it kept under another name."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)]
    stores = [node for node in nodes if not isinstance(node.ctx, ast.Load) and node.attr in NAMES]
    return [ast.unparse(node) for node in stores if "context" in ast.unparse(node.value).split(".")[-1]]


def test_no_part_of_the_fold_writes_to_a_context() -> None:
    modules = sorted(FOLDER.glob("*.py"))
    assert len(modules) > 10
    assert {each.name: found for each in modules if (found := written(each.read_text(encoding="utf-8")))} == {}


def test_a_write_is_found() -> None:
    assert written("context.at = 1") == ["context.at"]
    assert written("list_context.source, x = y") == ["list_context.source"]
    assert written("del context.out") == ["context.out"]
    assert written("context.account.shown_at = context.at") == []
