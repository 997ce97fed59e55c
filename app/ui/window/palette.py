"""The command palette: one line to type in, and below it the actions and orders that fit, over the list.

It lies over everything and moves nothing. Actions on an order are about the one that was selected when it opened, which
it names. Nothing is sent from here: what is typed to find something must not send something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.look.plain import Label
from app.ui.look.raised import Raised
from app.ui.look.texts import writable
from app.ui.look.theme import Theme
from app.ui.widgets.elided_label import ElidedLabel

_LINES = 12
_WIDTH, _MARGIN = 760, 24
#: Height of a line, and of all that is no line.
_LINE, _FRAME = 32, 106
_WALKS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_LINES, Qt.Key.Key_PageDown: _LINES}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to choose.

    Attributes:
        kind: "action", "order" or "ended".
        name: stable name of an action, or key of an order.
        text: what a person reads.
        keys: the key that does the same, "" for none.
    """

    kind: str
    name: str
    text: str
    keys: str = ""


class PaletteLine(QFrame):
    """One line of the palette.

    Signals:
        pressed: it was clicked.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "entry")
        self._kind, self._text, self._keys = Label(role="small"), _middle(), Label(role="key")
        self._kind.setFixedWidth(52)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.addWidget(self._kind)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._keys)

    def show_entry(self, entry: Entry, *, current: bool) -> None:
        """Show an entry; the current one is marked."""
        self._kind.setText(entry.kind)
        self._text.setText(entry.text)
        self._keys.setText(entry.keys)
        self._keys.setVisible(bool(entry.keys))
        self.setAccessibleName(writable(f"{entry.kind}: {entry.text}"))
        role = "entry now" if current else "entry"
        if self.property("role") != role:
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()
        event.accept()


class CommandPalette(Raised):
    """The palette.

    Signals:
        typed: another text is looked for.
        chosen: an entry was taken; the palette has closed and the keyboard is where it was.
    """

    typed = Signal(str)
    chosen = Signal(object)

    def __init__(self, theme: Theme, house: QWidget, area: QWidget, home: QWidget) -> None:
        """Make it, hidden; it lies on `house`, at the top of `area`, and the keyboard goes `home` if it must."""
        super().__init__(theme, house)
        self._area, self._home = area, home
        self._entries: tuple[Entry, ...] = ()
        self._at = self._first = 0
        self._due = self._looking = False
        self._came_from: QWidget | None = None
        self.setAccessibleName("Command palette")
        self.box = QLineEdit()
        self.box.setPlaceholderText("Type an action, an order id, a client id or a symbol")
        self.box.setAccessibleName("Find an action or an order")
        self.box.textChanged.connect(self._look)
        self.box.installEventFilter(self)
        self._about, self._note = _middle(), Label(role="dim")
        self._about.setProperty("role", "small")
        self.lines = [PaletteLine() for _ in range(_LINES)]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 10)
        layout.setSpacing(2)
        layout.addWidget(self.box)
        layout.addSpacing(4)
        layout.addWidget(self._about)
        layout.addSpacing(2)
        for place, line in enumerate(self.lines):
            line.pressed.connect(lambda place=place: self._take(self._first + place))
            layout.addWidget(line)
        layout.addWidget(self._note)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        self.hide()

    # -- opening and closing -------------------------------------------------------------------------------------------

    def open(self, about: str) -> None:
        """Open it with nothing typed, or close it if it is open; `about` names the order its actions are about."""
        if self.isVisible():
            self.leave()
            return
        self._came_from = QApplication.focusWidget()
        self._about.setText(about)
        self.box.blockSignals(True)
        self.box.clear()
        self.box.blockSignals(False)
        self.show()
        self._look("")
        self.box.setFocus()

    def leave(self) -> None:
        """Close it, and give the keyboard back."""
        back, self._came_from = self._came_from, None
        # The keyboard goes before what has it is hidden: Qt would hand it to whatever comes next.
        try:
            there = back if back is not None and back.isVisible() else self._home
        except RuntimeError:  # a panel that was closed meanwhile
            there = self._home
        there.setFocus()
        self.hide()

    def fit(self) -> None:
        """Show as many lines as there is room for now."""
        if self.isVisible():
            self._show()

    def place(self) -> None:
        """Lie at the top of its area, as high as what is found."""
        house = self.parentWidget()
        if house is None or self.isHidden():
            return
        width = min(_WIDTH, self._area.width() - 2 * _MARGIN)
        corner = self._area.mapTo(house, self._area.rect().topLeft())
        layout = self.layout()
        if layout is not None:
            layout.activate()
        height = min(self.sizeHint().height(), self._area.height() - _MARGIN)
        self.setGeometry(corner.x() + (self._area.width() - width) // 2, corner.y() + _MARGIN // 2, width, height)
        self.raise_()

    def _follow_focus(self, _: QWidget | None, now: QWidget | None) -> None:
        """Going on working elsewhere closes it."""
        if self.isVisible() and now is not None and now is not self.box:
            self.hide()

    # -- what is found -------------------------------------------------------------------------------------------------

    def entries(self) -> tuple[Entry, ...]:
        """Entries on offer, the first at the top."""
        return self._entries

    def current(self) -> Entry | None:
        """The entry that Enter takes."""
        return self._entries[self._at] if self._at < len(self._entries) else None

    def show_entries(self, entries: Sequence[Entry], *, looking: bool) -> None:
        """Offer these; `looking` tells that more may come."""
        kept = self.current()
        self._entries, self._looking = tuple(entries), looking
        # More that comes must not put another entry under the hand than the one that is marked.
        self._at = self._entries.index(kept) if self._at and kept in self._entries else 0
        self._show()
        if self._due and not looking:
            self._take(self._at)

    def _look(self, text: str) -> None:
        self._at = self._first = 0
        self._due = False
        self.typed.emit(text)

    def _show(self) -> None:
        room = max(1, min(_LINES, (self._area.height() - _MARGIN - _FRAME) // _LINE))
        self._first = min(max(self._first, self._at - room + 1), self._at)
        shown = self._entries[self._first : self._first + room]
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(shown))
            if place < len(shown):
                line.show_entry(shown[place], current=self._first + place == self._at)
        more = len(self._entries) - len(shown)
        note = "Still looking…" if self._looking else "Nothing fits that." if not self._entries else ""
        self._note.setText(note or (f"{self._at + 1} of {len(self._entries)}" if more else ""))
        self._note.setVisible(bool(self._note.text()))
        current = self.current()
        self.box.setAccessibleDescription(writable(current.text if current is not None else note))
        self.place()

    def _take(self, place: int) -> None:
        self._due = False
        if place >= len(self._entries):
            # A long list is still being looked through.
            self._due = self._looking
            return
        entry = self._entries[place]
        self.leave()
        self.chosen.emit(entry)

    # -- Qt's side -----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows walk, Enter takes, Esc leaves; Tab stays."""
        if watched is not self.box or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in _WALKS:
            self._at = max(0, min(self._at + _WALKS[key], len(self._entries) - 1))
            self._show()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._take(self._at)
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True


def _middle() -> ElidedLabel:
    """Return a line that loses its middle where it must: what tells two orders apart stands at both ends."""
    return ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)


def fitting(entries: Sequence[Entry], text: str) -> list[Entry]:
    """Return the entries in whose text, name or key each word of a text stands."""
    words = text.lower().split()
    return [each for each in entries if all(word in f"{each.text} {each.name} {each.keys}".lower() for word in words)]
