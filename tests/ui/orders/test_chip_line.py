"""A line about one order: what it shows is what it speaks."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.look.theme import Theme, Tone
from app.ui.orders.chip_line import ChipLine
from app.ui.orders.row import Chip


def test_a_line_shows_and_speaks_its_mark_its_order_and_its_note(qtbot: QtBot, theme: Theme) -> None:
    line = ChipLine("one", theme)
    qtbot.addWidget(line)
    line.show()
    refused = Chip("✕", "Refused", Tone.BAD)
    line.show_words(refused, "Buy 0.5 BTCUSD", "Not enough balance.")
    assert line.mark.chip() == refused
    assert (line.order.text(), line.note.text()) == ("Buy 0.5 BTCUSD", "Not enough balance.")
    assert line.accessibleName() == "Buy 0.5 BTCUSD"
    assert line.accessibleDescription() == "Refused. Not enough balance."
    assert line.note.isVisible()


def test_a_note_that_is_empty_takes_no_room_and_hostile_signs_are_not_spoken(qtbot: QtBot, theme: Theme) -> None:
    line = ChipLine("one", theme)
    qtbot.addWidget(line)
    line.show()
    chip = Chip("●", "Working", Tone.NEUTRAL)
    line.show_words(chip, "Buy\u202e 1", "why")
    QApplication.processEvents()
    high = line.sizeHint().height()
    line.show_words(chip, "Buy\u202e 1", "")
    assert line.note.isHidden()
    QApplication.processEvents()
    assert line.sizeHint().height() < high
    assert "\u202e" not in line.accessibleName()
    assert line.accessibleDescription() == "Working."
