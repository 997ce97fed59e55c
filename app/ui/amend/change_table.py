"""Table of what an amendment would do, line by line: now, at the peak while it is in flight, and after."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.form import QueuePlace
from app.domain.plan import Consequence, Line
from app.ui.amend.field_line import note_label, say
from app.ui.look.numbers import common_places, grouped, middle_elided, with_places
from app.ui.look.plain import Label
from app.ui.look.texts import show_tip, tip, writable
from app.ui.look.theme import SMALL_PX, Theme, number_font, text_font

_LONGEST_ID = 13

_HEADS = ("", "Now", "Peak", "After")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Cell(Label):
    """A cell that is never cut in silence: a word too long for it visibly loses its front; a tooltip has it all."""

    def shown(self) -> str:
        """The text as it is drawn in the present width."""
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        words = self.text().split(" ") if self.wordWrap() else [self.text()]
        if all(metrics.horizontalAdvance(word) <= room for word in words):
            return self.text()
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideLeft, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, or as much of its end as fits."""
        shown = self.shown()
        if shown == self.text():
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            flags = int(self.alignment())
            self.style().drawItemText(
                painter, self.contentsRect(), flags, self.palette(), self.isEnabled(), shown, self.foregroundRole()
            )

    def event(self, event: QEvent) -> bool:
        """Show in full what does not fit."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.shown() != self.text():
            show_tip(event.globalPos(), self, self.text())
            return True
        return super().event(event)


class ChangeTable(QWidget):
    """The consequence of a plan as a table of words; changed values are marked and in amber."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._shown: tuple[Consequence | None, tuple[Line, ...], bool] = (None, (), False)
        self.setAccessibleName("What will change")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(0, 0)
        for column, stretch in ((1, 10), (2, 10), (3, 17)):
            self._grid.setColumnStretch(column, stretch)
        layout.addLayout(self._grid)
        self._worst, self._lost = note_label("caution"), note_label("caution")
        self._queue = note_label("hint")
        for note in (self._queue, self._lost, self._worst):
            layout.addWidget(note)
        layout.addStretch(1)
        self._cells: list[tuple[_Cell, _Cell, _Cell, _Cell]] = []
        self._heads: list[Label] = []
        self._head()
        theme.changed.connect(self._paint_again)

    def _head(self) -> None:
        for column, word in enumerate(_HEADS):
            label = Label(word)
            label.setProperty("role", "small")
            label.setMinimumHeight(22)
            label.setAlignment(_RIGHT if column else Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(label, 0, column)
            self._heads.append(label)

    def show_heads(self, *, change: bool) -> None:
        """Head the columns of a change; the terms of an order that has ended are one column and need no word."""
        for label, word in zip(self._heads, _HEADS, strict=True):
            label.setText(word if change else "")

    def show_consequence(
        self, consequence: Consequence | None, now: tuple[Line, ...] = (), *, typed: bool = True
    ) -> None:
        """Show a plan's consequence.

        Args:
            consequence: None where there is none.
            now: the lines to show then.
            typed: whether anything is typed; what sending would do is left out while nothing is.
        """
        self._shown = (consequence, now, typed)
        lines = consequence.lines if consequence is not None else now
        if not typed:
            lines = tuple(Line(each.label, each.now, None, None, note=each.note) for each in lines)
        while len(self._cells) < len(lines):
            self._add_row()
        for row, cells in enumerate(self._cells):
            visible = row < len(lines)
            for cell in cells:
                cell.setVisible(visible)
            if visible:
                self._fill(cells, lines[row])
        self._lines = lines
        self.setAccessibleDescription(writable(". ".join(_spoken(line) for line in lines)))
        if consequence is None or not typed:
            for note in (self._queue, self._lost, self._worst):
                say(note, "")
            return
        say(self._queue, consequence.queue_note if consequence.queue is not QueuePlace.KEPT else "")
        lost = ", ".join(consequence.attributes_lost)
        say(self._lost, f"The new order loses: {lost}." if lost else "")
        say(self._worst, f"Worst case: {consequence.worst_case}" if consequence.worst_case else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dotted lines lead the eye from a label to its values."""
        with QPainter(self) as painter:
            painter.setPen(QPen(QColor(self._theme.colours.line), 1, Qt.PenStyle.DotLine))
            for cells in self._cells:
                if cells[0].isVisible():
                    y = max(cell.geometry().bottom() for cell in cells)
                    painter.drawLine(0, y, self.width(), y)

    def lines(self) -> tuple[Line, ...]:
        """The lines shown."""
        return self._lines

    def _paint_again(self) -> None:
        consequence, now, typed = self._shown
        self.show_consequence(consequence, now, typed=typed)

    def _add_row(self) -> None:
        row = len(self._cells) + 1
        cells = (_Cell(), _Cell(), _Cell(), _Cell())
        for column, label in enumerate(cells):
            label.setFont(number_font() if column else text_font(SMALL_PX + 1))
            label.setMinimumHeight(23)
            label.setAlignment(_RIGHT if column else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            self._grid.addWidget(label, row, column)
        self._cells.append(cells)

    def _fill(self, cells: tuple[_Cell, _Cell, _Cell, _Cell], line: Line) -> None:
        colours = self._theme.colours
        words = line_words(line)
        after = colours.changed if line.changed else colours.text
        if isinstance(line.after, str) and "not documented" in line.after:
            after = colours.unknown
        inks = (colours.dim, colours.text, colours.faint if not line.changed else colours.text, after)
        for cell, word, ink in zip(cells, words, inks, strict=True):
            sheet = f"color: {ink}"
            if cell.styleSheet() != sheet:
                # Before the font: a first style sheet takes back the one that was set.
                cell.setStyleSheet(sheet)
            if cell.text() != word:
                cell.setText(word)
                cell.setWordWrap(" " in word)
                is_word = any(map(str.isalpha, word)) and not any(map(str.isdigit, word))
                cell.setFont(text_font(SMALL_PX + 1) if is_word else number_font())
            cell.setToolTip(tip(line.note or (line.now if isinstance(line.now, str) else "")))


def line_words(line: Line) -> tuple[str, str, str, str]:
    """A line as words: label, now, peak, after; its numbers with the same digits after the point."""
    numbers = [value for value in (line.now, line.peak, line.after) if isinstance(value, Decimal)]
    digits = common_places(*numbers)
    after = _word(line.after, digits)
    if line.delta is not None and line.delta != 0:
        after += f" ({grouped(with_places(line.delta, digits), sign=True)})"
    return writable(line.label), _word(line.now, digits), _word(line.peak, digits), after


def _word(value: Decimal | str | None, digits: int) -> str:
    if value is None:
        return "—"
    if isinstance(value, str):
        value = writable(value)
        return middle_elided(value, _LONGEST_ID) if " " not in value else value
    return grouped(with_places(value, digits))


def _spoken(line: Line) -> str:
    label, now, peak, after = line_words(line)
    return f"{label}: now {now}, peak {peak}, after {after}"
