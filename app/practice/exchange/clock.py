"""Time for the practice venues.

A venue reads the time only here, and postpones work only with `call_later`, so the same venue code runs under the real
clock and under one a test turns by hand.
"""

from __future__ import annotations

import asyncio
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
