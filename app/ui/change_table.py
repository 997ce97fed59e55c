"""What an amendment would do, line by line: now, at the peak while it is in flight, and after."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.domain.form import QueuePlace
from app.domain.plan import Consequence, Line
from app.ui.field_line import note_label, say
from app.ui.numbers import at_places, grouped
from app.ui.theme import SMALL_PX, Theme, number_font, text_font

__all__ = ["ChangeTable"]

_HEADS = ("", "Now", "Peak", "After")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ChangeTable(QWidget):
    """The consequence of a plan as a table of words; changed values are marked and in amber."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: tuple[Line, ...] = ()
        self._shown: Consequence | None = None
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
        self._cells: list[tuple[QLabel, QLabel, QLabel, QLabel]] = []
        self._head()
        theme.changed.connect(self._paint_again)

    def _head(self) -> None:
        for column, word in enumerate(_HEADS):
            label = QLabel(word)
            label.setProperty("role", "small")
            label.setMinimumHeight(22)
            label.setAlignment(_RIGHT if column else Qt.AlignmentFlag.AlignLeft)
            self._grid.addWidget(label, 0, column)

    def show_consequence(self, consequence: Consequence | None) -> None:
        """Show a plan's consequence; None empties the table."""
        self._shown = consequence
        lines = consequence.lines if consequence is not None else ()
        while len(self._cells) < len(lines):
            self._add_row()
        for row, cells in enumerate(self._cells):
            visible = row < len(lines)
            for cell in cells:
                cell.setVisible(visible)
            if visible:
                self._fill(cells, lines[row])
        self._lines = lines
        self.setAccessibleDescription(". ".join(_spoken(line) for line in lines))
        if consequence is None:
            for note in (self._queue, self._lost, self._worst):
                say(note, "")
            return
        say(self._queue, consequence.queue_note if consequence.queue is not QueuePlace.KEPT else "")
        lost = ", ".join(consequence.attributes_lost)
        say(self._lost, f"The new order loses: {lost}." if lost else "")
        say(self._worst, f"Worst case: {consequence.worst_case}" if consequence.worst_case else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dotted lines lead the eye from a label to its values."""
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._theme.colours.line), 1, Qt.PenStyle.DotLine))
        for cells in self._cells:
            if cells[0].isVisible():
                y = max(cell.geometry().bottom() for cell in cells)
                painter.drawLine(0, y, self.width(), y)
        painter.end()

    def lines(self) -> tuple[Line, ...]:
        """The lines shown."""
        return self._lines

    def _paint_again(self) -> None:
        self.show_consequence(self._shown)

    def _add_row(self) -> None:
        row = len(self._cells) + 1
        cells = (QLabel(), QLabel(), QLabel(), QLabel())
        for column, label in enumerate(cells):
            label.setFont(number_font() if column else text_font(SMALL_PX + 1))
            label.setMinimumHeight(23)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(_RIGHT if column else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            label.setWordWrap(column > 0)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            self._grid.addWidget(label, row, column)
        self._cells.append(cells)

    def _fill(self, cells: tuple[QLabel, QLabel, QLabel, QLabel], line: Line) -> None:
        colours = self._theme.colours
        words = (line.label, _word(line.now), _word(line.peak, line.now), _after(line))
        after = colours.changed if line.changed else colours.text
        if isinstance(line.after, str) and "not documented" in line.after:
            after = colours.unknown
        inks = (colours.dim, colours.text, colours.faint if not line.changed else colours.text, after)
        for cell, word, ink in zip(cells, words, inks, strict=True):
            if cell.text() != word:
                cell.setText(word)
                cell.setFont(number_font() if any(letter.isdigit() for letter in word) else text_font(SMALL_PX + 1))
            sheet = f"color: {ink}"
            if cell.styleSheet() != sheet:
                cell.setStyleSheet(sheet)
            cell.setToolTip(line.note)


def _word(value: Decimal | str | None, like: Decimal | str | None = None) -> str:
    """A value, with at least the digits of the one it is to be compared with."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    return grouped(at_places(value, like if isinstance(like, Decimal) else None) if like is not None else value)


def _after(line: Line) -> str:
    text = _word(line.after, line.now)
    if line.delta is not None and line.delta != 0:
        like = line.now if isinstance(line.now, Decimal) else None
        text += f" ({grouped(at_places(line.delta, like), sign=True)})"
    return text


def _spoken(line: Line) -> str:
    return f"{line.label}: now {_word(line.now)}, peak {_word(line.peak, line.now)}, after {_after(line)}"
