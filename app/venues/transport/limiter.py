"""Rate limits: never more requests in any window than the venue's documents allow, and never early."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import TracebackType


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` requests in any `seconds`, wherever the window is laid."""

    limit: int
    seconds: float

    def __post_init__(self) -> None:
        if self.limit < 1 or self.seconds <= 0:
            raise ValueError("A rate window needs a limit of at least 1 and a length above 0 seconds.")


#: Seconds after which one that waits looks again whether those before it have left, or gave their places back.
_LOOK_AGAIN = 0.25


class Turn:
    """Place of one request in a budget, to be used in a `with` statement: given back there if it never left.

    What counts is when a request truly leaves. Between its turn and that it may be read, signed, or held up; until then
    it counts as one that leaves this moment, so that no later one brings the venue more than it takes.

    Attributes:
        seconds: wait that was worked out when the place was taken, 0.0 for now.
    """

    __slots__ = ("_limiter", "at", "is_out", "seconds")

    def __init__(self, limiter: Limiter, at: float, seconds: float, *, is_out: bool = False) -> None:
        self._limiter = limiter
        self.at, self.seconds = at, seconds
        self.is_out = is_out

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    async def come(self) -> None:
        """Wait until it may leave: its time has come, no pause lasts, and those before it left room."""
        await self._limiter.wait_for(self)

    def left(self) -> None:
        """Note that it leaves now."""
        if not self.is_out:
            self.is_out, self.at = True, self._limiter.now()

    def close(self) -> None:
        """Give the place back, unless it was used."""
        if not self.is_out:
            self._limiter.give_back(self)

    def time(self, now: float) -> float:
        """Return when it left or is to leave, at the earliest now."""
        return self.at if self.is_out else max(self.at, now)


