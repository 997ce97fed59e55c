"""Allowances on virtual time."""

from __future__ import annotations

from decimal import Decimal

from app.practice.server.limits import FixedWindow, SlidingWindow, TokenBucket
from tests.helpers.virtual_clock import VirtualClock


def test_a_bucket_empties_and_refills_evenly() -> None:
    clock = VirtualClock()
    bucket = TokenBucket(clock, capacity=10, refill=10, per_ms=1000)
    assert all(bucket.take() for _ in range(10))
    assert not bucket.take()
    clock.advance(100)
    assert bucket.take()
    assert not bucket.take(Decimal("0.1"))
    clock.advance(60_000)
    assert bucket.take(10)
    assert not bucket.take()


def test_a_window_begins_anew() -> None:
    clock = VirtualClock()
    window = FixedWindow(clock, limit=3, per_ms=1000)
    clock.advance(400)
    assert [window.take() for _ in range(4)] == [True, True, True, False]
    clock.advance(600)
    assert [window.take() for _ in range(4)] == [True, True, True, False]


def test_a_lock_out_outlasts_the_window() -> None:
    clock = VirtualClock()
    window = FixedWindow(clock, limit=1, per_ms=1000, lockout_ms=60_000)
    assert window.take()
    assert not window.take()
    clock.advance(5_000)
    assert not window.take()
    clock.advance(55_000)
    assert window.take()


def test_a_sliding_window_counts_any_stretch() -> None:
    clock = VirtualClock()
    window = SlidingWindow(clock, limit=2, per_ms=1000)
    assert window.take()
    clock.advance(900)
    assert window.take()
    clock.advance(50)
    assert not window.take()
    clock.advance(50)
    assert window.take()
    assert not window.take()
