"""Time that runs faster than the wall's, for a loop, a desk and practice venues that all live in it.

Nothing that waits is changed: time-outs, heartbeats and pauses are as long as ever in this time, and only the clock is
quick. Real sockets become slower by the same factor, which is no harm on loopback.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable

from app.practice.exchange.clock import NS_PER_MS, Timer


class FastTime:
    """A clock that runs `speed` times as fast as the wall's, from now on."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._wall, self._mono = time.time_ns(), time.monotonic()

    def now(self) -> int:
        """Nanoseconds since 1970 UTC, as the desk's clock."""
        return self._wall + int((time.monotonic() - self._mono) * self.speed * 1e9)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._mono + (time.monotonic() - self._mono) * self.speed


class FastPracticeClock:
    """The same time for a practice venue."""

    def __init__(self, fast: FastTime) -> None:
        self.skew_ms = 0
        self._fast = fast

    def now_ns(self) -> int:
        return self._fast.now() + self.skew_ms * NS_PER_MS

    def now_ms(self) -> int:
        return self.now_ns() // NS_PER_MS

    def monotonic_ms(self) -> int:
        return int(self._fast.monotonic() * 1000)

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(max(0, delay_ms) / 1000, work)

    async def sleep(self, delay_ms: int) -> None:
        await asyncio.sleep(max(0, delay_ms) / 1000)


class _FastSelector(selectors.DefaultSelector):
    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._speed)


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop in that time."""

    def __init__(self, fast: FastTime) -> None:
        self._fast = fast
        super().__init__(_FastSelector(fast.speed))

    def time(self) -> float:
        """Seconds of the quick clock."""
        return self._fast.monotonic()
