"""Virtual time: what is to happen, in order, with nothing in between."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from app.domain.evidence import SECOND

#: Beginning of virtual time: nanoseconds since 1970 UTC.
BEGINNING = 1_795_256_000 * SECOND


class Clockwork:
    """Runs work at its time; work of the same time in the order it was planned.

    Attributes:
        outstanding: how much is planned that is not routine: while it is above zero the world is not at rest.
    """

    def __init__(self) -> None:
        self.at = BEGINNING
        self.outstanding = 0
        self._count = 0
        self._planned: list[tuple[int, int, bool, Callable[[], None]]] = []

    def now(self) -> int:
        """The time, in nanoseconds since 1970 UTC."""
        return self.at

    def monotonic(self) -> float:
        """Seconds, for code that measures waiting."""
        return self.at / SECOND

    def later(self, delay: int, work: Callable[[], None], *, routine: bool = False) -> None:
        """Plan work; routine work does not keep the world awake."""
        self._count += 1
        if not routine:
            self.outstanding += 1
        heapq.heappush(self._planned, (self.at + max(delay, 0), self._count, routine, work))

    def run_until(self, moment: int) -> None:
        """Let time pass up to a moment."""
        while self._planned and self._planned[0][0] <= moment:
            self.turn()
        self.at = max(self.at, moment)

    def turn(self) -> bool:
        """Do the next thing there is; False if there is nothing."""
        if not self._planned:
            return False
        self.at, _, routine, work = heapq.heappop(self._planned)
        if not routine:
            self.outstanding -= 1
        work()
        return True
