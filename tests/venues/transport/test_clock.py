"""The venue's clock is learnt from whole-second dates without inventing an offset."""

from __future__ import annotations

from app.domain.evidence import SECOND
from app.runtime.clock import SystemClock
from app.venues.transport.clock import ClockOffset

DATE = "Sat, 21 Nov 2026 12:00:00 GMT"
AT = 1_795_262_400 * SECOND


def test_a_right_clock_keeps_offset_zero() -> None:
    offset = ClockOffset()
    for part in (0, 250_000_000, 999_000_000):
        offset.learn(DATE, AT + part, AT + part + 1_000_000)
    assert offset.nanoseconds == 0
    assert offset.samples == 3


def test_a_venue_ahead_of_us_is_learnt_to_the_interval_s_near_edge() -> None:
    offset = ClockOffset()
    offset.learn(DATE, AT - 60 * SECOND, AT - 60 * SECOND + 100_000_000)
    assert offset.nanoseconds == 60 * SECOND - 100_000_000


def test_a_venue_behind_us_is_learnt() -> None:
    offset = ClockOffset()
    offset.learn(DATE, AT + 60 * SECOND, AT + 60 * SECOND)
    assert offset.nanoseconds == -59 * SECOND


def test_later_replies_narrow_the_estimate_and_do_not_move_it_without_need() -> None:
    offset = ClockOffset()
    offset.learn(DATE, AT - 60 * SECOND, AT - 60 * SECOND)
    before = offset.nanoseconds
    offset.learn(DATE, AT - 60 * SECOND + 500_000_000, AT - 60 * SECOND + 600_000_000)
    assert offset.nanoseconds == before


def test_unusable_dates_are_ignored() -> None:
    offset = ClockOffset()
    for text in ("", "yesterday", "Sat, 99 Nov 2026 12:00:00 GMT"):
        offset.learn(text, AT, AT)
    offset.learn(DATE, AT, AT + 20 * SECOND)
    offset.learn(DATE, AT, AT - SECOND)
    assert offset.samples == 0
    assert offset.nanoseconds == 0


def test_the_system_clock_counts_nanoseconds_and_seconds() -> None:
    clock = SystemClock()
    assert clock.now() > AT - 10 * 365 * 86_400 * SECOND
    assert clock.monotonic() <= clock.monotonic()
