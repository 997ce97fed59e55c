"""Rate limits: never more requests in any window than the venue's documents allow, and never early."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` requests in any `seconds`, wherever the window is laid."""

    limit: int
    seconds: float

    def __post_init__(self) -> None:
        if self.limit < 1 or self.seconds <= 0:
            raise ValueError("A rate window needs a limit of at least 1 and a length above 0 seconds.")


class Limiter:
    """Sliding windows over one budget, on a monotonic clock.

    A person's request takes its place with `reserve()` and leaves after the wait it was given. Background work uses
    `acquire(keep=…)`: it takes no place ahead of time and leaves `keep` places of each window free, so that it never
    makes a person wait. Reads that keep what is shown true have a `share` of each window that a person's requests
    cannot use up: `acquire(keep=…, shared=True)` may use it whatever else is taken.
    """

    __slots__ = ("_blocked_until", "_grants", "_monotonic", "_share", "_shared", "_windows")

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
        most = max((window.limit for window in self._windows), default=1)
        #: Times of requests of a person, the future ones reserved, and of reads, each in ascending order.
        self._grants: deque[float] = deque(maxlen=most)
        self._shared: deque[float] = deque(maxlen=most)
        self._blocked_until = float("-inf")

    def delay(self, keep: int = 0, *, shared: bool = False) -> float:
        """Seconds until one more request may leave, 0.0 for now; takes no place."""
        now = self._monotonic()
        return max(0.0, self._due(now, keep, shared=shared) - now)

    def reserve(self, keep: int = 0) -> float:
        """Take the next place and return the seconds to wait until it, 0.0 for now."""
        now = self._monotonic()
        due = self._due(now, keep, shared=False)
        self._grants.append(due)
        return due - now if due > now else 0.0

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
        due = max(now, self._blocked_until)
        if self._grants and not shared:
            due = max(due, self._grants[-1])
        while True:
            later = max((self._free(due, window, keep, shared=shared) for window in self._windows), default=due)
            if later <= due:
                return due
            due = later

    def _free(self, due: float, window: Window, keep: int, *, shared: bool) -> float:
        """Return when a window has room for one more request at or after `due`.

        Requests of a person keep within the limit less the share, and reads that exceed the share leave `keep` places
        of what is taken or reserved: so no window ever holds more than the limit.
        """
        begin = due - window.seconds
        mine = sorted(at for at in (self._shared if shared else self._grants) if at > begin)
        everyone = sorted(at for at in (*self._grants, *self._shared) if at > begin)
        any_free = _after(everyone, max(1, window.limit - keep), window.seconds, due)
        if shared:
            own_free = _after(mine, self._share, window.seconds, due) if self._share else any_free
            return min(own_free, any_free)
        return max(_after(mine, max(1, window.limit - self._share), window.seconds, due), any_free)


def _after(taken: Sequence[float], limit: int, seconds: float, due: float) -> float:
    """Return when fewer than `limit` of the ascending times lie in a window that ends then."""
    return max(due, taken[-limit] + seconds) if len(taken) >= limit else due
