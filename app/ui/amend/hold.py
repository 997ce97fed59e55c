"""Press that lasts: a bar fills while the button or Ctrl+Enter is held, and only a full one counts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication

from app.ui.look.plain import Button

#: Milliseconds it takes to consent by holding: longer than any press by habit.
HOLD_MS = 800

_BAR = 4
_AWAY = (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate)

#: Said beside the button, so that nobody has to find out.
WORDS = "Hold the button, or Ctrl+Enter, until its bar is full; letting go before sends nothing."

#: Said after a press that was too short.
TOO_SHORT = "Nothing was sent: you let go before the bar was full."


class SendButton(Button):
    """The button that sends.

    Signals:
        held_press: it was pressed while it is held back; Qt would take such a press and do nothing with it.
    """

    held_press = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._share = 0.0

    @property
    def share(self) -> float:
        """Part of the bar that is full, 0 to 1."""
        return self._share

    def show_share(self, share: float) -> None:
        """Fill a part of the bar."""
        self._share = share
        self.update()

    def event(self, event: QEvent) -> bool:
        """Tell of a press that has no effect."""
        if not self.isEnabled() and event.type() == QEvent.Type.MouseButtonPress:
            self.held_press.emit()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A button, and the bar along its lower edge."""
        super().paintEvent(event)
        if self._share <= 0:
            return
        place = QRectF(self.rect()).adjusted(3, 0, -3, -3)
        bar = QRectF(place.left(), place.bottom() - _BAR, place.width() * self._share, _BAR)
        with QPainter(self) as painter:
            painter.fillRect(bar, QColor(self.palette().buttonText().color()))


class Hold(QObject):
    """A press of that button, or of its keys, which must last while a soft limit asks for it.

    Attributes:
        was_held: true while `passed` tells of a press that lasted.

    Signals:
        passed: the button was pressed, long enough where it must be held.
        broken: a press that must last ended before.
        began: a press that must last has begun.
    """

    passed = Signal()
    broken = Signal()
    began = Signal()

    def __init__(self, button: SendButton) -> None:
        super().__init__(button)
        self._button, self._by_keys = button, False
        self._needed, self._of = False, object()
        self.was_held = False
        button.pressed.connect(self._pressed)
        button.released.connect(self.let_go)
        button.clicked.connect(self._clicked)
        self.clock = QVariantAnimation(self)
        self.clock.setStartValue(0.0)
        self.clock.setEndValue(1.0)
        self.clock.setDuration(HOLD_MS)
        self.clock.valueChanged.connect(button.show_share)
        self.clock.finished.connect(self._finished)

    @property
    def is_on(self) -> bool:
        """Return True while it is held."""
        return self.clock.state() == QVariantAnimation.State.Running

    @property
    def needed(self) -> bool:
        """Return True if only a press that lasts counts."""
        return self._needed

    def ask(self, needed: bool, of: object) -> bool:
        """Say whether a press must last. One that is under way is for what it began with, and ends with it.

        Args:
            needed: whether a soft limit asks for it.
            of: what would be sent, and which limits ask.

        Returns:
            Whether this is other than before.
        """
        if (needed, of) == (self._needed, self._of):
            return False
        self._needed, self._of = needed, of
        self.let_go()
        return True

    def press(self) -> None:
        """Take a key for a press of the button, held back or not."""
        if self._needed and self._button.isEnabled():
            self.begin(by_keys=True)
        else:
            self.passed.emit()

    def _pressed(self) -> None:
        if self._needed:
            self.begin(by_keys=False)

    def _clicked(self) -> None:
        if not self._needed:
            self.passed.emit()

    def begin(self, *, by_keys: bool) -> None:
        """Begin to count; what is held already goes on."""
        if self.is_on:
            return
        self.began.emit()
        self._by_keys = by_keys
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        self.clock.start()

    def let_go(self) -> None:
        """End it before its time; nothing comes of it."""
        if self.is_on:
            self.clock.stop()
            self._over()
            self.broken.emit()

    def _finished(self) -> None:
        self._over()
        # The button is up again before anything is sent: letting it go is no other press.
        self._button.setDown(False)
        self.was_held = True
        self.passed.emit()
        self.was_held = False

    def _over(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)
        self._button.show_share(0.0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that the keys were let go, wherever the focus is, or that the person turned to another window."""
        if event.type() in _AWAY or (self._by_keys and _is_up(event)):
            self.let_go()
        return False


def _is_up(event: QEvent) -> bool:
    """Return True if a key was let go, whichever sends here: a key that is held repeats, and some systems tell that as
    releases."""
    return event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and not event.isAutoRepeat()
