"""Exact JSON, and the one door for what a venue writes: numbers, times and texts are made safe here, for all venues.

Numbers come in as their own digits and go out as their own digits; no float ever holds one. A value of one row that
cannot be used is found when that value is read, so it costs that row and not the message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from app.domain.money import NumberError, parse_wire, plain, times
from app.venues.transport.bodies import PAGE

#: Power of ten beyond which a number is no figure of any market.
MOST_DIGITS = 40

#: Digits beyond which a whole number is no id, count or time.
LONGEST_WHOLE = 19
_PAST_LONGEST = 10**LONGEST_WHOLE

#: Nanoseconds since 1970 that can be the time of an order or an answer: the years 2001 to 2099.
EARLIEST, LATEST = 978_307_200_000_000_000, 4_102_444_800_000_000_000

#: Half of a surrogate pair, as JSON writes it; whether its other half follows is seen after decoding. And as it is.
_SURROGATE, _HALF = re.compile(r"\\u[dD][89a-fA-F]"), re.compile(r"[\ud800-\udfff]")


class JsonError(ValueError):
    """A text that is not the JSON it should be; the message says what is wrong, without quoting the text.

    Attributes:
        kind: what it is instead, in two or three words.
    """

    def __init__(self, text: str, kind: str = "no JSON") -> None:
        super().__init__(text)
        self.kind = kind


def loads(data: bytes | str) -> Any:
    """Decode JSON. Fractions and exponents become `Decimal`, whole numbers `int`; `NaN` and `Infinity` are errors.

    Raises:
        JsonError: for anything that is not one JSON value in UTF-8.
    """
    try:
        # Some servers begin with a mark of the encoding, which is no part of the text (RFC 8259, section 8.1).
        text = (data if isinstance(data, str) else data.decode()).removeprefix("\ufeff")
        value = _DECODER.decode(text)
        has_halves = ("\\u" in text and _SURROGATE.search(text)) or (not text.isascii() and _HALF.search(text))
        return _encodable(value) if has_halves else value
    except JsonError:
        raise
    except UnicodeDecodeError as error:
        raise JsonError("The text is not UTF-8.") from error
    except NumberError as error:
        raise JsonError(f"The text has a number that cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        if not text.strip():
            raise JsonError("it is empty.", "empty") from error
        if text.lstrip()[:1] == "<":
            raise JsonError(f"it is a web page; {PAGE}", "a web page") from error
        raise JsonError(f"it is not JSON ({error.msg} at character {error.pos}).") from error
    except (ValueError, RecursionError) as error:
        # A whole number of thousands of digits, or brackets nested thousands deep.
        raise JsonError("The text is JSON beyond any sensible size.") from error


def dumps(value: Any) -> str:
    """Encode compactly, keys in the order given; a `Decimal` becomes a number with its own digits, never an exponent.

    Raises:
        TypeError: for a float, or anything else that is not text, number, flag, null, list or mapping.
        app.domain.money.NumberError: for a decimal that is not finite.
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else ("true" if value else "false")
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        pairs = []
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("JSON keys are texts.")
            pairs.append(f"{json.dumps(key, ensure_ascii=False)}:{dumps(item)}")
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(dumps(item) for item in value) + "]"
    raise TypeError(f"{type(value).__name__} has no exact JSON form.")


def number(value: object) -> Decimal:
    """A number a venue sent, whether as JSON number or as text, with its own digits.

    Raises:
        JsonError: for anything else, and for a number beyond any sensible size.
    """
    if isinstance(value, str):
        try:
            result = parse_wire(value.strip())
        except NumberError as error:
            raise JsonError(str(error)) from error
    elif isinstance(value, Decimal):
        result = value
    elif isinstance(value, int) and not isinstance(value, bool):
        result = Decimal(value)
    else:
        raise JsonError(f"A number was expected, not {_kind(value)}.")
    if result and abs(result.adjusted()) > MOST_DIGITS:
        raise JsonError("A number is beyond any sensible size.")
    return result


def number_or_none(value: object) -> Decimal | None:
    """Like `number`, with null and an empty text read as None.

    Raises:
        JsonError: for anything else that is not a number.
    """
    return None if value is None or value == "" else number(value)


def whole(value: object) -> int:
    """A whole number a venue sent, zero or above, as JSON number or as text in plain digits.

    Not every text of digits is one to `int`: it refuses "²", and thousands of digits.

    Raises:
        JsonError: for anything else, and for more digits than any id, count or time has.
    """
    if type(value) is int and 0 <= value < _PAST_LONGEST:
        return value
    text = value.strip() if isinstance(value, str) else ""
    if not text.isascii() or not text.isdecimal() or len(text) > LONGEST_WHOLE:
        raise JsonError("A whole number was expected.")
    return int(text)


def whole_or_none(value: object) -> int | None:
    """Like `whole`, with None for whatever is not one."""
    try:
        return whole(value)
    except JsonError:
        return None


def instant(value: object, unit: int) -> int | None:
    """A time a venue sent, in nanoseconds since 1970 UTC; None where it is none, or of another unit than it should be.

    Args:
        value: a count since 1970, as JSON number or as text, fractions allowed.
        unit: nanoseconds of one count.
    """
    if isinstance(value, str) and len(value) <= LONGEST_WHOLE and value.isascii() and value.isdigit():
        return sensible_instant(int(value) * unit)
    try:
        counted = number(value)
    except JsonError:
        return None
    return sensible_instant(int(times(counted, unit)))


def sensible_instant(nanoseconds: int) -> int | None:
    """The time, None where it cannot be that of an order: microseconds taken for milliseconds lie far in the future."""
    return nanoseconds if EARLIEST <= nanoseconds < LATEST else None


def mapping(value: object) -> dict[str, Any]:
    """The value as a JSON object.

    Raises:
        JsonError: if it is anything else.
    """
    if isinstance(value, dict):
        return value
    raise JsonError(f"An object was expected, not {_kind(value)}.")


def array(value: object) -> list[Any]:
    """The value as a JSON array.

    Raises:
        JsonError: if it is anything else.
    """
    if isinstance(value, list):
        return value
    raise JsonError(f"An array was expected, not {_kind(value)}.")


def _whole_or_decimal(digits: str) -> int | Decimal:
    """A whole number; one of more digits than `int` takes stays readable, and is refused where it is used."""
    return int(digits) if len(digits) <= MOST_DIGITS else Decimal(digits)


def _encodable(value: Any) -> Any:
    """The value with every half of a surrogate pair as the text that wrote it: no file and no window takes one."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, list):
        return [_encodable(each) for each in value]
    if isinstance(value, dict):
        return {_encodable(name): _encodable(each) for name, each in value.items()}
    return value


def _not_finite(name: str) -> NoReturn:
    raise JsonError(f"The text has {name} for a number.")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a text", bool: "a flag", type(None): "null"}
    return names.get(type(value), "a number")


#: One for all: making it costs more than decoding a short message with it. It keeps nothing from one text to the next.
_DECODER = json.JSONDecoder(parse_float=parse_wire, parse_int=_whole_or_decimal, parse_constant=_not_finite)
