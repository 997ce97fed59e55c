"""A column of lines a person can walk with the arrow keys and act on; it holds still under the pointer and the hands.

The lines are widgets of their own beside each other, not items of a view: a screen reader finds their buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.ui.look.plain import Label


class ListLine(QFrame):
    """One line.

    Attributes:
        over: whether what it tells of is over, and it stays only because somebody is at the list.

    Signals:
        chosen: Enter or a click; carries the line's key.
    """

    chosen = Signal(object)

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.over = key, False
        self.setProperty("role", "entry")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def buttons(self) -> list[QPushButton]:
        """Buttons in it, in order."""
        return []

    def set_over(self, over: bool) -> None:
        """Switch the line off or on again. The focus stays in it either way."""
        if over == self.over:
            return
        self.over = over
        focus = QApplication.focusWidget()
        if over and focus is not None and focus is not self and self.isAncestorOf(focus):
            self.setFocus()
        for button in self.buttons():
            button.setEnabled(not over)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, or goes where the line leads; the arrows walk."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _WITH:
            focus = QApplication.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
            else:
                self.chosen.emit(self.key)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._walk(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _walk(self, step: int) -> None:
        house = self.parentWidget()
        layout = house.layout() if house is not None else None
        if layout is None:
            return
        item = layout.itemAt(max(0, layout.indexOf(self) + step))
        line = item.widget() if item is not None else None
        if isinstance(line, ListLine):
            line.setFocus()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click goes where the line leads."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.key)
        event.accept()


_WITH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier

LineT = TypeVar("LineT", bound=ListLine)
ItemT = TypeVar("ItemT")


class LineList(QScrollArea, Generic[LineT, ItemT]):
    """Lines by key.

    Signals:
        chosen: a line was taken; carries its key.
        grown: the lines want another height.
    """

    chosen = Signal(object)
    grown = Signal()

    def __init__(
        self,
        make: Callable[[ItemT], LineT],
        fill: Callable[[LineT, ItemT], None],
        most: int,
        parent: QWidget | None = None,
    ) -> None:
        """Make an empty list.

        Args:
            make: makes the line of an item that is new.
            fill: brings a line up to date.
            most: how many lines are shown; the rest is counted.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._make, self._fill, self._most = make, fill, most
        self._lines: dict[str, LineT] = {}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._note = Label()
        self._note.setProperty("role", "dim")
        self._note.setWordWrap(True)
        self._note.setMargin(10)
        self._note.hide()
        self._column.addWidget(self._note)
        self._column.addStretch(1)
        self.setWidget(inside)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    # -- reading -------------------------------------------------------------------------------------------------------

    def lines(self) -> list[LineT]:
        """The lines, top down."""
        return list(self._lines.values())

    def line(self, key: str) -> LineT | None:
        """The line of a key."""
        return self._lines.get(key)

    def note(self) -> str:
        """Text below the lines."""
        return self._note.text()

    def content_height(self, width: int) -> int:
        """Height that all lines together would like to have in that width."""
        layout = self._column
        return layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()

    def held(self) -> bool:
        """Return True while somebody is at it: the pointer is over it, or the focus in it."""
        focus = QApplication.focusWidget()
        return bool(self._lines) and (self.underMouse() or (focus is not None and self.isAncestorOf(focus)))

    # -- showing -------------------------------------------------------------------------------------------------------

    def show_items(self, items: Sequence[tuple[str, ItemT]], none: str = "") -> None:
        """Show these items in this order.

        While somebody is at the list no line moves or goes away: what is over is switched off, what is new is added
        at the end. Everything takes its place as soon as the list is left.

        Args:
            items: key and item of each.
            none: what to say when there are none.
        """
        wanted = dict(items[: self._most])
        held = self.held()
        for key in [key for key in self._lines if key not in wanted]:
            if held:
                self._lines[key].set_over(True)
            else:
                self._drop(key)
        for key, item in wanted.items():
            line = self._lines.get(key)
            if line is None:
                line = self._lines[key] = self._make(item)
                line.chosen.connect(self.chosen)
                self._column.insertWidget(len(self._lines) - 1, line)
            line.set_over(False)
            self._fill(line, item)
        if not held:
            self._put_in_order(list(wanted))
        more = len(items) - len(wanted)
        text = f"And {more} more." if more else none if not items else ""
        if self._note.text() != text:
            self._note.setText(text)
        self._note.setVisible(bool(text))

    def _drop(self, key: str) -> None:
        line = self._lines.pop(key)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()

    def _put_in_order(self, wanted: list[str]) -> None:
        if list(self._lines) == wanted:
            return
        self._lines = {key: self._lines[key] for key in wanted}
        for place, line in enumerate(self._lines.values()):
            self._column.removeWidget(line)
            self._column.insertWidget(place, line)
        stops: list[QWidget] = []
        for line in self._lines.values():
            stops += [line, *line.buttons()]
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear of lines that want more or less room than they had."""
        done = super().eventFilter(watched, event)
        if watched is self.widget() and event.type() == QEvent.Type.LayoutRequest:
            self.grown.emit()
        return done

    def _follow_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is not None and self.isAncestorOf(now):
            line = next((each for each in self._lines.values() if each is now or each.isAncestorOf(now)), None)
            if line is not None:
                self.ensureWidgetVisible(line, 0, 4)
