"""Rules of the house that no linter knows, each checked on the syntax tree of every module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.venues.registry import PACKAGES
from tests.helpers.imports import tree_of
from tests.helpers.tracked import tracked_files

LONGEST_MODULE = 500
#: Folders whose answers depend on their arguments alone; replay and simulation rest on it. A new file is under it.
PURE = re.compile(r"app/(domain|venues/[^/]+/(rules|wire)|desk/(fold|views)|simulation)/.*\.py")
#: Files of those folders that may do more, with the reason.
NOT_PURE = {
    "app/simulation/runner.py": "spreads the episodes over processes and gathers the models; decides nothing",
}
IMPURE = {
    "asyncio", "concurrent", "httpx", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "select", "shutil", "signal", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "websockets",
}  # fmt: skip
CLOCKS_AND_DICE = {"now", "utcnow", "today", "fromtimestamp", "uuid1", "uuid4", "token_hex", "urandom", "open"}
VENUE_ROOMS = ("app/venues/", "app/practice/venues/", "app/drills/venues/", "app/simulation/venues/")
WIRE_ROOMS = ("app/venues/", "app/practice/", "app/desk/")


def modules(root: Path, under: str = "app/") -> list[tuple[str, str]]:
    """Return (path below the root, text) of every tracked Python module below a folder."""
    named = ((path.relative_to(root).as_posix(), path) for path in tracked_files(root) if path.suffix == ".py")
    return [(name, path.read_text(encoding="utf-8")) for name, path in named if name.startswith(under)]


@cache
def trees(root: Path, under: str = "app/") -> list[tuple[str, ast.Module]]:
    """Return (path below the root, syntax tree) of every tracked Python module below a folder."""
    return [(name, tree_of(root / name)) for name, _ in modules(root, under)]


def docstrings(tree: ast.Module) -> set[int]:
    """Return the ids of the string constants that stand alone, which is what a docstring does."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def imported(node: ast.AST) -> list[str]:
    """Return the modules an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def names_in(node: ast.AST, prose: set[int]) -> list[str]:
    """Return what a node calls things: identifiers, attributes, imported modules and strings that are no prose."""
    match node:
        case ast.Constant(value=str(text)) if id(node) not in prose:
            return [text]
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return imported(node) + [alias.name for alias in aliases]
        case _:
            return []


def called(node: ast.AST) -> str | None:
    """Return the last part of the name a call uses."""
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case _:
            return None


def signals_a_float(node: ast.AST) -> bool:
    """Return True for ``Signal(float)``, whatever else the signal carries."""
    return called(node) == "Signal" and any(isinstance(each, ast.Name) and each.id == "float" for each in node.args)


def test_no_float_widget_touches_money(repo_root: Path) -> None:
    """Each of them turns 0.1 into a binary fraction, and the validator reads 1.234 as 1234 in a German locale."""
    widgets = {"QDoubleSpinBox", "QDoubleValidator"}
    offending = []
    for name, tree in trees(repo_root):
        prose = docstrings(tree)
        offending += [
            f"{name}:{getattr(node, 'lineno', 0)}"
            for node in ast.walk(tree)
            if signals_a_float(node) or widgets.intersection(names_in(node, prose))
        ]
    assert offending == []


def test_no_venue_is_named_outside_its_own_rooms(repo_root: Path) -> None:
    """A fifth venue is one folder, its practice exchange and one line in the registry."""
    offending = []
    for name, tree in trees(repo_root):
        if name.startswith(VENUE_ROOMS):
            continue
        prose = docstrings(tree)
        for node in ast.walk(tree):
            for word in names_in(node, prose):
                if any(venue in word.lower() for venue in PACKAGES):
                    offending.append(f"{name}:{getattr(node, 'lineno', 0)} {word[:40]}")
    assert offending == []


def test_no_venue_folder_names_another(repo_root: Path) -> None:
    offending = []
    for name, tree in trees(repo_root, "app/venues/"):
        if name == "app/venues/registry.py":
            continue
        own = name.split("/")[2]
        prose = docstrings(tree)
        for node in ast.walk(tree):
            for word in names_in(node, prose):
                if any(venue in word.lower() for venue in PACKAGES if venue != own):
                    offending.append(f"{name}:{getattr(node, 'lineno', 0)} {word[:40]}")
    assert offending == []


def seeded(node: ast.AST) -> bool:
    """Return True for ``from random import Random``: a generator that is handed in gives the same dice again."""
    match node:
        case ast.ImportFrom(module="random", names=[ast.alias(name="Random")]):
            return True
        case _:
            return False


def impurities(tree: ast.Module) -> Iterator[str]:
    """Yield "line what" for everything in a module that depends on more than arguments."""
    for node in ast.walk(tree):
        impure = [module for module in imported(node) if module.split(".")[0] in IMPURE]
        if impure and not seeded(node):
            yield f"{node.lineno} {impure}"
        elif (call := called(node)) in CLOCKS_AND_DICE:
            yield f"{node.lineno} {call}"
        elif isinstance(node, ast.Await):
            yield f"{node.lineno} await"


def test_the_pure_rooms_have_no_clock_no_dice_and_no_files(repo_root: Path) -> None:
    offending = [
        f"{name}:{impurity}"
        for name, tree in trees(repo_root)
        if PURE.fullmatch(name) and name not in NOT_PURE
        for impurity in impurities(tree)
    ]
    assert offending == []


def test_only_files_that_need_it_are_let_off(repo_root: Path) -> None:
    pure = {name: tree for name, tree in trees(repo_root) if PURE.fullmatch(name)}
    assert [name for name in NOT_PURE if name not in pure or not any(impurities(pure[name]))] == []


@pytest.mark.parametrize("name", ["app/domain/new.py", "app/venues/fifth/rules/new.py", "app/venues/fifth/wire/new.py"])
def test_a_new_file_is_pure_from_its_birth(name: str) -> None:
    assert PURE.fullmatch(name)
    assert not PURE.fullmatch(name.replace("domain", "runtime").replace("rules", "link").replace("wire", "link"))


def test_no_number_from_the_wire_passes_through_a_float(repo_root: Path) -> None:
    """``json.loads`` makes floats unless told otherwise, and so does every ``.json()`` built on it."""
    offending = []
    for name, tree in trees(repo_root):
        if not name.startswith(WIRE_ROOMS):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            keywords = {keyword.arg for keyword in node.keywords}
            of_json = isinstance(node.func.value, ast.Name) and node.func.value.id == "json"
            loads = node.func.attr in ("loads", "load") and of_json and "parse_float" not in keywords
            if loads or (node.func.attr == "json" and "loads" not in keywords):
                offending.append(f"{name}:{node.lineno}")
    assert offending == []


def test_only_the_window_imports_widgets(repo_root: Path) -> None:
    """The event loop needs an application to run in; nothing else below the window may know a widget."""
    allowed = ("app/ui/", "app/runtime/qtloop.py", "app/__main__.py")
    offending = [
        name
        for name, tree in trees(repo_root)
        if not name.startswith(allowed)
        for node in ast.walk(tree)
        if any(module.startswith(("PySide6.QtWidgets", "pyqtgraph")) for module in imported(node))
    ]
    assert offending == []


def test_no_module_is_too_long_to_read(repo_root: Path) -> None:
    lengths = {name: text.count("\n") for name, text in modules(repo_root, "")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}
