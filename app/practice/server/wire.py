"""JSON without a float: numbers are read as the Decimal they spell and written as plain digits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from app.practice.exchange.errors import PracticeError

Style = Literal["number", "string"]


class WireError(PracticeError):
    """The bytes are not JSON, or a value cannot be written as JSON."""


def parse_json(data: bytes | str) -> Any:
    """Read JSON; numbers with a point or exponent become Decimal, whole numbers int (exact, of any length).

    Raises:
        WireError: for anything that is not JSON, NaN and Infinity included.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WireError(f"Not JSON: {error}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def write_json(value: object, decimals: Style = "number") -> str:
    """Write JSON without spaces, keys in the order given; a Decimal as its own digits, bare or in quotes.

    Raises:
        WireError: for a float, NaN, or anything JSON does not know.
    """
    parts: list[str] = []
    _write(value, decimals, parts)
    return "".join(parts)


def plain(value: Decimal) -> str:
    """The digits of a finite Decimal without an exponent.

    Raises:
        WireError: for NaN or infinity.
    """
    if not value.is_finite():
        raise WireError(f"{value} cannot be written.")
    return format(value, "f")


def _write(value: object, decimals: Style, parts: list[str]) -> None:
    if value is None:
        parts.append("null")
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    elif isinstance(value, str):
        parts.append(json.dumps(str(value), ensure_ascii=False))
    elif isinstance(value, int):
        parts.append(str(int(value)))
    elif isinstance(value, Decimal):
        parts.append(plain(value) if decimals == "number" else f'"{plain(value)}"')
    elif isinstance(value, Mapping):
        mark = "{"
        for key, item in value.items():
            parts.append(f"{mark}{json.dumps(str(key), ensure_ascii=False)}:")
            _write(item, decimals, parts)
            mark = ","
        parts.append("}" if mark == "," else "{}")
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        mark = "["
        for item in value:
            parts.append(mark)
            _write(item, decimals, parts)
            mark = ","
        parts.append("]" if mark == "," else "[]")
    else:
        raise WireError(f"{type(value).__name__} cannot be written as JSON.")
