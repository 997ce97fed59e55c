"""A price line of the chart that can be dragged with Alt held. Imported only once a chart is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyqtgraph
from PySide6.QtCore import Qt

from app.ui.look.numbers import GROUP
from app.ui.look.theme import number_font


class PriceAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """Prices as traders read them: grouped digits, never an exponent."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """The words at the ticks."""
        digits = max(0, -math.floor(math.log10(spacing))) if spacing > 0 else 2
        return [f"{value:,.{digits}f}".replace(",", GROUP) for value in values]


class DragLine(pyqtgraph.InfiniteLine):  # type: ignore[misc]
    """A horizontal line with a label. Without Alt it lets every drag through, so that none happens by accident."""

    def __init__(self, dropped: Callable[[float], None]) -> None:
        super().__init__(angle=0, movable=False, label="", labelOpts={"position": 0.03, "anchors": [(0, 1), (0, 1)]})
        self._dropped = dropped
        self._home = 0.0
        self._dragging = self._lost = False
        self.label.setFont(number_font(10))
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.hide()

    def dress(self, colour: str, *, dashed: bool) -> None:
        """Give the line its colour."""
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        self.setPen(pyqtgraph.mkPen(colour, width=1, style=style))
        self.label.setColor(colour)

    def show_at(self, price: float | None, text: str) -> None:
        """Put the line at a price; None hides it. A line in the trader's hand stays there."""
        if self._dragging:
            return
        self.setVisible(price is not None)
        if price is not None:
            self._home = price
            self.setPos(price)
            self.label.setFormat(text)

    def let_go(self) -> None:
        """Take the line out of the trader's hand, since it is another order's now; that drag gives no price."""
        if self._dragging:
            self._dragging, self._lost = False, True
            self.setPos(self._home)

    def label_below(self, below: bool) -> None:
        """Put the label below the line, where another line's label stands above it."""
        corner = (0, 0) if below else (0, 1)
        if self.label.anchors != [corner, corner]:
            self.label.anchors = [corner, corner]
            self.label.updatePosition()

    def mouseDragEvent(self, event: Any) -> None:
        """Follow the pointer while Alt is held; a drop gives the price to the draft, Alt released puts it back."""
        if self._lost:
            event.accept()
            self._lost = not event.isFinish()
            return
        held = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if not held and not self._dragging:
            event.ignore()
            return
        event.accept()
        if not held:
            self._dragging = False
            self.setPos(self._home)
            return
        self._dragging = True
        place = self.mapToParent(event.pos()).y()
        self.setPos(place)
        if event.isFinish():
            self._dragging = False
            self._dropped(float(place))
