"""Single values of the venue's objects: numbers, ids and times as it writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.domain.money import ONE, ZERO, exact, plain, tidy
from app.venues.alphapoint.wire.codec import fold
from app.venues.common.failures import Malformed
from app.venues.transport import jsonx
from app.venues.transport.jsonx import JsonError, number, sensible_instant, whole_or_none

#: Int64's largest value, which over a power of ten is how the venue writes “no price”: over 10^9 in the NDAX HTTP
#: documentation's own example, over 10^8 where a venue counts in the smallest unit of its coins. Every other number is
#: a price, however large.
_LARGEST = 2**63 - 1
_SCALES = (8, 9)

#: Powers of ten of those numbers; whatever is of another size is none of them, and need not be compared.
_SIZES = frozenset(len(str(_LARGEST)) - 1 - scale for scale in _SCALES)

#: What a binary float, or a cut after some decimals, may leave of it, in its last digits.
_BLUR = 1000

#: .NET ticks (100 ns since the year 1) at the Unix epoch.
_EPOCH_TICKS = 621_355_968_000_000_000

_FLAGS = {"true": True, "false": False, "": False}


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
    try:
        return jsonx.whole(value)
    except JsonError as error:
        raise Malformed(f"{what} is missing or not a whole number") from error


def order_number(value: Any, what: str = "OrderId") -> str:
    """The id of an order as text; zero is how the venue writes that there is none.

    Raises:
        Malformed: naming what is missing.
    """
    number_of_order = whole(value, what)
    if number_of_order == 0:
        raise Malformed(f"{what} is 0, which is no order")
    return str(number_of_order)


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
    try:
        return stated(value, "")
    except Malformed:
        return None


def stated(value: Any, what: str) -> Decimal | None:
    """A number that may be absent, as null or an empty text; what is there must be one.

    Raises:
        Malformed: naming what is no number.
    """
    return None if value is None or value == "" else decimal_of(value, what)


def _trimmed(value: Decimal) -> Decimal:
    """The same number without trailing zeros: the venue writes 28 decimals, and sums of those lose digits."""
    whole_part = value.to_integral_value()
    if whole_part == value and whole_part.same_quantum(ONE):
        return whole_part
    return Decimal(tidy(value))


def price_of(value: Any) -> Decimal | None:
    """A price, None where it is absent, cannot be read or stands for “no price”."""
    return _unless_none(maybe(value))


def stated_price(value: Any, what: str) -> Decimal | None:
    """A price, None where it is absent or stands for “no price”.

    Raises:
        Malformed: naming what is no number.
    """
    return _unless_none(stated(value, what))


def _unless_none(price: Decimal | None) -> Decimal | None:
    return None if price is None or stands_for_none(price) else price


def stands_for_none(price: Decimal) -> bool:
    """Return True for the number that the venue writes where there is no price."""
    if price.adjusted() not in _SIZES:
        return False
    with exact():
        return any(abs(price.scaleb(scale) - _LARGEST) <= _BLUR for scale in _SCALES)


def above_zero(value: Decimal | None) -> Decimal | None:
    """The number, None where it is zero or less: most fields write 0 for none."""
    return value if value is not None and value > ZERO else None


def unless_zero(value: Decimal | None) -> Decimal | None:
    """The number, None where it is zero: what is below that is an impossible value, and must be seen as one."""
    return value if value != ZERO else None


def digits(value: Any) -> str:
    """A number above zero as text, "" where there is none."""
    amount = above_zero(maybe(value))
    return plain(amount) if amount is not None else ""


def flag(value: Any, what: str) -> bool:
    """A flag, False where it is absent.

    Raises:
        Malformed: naming what is neither yes nor no.
    """
    if isinstance(value, str):
        value = _FLAGS.get(value.strip().lower(), value)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise Malformed(f"{what} is neither true nor false")


def identity(value: Any) -> str:
    """An id as text, "" for none; the venue writes 0 for none."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value).strip() if isinstance(value, int | str) else ""
    return "" if text == "0" else text


def time_of(ticks: Any, milliseconds: Any) -> int | None:
    """Nanoseconds since 1970 from .NET ticks where given, else from milliseconds; None where neither is.

    `TradeTime` and the like are ticks in every capture; a number below the epoch's ticks is taken as milliseconds. One
    of another unit, such as seconds or microseconds, is no time.
    """
    for value in (ticks, milliseconds):
        count = whole_or_none(value) or 0
        nanoseconds = (count - _EPOCH_TICKS) * 100 if count > _EPOCH_TICKS else count * 1_000_000
        sensible = sensible_instant(nanoseconds)
        if sensible is not None:
            return sensible
    return None
