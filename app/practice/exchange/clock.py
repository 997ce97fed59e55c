"""Time for the practice venues: real, or virtual for simulations that run without sockets.

A venue reads the time only here, and postpones work only with `call_later`, so the same venue code runs under the real
clock behind sockets and under virtual time in a simulation.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from typing import Protocol

NS_PER_MS = 1_000_000


class Timer(Protocol):
    """Work that was postponed and can still be called off."""

    def cancel(self) -> None:
        """Call the work off; harmless when it already ran."""


class PracticeClock(Protocol):
    """Time as a venue may know it.

    Attributes:
        skew_ms: how far this venue's wall clock is ahead of the true one, in milliseconds; may be negative. It moves
            `now_ms` and `now_ns`, never `monotonic_ms` nor timers.
    """

    skew_ms: int

    def now_ns(self) -> int:
        """Nanoseconds since 1970 UTC as this venue believes, the skew included."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC as this venue believes, the skew included."""

    def monotonic_ms(self) -> int:
        """Milliseconds from an arbitrary start; never goes back and knows no skew. For limits and delays."""

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Timer:
        """Run `work` once after `delay_ms`; equal times run in the order they were asked for."""

    async def sleep(self, delay_ms: int) -> None:
        """Wait for `delay_ms` of this clock."""


class RealClock:
    """The machine's clock, over the running asyncio loop."""

    def __init__(self, skew_ms: int = 0) -> None:
        self.skew_ms = skew_ms

    def now_ns(self) -> int:
        return time.time_ns() + self.skew_ms * NS_PER_MS

    def now_ms(self) -> int:
        return self.now_ns() // NS_PER_MS

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // NS_PER_MS

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(max(0, delay_ms) / 1000, work)

    async def sleep(self, delay_ms: int) -> None:
        await asyncio.sleep(max(0, delay_ms) / 1000)


class _VirtualTimer:
    """A postponed call of the virtual clock."""

    __slots__ = ("cancelled", "work")

    def __init__(self, work: Callable[[], None]) -> None:
        self.work = work
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class VirtualClock:
    """Time that moves only when told to; timers run while it is advanced, in order, at their exact instant.

    Args:
        start_ns: the first instant, in nanoseconds since 1970 UTC.
    """

    def __init__(self, start_ns: int = 1_760_000_000_000_000_000, skew_ms: int = 0) -> None:
        self.skew_ms = skew_ms
        self._start_ns = start_ns
        self._elapsed_ms = 0
        self._asked = 0
        self._heap: list[tuple[int, int, _VirtualTimer]] = []

    def now_ns(self) -> int:
        return self._start_ns + (self._elapsed_ms + self.skew_ms) * NS_PER_MS

    def now_ms(self) -> int:
        return self.now_ns() // NS_PER_MS

    def monotonic_ms(self) -> int:
        return self._elapsed_ms

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Timer:
        timer = _VirtualTimer(work)
        self._asked += 1
        heapq.heappush(self._heap, (self._elapsed_ms + max(0, delay_ms), self._asked, timer))
        return timer

    async def sleep(self, delay_ms: int) -> None:
        done = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not done.done():
                done.set_result(None)

        self.call_later(delay_ms, wake)
        await done

    def next_at_ms(self) -> int | None:
        """Due time of the next timer, on the scale of `monotonic_ms`; None when nothing waits."""
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def advance(self, delay_ms: int) -> None:
        """Move time forward by `delay_ms` and run every timer that falls due, new ones included."""
        target = self._elapsed_ms + delay_ms
        while (due := self.next_at_ms()) is not None and due <= target:
            _, _, timer = heapq.heappop(self._heap)
            self._elapsed_ms = max(self._elapsed_ms, due)
            timer.work()
        self._elapsed_ms = target
