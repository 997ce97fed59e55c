"""Label of a history: up to sixty lines that another one joins with each change of the order.

Qt's own label lays all of its text out five times to say how wide it would like to be, 10 ms for sixty lines, and once
more for each width it is asked the height in. Here the wish comes from the lengths of the lines, which have a font of
one width, and each height is asked for once a text.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QWidget

from app.ui.look.plain import InkLabel

#: Characters of a line that is not wished to be wider.
_WIDEST = 80


class HistoryLabel(InkLabel):
    """The label; it takes any width and goes on in further lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heights: dict[int, int] = {}
        self._longest, self._count = 0, 0

    def show_lines(self, parts: list[tuple[str, str]]) -> None:
        """Show lines, each as (ink, text)."""
        self._longest, self._count = max((len(text) for _, text in parts), default=0), len(parts)
        super().show_lines(parts)

    def _put(self, text: str) -> None:
        if text != self.text():
            self._heights.clear()
        super()._put(text)

    def changeEvent(self, event: QEvent) -> None:
        """Another font has other heights."""
        self._heights.clear()
        super().changeEvent(event)

    def heightForWidth(self, width: int) -> int:
        """Height of all lines in that width."""
        height = self._heights.get(width)
        if height is None:
            height = self._heights[width] = super().heightForWidth(width)
        return height

    def sizeHint(self) -> QSize:
        """As wide as its longest line, within reason."""
        metrics = self.fontMetrics()
        width = min(self._longest, _WIDEST) * metrics.horizontalAdvance("0")
        return QSize(width, self._count * metrics.lineSpacing())

    def minimumSizeHint(self) -> QSize:
        """Anything: a width that a long word asks for would be cut at the edge of its pane."""
        return QSize(0, self.fontMetrics().lineSpacing())
