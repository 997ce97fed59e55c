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
    makes a person wait.
    """

    __slots__ = ("_blocked_until", "_grants", "_monotonic", "_windows")

    def __init__(self, windows: Sequence[Window], monotonic: Callable[[], float]) -> None:
        """Start with nothing used.

        Args:
            windows: every limit that must hold at once.
            monotonic: seconds that never go back.
        """
        self._windows = tuple(windows)
        self._monotonic = monotonic
        self._grants: deque[float] = deque(maxlen=max((window.limit for window in self._windows), default=1))
        self._blocked_until = float("-inf")

    def delay(self, keep: int = 0) -> float:
        """Seconds until one more request may leave, 0.0 for now; takes no place."""
        now = self._monotonic()
        return max(0.0, self._due(now, keep) - now)

    def reserve(self, keep: int = 0) -> float:
        """Take the next place and return the seconds to wait until it, 0.0 for now."""
        now = self._monotonic()
        due = self._due(now, keep)
        self._grants.append(due)
        return due - now if due > now else 0.0

    def pause(self, seconds: float) -> None:
        """Let nothing leave for `seconds`: the venue said that we were too fast."""
        self._blocked_until = max(self._blocked_until, self._monotonic() + seconds)

    async def acquire(self, keep: int = 0) -> None:
        """Wait until a place is free with `keep` more places left over, and take it."""
        await self._sleep_while(lambda: self.delay(keep))
        self.reserve(keep)

    async def wait(self, seconds: float) -> None:
        """Sleep for at least `seconds` of this limiter's clock; event-loop timers may fire early."""
        due = self._monotonic() + seconds
        await self._sleep_while(lambda: due - self._monotonic())

    @staticmethod
    async def _sleep_while(left: Callable[[], float]) -> None:
        while True:
            seconds = left()
            if seconds <= 0:
                return
            await asyncio.sleep(seconds)

    def _due(self, now: float, keep: int) -> float:
        due = max(now, self._blocked_until)
        if self._grants:
            due = max(due, self._grants[-1])
        for window in self._windows:
            usable = max(1, window.limit - keep)
            if len(self._grants) >= usable:
                due = max(due, self._grants[-usable] + window.seconds)
        return due
