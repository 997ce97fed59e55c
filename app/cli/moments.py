"""Moments as a person writes them, and what is wrong with one that is none. One without a zone is UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ZONE = "a zone is written as Z or +01:00, and without one the time is UTC"

#: A day, a time of day and a zone, each as it may have been meant.
_PARTS = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d?(?::\d\d?){0,2}(?:[.,]\d+)?)(?P<zone>\s*\S.*)?)?", re.ASCII
)
_TIME_ALONE = re.compile(r"\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?", re.ASCII)


def nanoseconds_of(text: str) -> int:
    """Return a moment in nanoseconds since 1970 UTC.

    Raises:
        ValueError: if it is none, with one sentence that says what is wrong and what to write.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_why_not(text)) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1_000


def _why_not(text: str) -> str:
    if _TIME_ALONE.fullmatch(text):
        return f"“{text}” has no day; write it as in 2026-11-21T{text}"
    parts = _PARTS.fullmatch(text)
    if parts is None:
        return f"“{text}” is not a time; write 2026-11-21 or 2026-11-21T09:30; {_ZONE}"
    if not _reads(date.fromisoformat, parts["day"]):
        return f"“{text}” is not a time: there is no day {parts['day']}"
    if not _reads(time.fromisoformat, parts["time"] or "00"):
        return f"“{text}” is not a time: there is no {parts['time']} in a day; write it as in 09:30 or 09:30:05.120"
    return f"“{text}” is not a time: {(parts['zone'] or '').strip()} is not a zone; {_ZONE}"


def _reads(read: object, text: str) -> bool:
    assert callable(read)
    try:
        read(text)
    except ValueError:
        return False
    return True
