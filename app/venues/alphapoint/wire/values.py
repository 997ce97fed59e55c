"""Single values of the venue's objects: numbers, ids and times as it writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.domain.money import ZERO, plain, tidy
from app.venues.alphapoint.wire.codec import fold
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import JsonError, number

#: Int64's largest value over 10^9: how the venue writes “no price” (NDAX HTTP documentation, its own example).
NO_PRICE = Decimal("9220000000")

#: .NET ticks (100 ns since the year 1) at the Unix epoch.
_EPOCH_TICKS = 621_355_968_000_000_000


def plain_word(text: str) -> str:
    """Return an enumeration's word for comparing: lower case, without spaces and underscores (documents print both)."""
    return text.replace(" ", "").replace("_", "").lower()


def record(raw: Any, what: str) -> dict[str, Any]:
    """One object with its keys in lower case.

    Raises:
        Malformed: naming what it should have been.
    """
    if not isinstance(raw, dict):
        raise Malformed(f"{what} is not an object")
    return fold(raw)


def whole(value: Any, what: str) -> int:
    """A whole number, from a JSON number or a text.

    Raises:
        Malformed: naming what is missing.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    raise Malformed(f"{what} is missing or not a whole number")


def decimal_of(value: Any, what: str) -> Decimal:
    """An exact number, from a JSON number or a text.

    Raises:
        Malformed: naming what is missing.
    """
    try:
        return _trimmed(number(value))
    except JsonError as error:
        raise Malformed(f"{what} is missing or not a number") from error


def maybe(value: Any) -> Decimal | None:
    """A number that may be absent; one that cannot be read counts as absent, because nothing depends on it alone."""
    if value is None:
        return None
    try:
        return _trimmed(number(value))
    except JsonError:
        return None


def _trimmed(value: Decimal) -> Decimal:
    """The same number without trailing zeros: the venue writes 28 decimals, and sums of those lose digits."""
    return Decimal(tidy(value))


def price_of(value: Any) -> Decimal | None:
    """A price, None where it is absent or stands for “no price”."""
    found = maybe(value)
    return None if found is None or found >= NO_PRICE else found


def above_zero(value: Decimal | None) -> Decimal | None:
    """The number, None where it is zero: most fields write 0 for none."""
    return value if value is not None and value > ZERO else None


def digits(value: Any) -> str:
    """A number as text, "" where it is absent."""
    found = maybe(value)
    return plain(found) if found is not None else ""


def identity(value: Any) -> str:
    """An id as text, "" for none; the venue writes 0 for none."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value).strip() if isinstance(value, int | str) else ""
    return "" if text == "0" else text


def time_of(ticks: Any, milliseconds: Any) -> int | None:
    """Nanoseconds since 1970 from .NET ticks where given, else from milliseconds; None where neither is.

    `TradeTime` and the like are ticks in every capture; a number below the epoch's ticks is taken as milliseconds.
    """
    for value in (ticks, milliseconds):
        text = identity(value)
        if text.isdigit():
            count = int(text)
            return (count - _EPOCH_TICKS) * 100 if count > _EPOCH_TICKS else count * 1_000_000
    return None
