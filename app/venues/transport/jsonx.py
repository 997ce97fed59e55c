"""Exact JSON: numbers come in as their own digits and go out as their own digits; no float ever holds one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from app.domain.money import NumberError, parse_wire, plain


class JsonError(ValueError):
    """A text that is not the JSON it should be; the message says what is wrong, without quoting the text."""


def loads(data: bytes | str) -> Any:
    """Decode JSON. Fractions and exponents become `Decimal`, whole numbers `int`; `NaN` and `Infinity` are errors.

    Raises:
        JsonError: for anything that is not one JSON value in UTF-8.
    """
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        return json.loads(text, parse_float=parse_wire, parse_constant=_not_finite)
    except JsonError:
        raise
    except UnicodeDecodeError as error:
        raise JsonError("The text is not UTF-8.") from error
    except NumberError as error:
        raise JsonError(f"The text has a number that cannot be read: {error}") from error
    except json.JSONDecodeError as error:
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
        JsonError: for anything else.
    """
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str):
        try:
            return parse_wire(value.strip())
        except NumberError as error:
            raise JsonError(str(error)) from error
    raise JsonError(f"A number was expected, not {_kind(value)}.")


def number_or_none(value: object) -> Decimal | None:
    """Like `number`, with null and an empty text read as None.

    Raises:
        JsonError: for anything else that is not a number.
    """
    return None if value is None or value == "" else number(value)


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


def _not_finite(name: str) -> NoReturn:
    raise JsonError(f"The text has {name} for a number.")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a text", bool: "a flag", type(None): "null"}
    return names.get(type(value), "a number")
