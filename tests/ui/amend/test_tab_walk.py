"""Tab walks the stops in their order, from the widget before them, and is laid anew only for other stops."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.amend.tab_walk import TabWalk


def test_the_walk_goes_where_the_stops_are(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    before, one, two, three = buttons = [QPushButton(name) for name in "abcd"]
    for button in buttons:
        layout.addWidget(button)
    stops = [three, one]
    walk = TabWalk(lambda: list(stops))
    walk.lay()
    assert three.nextInFocusChain() is one
    walk.begin_after(before)
    assert before.nextInFocusChain() is three
    stops[:] = [two, three]
    walk.lay()
    assert before.nextInFocusChain() is two
    assert two.nextInFocusChain() is three
