"""Painter of an amend panel's ground: the accent edge that ties it to its row, and the lines between its columns."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from app.ui.look.theme import Colours


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
