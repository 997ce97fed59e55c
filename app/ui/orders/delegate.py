"""Paint the order list straight from its rows: no `data()` calls, no formatting, nothing built twice."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.look.numbers import tail_elided
from app.ui.look.theme import NUMBER_PX, SMALL_PX, Colours, Theme, Tone, number_font, text_font
from app.ui.orders.model import OrderModel
from app.ui.orders.row import Chip, Column, OrderRow

#: Height of the order's own line; a row made taller keeps it at its top and leaves the rest to the panel.
ROW_HEIGHT = 30

_PAD = 6.0
_ARROW = " → "
_CHIP_PAD = 14
_LEAST_OF_ID = 5
_TRACK = 32
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SELECTED = QStyle.StateFlag.State_Selected
_NO_PEN = Qt.PenStyle.NoPen


@dataclass(frozen=True, slots=True)
class _Ink:
    """Pens and brushes of one palette, made once."""

    text: QPen
    dim: QPen
    faint: QPen
    buy: QPen
    sell: QPen
    changed: QPen
    accent: QPen
    window: QBrush
    selected: QBrush
    grid: QBrush
    bar: QBrush
    track: QBrush
    progress: QBrush
    chips: dict[Tone, tuple[QPen, QPen, QBrush]]

    @classmethod
    def of(cls, colours: Colours) -> _Ink:
        def pen(name: str) -> QPen:
            return QPen(QColor(getattr(colours, name)))

        def brush(name: str) -> QBrush:
            return QBrush(QColor(getattr(colours, name)))

        return cls(
            text=pen("text"),
            dim=pen("dim"),
            faint=pen("faint"),
            buy=pen("buy"),
            sell=pen("sell"),
            changed=pen("changed"),
            accent=pen("accent"),
            window=brush("window"),
            selected=brush("selected"),
            grid=brush("grid"),
            bar=brush("accent"),
            track=brush("track"),
            progress=brush("progress"),
            chips={
                tone: (QPen(QColor(swatch.text)), QPen(QColor(swatch.border)), QBrush(QColor(swatch.fill)))
                for tone, swatch in colours.tones
            },
        )


class OrderDelegate(QStyledItemDelegate):
    """Paints one cell of an :class:`OrderModel`.

    Attributes:
        focused: whether the list has the keyboard; its current row is outlined then.
    """

    def __init__(self, model: OrderModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.focused = False
        self._ink = _Ink.of(theme.colours)
        self._text, self._small = text_font(), text_font(SMALL_PX)
        self._number = number_font(NUMBER_PX)
        self._number_metrics = QFontMetricsF(self._number)
        self._small_metrics = QFontMetricsF(self._small)
        self._text_metrics = QFontMetricsF(self._text)
        theme.changed.connect(lambda: self._use(theme.colours))

    def _use(self, colours: Colours) -> None:
        self._ink = _Ink.of(colours)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One line, whatever the content: sections are never sized by content."""
        return QSize(60, ROW_HEIGHT)

    def wanted(self, row: OrderRow, column: Column) -> int:
        """The width in which a cell shows everything, in device-independent pixels."""
        text = row.text(column)
        match column:
            case Column.PRICE | Column.QUANTITY | Column.REMAINING | Column.TOUCH:
                room = self._width(text)
            case Column.ORDER | Column.AMENDMENT:
                room = self._chip_width(text)
            case Column.FILLED:
                room = _TRACK + 6 + self._width(row.filled) if row.filled else _TRACK
            case _:
                room = self._text_metrics.horizontalAdvance(text)
        return math.ceil(room + 2 * _PAD)

    def least(self, row: OrderRow, column: Column) -> int:
        """The width in which a cell shows whole what must be read: the word of its chip, or its symbol with the word
        for the market, which tells two orders apart; 0 for a cell without such a thing."""
        if column is Column.SYMBOL:
            return self.wanted(row, column) if row.market else 0
        chip = {Column.ORDER: row.order, Column.AMENDMENT: row.amendment}.get(column)
        return math.ceil(self._chip_width(chip.short_text) + 2 * _PAD) if chip is not None else 0

    def _chip_width(self, text: str) -> float:
        return self._small_metrics.horizontalAdvance(text) + _CHIP_PAD + 1

    def elided(self, row: OrderRow, column: Column, width: int) -> bool:
        """Return True if a cell of that width cannot show everything there is to say."""
        if column == Column.ORDER_ID:
            return self._width(row.order_id) > width - 2 * _PAD or row.ids > 1
        chip = {Column.ORDER: row.order, Column.AMENDMENT: row.amendment}.get(column)
        if chip is not None and chip.note:
            return True
        return self.wanted(row, column) > width + 1

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell in the top line of its row."""
        row, column, ink = self._model.row_at(index.row()), index.column(), self._ink
        area = QRectF(option.rect)
        area.setHeight(ROW_HEIGHT)
        state = option.state
        marked = row.lineage in self._model.marks
        painter.fillRect(area, ink.selected if marked or state & _SELECTED else ink.window)
        painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), ink.grid)
        if column == Column.VENUE and state & _SELECTED:
            painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), ink.bar)
        cell = area.adjusted(_PAD, 0, -_PAD, -1)
        quiet = row.stale or row.ended  # not proven now, or over
        match column:
            case Column.PRICE:
                self._change(painter, cell, row.price, row.price_to, quiet)
            case Column.QUANTITY:
                self._change(painter, cell, row.quantity, row.quantity_to, quiet)
            case Column.REMAINING:
                self._change(painter, cell, row.remaining, row.remaining_to, quiet)
            case Column.TOUCH:
                self._words(painter, cell, row.touch, ink.dim, self._number, _RIGHT)
            case Column.FILLED:
                self._filled(painter, cell, row)
            case Column.ORDER:
                self._chip(painter, cell, row.order)
            case Column.AMENDMENT:
                self._amendment(painter, cell, row)
            case Column.ORDER_ID:
                self._order_id(painter, cell, row)
            case Column.SYMBOL:
                self._symbol(painter, cell, row)
            case Column.SIDE:
                pen = ink.faint if row.ended else ink.buy if row.buy else ink.sell
                self._words(painter, cell, "▲ Buy" if row.buy else "▼ Sell", pen, self._text, _LEFT)
            case Column.TYPE:
                self._words(painter, cell, row.kind, ink.dim, self._text, _LEFT)
            case Column.AGE:
                self._words(painter, cell, row.age, ink.dim, self._text, _RIGHT)
            case _:
                pen = ink.faint if row.ended else ink.text
                self._words(painter, cell, f"✓ {row.venue}" if marked else row.venue, pen, self._text, _LEFT)
        if self.focused and state & _SELECTED:
            painter.fillRect(QRectF(area.left(), area.top(), area.width(), 1), ink.bar)
            painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), ink.bar)

    def _words(
        self, painter: QPainter, cell: QRectF, text: str, pen: QPen, font: QFont, align: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font)
        painter.setPen(pen)
        metrics = self._number_metrics if font is self._number else self._text_metrics
        if metrics.horizontalAdvance(text) > cell.width():
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, cell.width())
        painter.drawText(cell, align, text)

    def _change(self, painter: QPainter, cell: QRectF, now: str, then: str, quiet: bool) -> None:
        """A value and, in amber, what it was asked to become: both always, each in its half where they do not fit."""
        painter.setFont(self._number)
        if then:
            wish = _ARROW + then
            if not self._fits(now + wish, cell):
                now = _short(now)
            if not self._fits(now + wish, cell):
                wish = _ARROW + self._cut(then, QRectF(0, 0, cell.width() / 2 - self._width(_ARROW), 1))
            painter.setPen(self._ink.changed)
            painter.drawText(cell, _RIGHT, wish)
            cell = cell.adjusted(0, 0, -self._width(wish), 0)
        painter.setPen(self._ink.faint if quiet else self._ink.text)
        painter.drawText(cell, _RIGHT, self._cut(now, cell))

    def _width(self, text: str) -> float:
        return self._number_metrics.horizontalAdvance(text)

    def _fits(self, text: str, cell: QRectF) -> bool:
        return self._width(text) <= cell.width() + 1

    def _cut(self, text: str, cell: QRectF) -> str:
        """A number that does not fit loses zeros that say nothing, then its front, visibly; never its last digits."""
        if self._fits(text, cell):
            return text
        short = _short(text)
        if self._fits(short, cell):
            return short
        return self._number_metrics.elidedText(short, Qt.TextElideMode.ElideLeft, cell.width())

    def _symbol(self, painter: QPainter, cell: QRectF, row: OrderRow) -> None:
        """The symbol and its market; where not both fit the symbol is cut, for two markets may share its beginning."""
        room, metrics = cell.width(), self._text_metrics
        ink = self._ink.faint if row.ended else self._ink.text
        beside = metrics.horizontalAdvance(" " + row.market) if row.market else 0.0
        if beside > room * 2 / 3:
            beside = 0.0  # no word for a market is so long: a venue's own text
        self._words(painter, cell.adjusted(0, 0, -beside, 0), row.symbol, ink, self._text, _LEFT)
        if beside:
            used = min(metrics.horizontalAdvance(row.symbol), room - beside) + metrics.horizontalAdvance(" ")
            self._words(painter, cell.adjusted(used, 0, 1, 0), row.market, self._ink.faint, self._text, _LEFT)

    def _filled(self, painter: QPainter, cell: QRectF, row: OrderRow) -> None:
        # Where there is no room for both the number is worth more than the length of the bar.
        beside = self._width(row.filled) + 6 if row.filled else 0.0
        length = min(float(_TRACK), cell.width() if not beside else max(14.0, cell.width() + _PAD - beside))
        track = QRectF(cell.left(), cell.center().y() - 2.5, length, 5)
        painter.setPen(_NO_PEN)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._ink.track)
        painter.drawRoundedRect(track, 2.5, 2.5)
        if row.filled_permille:
            painter.setBrush(self._ink.progress)
            width = max(3.0, track.width() * row.filled_permille / 1000)
            painter.drawRoundedRect(QRectF(track.left(), track.top(), width, 5), 2.5, 2.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if row.filled:
            room = cell.adjusted(track.width() + 6, 0, _PAD, 0)
            self._words(painter, room, row.filled, self._ink.dim, self._number, _LEFT)

    def _amendment(self, painter: QPainter, cell: QRectF, row: OrderRow) -> None:
        if row.amendment is None:
            self._words(painter, cell, "—", self._ink.faint, self._text, _LEFT)
        else:
            self._chip(painter, cell, row.amendment)

    def _chip(self, painter: QPainter, cell: QRectF, chip: Chip) -> None:
        text_pen, border_pen, fill = self._ink.chips[chip.tone]
        text = chip.text
        room = cell.width() - _CHIP_PAD
        if self._small_metrics.horizontalAdvance(text) > room:
            text = chip.short_text
        if self._small_metrics.horizontalAdvance(text) > room:
            text = self._small_metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = self._small_metrics.horizontalAdvance(text) + _CHIP_PAD
        box = QRectF(cell.left() + 0.5, cell.center().y() - 9.5, width, 20)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(border_pen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._small)
        painter.setPen(text_pen)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _order_id(self, painter: QPainter, cell: QRectF, row: OrderRow) -> None:
        """The end of the id, where ids of one venue differ; how many it has had only where that leaves room for it."""
        digit = self._number_metrics.horizontalAdvance("0")
        if row.ids > 1:
            word = f"{row.ids} ids"
            width = self._small_metrics.horizontalAdvance(word) + _CHIP_PAD
            if min(len(row.order_id), _LEAST_OF_ID) * digit <= cell.width() - width - 5:
                self._chip(painter, QRectF(cell.right() - width, cell.top(), width, cell.height()), _ids(word))
                cell = cell.adjusted(0, 0, -width - 5, 0)
        text = tail_elided(row.order_id, max(2, int(cell.width() / digit)))
        self._words(painter, cell, text, self._ink.faint, self._number, _LEFT)


def _short(text: str) -> str:
    """A number as shown without the zeros after its point that say nothing."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _ids(word: str) -> Chip:
    return Chip("", word, Tone.QUIET)
