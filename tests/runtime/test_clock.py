"""The system clock: wall time in nanoseconds, and seconds that never go back."""

from __future__ import annotations

import time

from app.runtime.clock import SystemClock


def test_it_tells_wall_time_in_nanoseconds_and_waiting_time_in_seconds() -> None:
    clock = SystemClock()
    before, at, after = time.time_ns(), clock.now(), time.time_ns()
    assert before <= at <= after
    before_s, at_s, after_s = time.monotonic(), clock.monotonic(), time.monotonic()
    assert before_s <= at_s <= after_s
