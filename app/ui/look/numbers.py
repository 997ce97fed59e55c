"""Texts of numbers and times for the screen. They are never read back: input has its own parser."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

from app.domain.instants import NO_MOMENT, utc
from app.domain.money import exact, places, plain, tidy

#: A narrow space that does not break: it groups digits and can be taken for neither a comma nor a point.
GROUP = "\u202f"

ELLIPSIS = "…"
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d*)?", re.ASCII)
_SPACES = re.compile(r"[ \u00a0\u2009\u202f]")

_SECOND = 1_000_000_000

#: No length of time is shown as longer, in nanoseconds: a record may hold any number.
_LONGEST = 10**24

#: Powers of ten beyond which a number is no price, size or value; its digits would fill the screen, or the memory.
_MOST = 40

#: Characters of such a number that are shown.
_ODD_ROOM = 24


def is_odd(value: Decimal) -> bool:
    """Return True for a number that no market has: not finite, or beyond any sensible size."""
    if not value.is_finite():
        return True
    return (not value.is_zero() and abs(value.adjusted()) > _MOST) or _digits(value) > 2 * _MOST


def _digits(value: Decimal) -> int:
    parts = value.as_tuple()
    return max(len(parts.digits), abs(parts.exponent)) if isinstance(parts.exponent, int) else len(parts.digits)


def grouped(value: Decimal | None, *, sign: bool = False) -> str:
    """The number's own digits with its thousands set apart; a dash for None.

    A number that no market has is written with its exponent, or as what it is, and shortened in the middle.

    Args:
        value: what to show.
        sign: write a plus in front of a number above zero.
    """
    if value is None:
        return "—"
    if is_odd(value):
        return middle_elided(str(value), _ODD_ROOM)
    text = plain(abs(value))
    whole, point, rest = text.partition(".")
    groups: list[str] = []
    while len(whole) > 3:
        groups.insert(0, whole[-3:])
        whole = whole[:-3]
    groups.insert(0, whole)
    front = "−" if value < 0 else "+" if sign and value > 0 else ""
    return front + GROUP.join(groups) + point + rest


def as_digits(value: Decimal) -> str:
    """The number's own digits without groups; one that no market has as `grouped` shows it."""
    return grouped(value) if is_odd(value) else plain(value)


def tidy_grouped(value: Decimal) -> str:
    """The number's digits grouped, without zeros that say nothing."""
    return grouped(value if is_odd(value) else Decimal(tidy(value)))


def at_places(value: Decimal, like: Decimal | None) -> Decimal:
    """Return the number without needless zeros, but with at least as many digits after the point as `like`."""
    if is_odd(value) or (like is not None and is_odd(like)):
        return value
    short = Decimal(tidy(value))
    wanted = places(like) if like is not None else 0
    return short if places(short) >= wanted else lengthened(short, wanted)


def lengthened(value: Decimal, count: int) -> Decimal:
    """Return the number with that many digits after the point, or as it is where that would be too many digits."""
    try:
        with exact():
            return value.quantize(Decimal(1).scaleb(-count))
    except InvalidOperation:
        return value


def common_places(*values: Decimal | None) -> int:
    """Digits after the point that show all these numbers beside each other: none is cut, needless zeros go.

    Up to two of the zeros the first number was written with are kept, because a price of 120000.00 reads as one.
    """
    known = [value for value in values if value is not None and not is_odd(value)]
    needed = max((places(Decimal(tidy(value))) for value in known), default=0)
    return max(needed, min(places(known[0]), 2)) if known else needed


def with_places(value: Decimal, count: int) -> Decimal:
    """Return the number with that many digits after the point, or more where it has more that count."""
    return at_places(value, Decimal(1).scaleb(-count))


def strip_groups(text: str) -> str:
    """Take out digit-group spaces where they can mean nothing else ("84 110.00"); other text comes back as it was."""
    stripped = text.strip()
    return _SPACES.sub("", stripped) if _GROUPED.fullmatch(stripped) else stripped


def age(nanoseconds: int) -> str:
    """A length of time in the largest unit that says enough: 41 ms, 0.4 s, 12 s, 3 m, 2 h, 5 d."""
    seconds = max(0, near(nanoseconds)) / _SECOND
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{int(seconds)} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} m"
    if seconds < 86400:
        return f"{int(seconds // 3600)} h"
    return f"{int(seconds // 86400)} d"


def took(nanoseconds: int) -> str:
    """A duration, for people: `took 0.2 s`."""
    return f"took {age(nanoseconds)}"


def ago(nanoseconds: int) -> str:
    """An age, for people: `20 min ago`; no duration looks so."""
    words = age(nanoseconds)
    return f"{words}in ago" if words.endswith(" m") else f"{words} ago"


def near(nanoseconds: int) -> int:
    """Return a moment or a length of time within what can be drawn; a record may hold any number."""
    return max(-_LONGEST, min(nanoseconds, _LONGEST))


def clock(nanoseconds: int) -> str:
    """A moment as local time of day with milliseconds."""
    moment = _local(nanoseconds)
    if moment is None:
        return NO_MOMENT
    millis = nanoseconds % _SECOND // 1_000_000
    return f"{moment:%H:%M:%S}.{millis:03d}"


def when(nanoseconds: int, now: int) -> str:
    """A moment as local time of day, with the date where that is not today's."""
    moment, today = _local(nanoseconds), _local(now)
    if moment is None or today is None:
        return NO_MOMENT
    return f"{moment:%H:%M:%S}" if moment.date() == today.date() else f"{moment:%Y-%m-%d %H:%M:%S}"


def dated(nanoseconds: int) -> str:
    """A moment whole, with its zone: `2026-11-30 09:07:01.120 CET +01:00`, in local time."""
    moment = _local(nanoseconds)
    if moment is None:
        return NO_MOMENT
    millis, ahead = nanoseconds % _SECOND // 1_000_000, f"{moment:%z}"
    zone = f"{moment:%Z}" if ahead == "+0000" else f"{moment:%Z} {ahead[:3]}:{ahead[3:5]}"
    return f"{moment:%Y-%m-%d %H:%M:%S}.{millis:03d} {zone}"


def _local(nanoseconds: int) -> datetime | None:
    moment = utc(nanoseconds)
    try:
        return moment.astimezone() if moment is not None else None
    except (ValueError, OverflowError, OSError):
        return None  # the last day of the calendar, east of Greenwich


def tail_elided(text: str, room: int) -> str:
    """The end of a long id in `room` characters: ids of one venue differ there."""
    return text if len(text) <= room else ELLIPSIS + text[len(text) - room + 1 :]


def middle_elided(text: str, room: int) -> str:
    """Shorten an id to `room` characters, keeping its tail and, if there is space, its head."""
    if len(text) <= room:
        return text
    if room <= 5:
        return ELLIPSIS + text[-max(1, room - 1) :]
    back = max(4, (room - 1) * 2 // 3)
    front = room - 1 - back
    return text[:front] + ELLIPSIS + text[-back:]
