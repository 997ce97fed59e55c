"""Texts reach Qt and the clipboard through the doors: nothing in the window makes what guesses the format of a text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.test_house_rules import trees

#: The doors themselves.
DOORS = {"app/ui/look/plain.py", "app/ui/look/texts.py"}

#: Classes that guess the format of a text, take an `&` for a key, or show links and pictures.
GUESSING = {
    "QLabel", "QPushButton", "QToolButton", "QTextEdit", "QTextBrowser", "QTextDocument", "QPlainTextEdit",
    "QErrorMessage", "QInputDialog", "QProgressDialog", "QSystemTrayIcon", "QStaticText", "QToolTip", "QWhatsThis",
    "QLCDNumber", "QSplashScreen", "QGroupBox", "QWizard", "TextItem", "LabelItem", "QGraphicsTextItem", "QMessageBox",
}  # fmt: skip

#: Calls that take markup, or open what a text points to.
MARKUP = {
    "setHtml", "insertHtml", "appendHtml", "setMarkdown", "setTextFormat", "setOpenExternalLinks", "openUrl",
    "setWhatsThis", "drawStaticText", "clipboard", "setMimeData", "addSearchPath",
}  # fmt: skip

#: Calls whose text is a literal of ours or has been through a door.
GIVEN = {
    "setToolTip", "setAccessibleName", "setAccessibleDescription", "setWindowTitle", "setStatusTip", "addAction",
    "addMenu", "addTab", "setTabText", "setTabToolTip", "setTitle", "setPlaceholderText", "QCheckBox", "QRadioButton",
    "QAction", "setSuffix", "setPrefix", "setPlainText", "appendPlainText",
}  # fmt: skip

#: The doors by name.
THROUGH = {"writable", "shortened", "page", "page_of", "raw_page", "tip", "as_tip", "label_of"}


def name_of_call(node: ast.Call) -> str:
    """Return the last part of the name that is called."""
    return last_name(node.func)


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name, "" where it is none."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_ours(node: ast.expr, cleaned: set[str]) -> bool:
    """Return True for a literal, a constant of the module, a text from a door, and what is put together of those."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper() or name in cleaned
        case ast.Attribute(attr=name):
            return name.isupper()  # a member of an enumeration
        case ast.Call():
            return name_of_call(node) in THROUGH
        case ast.Subscript(value=value):
            return is_ours(value, cleaned)
        case ast.IfExp(body=body, orelse=other):
            return is_ours(body, cleaned) and is_ours(other, cleaned)
        case ast.BoolOp(values=values):
            return all(is_ours(each, cleaned) for each in values)
        case ast.JoinedStr(values=values):
            return all(
                is_ours(each.value if isinstance(each, ast.FormattedValue) else each, cleaned) for each in values
            )
        case _:
            return False


def cleaned_in(function: ast.AST) -> set[str]:
    """Return the names of a function that nothing but texts of ours is assigned to."""
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                assigned.setdefault(name, []).append(value)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for each, value in zip(names, values, strict=False):
                    if isinstance(each, ast.Name):
                        assigned.setdefault(each.id, []).append(value)
    clean: set[str] = set()
    for _ in range(3):
        clean |= {name for name, values in assigned.items() if all(is_ours(value, clean) for value in values)}
    return clean


def bare_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything that shows a text past the doors."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(bases=bases):
                yield from ((node.lineno, f"class of {base.id}") for base in bases if is_guessing(base))
            case ast.Call() if (name := name_of_call(node)) in MARKUP or is_guessing(node.func):
                yield node.lineno, name
            case ast.Attribute(attr="RichText" | "AutoText" | "MarkdownText" as name):
                yield node.lineno, name
            case ast.Attribute(value=ast.Name(id="QMessageBox" | "QToolTip" as name), attr=attr) if attr[0].islower():
                yield node.lineno, f"{name}.{attr}"
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            clean = cleaned_in(function)
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and name_of_call(node) in GIVEN:
                    texts = [each for each in node.args if not is_parent(each)]
                    if not all(is_ours(each, clean) for each in texts):
                        yield node.lineno, name_of_call(node)


def is_guessing(node: ast.expr) -> bool:
    """Return True for the name of a class that guesses."""
    return last_name(node) in GUESSING


def is_parent(node: ast.expr) -> bool:
    """Return True for `self`, an attribute or a number: a widget or a place, no text."""
    return isinstance(node, ast.Name) and node.id in {"self", "parent", "widget"}


def test_every_text_of_the_window_goes_through_a_door(repo_root: Path) -> None:
    offending = [
        f"{name}:{line} {what}"
        for name, tree in trees(repo_root, "app/ui/")
        if name not in DOORS
        for line, what in sorted(set(bare_texts(tree)))
    ]
    assert offending == []


def test_qt_widgets_are_nowhere_but_in_the_window(repo_root: Path) -> None:
    """The door stands in the window; a label anywhere else would pass beside it."""
    offending = [
        f"{name}:{node.lineno}"
        for name, tree in trees(repo_root)
        if not name.startswith("app/ui/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "PySide6.QtWidgets"
        and GUESSING & {alias.name for alias in node.names}
    ]
    assert offending == []


@pytest.mark.parametrize(
    "line",
    [
        "QLabel('x')", "QtWidgets.QLabel(x)", "label.setTextFormat(Qt.TextFormat.RichText)", "edit.setHtml(x)",
        "w.setToolTip(x)", "w.setToolTip(f'{x} y')", "w.setAccessibleName(order.symbol)",
        "menu.addAction(order.symbol)", "QMessageBox.warning(self, 'a', x)", "QMessageBox(self)",
        "QToolTip.showText(p, x)",
        "QGuiApplication.clipboard().setText(x)", "y = x\n    w.setToolTip(y)", "w.setWindowTitle('a' if b else x)",
        "box.setPlainText(x)", "QCheckBox(x)", "tabs.addTab(w, x)", "y = tip(x)\n    y = x\n    w.setToolTip(y)",
    ],
)  # fmt: skip
def test_the_rule_sees_what_passes_beside_a_door(line: str) -> None:
    assert list(bare_texts(ast.parse(f"def f(x):\n    {line}\n")))


@pytest.mark.parametrize(
    "line",
    [
        "Label(x)", "w.setToolTip('What it does')", "w.setToolTip(tip(x))", "w.setToolTip('' if b else tip(x))",
        "y = tip(x)\n    w.setToolTip(y)", "w.setAccessibleName(f'Raw: {writable(x)}')", "tabs.addTab(_TABS[1])",
        "tabs.setTabText(Page.ONE, tip(x))",
        "self.setWindowTitle(f'Redline — {mark}')\n    mark = 'LIVE' if b else 'demo'",
    ],
)  # fmt: skip
def test_the_rule_lets_doors_and_our_own_words_pass(line: str) -> None:
    assert not list(bare_texts(ast.parse(f"def f(x):\n    {line}\n")))
