"""Moments as nanoseconds since 1970 UTC, and what can be shown of them: a record may hold any number."""

from __future__ import annotations

from datetime import UTC, datetime

_SECOND = 1_000_000_000

#: Nanoseconds that stand for no moment any calendar has are shown as this.
NO_MOMENT = "an impossible time"


def utc(nanoseconds: int) -> datetime | None:
    """Return the moment, cut to the second; None where no calendar has it."""
    try:
        return datetime.fromtimestamp(nanoseconds // _SECOND, UTC)
    except (ValueError, OverflowError, OSError):
        return None
