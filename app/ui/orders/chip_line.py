"""Line of a list about one order: a chip, the order's name, and what is to be said of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.ui.look.plain import Label
from app.ui.look.texts import writable
from app.ui.look.theme import Theme
from app.ui.orders.chip_label import ChipLabel
from app.ui.orders.row import Chip
from app.ui.widgets.elided_label import ElidedLabel
from app.ui.widgets.line_list import ListLine

_CHIP = 134


class ChipLine(ListLine):
    """The line."""

    def __init__(self, key: str, theme: Theme) -> None:
        super().__init__(key)
        self.mark = ChipLabel(theme, _CHIP)
        self.order = ElidedLabel()
        self.note = Label(role="small", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.order)
        words.addWidget(self.note)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.setSpacing(10)
        layout.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)

    def show_words(self, chip: Chip, order: str, note: str) -> None:
        """Show what it says now, and speak it.

        Args:
            chip: its mark.
            order: which order it is about.
            note: what is to be said of it, "" for nothing.
        """
        self.mark.show_chip(chip)
        self.order.setText(order)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.setAccessibleName(writable(order))
        self.setAccessibleDescription(writable(f"{chip.word}. {note}".strip()))
