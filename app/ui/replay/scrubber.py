"""Between the bar, the fold and the desk: whatever step is asked for, the window shows it, and never waits for it.

A move folds a part of the rows at a time and lets the window go on in between. Who drags the slider asks for many
steps; only the newest counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

from PySide6.QtCore import QObject, QTimer, Signal

from app.desk.replay.desk import ReplayDesk
from app.desk.replay.player import Player
from app.desk.replay.record import Record
from app.ui.look.numbers import dated, grouped
from app.ui.replay.bar import ReplayBar
from app.ui.replay.words import PASSED_OVER, step_words

#: Seconds of folding before the window has its turn: half a frame. Seconds after which a move says how far it is.
_TURN, _SAY_AFTER = 0.008, 0.4

#: Milliseconds a step stands before its hash is worked out.
_REST_MS = 200


class Scrubber(QObject):
    """Moves a replay.

    Signals:
        shown: another step is shown; carries it.
    """

    shown = Signal(int)

    def __init__(self, desk: ReplayDesk, record: Record, player: Player, bar: ReplayBar) -> None:
        """Show nothing yet; the bar owns it."""
        super().__init__(bar)
        self._desk, self._record, self._player, self._bar = desk, record, player, bar
        self._step, self._wanted, self._since, self._note = 0, 0, 0.0, ""
        self._parts: Iterator[int] | None = None
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.timeout.connect(self._go_on)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self.show_hash)
        self._hashing: Iterator[str] | None = None
        bar.first.connect(lambda: self.go(1))
        bar.last.connect(lambda: self.go(player.count))
        bar.back.connect(self.back)
        bar.on.connect(self.on)
        bar.sought.connect(self.go)
        bar.given_up.connect(self.give_up)

    @property
    def step(self) -> int:
        """Return the step that is shown."""
        return self._step

    @property
    def moving(self) -> bool:
        """Return True while another step is on its way."""
        return self._parts is not None

    def go(self, step: int, note: str = "") -> None:
        """Show a step as soon as it is folded; what is to be noted of the way there is said before it."""
        self._note = note
        self._wanted = max(0, min(step, self._player.count))
        self._since = self._since if self._parts is not None else time.monotonic()
        self._parts = self._player.moving(self._wanted)
        self._hashing = None
        self._rest.stop()
        self._go_on()

    def on(self) -> None:
        """Show the next event; the last row where none is left."""
        steps, start = self._record.steps, self._aim()
        found = (each for each in range(start + 1, len(steps) + 1) if steps[each - 1].kind not in PASSED_OVER)
        self.go(next(found, len(steps)))

    def back(self) -> None:
        """Show the event before; the first row where none is left."""
        steps, start = self._record.steps, self._aim()
        found = (each for each in range(start - 1, 0, -1) if steps[each - 1].kind not in PASSED_OVER)
        self.go(next(found, 1))

    def give_up(self) -> None:
        """Stay at the step that is shown."""
        self._parts = None
        self._turn.stop()
        self._show_bar()

    def show_hash(self) -> None:
        """Work the hash of the state out, beside the window, and show it; nothing while it is another one's turn."""
        if self._parts is not None or self._player.position != self._step:
            return
        self._hashing = self._hashing or self._player.hashing()
        end = time.monotonic() + _TURN
        for digest in self._hashing:
            if digest:
                self._bar.show_hash(digest)
            elif time.monotonic() >= end:
                self._rest.start(0)
                return
        self._hashing = None

    def stop(self) -> None:
        """Do nothing any more; the window is about to go."""
        self._parts = None
        self._turn.stop()
        self._rest.stop()

    def _aim(self) -> int:
        """The step a key starts from: held down, it counts on while the fold follows."""
        return self._wanted if self._parts is not None else self._step

    def _go_on(self) -> None:
        """Fold for half a frame; then show the step, or go on in the next turn."""
        if self._parts is None:
            return
        end = time.monotonic() + _TURN
        for position in self._parts:
            if time.monotonic() >= end:
                self._turn.start(0)
                if time.monotonic() - self._since > _SAY_AFTER:
                    done, whole = grouped(Decimal(position)), grouped(Decimal(self._wanted))
                    self._bar.show_way(f"on the way to row {whole}: at row {done}")
                return
        self._parts = None
        self._turn.stop()
        self._step = self._wanted
        self._desk.show(self._player.folded, self._moment())
        self._show_bar()
        self.shown.emit(self._step)

    def _moment(self) -> int:
        return self._record.moment(self._step)

    def _show_bar(self) -> None:
        steps = self._record.steps
        row = steps[self._step - 1] if self._step else None
        words = step_words(self._step, len(steps), row, cut_off=self._record.killed and not self._record.faults)
        self._bar.show_step(self._step, dated(self._moment()), f"{self._note}  {words}".strip())
        self._bar.show_hash("")
        self._rest.start(_REST_MS)
