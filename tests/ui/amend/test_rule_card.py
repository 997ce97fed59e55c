"""The card of a rule: everything that is known of it, inside the window, and the focus goes back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.ui.amend.rule_card import RuleCard
from app.ui.look.theme import Theme
from tests.helpers.toy_venue import RULE


def test_a_rule_is_told_whole_and_closing_gives_the_focus_back(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    window.resize(600, 400)
    qtbot.addWidget(window)
    near = QPushButton("price", window)
    near.move(560, 380)
    card = RuleCard(theme, window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    near.setFocus()
    card.show_rule(replace(RULE, conflict="Two pages differ.", way_round="Cancel it."), near)
    words = card.accessibleDescription()
    for part in ("A toy.", "contradict each other: Two pages differ.", "you can do: Cancel it.", "read 2026-11-21"):
        assert part in words
    assert window.rect().contains(card.geometry()), "it is never beside the window"
    assert card.hasFocus()
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert card.isHidden()
    assert near.hasFocus()
