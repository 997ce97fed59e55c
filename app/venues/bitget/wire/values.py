"""Fields of Bitget's JSON, one at a time: texts, exact numbers, times, flags, objects and lists."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.evidence import MILLISECOND
from app.domain.money import ZERO
from app.venues.common.failures import Malformed
from app.venues.transport import jsonx

#: Beyond this power of ten a number is no price, size or balance.
MOST_DIGITS = jsonx.MOST_DIGITS

#: Beyond this a leverage, or a share of the market price, is a slip of the venue.
_MOST_TIMES = Decimal(1000)

Row = Mapping[str, Any]


def object_of(value: object, what: str) -> dict[str, Any]:
    """Return the value as an object.

    Raises:
        Malformed: if it is not one.
    """
    if isinstance(value, dict):
        return value
    raise Malformed(f"{what} that is no object")


def read_object(data: bytes | str, what: str) -> dict[str, Any]:
    """Read JSON that is an object, numbers exactly.

    Raises:
        Malformed: if it is not.
    """
    try:
        return object_of(jsonx.loads(data), what)
    except jsonx.JsonError as error:
        raise Malformed(f"{what} that is {error.kind}") from error


def list_of(value: object, what: str) -> list[Any]:
    """Return the value as a list; null is an empty one.

    Raises:
        Malformed: if it is neither.
    """
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise Malformed(f"{what} that is no list")


def text_of(row: Row, name: str) -> str:
    """Return a text; null and a missing field are empty, a number is its digits.

    Order ids have 18 or 19 digits, and once came as a number.
    """
    value = row.get(name)
    if isinstance(value, str):
        return value.strip()
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def number_of(row: Row, name: str) -> Decimal | None:
    """Return an exact number; None for null and an empty text.

    Raises:
        Malformed: for anything else, and for a number of no sensible size.
    """
    told = row.get(name)
    if told is None or told == "":
        return None
    try:
        value = jsonx.number(told)
    except jsonx.JsonError as error:
        raise Malformed(f"{name} that is no number") from error
    if isinstance(told, str) and len(told) <= 2 * MOST_DIGITS:
        return value  # of no more digits than letters, and of a power that was looked at as it was read
    digits = len(value.as_tuple().digits)
    if not value.is_finite() or digits > 2 * MOST_DIGITS or (value and abs(value.adjusted()) > MOST_DIGITS):
        raise Malformed(f"{name} beyond any sensible size")
    return value


def positive_of(row: Row, name: str) -> Decimal | None:
    """Return a number above zero; null, "" and 0 all mean that there is none."""
    value = number_of(row, name)
    return value if value is not None and value > ZERO else None


def nanoseconds_of(row: Row, name: str) -> int | None:
    """Return a time sent in milliseconds, in nanoseconds; None where there is none, or one of another unit.

    Raises:
        Malformed: for what is no number.
    """
    told = row.get(name)
    if isinstance(told, str) and told.isascii() and told.isdigit():
        return jsonx.instant(told, MILLISECOND)
    value = number_of(row, name)
    return jsonx.instant(value, MILLISECOND) if value is not None else None


def milliseconds_of(value: object) -> int | None:
    """Return a count of milliseconds, by which messages are ordered; None for what is none, such as microseconds."""
    at = jsonx.whole_or_none(value)
    return at if at is not None and at * MILLISECOND < jsonx.LATEST else None


def factor_of(text: object) -> Decimal | None:
    """Return a leverage or a share, above zero; None for whatever is none. It serves estimates, so it costs no row."""
    try:
        value = jsonx.number_or_none(text)
    except jsonx.JsonError:
        return None
    return value if value is not None and ZERO < value <= _MOST_TIMES else None


def flag_of(row: Row, name: str) -> bool | None:
    """Return a flag, which REST and the sockets write differently; None for any other word."""
    text = text_of(row, name).lower()
    if text in ("yes", "true"):
        return True
    return False if text in ("no", "false") else None
