"""Virtual time runs its timers in order, and skew touches only the wall clock."""

from __future__ import annotations

import asyncio

from app.practice.exchange.clock import RealClock
from tests.helpers.virtual_clock import VirtualClock


def test_timers_run_in_order_at_their_instant() -> None:
    clock = VirtualClock(start_ns=0)
    ran: list[tuple[str, int]] = []

    def note(name: str) -> None:
        ran.append((name, clock.monotonic_ms()))
        if name == "a":
            clock.call_later(5, lambda: note("again"))

    clock.call_later(30, lambda: note("late"))
    clock.call_later(10, lambda: note("a"))
    clock.call_later(10, lambda: note("b"))
    clock.call_later(10, lambda: note("never")).cancel()
    clock.advance(20)
    assert ran == [("a", 10), ("b", 10), ("again", 15)]
    assert clock.next_at_ms() == 30
    clock.advance(10)
    assert ran[-1] == ("late", 30)
    assert clock.next_at_ms() is None


def test_skew_moves_the_wall_clock_only() -> None:
    clock = VirtualClock(start_ns=1_000_000_000, skew_ms=250)
    clock.advance(50)
    assert clock.now_ms() == 1_300
    assert clock.now_ns() == 1_300_000_000
    assert clock.monotonic_ms() == 50
    clock.skew_ms = -50
    assert clock.now_ms() == 1_000


async def test_sleep_waits_for_virtual_time() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(clock.sleep(100))
    await asyncio.sleep(0)
    clock.advance(99)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(1)
    await sleeper


async def test_the_real_clock_calls_back_and_can_be_called_off() -> None:
    clock = RealClock(skew_ms=3_600_000)
    assert clock.now_ms() - RealClock().now_ms() > 3_500_000
    called = asyncio.Event()
    clock.call_later(0, called.set)
    clock.call_later(0, lambda: called.clear()).cancel()
    await called.wait()
    await clock.sleep(0)
    assert called.is_set()
