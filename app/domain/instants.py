"""Moments as nanoseconds since 1970 UTC, lengths of time, and what can be shown: a record may hold any number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Nanoseconds that stand for no moment any calendar has are shown as this.
NO_MOMENT = "an impossible time"


def utc(nanoseconds: int) -> datetime | None:
    """Return the moment, cut to the second; None where no calendar has it."""
    try:
        return _EPOCH + timedelta(seconds=nanoseconds // _SECOND)
    except OverflowError:
        return None


def in_seconds(seconds: float) -> str:
    """A length of time in words, to a tenth of a second: what a clock took off a round one is not shown."""
    return f"{round(seconds, 1):g} s"
