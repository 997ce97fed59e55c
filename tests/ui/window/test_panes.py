"""Panes: where F6 and the ladder's key lead, and what gives way in a low window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.ui.window.panes import Panes
from tests.ui.window.test_window import Bench

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_the_ladder_is_shown_where_it_is_and_left_again(bench: Bench) -> None:
    panes: Panes = bench.ticket.panes
    for width in (1600, 1000):
        bench.window.resize(width, 900)
        QApplication.processEvents()
        bench.key_into(Qt.Key.Key_L, CONTROL)
        assert panes.at_ladder
        bench.key_into(Qt.Key.Key_L, CONTROL)
        assert not panes.at_ladder
        assert bench.ticket.view.hasFocus()


def test_an_open_panel_takes_the_room_of_the_dock_in_a_low_window(bench: Bench) -> None:
    bench.window.resize(1000, 700)
    QApplication.processEvents()
    assert not bench.ticket.dock.isHidden()
    bench.open(bench.buy)
    assert bench.ticket.dock.isHidden()
    bench.key_into(Qt.Key.Key_L, CONTROL)
    assert not bench.ticket.dock.isHidden(), "it was asked for"
