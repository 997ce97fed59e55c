"""Fields of QFEX's JSON, one at a time: exact numbers, times, texts, objects and lists of objects."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.evidence import SECOND
from app.domain.money import places
from app.venues.common.failures import Malformed
from app.venues.transport import jsonx
from app.venues.transport.jsonx import JsonError

#: Digits before or after the point beyond which a number is no price, size or amount of any market.
_MOST_DIGITS = 24


def exact_number(value: object) -> Decimal:
    """Return a number of sensible size, whether as JSON number or as text, with its own digits.

    Raises:
        JsonError: for anything else.
    """
    number = jsonx.number(value)
    text = str(number)
    if len(text) <= _MOST_DIGITS and "E" not in text:
        return number  # written out, it has no more digits on either side than letters
    if number.adjusted() >= _MOST_DIGITS or places(number) > _MOST_DIGITS:
        raise JsonError("A number has far too many digits.")
    return number


def maybe_number(value: object) -> Decimal | None:
    """Return a number as of `exact_number`, None for null and an empty text.

    Raises:
        JsonError: for anything else that is not a number of sensible size.
    """
    return None if value is None or value == "" else exact_number(value)


def nanoseconds(seconds: object) -> int | None:
    """Return a time in (fractional) seconds since 1970 as nanoseconds, exact; None for anything else.

    A time in another unit than seconds is none: it would lie in no year of this market.
    """
    return jsonx.instant(seconds, SECOND)


def text_of(row: Mapping[str, Any], *names: str) -> str:
    """Return the first of these fields that is a text, "" if none is."""
    return next((value for name in names if isinstance(value := row.get(name), str)), "")


def first_of(row: Mapping[str, Any], *names: str) -> object:
    """Return the first of these fields that is there and not null, None if none is."""
    return next((row[name] for name in names if row.get(name) is not None), None)


def told(value: object) -> str:
    """Return a value as a person may be shown it: a text in quotation marks, anything else as JSON has it."""
    if isinstance(value, str):
        return f"“{value[:100]}”"
    try:
        return jsonx.dumps(value)[:100]
    except (TypeError, ValueError):
        return type(value).__name__


def rows_of_list(value: object, name: str) -> tuple[Any, ...]:
    """Return the rows of a list, whatever each of them is; Malformed, naming it, if it is no list."""
    if isinstance(value, list):
        return tuple(value)
    raise Malformed(f"{name} is not a list.")


def read_json(data: bytes | str) -> Any:
    """Read JSON, numbers exactly; what it raises is Malformed."""
    try:
        return jsonx.loads(data)
    except JsonError as error:
        raise Malformed(str(error)) from error


def object_of(value: object, name: str) -> dict[str, Any]:
    """Return a JSON object as such; Malformed, naming it, if it is none."""
    if isinstance(value, dict):
        return value
    raise Malformed(f"{name} is not a JSON object.")
