"""Look of the Decimal field: frame, tint, the words inside at the right, and the two arrows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.ui.look.theme import SMALL_PX, Colours, number_font

#: Room of the arrows at the right edge, wide enough to hit.
ARROW_WIDTH = 26

_RADIUS = 5.0


@dataclass(frozen=True, slots=True)
class FrameLook:
    """The state a field shows by its frame."""

    focused: bool = False
    edited: bool = False
    locked: bool = False
    wrong: bool = False
    suffix: str = ""


def suffix_width(suffix: str) -> int:
    """Room the words at the right take, gap included."""
    if not suffix:
        return 0
    return int(QFontMetricsF(number_font(SMALL_PX)).horizontalAdvance(suffix)) + 8


def paint_frame(widget: QWidget, look: FrameLook, colours: Colours) -> None:
    """Paint the field's background and everything on it except the text."""
    with QPainter(widget) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(widget.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        if look.focused:
            glow = QColor(colours.accent)
            glow.setAlpha(70)
            painter.setPen(QPen(glow, 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, _RADIUS + 1, _RADIUS + 1)
        box.adjust(1, 1, -1, -1)
        fill = colours.locked_fill if look.locked else colours.edited_fill if look.edited else colours.window
        if look.focused:
            edge = colours.accent
        elif look.wrong:
            edge = colours.sell
        elif look.edited:
            edge = colours.edited
        else:
            edge = colours.control
        pen = QPen(QColor(edge), 1)
        if look.locked and not look.focused:
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        right = box.right() - 8
        if not look.locked:
            _paint_arrows(painter, box, colours)
            right = widget.width() - ARROW_WIDTH - 2
        if look.suffix:
            painter.setFont(number_font(SMALL_PX))
            painter.setPen(QColor(colours.sell if look.wrong else colours.faint))
            area = QRectF(0, box.top(), right, box.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, look.suffix)


def _paint_arrows(painter: QPainter, box: QRectF, colours: Colours) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.dim))
    middle, centre = box.center().y(), box.right() - ARROW_WIDTH / 2 + 3
    for direction in (-1, 1):
        tip, base = middle + direction * 8, middle + direction * 3.2
        painter.drawPolygon(QPolygonF([QPointF(centre, tip), QPointF(centre - 4, base), QPointF(centre + 4, base)]))
