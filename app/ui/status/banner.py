"""Sentences a person should read: what a venue or the program itself has to say, and since when.

Trouble stays until it is dismissed or over, and what still goes on cannot be dismissed; anything else goes by itself.
The list below needs the room, so two lines are shown, trouble first and newer ones before older, and the others are
counted until somebody wants to read them.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.ui.look.numbers import when
from app.ui.look.plain import Button, Label
from app.ui.look.texts import shortened, writable
from app.ui.look.theme import Theme, Tone

#: Sentences of what happened that are kept; the oldest goes for a new one.
MOST = 3

_SHOWN = 2
_READ_AFTER = 40

#: Keys that are held for another one and do nothing by themselves.
_HELD = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)


class _Line(QWidget):
    dismissed = Signal()
    retried = Signal()

    def __init__(self, text: str, at: str, theme: Theme, *, serious: bool, passing: bool, until: int | None) -> None:
        super().__init__()
        self.serious, self.passing, self.until, self.ticks = serious, passing, until, 0
        self._tone, self._theme = Tone.BAD if serious else Tone.PENDING, theme
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.at = Label(at)
        self.at.setProperty("role", "mono")
        self.at.setAccessibleName(writable(f"Told at {at}"))
        self.label = Label()
        self.label.setWordWrap(True)
        self.label.setText(f"{'✕' if serious else '◌'}  {text}")
        self.label.make_selectable()
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.more = _pill("")
        self.more.hide()
        self.close_it, self.retry = _pill("Dismiss"), _pill("Try again")
        self.close_it.setAccessibleName(writable(f"Dismiss: {text}"))
        self.close_it.clicked.connect(self.dismissed)
        self.retry.setAccessibleName(writable(f"Try again: {text}"))
        self.retry.clicked.connect(self.retried)
        self.retry.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(10)
        layout.addWidget(self.at)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.more)
        layout.addWidget(self.retry)
        layout.addWidget(self.close_it)
        self.paint_again()

    def hold(self, *, can_retry: bool) -> None:
        """Let nobody dismiss it: what it tells of goes on."""
        self.passing = False
        if self.close_it.hasFocus():
            self.retry.setFocus()
        self.close_it.hide()
        self.retry.setVisible(can_retry)

    def paint_again(self) -> None:
        swatch = self._theme.colours.tone(self._tone)
        self.setStyleSheet(f"_Line {{ background: {swatch.fill}; border-bottom: 1px solid {swatch.border}; }}")
        for label in (self.at, self.label):
            label.setStyleSheet(f"color: {swatch.text}; font-size: 12px;")


def _pill(text: str) -> QPushButton:
    button = Button(text)
    button.setProperty("role", "pill")
    button.setAutoDefault(False)
    return button


class Banner(QWidget):
    """Up to three sentences of what happened, and every sentence of what still stands."""

    def __init__(self, theme: Theme, now: Callable[[], int], parent: QWidget | None = None) -> None:
        """Show nothing yet; `now` gives the time, nanoseconds UTC."""
        super().__init__(parent)
        self._theme, self._now = theme, now
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._lines: list[tuple[str, _Line]] = []
        self._standing: set[str] = set()
        self._answers: set[str] = set()
        self._retries: dict[str, Callable[[], None]] = {}
        self._unfolded = self._hovered = self._due = False
        self._going: list[_Line] = []
        self.setAccessibleName("Notices")
        theme.changed.connect(self._paint_again)
        self.hide()

    def tell(
        self,
        text: str,
        *,
        serious: bool = True,
        standing: bool = False,
        at: int | None = None,
        until: int | None = None,
    ) -> None:
        """Show a sentence; one that is shown already is not repeated.

        Args:
            text: the sentence.
            serious: whether it is trouble.
            standing: whether it tells of a state that lasts; newer sentences do not push it out, nor does time.
            at: when it was said, nanoseconds UTC; None for now.
            until: when what it tells of is over, None where that is not known; it is left up long enough to be read.
        """
        text = shortened(text)
        if standing:
            self._standing.add(text)
        if any(shown == text for shown, _ in self._lines):
            return
        now = self._now()
        time, passing = when(now if at is None else at, now), not serious and not standing
        line = _Line(text, time, self._theme, serious=serious, passing=passing, until=until)
        line.dismissed.connect(lambda: self._dismiss_by_hand(text))
        line.retried.connect(lambda: self._retries[text]())
        line.more.clicked.connect(self._fold)
        self._lines.insert(0, (text, line))
        recent = [shown for shown, _ in self._lines if shown not in self._standing]
        for old in recent[MOST:]:
            self._drop(old)
        self._arrange()

    def answer(self, text: str, *, serious: bool = True) -> None:
        """Say what came of a key or a press: it stays until the next key, and no longer, for it may be false then."""
        self.tell(text, serious=serious)
        self._answers.add(shortened(text))
        # The key that led to it may still be on its way from a widget to its parents.
        QTimer.singleShot(0, self, self._listen)

    def _listen(self) -> None:
        application = QApplication.instance()
        if self._answers and application is not None:
            application.installEventFilter(self)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        """See the next key, wherever it goes; nothing is looked at while no answer stands."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() not in _HELD:
            application = QApplication.instance()
            assert application is not None
            application.removeEventFilter(self)
            answers, self._answers = self._answers, set()
            if sum(self._drop(text) for text in answers):
                self._arrange()
        return False

    def hold(self, text: str, *, at: int | None = None, retry: Callable[[], None] | None = None) -> None:
        """Show a sentence that nobody can dismiss, because what it tells of goes on; `dismiss` takes it away.

        Args:
            text: the sentence; one that is shown already becomes such a one.
            at: as in `tell`.
            retry: what may end it, offered beside it; None where nothing is.
        """
        self.tell(text, standing=True, at=at)
        text = shortened(text)
        if retry is not None:
            self._retries[text] = retry
        for shown, line in self._lines:
            if shown == text:
                line.hold(can_retry=retry is not None)

    def tick(self) -> None:
        """Half a second passed: what is no trouble has been read after a while, unless the pointer is on it."""
        for text, line in list(self._lines):
            over = line.passing or (line.until is not None and self._now() >= line.until)
            line.ticks += not line.underMouse()
            if over and not line.underMouse() and line.ticks >= _READ_AFTER:
                self.dismiss(text)

    def dismiss(self, text: str) -> None:
        """Take a sentence away."""
        if self._drop(text):
            self._arrange()

    def _drop(self, text: str) -> bool:
        text = shortened(text)
        self._standing.discard(text)
        self._retries.pop(text, None)
        gone = [entry for entry in self._lines if entry[0] == text]
        for entry in gone:
            self._lines.remove(entry)
            self._going.append(entry[1])
        return bool(gone)

    def _dismiss_by_hand(self, text: str) -> None:
        self._drop(text)
        self._arrange_now()

    def _fold(self) -> None:
        self._unfolded = not self._unfolded
        self._arrange_now()

    def _arrange(self) -> None:
        """Put the lines where they belong, unless the pointer is on one of them: no button moves away under it."""
        if self._hovered:
            self._due = True
        else:
            self._arrange_now()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Hold still under the pointer."""
        self._hovered = True
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Show what came meanwhile."""
        self._hovered = False
        super().leaveEvent(event)
        if self._due:
            self._arrange_now()

    def hideEvent(self, event: QHideEvent) -> None:
        """There is no pointer on what cannot be seen."""
        super().hideEvent(event)
        self._hovered = False

    def _arrange_now(self) -> None:
        """Trouble first, of that what lasts, then the newest; what there is no room for is counted on the last line."""
        self._due = False
        for line in self._going:
            self._layout.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._going.clear()
        entries = sorted(self._lines, key=lambda entry: (not entry[1].serious, entry[0] not in self._standing))
        lines = [line for _, line in entries]
        hidden = len(lines) - _SHOWN
        if hidden <= 0:
            self._unfolded = False
        shown = len(lines) if self._unfolded else min(_SHOWN, len(lines))
        for place, line in enumerate(lines):
            if self._layout.indexOf(line) != place:
                self._layout.removeWidget(line)
                self._layout.insertWidget(place, line)
            line.more.setVisible(hidden > 0 and place == shown - 1)
            line.more.setText("Fewer" if self._unfolded else f"{hidden} more")
            line.more.setAccessibleName(
                "Show fewer notices" if self._unfolded else writable(f"Show {hidden} more notices")
            )
            line.setVisible(place < shown)
        self.setVisible(bool(lines))

    def texts(self) -> tuple[str, ...]:
        """The sentences there are, newest first, those that are only counted too."""
        return tuple(text for text, _ in self._lines)

    def shown(self) -> tuple[tuple[str, str], ...]:
        """The sentences that can be read now, top down, each with the time it shows."""
        seen = [(text, line) for text, line in self._lines if not line.isHidden()]
        seen.sort(key=lambda entry: self._layout.indexOf(entry[1]))
        return tuple((line.at.text(), text) for text, line in seen)

    def more(self) -> str:
        """Text of the button that shows the others or folds them, "" where there is none."""
        return next((line.more.text() for _, line in self._lines if not line.more.isHidden()), "")

    def _paint_again(self) -> None:
        for _, line in self._lines:
            line.paint_again()
