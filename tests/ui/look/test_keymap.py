"""The table of keys: no key of the window does two things, and the card tells all of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.look.keymap import KEYS, KeyCard
from app.ui.look.theme import Theme


def test_every_shortcut_of_the_window_is_a_key_of_its_own() -> None:
    actions = [key for key in KEYS if key.action]
    assert len({QKeySequence(key.keys).toString() for key in actions}) == len(actions) >= 8
    assert all(not QKeySequence(key.keys).isEmpty() for key in actions)


def test_the_card_shows_every_key_and_any_key_closes_it(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    window.resize(800, 600)
    qtbot.addWidget(window)
    card = KeyCard(theme, window)
    window.show()
    qtbot.waitExposed(window)
    card.show_card()
    texts = {label.text() for label in card.findChildren(QLabel)}
    assert {key.does for key in KEYS} <= texts
    window.resize(860, 520)
    card.show_card()
    assert window.rect().contains(card.geometry()), "in the smallest window there is, too"
    with qtbot.waitSignal(card.closed):
        qtbot.keyClick(card, Qt.Key.Key_A)
    assert card.isHidden()
