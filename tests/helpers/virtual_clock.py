"""Time that a test turns by hand, for the practice venues."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from app.practice.exchange.clock import NS_PER_MS, Timer


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
