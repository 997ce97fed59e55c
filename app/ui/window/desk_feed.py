"""Between the desk's events and the screen: collect what was touched and hand it over once a frame, in parts.

A venue may list 100,000 orders at once. A frame takes so many of them as a person does not feel, those that can be
seen first; the rest waits for the next frames, and everything else has its turn between them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from itertools import islice

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.desk.desk import Desk

_FRAME_MS = 16
_TICK_MS = 500

#: Time between two parts of a long list, in which everything else has its turn.
_NEXT_MS = 2

#: Rows of one frame: to look at one that cannot be seen takes about 5 µs, and each frame of a long list paints it anew.
MOST_ROWS = 1_000


def nothing_first() -> Iterable[str]:
    """Prefer no row."""
    return ()


class DeskFeed(QObject):
    """Listens to the desk.

    Signals:
        frame: rows and accounts touched since the last frame; carries two frozensets.
        tick: twice a second, for what changes with time alone (ages, rates).
    """

    frame = Signal(object, object)
    tick = Signal()

    def __init__(
        self, desk: Desk, parent: QObject | None = None, first: Callable[[], Iterable[str]] = nothing_first
    ) -> None:
        """Listen; `first` names the rows that are handed over before others where not all have room in a frame."""
        super().__init__(parent)
        self._first = first
        self._rows: dict[str, None] = {}  # in the order in which they were touched
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

    @property
    def waiting(self) -> int:
        """The number of rows that are still to be handed over."""
        return len(self._rows)

    def touch(self, rows: Iterable[str]) -> None:
        """Hand these rows over as if the desk had touched them."""
        self._rows.update(dict.fromkeys(rows))
        self._start()

    def _heard(self, rows: frozenset[str], accounts: frozenset[str]) -> None:
        for row in rows:  # one, nearly always
            self._rows[row] = None
        self._accounts |= accounts
        self._start()

    def _start(self, milliseconds: int = _FRAME_MS) -> None:
        if not self._timer.isActive():
            self._timer.start(milliseconds)

    def flush(self) -> None:
        """Hand over now what was collected, or as much of it as one frame takes."""
        self._timer.stop()
        rows, accounts = self._part(), frozenset(self._accounts)
        self._accounts.clear()
        if self._rows:
            gc.freeze()  # as in app.desk.parts
            self._start(_NEXT_MS)
        if rows or accounts:
            self.frame.emit(rows, accounts)

    def _part(self) -> frozenset[str]:
        if len(self._rows) <= MOST_ROWS:
            part = frozenset(self._rows)
            self._rows.clear()
            return part
        part = frozenset(key for key in islice(self._first(), MOST_ROWS) if key in self._rows)
        part |= frozenset(islice((key for key in self._rows if key not in part), MOST_ROWS - len(part)))
        for key in part:
            del self._rows[key]
        return part

    def stop(self) -> None:
        """Listen no more."""
        self._timer.stop()
        self._ticks.stop()
        self._forget()
        self._forget = _nothing


def _nothing() -> None:
    """Do nothing, for who forgets twice."""
