"""Between the desk's events and the screen: collect what was touched and hand it over once a frame."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.desk.desk import Desk

_FRAME_MS = 16
_TICK_MS = 500


class DeskFeed(QObject):
    """Listens to the desk.

    Signals:
        frame: rows and accounts touched since the last frame; carries two frozensets.
        tick: twice a second, for what changes with time alone (ages, rates).
    """

    frame = Signal(object, object)
    tick = Signal()

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: set[str] = set()
        self._accounts: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.flush)
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self.tick)
        self._ticks.start()
        self._forget = desk.subscribe(self._heard)

    def _heard(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        self._rows |= rows
        self._accounts |= accounts
        if not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Hand over now what was collected."""
        self._timer.stop()
        rows, accounts = frozenset(self._rows), frozenset(self._accounts)
        self._rows.clear()
        self._accounts.clear()
        if rows or accounts:
            self.frame.emit(rows, accounts)

    def stop(self) -> None:
        """Listen no more."""
        self._timer.stop()
        self._ticks.stop()
        self._forget()
        self._forget = _nothing


def _nothing() -> None:
    """Do nothing, for who forgets twice."""
