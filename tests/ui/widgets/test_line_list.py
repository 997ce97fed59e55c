"""A column of lines: walked by keys, and still while somebody is at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.widgets.line_list import LineList, ListLine


class Line(ListLine):
    """A line with one button."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.button = QPushButton(key)
        QHBoxLayout(self).addWidget(self.button)
        self.text = ""

    def buttons(self) -> list[QPushButton]:
        return [self.button]


Lines = LineList[Line, str]


@pytest.fixture
def lines(qtbot: QtBot) -> Iterator[Lines]:
    def fill(line: Line, item: str) -> None:
        line.text = item

    window, elsewhere = QWidget(), QPushButton("elsewhere")
    qtbot.addWidget(window)
    lines: Lines = LineList(Line, fill, most=3)
    column = QVBoxLayout(window)
    column.addWidget(elsewhere)
    column.addWidget(lines)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    elsewhere.setFocus()
    yield lines
    window.close()


def show(lines: Lines, *names: str, none: str = "") -> None:
    lines.show_items([(name, name) for name in names], none)
    QApplication.processEvents()


def keys(lines: Lines) -> list[str]:
    return [line.key for line in lines.lines()]


def test_lines_stand_in_the_order_given_and_the_rest_is_counted(lines: Lines) -> None:
    show(lines, "a", "b", "c", "d", "e")
    assert (keys(lines), lines.note()) == (["a", "b", "c"], "And 2 more.")
    show(lines, "c", "a")
    assert (keys(lines), lines.note()) == (["c", "a"], "")
    assert lines.line("a") is not None
    show(lines, none="Nothing waits.")
    assert (keys(lines), lines.note()) == ([], "Nothing waits.")


def test_no_line_moves_under_the_hands(lines: Lines) -> None:
    show(lines, "a", "b")
    first = lines.lines()[0]
    first.button.setFocus()
    assert lines.held()
    show(lines, "c", "b")
    assert keys(lines) == ["a", "b", "c"]
    assert first.over
    assert not first.button.isEnabled()
    assert first.hasFocus(), "the focus stays in the line"
    first.clearFocus()
    show(lines, "c", "b")
    assert keys(lines) == ["c", "b"]


def test_arrows_walk_and_enter_chooses(lines: Lines, qtbot: QtBot) -> None:
    show(lines, "a", "b")
    first, second = lines.lines()
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    with qtbot.waitSignal(lines.chosen) as chosen:
        qtbot.keyClick(second, Qt.Key.Key_Return)
    assert chosen.args == ["b"]
    with qtbot.waitSignal(lines.chosen) as chosen:
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert chosen.args == ["a"]
