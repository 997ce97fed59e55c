"""Values of Bitso's JSON: exact numbers, texts, times and order ids. What is none is refused in one clause."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.domain.order import Side
from app.venues.transport.jsonx import JsonError, sensible_instant, whole_or_none
from app.venues.transport.jsonx import number as any_number

#: Decimal exponents of the smallest and the largest number believed.
LOWEST_EXPONENT, HIGHEST_EXPONENT = -18, 18

#: Ids that can be sent back as they are. A comma names two orders, and half a character of a broken text is written
#: with a backslash, as something else.
_NAME = re.compile(r"[!-+\--\[\]-~]{1,128}")
#: Ids that mean something else in a path: “all” is every order of the account ("Cancel Order", documented).
_OTHER_MEANING = frozenset({".", "..", "all"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = re.compile(r"([+-]\d{2}):?(\d{2})$", re.ASCII)


def number(value: object) -> Decimal:
    """Read a number of a size that prices and amounts can have.

    Raises:
        JsonError: if it is none, or far beyond any market (its arithmetic would overflow).
    """
    exact_number = any_number(value)
    if exact_number and not LOWEST_EXPONENT <= exact_number.adjusted() <= HIGHEST_EXPONENT:
        raise JsonError("A number is far too small or too large.")
    return exact_number


def number_or_none(value: object) -> Decimal | None:
    """Like `number`, with null and an empty text read as None."""
    return None if value is None or value == "" else number(value)


def text_of(row: dict[str, Any], name: str, default: str | None = None) -> str:
    """Read a text.

    Raises:
        JsonError: if it is absent and has no default, or is no text.
    """
    value = row.get(name)
    if value is None and default is not None:
        return default
    if value is None:
        raise JsonError(f"it has no {name}")
    if not isinstance(value, str):
        raise JsonError(f"its {name} is no text")
    return value


def is_name(text: str) -> bool:
    """Return True for the id of an order, or of a book, that can be sent back as it is."""
    return _NAME.fullmatch(text) is not None and text not in _OTHER_MEANING


def name_of(row: dict[str, Any], name: str) -> str:
    """Read an id.

    Raises:
        JsonError: if it is none, or could leave as another one.
    """
    text = text_of(row, name)
    if not is_name(text):
        raise JsonError(f"its {name} “{text[:40]}” cannot be sent back as it is, so nothing here can be done with it")
    return text


def side_of(row: dict[str, Any]) -> Side:
    """Read a side.

    Raises:
        JsonError: if it is neither buy nor sell.
    """
    try:
        return Side(text_of(row, "side").lower())
    except JsonError:
        raise
    except ValueError as error:
        raise JsonError("its side is neither buy nor sell") from error


def count_id(row: dict[str, Any], name: str) -> str:
    """Read an id that comes as a number or as a text.

    Raises:
        JsonError: if it is neither.
    """
    value = row.get(name)
    counted = whole_or_none(value) if isinstance(value, int) else None
    if counted is not None:
        return str(counted)
    return name_of(row, name)


def time_of(value: object) -> int | None:
    """Nanoseconds of an ISO time with `Z`, `+0000` or `+00:00`, with or without milliseconds; None if it is no time."""
    if not isinstance(value, str) or not value:
        return None
    if value.endswith("+00:00") and "Z" not in value:
        text = value.strip()  # as Bitso writes it, which is what any other spelling is brought to
    else:
        text = _OFFSET.sub(r"\1:\2", value.strip().replace("Z", "+00:00"))
    try:
        stamp = datetime.fromisoformat(text)
        if stamp.tzinfo is None:
            stamp = stamp.replace(tzinfo=UTC)
        since = stamp - _EPOCH
    except (ValueError, OverflowError):
        return None
    return sensible_instant(((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000)
