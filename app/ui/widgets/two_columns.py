"""Two columns of widgets, below each other or side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

_GAP = 6
_BESIDE = 20


def column(*parts: QWidget) -> QWidget:
    """Widgets below each other, at the top of their room."""
    widget = QWidget()
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(_GAP)
    for part in parts:
        layout.addWidget(part)
    layout.addStretch(1)
    return widget


class TwoColumns(QWidget):
    """A first and a second half; beside each other the second is the wider one."""

    def __init__(self, first: Sequence[QWidget], second: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(column(*first))
        self._box.addWidget(column(*second))
        self.turn(beside=False)

    def turn(self, *, beside: bool) -> None:
        """Put the halves side by side, or below each other."""
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self._box.setSpacing(_BESIDE if beside else _GAP)
        self._box.setStretch(0, 2 if beside else 0)
        self._box.setStretch(1, 3 if beside else 1)
