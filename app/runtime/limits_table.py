"""The desk's own limits as a configuration writes them, for all accounts or one: each mistake one clear sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from app.domain.limits import ASK, REFUSE, TIERS, Limits
from app.domain.money import NumberError, parse_typed

#: Limits by name, each with its value where nothing is written.
_KEYS = {each.name: each.default for each in fields(Limits)}

#: What stands for no limit.
_NONE = "none"

#: Whole numbers.
_COUNTS = frozenset({"soft_per_minute", "hard_per_minute"})

#: The only one that may be nought: then each price that is not the mid asks.
_MAY_BE_NOUGHT = "soft_distance"


def limits_of(table: object, where: str, base: Limits, wrong: Callable[[str], Exception]) -> Limits:
    """Return limits with those of a table in place of others.

    Args:
        table: as the configuration has it.
        where: the table in words, such as “[limits]” or an account's.
        base: those that hold where the table says nothing.
        wrong: makes the error of a sentence.

    Raises:
        Exception: of the kind that `wrong` makes, with one sentence that names the table and the key.
    """
    if not isinstance(table, dict):
        raise wrong(f"{where} must be a table.")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise wrong(f"{where}: there is no setting “{key}”; use one of {', '.join(sorted(_KEYS))}.")
        try:
            values[key] = _value(key, value)
        except ValueError as error:
            raise wrong(f"{where} {key} {error}.") from error
    limits = replace(base, **values)
    for soft, hard in TIERS:
        asks, refuses = getattr(limits, soft), getattr(limits, hard)
        if asks is not None and refuses is not None and asks > refuses:
            raise wrong(
                f"{where} {soft} is {asks} and {hard} {refuses}; what asks for consent must come before what is "
                "refused."
            )
    return limits


def _value(key: str, value: object) -> Decimal | str | None:
    """The value of a limit.

    Raises:
        ValueError: with what is wrong and what to write.
    """
    if key == "without_reference":
        if value not in (ASK, REFUSE):
            raise ValueError(f"must be “{ASK}” or “{REFUSE}”")
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f'must be a number in quotes, such as {key} = "{_example(key)}"')
    if value.strip() == _NONE and _KEYS[key] is None:
        return None
    try:
        number = parse_typed(value)
    except NumberError as error:
        raise ValueError(f"is wrong: {str(error).rstrip('.')}") from error
    if number == 0 and key != _MAY_BE_NOUGHT:
        raise ValueError(f"is {number}, which would stand against every change; it must be above 0")
    if key in _COUNTS and number != number.to_integral_value():
        raise ValueError(f"is {number}; it counts amendments, so write a whole number")
    return number


def _example(key: str) -> str:
    return "30" if key in _COUNTS else "0.10"
