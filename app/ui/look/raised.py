"""Raised surface: a frame that lies over the rest of the window, with an edge."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from app.ui.look.theme import Theme


class Raised(QFrame):
    """A frame painted as a card, or with square corners as a sheet."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, edge: str = "control", corner: int = 8) -> None:
        """Make an empty one; it is painted anew when the theme changes.

        Args:
            theme: the colours.
            parent: Qt's owner.
            edge: the colour of its edge, by its name in the theme.
            corner: radius of its corners in device-independent pixels.
        """
        super().__init__(parent)
        self._theme, self._edge, self._corner = theme, edge, corner
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill it, and draw its edge."""
        colours = self._theme.colours
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(getattr(colours, self._edge)), 1))
            painter.setBrush(QColor(colours.raised))
            # Half a pixel inside: a line between two pixels would be drawn on both, at half its strength.
            edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(edge, self._corner, self._corner)
