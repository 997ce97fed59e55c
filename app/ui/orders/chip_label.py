"""A chip as a widget: icon, word and tone, painted like the chips of the list."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.look.texts import tip
from app.ui.look.theme import SMALL_PX, Theme, text_font
from app.ui.orders.row import Chip

_HEIGHT = 20
_PAD = 14


class ChipLabel(QWidget):
    """One chip at the left of its room; shortened with a tooltip where it does not fit."""

    def __init__(self, theme: Theme, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chip: Chip | None = None
        self._metrics = QFontMetricsF(text_font(SMALL_PX))
        self.setFixedSize(width, _HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def chip(self) -> Chip | None:
        """Content shown."""
        return self._chip

    def show_chip(self, chip: Chip) -> None:
        """Show another chip."""
        if chip != self._chip:
            self._chip = chip
            self.setToolTip("" if self._words() == chip.text else tip(chip.text))
            self.update()

    def sizeHint(self) -> QSize:
        """As it was made."""
        return self.size()

    def _words(self) -> str:
        text = self._chip.text if self._chip is not None else ""
        room = self.width() - _PAD
        if self._metrics.horizontalAdvance(text) <= room:
            return text
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Border, fill, words."""
        if self._chip is None:
            return
        swatch = self._theme.colours.tone(self._chip.tone)
        text = self._words()
        box = QRectF(0.5, 0.5, self._metrics.horizontalAdvance(text) + _PAD - 1, _HEIGHT - 1)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(swatch.border), 1))
            painter.setBrush(QColor(swatch.fill))
            painter.drawRoundedRect(box, 4, 4)
            painter.setFont(text_font(SMALL_PX))
            painter.setPen(QColor(swatch.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