class Limiter:
    """Sliding windows over one budget, on a monotonic clock.

    A person's request takes its place with `turn()` and leaves when that has come. Background work uses
    `acquire(keep=…)`: it takes no place ahead of time and leaves `keep` places of each window free, so that it never
    makes a person wait. Reads that keep what is shown true have a `share` of each window that a person's requests
    cannot use up: `acquire(keep=…, shared=True)` may use it whatever else is taken.
    """

    __slots__ = ("_blocked_until", "_longest", "_monotonic", "_share", "_shared", "_turns", "_windows")

    def __init__(self, windows: Sequence[Window], monotonic: Callable[[], float], share: int = 0) -> None:
        """Start with nothing used.

        Args:
            windows: every limit that must hold at once.
            monotonic: seconds that never go back.
            share: places of each window that only reads with `shared` may take.
        """
        self._windows = tuple(windows)
        self._monotonic = monotonic
        self._share = share
        self._longest = max((window.seconds for window in self._windows), default=0.0)
        #: Requests of a person, in the order of their turns.
        self._turns: list[Turn] = []
        #: Times of reads, ascending.
        self._shared: deque[float] = deque(maxlen=max((window.limit for window in self._windows), default=1))
        self._blocked_until = float("-inf")

    def now(self) -> float:
        """Time of this limiter's clock."""
        return self._monotonic()

    def delay(self, keep: int = 0, *, shared: bool = False) -> float:
        """Seconds until one more request may leave, 0.0 for now; takes no place."""
        now = self._monotonic()
        return max(0.0, self._due(now, keep, shared=shared) - now)

    def turn(self, keep: int = 0) -> Turn:
        """Take the next place."""
        now = self._monotonic()
        due = self._due(now, keep, shared=False)
        return self._add(Turn(self, due, max(0.0, due - now)), now)

    def reserve(self, keep: int = 0) -> float:
        """Take the next place for one that leaves just then; return the seconds to wait until it, 0.0 for now."""
        now = self._monotonic()
        due = self._due(now, keep, shared=False)
        return self._add(Turn(self, due, max(0.0, due - now), is_out=True), now).seconds

    def _add(self, turn: Turn, now: float) -> Turn:
        self._turns = [each for each in self._turns if not each.is_out or each.at > now - self._longest]
        self._turns.append(turn)
        return turn

    def give_back(self, turn: Turn) -> None:
        """Take a place back that was not used."""
        self._turns = [each for each in self._turns if each is not turn]

    async def wait_for(self, turn: Turn) -> None:
        """Sleep until a turn has come."""
        await self._sleep_while(lambda: self._nap(turn))

    def _nap(self, turn: Turn) -> float:
        seconds = self._still(turn)
        return min(seconds, _LOOK_AGAIN) if self._monotonic() >= turn.at else seconds

    def _still(self, turn: Turn) -> float:
        """Seconds until a turn comes: those before it take places, be it that they left or may leave at any moment.

        Those behind it left a place for it when they came.
        """
        now = self._monotonic()
        others = [each.time(now) for each in takewhile(lambda each: each is not turn, self._turns)]
        due = max(turn.at, self._blocked_until, now)
        for window in self._windows:
            mine = sorted(at for at in others if now - window.seconds < at <= now)
            everyone = sorted((*mine, *(at for at in self._shared if at > now - window.seconds)))
            due = max(due, _after(mine, max(1, window.limit - self._share), window.seconds, now))
            due = max(due, _after(everyone, window.limit, window.seconds, now))
        return due - now

    def pause(self, seconds: float) -> None:
        """Let nothing leave for `seconds`: the venue said that we were too fast."""
        self._blocked_until = max(self._blocked_until, self._monotonic() + seconds)

    def paused(self) -> float:
        """Return for how many seconds more a pause lasts, 0.0 for none."""
        return max(0.0, self._blocked_until - self._monotonic())

    async def acquire(self, keep: int = 0, *, shared: bool = False) -> None:
        """Wait until a place is free with `keep` more places left over, or one of the share of reads, and take it."""
        await self._sleep_while(lambda: self.delay(keep, shared=shared))
        if shared:
            self._shared.append(self._monotonic())
        else:
            self.reserve(keep)

    async def wait(self, seconds: float) -> None:
        """Sleep for at least `seconds` of this limiter's clock, and as long as a pause that began meanwhile lasts."""
        due = self._monotonic() + seconds
        await self._sleep_while(lambda: max(due, self._blocked_until) - self._monotonic())

    @staticmethod
    async def _sleep_while(left: Callable[[], float]) -> None:
        # Event-loop timers may fire early.
        while True:
            seconds = left()
            if seconds <= 0:
                return
            await asyncio.sleep(seconds)

    def _due(self, now: float, keep: int, *, shared: bool) -> float:
        due, taken = max(now, self._blocked_until), sorted(each.time(now) for each in self._turns)
        if taken and not shared:
            due = max(due, taken[-1])
        while True:
            later = max((self._free(due, window, taken, keep, shared=shared) for window in self._windows), default=due)
            if later <= due:
                return due
            due = later

    def _free(self, due: float, window: Window, taken: Sequence[float], keep: int, *, shared: bool) -> float:
        """Return when a window has room for one more request at or after `due`.

        Requests of a person keep within the limit less the share, and reads that exceed the share leave `keep` places
        of what is taken or reserved: so no window ever holds more than the limit.
        """
        begin = due - window.seconds
        mine = [at for at in (self._shared if shared else taken) if at > begin]
        everyone = sorted(at for at in (*taken, *self._shared) if at > begin)
        any_free = _after(everyone, max(1, window.limit - keep), window.seconds, due)
        if shared:
            own_free = _after(mine, self._share, window.seconds, due) if self._share else any_free
            return min(own_free, any_free)
        return max(_after(mine, max(1, window.limit - self._share), window.seconds, due), any_free)


def _after(taken: Sequence[float], limit: int, seconds: float, due: float) -> float:
    """Return when fewer than `limit` of the ascending times lie in a window that ends then."""
    return max(due, taken[-limit] + seconds) if len(taken) >= limit else due
