"""A chip as a widget: shortened where it does not fit, and whole in its tooltip then."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.look.theme import Theme, Tone
from app.ui.orders.chip_label import ChipLabel
from app.ui.orders.row import Chip
from tests.helpers.shots import ink


def test_what_does_not_fit_is_in_the_tooltip(qtbot: QtBot, theme: Theme) -> None:
    label = ChipLabel(theme, 110)
    qtbot.addWidget(label)
    label.show()
    empty = ink(label.grab().toImage())
    label.show_chip(Chip("●", "Working", Tone.NEUTRAL))
    assert label.toolTip() == ""
    assert ink(label.grab().toImage()) != empty
    long = Chip("●", "Waiting for the venue's answer", Tone.PENDING)
    label.show_chip(long)
    assert label.chip() == long
    assert label.toolTip() == long.text
