"""Frame of an amend panel: its columns, the accent edge that ties it to its row, and the lines between the columns."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ui.look.theme import Colours, Theme
from app.ui.widgets.two_columns import TwoColumns

_FIELDS_WIDTH = 366
_SIDE_WIDTH = 336

#: Below this width three columns would cut numbers.
_NARROW = 1150


class PanelFrame(QWidget):
    """A name above three columns."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._narrow: bool | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(17, 12, 14, 12)
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(12)

    def put_parts(self, name: QWidget, left: QWidget, middle: QWidget, right: TwoColumns) -> None:
        """Take the parts, and lay them out."""
        self._name, self._left, self._centre, self._side = name, left, middle, right
        self._arrange(narrow=False)

    def _arrange(self, *, narrow: bool) -> None:
        """Three columns; in a narrow window the third goes below the second, its two halves side by side."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for part in (self._name, self._left, self._centre, self._side):
            self._grid.removeWidget(part)
        self._left.setFixedWidth(_FIELDS_WIDTH - 31)
        self._grid.addWidget(self._name, 0, 0, 1, 2 if narrow else 3)
        self._grid.addWidget(self._left, 1, 0, 2 if narrow else 1, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self._centre, 1, 1)
        self._grid.addWidget(self._side, 2 if narrow else 1, 1 if narrow else 2)
        self._grid.setColumnStretch(1, 1)
        self._side.turn(beside=narrow)
        self._side.setMinimumWidth(0 if narrow else _SIDE_WIDTH - 28)
        self._side.setMaximumWidth(16_777_215 if narrow else _SIDE_WIDTH - 14)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the third column below the second where there is no room for three."""
        super().resizeEvent(event)
        self._arrange(narrow=event.size().width() < _NARROW)

    def hasHeightForWidth(self) -> bool:
        """The notes wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height the panel needs in that width."""
        self._arrange(narrow=width < _NARROW)
        return max(self._grid.totalHeightForWidth(width), self._grid.totalMinimumSize().height())

    def sizeHint(self) -> QSize:
        """A panel in an ordinary window."""
        return QSize(1246, self.heightForWidth(1246))

    def minimumSizeHint(self) -> QSize:
        """It never forces the window to grow; the list scrolls instead."""
        return QSize(300, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Background, the accent edge that ties the panel to its row, and the lines between the columns."""
        left, right = self._left.geometry(), self._side.geometry()
        paint_ground(self, self._theme.colours, left, right, narrow=bool(self._narrow))


def paint_ground(panel: QWidget, colours: Colours, left: QRect, right: QRect, *, narrow: bool) -> None:
    """Paint the ground.

    Args:
        panel: what is painted on.
        colours: the palette.
        left: place of the fields.
        right: place of the third column.
        narrow: whether that stands below the second.
    """
    width, height, top = panel.width(), panel.height(), left.top()
    with QPainter(panel) as painter:
        painter.fillRect(panel.rect(), QColor(colours.draft_area))
        painter.fillRect(QRectF(0, 0, 3, height), QColor(colours.accent))
        painter.fillRect(QRectF(0, height - 1, width, 1), QColor(colours.line))
        x = left.right() + 14
        painter.fillRect(QRectF(x, top, 1, height - top - 1), QColor(colours.line))
        if narrow:
            painter.fillRect(QRectF(x, right.top() - 7, width - x, 1), QColor(colours.line))
        else:
            painter.fillRect(QRectF(right.left() - 15, top, 1, height - top - 1), QColor(colours.line))
