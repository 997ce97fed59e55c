"""What came of a key is said until the next key, and no longer; what happened by itself stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.look.theme import Theme
from app.ui.status.banner import Banner


def test_an_answer_stays_until_the_next_key(qtbot: QtBot, theme: Theme) -> None:
    window, edit = QWidget(), QLineEdit()
    qtbot.addWidget(window)
    banner = Banner(theme, lambda: 0)
    layout = QVBoxLayout(window)
    layout.addWidget(banner)
    layout.addWidget(edit)
    window.show()
    banner.tell("The link is down.")
    banner.answer("The ticket is read-only.")
    assert set(banner.texts()) == {"The link is down.", "The ticket is read-only."}
    qtbot.wait(1)
    QTest.keyPress(edit, Qt.Key.Key_Control)
    assert "The ticket is read-only." in banner.texts(), "a key that is held for another one is none"
    QTest.keyClick(edit, Qt.Key.Key_A)
    assert banner.texts() == ("The link is down.",)
    assert edit.text() == "a", "the key does what it does"
    banner.answer("The ticket is read-only.")
    assert "The ticket is read-only." in banner.texts(), "said again where it is so again"
