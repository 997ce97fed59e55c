"""The factory of labels, buttons, boxes and questions: whatever text they are given stays a text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QTextOption
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.ui.look.plain import Button, InkLabel, Label, PlainBox, question
from app.ui.look.theme import number_font

IMAGE = '<img src="file:///dev/zero">'
HOSTILE = [
    IMAGE,
    '<a href="file:///etc/passwd">ok</a>',
    "a\nb",
    "\u202egnp",
    "&amp;",
    "<!--",
    "\x00",
    "\ud800",
    "e" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_a_label_shows_characters_and_nothing_else(qtbot: QtBot, text: str) -> None:
    for label in (Label(text), Label(), InkLabel()):
        qtbot.addWidget(label)
        if isinstance(label, InkLabel):
            label.show_lines([("red", text)])
            continue
        label.setText(text)
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert label.text().isprintable()
        assert len(label.text()) <= 600
        label.grab()


def test_lines_of_a_label_are_ours(qtbot: QtBot) -> None:
    label = Label(wrap=True)
    qtbot.addWidget(label)
    label.set_lines("one\ntwo", "three")
    assert label.text() == "one\\ntwo\nthree"


def test_an_ampersand_on_a_button_is_an_ampersand(qtbot: QtBot) -> None:
    button = Button("R&D")
    qtbot.addWidget(button)
    assert button.text() == "R&D"
    assert button.shortcut().isEmpty()
    button.setText("Take &all")
    assert button.text() == "Take &all"
    assert button.shortcut().isEmpty()


def labelled(text: str) -> QWidget:
    label = Label(text)
    label.make_selectable()
    label.setSelection(0, len(text))
    return label


def boxed(text: str) -> QWidget:
    box = PlainBox("Raw", "record", number_font(), QTextOption.WrapMode.WrapAnywhere)
    box.setPlainText(text)
    box.selectAll()
    return box


@pytest.mark.parametrize("make", [labelled, boxed])
def test_what_is_selected_is_copied_as_no_formula(qtbot: QtBot, make: Callable[[str], QWidget]) -> None:
    widget = make("=HYPERLINK(1)")
    qtbot.addWidget(widget)
    widget.show()
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "'=HYPERLINK(1)"


@pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
def test_the_menu_of_a_label_copies_as_the_key_does(qtbot: QtBot) -> None:
    label = labelled("@SUM(1)")
    qtbot.addWidget(label)
    label.show()
    middle = label.rect().center()
    QApplication.sendEvent(label, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, label.mapToGlobal(middle)))
    menu = label.findChild(QMenu)
    assert isinstance(menu, QMenu)
    menu.actions()[0].trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() == "'@SUM(1)"


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_a_question_is_plain_in_every_part(qtbot: QtBot, text: str) -> None:
    house = QWidget()
    qtbot.addWidget(house)
    box = question(house, text, f"Cancel {text}?", f"Order {text}. Its place in the queue is lost.")
    box.open()
    words = [label for label in box.findChildren(QLabel) if label.text()]
    assert len(words) == 2
    assert all(label.textFormat() is Qt.TextFormat.PlainText and label.text().isprintable() for label in words)
    assert box.windowTitle().isprintable()
    box.reject()
