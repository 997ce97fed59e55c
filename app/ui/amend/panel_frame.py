"""Frame of an amend panel: its columns, the accent edge that ties it to its row, and the lines between the columns.

The name of the order stays in sight wherever the list is scrolled to: nothing is sent from a panel that names nobody.
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.ui.look.theme import Colours, Theme
from app.ui.widgets.two_columns import TwoColumns

_FIELDS_WIDTH = 366
_SIDE_WIDTH = 336

#: Pixels below the name, and as many again before the columns.
_UNDER = 6

#: Below this width three columns would cut numbers.
_NARROW = 1150


class _Head(QWidget):
    """The strip with the name; where it lies over the columns, a line ends it."""

    def __init__(self, name: QWidget, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        line = QHBoxLayout(self)
        line.setContentsMargins(17, 12, 14, _UNDER)
        line.addWidget(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hide what is scrolled below it."""
        colours, lower = self._theme.colours, self.height() - 1
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colours.draft_area))
            painter.fillRect(QRectF(0, 0, 3, self.height()), QColor(colours.accent))
            if self.y() > 0:
                painter.fillRect(QRectF(3, lower, self.width() - 3, 1), QColor(colours.line))


class PanelFrame(QWidget):
    """A name above three columns."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._narrow: bool | None = None
        self._hidden = 0
        self._grid = QGridLayout(self)
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(12)

    def put_parts(self, name: QWidget, left: QWidget, middle: QWidget, right: TwoColumns) -> None:
        """Take the parts, and lay them out."""
        self._left, self._centre, self._side = left, middle, right
        self._head = _Head(name, self._theme, self)
        self._grid.setContentsMargins(17, self.head_height + _UNDER, 14, 12)
        self._arrange(narrow=False)

    @property
    def head_height(self) -> int:
        """Height of the strip with the name, in device-independent pixels."""
        return self._head.sizeHint().height()

    def pin_head(self, hidden: int) -> None:
        """Keep the name in sight while so many pixels of the panel are above what can be seen."""
        self._hidden = max(0, hidden)
        self._place_head()

    def _place_head(self) -> None:
        height = self.head_height
        self._head.setGeometry(0, min(self._hidden, max(0, self.height() - height)), self.width(), height)
        self._head.raise_()

    def _arrange(self, *, narrow: bool) -> None:
        """Three columns; in a narrow window the third goes below the second, its two halves side by side."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for part in (self._left, self._centre, self._side):
            self._grid.removeWidget(part)
        self._left.setFixedWidth(_FIELDS_WIDTH - 31)
        self._grid.addWidget(self._left, 0, 0, 2 if narrow else 1, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self._centre, 0, 1)
        self._grid.addWidget(self._side, 1 if narrow else 0, 1 if narrow else 2)
        self._grid.setColumnStretch(1, 1)
        self._side.turn(beside=narrow)
        self._side.setMinimumWidth(0 if narrow else _SIDE_WIDTH - 28)
        self._side.setMaximumWidth(16_777_215 if narrow else _SIDE_WIDTH - 14)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the third column below the second where there is no room for three."""
        super().resizeEvent(event)
        self._arrange(narrow=event.size().width() < _NARROW)
        self._place_head()

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
