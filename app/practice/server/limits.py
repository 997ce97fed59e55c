"""Rate limiters for the server side, on any clock; the venue decides what an excess is answered with.

`take()` uses up one (a bucket: a weight) if the allowance has it; False, and nothing used, when it has not.
"""

from __future__ import annotations

from collections import deque
from decimal import Decimal

from app.practice.exchange.clock import PracticeClock


class TokenBucket:
    """An allowance that refills evenly: at most `capacity` at once, `refill` more every `per_ms`."""

    def __init__(self, clock: PracticeClock, capacity: int, refill: int, per_ms: int) -> None:
        self._clock = clock
        self._capacity = Decimal(capacity)
        self._per_ms = Decimal(refill) / Decimal(per_ms)
        self._tokens = self._capacity
        self._seen_ms = clock.monotonic_ms()

    def take(self, weight: Decimal | int = 1) -> bool:
        now = self._clock.monotonic_ms()
        self._tokens = min(self._capacity, self._tokens + self._per_ms * (now - self._seen_ms))
        self._seen_ms = now
        if self._tokens < weight:
            return False
        self._tokens -= weight
        return True


class FixedWindow:
    """At most `limit` in every window of `per_ms`; windows follow one another from the first request on.

    Args:
        lockout_ms: once exceeded, everything is refused for so long (0: only until the window ends).
    """

    def __init__(self, clock: PracticeClock, limit: int, per_ms: int, lockout_ms: int = 0) -> None:
        self._clock = clock
        self._limit = limit
        self._window_ms = per_ms
        self._lockout_ms = lockout_ms
        self._began_ms = clock.monotonic_ms()
        self._used = 0
        self._locked_until_ms = 0

    def take(self) -> bool:
        now = self._clock.monotonic_ms()
        if now - self._began_ms >= self._window_ms:
            self._began_ms = now - (now - self._began_ms) % self._window_ms
            self._used = 0
        if now < self._locked_until_ms:
            return False
        if self._used >= self._limit:
            if self._lockout_ms:
                self._locked_until_ms = now + self._lockout_ms
            return False
        self._used += 1
        return True


class SlidingWindow:
    """At most `limit` requests in any stretch of `per_ms`."""

    def __init__(self, clock: PracticeClock, limit: int, per_ms: int) -> None:
        self._clock = clock
        self._limit = limit
        self._per_ms = per_ms
        self._at: deque[int] = deque()

    def take(self) -> bool:
        now = self._clock.monotonic_ms()
        while self._at and self._at[0] <= now - self._per_ms:
            self._at.popleft()
        if len(self._at) >= self._limit:
            return False
        self._at.append(now)
        return True
