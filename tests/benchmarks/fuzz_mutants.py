"""Mutants of a venue's messages: bytes that are no JSON, rows with a value that cannot be, and whatever else."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: Values of no figure of any market, whatever the field.
NO_FIGURE = (
    [],
    {},
    True,
    False,
    "abc",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "0x10",
    "1,5",
    "²",
    "--1",
    "9" * 60,
    {"a": 1},
)

#: Values of no side.
NO_SIDE = ([], {}, 5.5, "sideways", "", "BUYSELL", {"side": "BUY"})

#: Figures of an order or an execution that a row cannot be read without, by venue; the venue writes them so.
FIGURES = {
    "bitget": ("price", "qty", "cumExecQty", "execPrice", "execQty"),
    "bitso": ("price", "original_amount", "unfilled_amount"),
    "qfex": ("price", "quantity", "quantity_remaining"),
    "alphapoint": ("Price", "Quantity", "QuantityExecuted"),
}
SIDES = {"bitget": ("side",), "bitso": ("side",), "qfex": ("side",), "alphapoint": ("Side",)}
IDS = {"bitget": "orderId", "bitso": "oid", "qfex": "order_id", "alphapoint": "OrderId"}

#: What a leaf may become.
_LEAVES = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2**63,
        -(2**63),
        10**40,
        0.1,
        1e-9,
        "",
        " ",
        "0",
        "-0",
        "1",
        "-5",
        "1e5",
        "1e999",
        "NaN",
    ),
    *(
        "abc",
        "\u202eevil",
        "\x1b[2J",
        "a\nb",
        "\x00",
        "=1+1",
        "<img src=x>",
        "\ud800",
        "x" * 5000,
        "٣",
        "½",
        [],
        {},
        [[]],
    ),
    *(
        "BUY",
        "SELL",
        "buy",
        "sell",
        "FILLED",
        "filled",
        "live",
        "cancelled",
        "Working",
        "open",
        "9999999999999999999999",
    ),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutated message.

    Attributes:
        text: as it goes over the wire.
        kind: "no JSON", "poisoned" or "other".
        order_id: of the row that has the poison, "" for none.
        note: the poison.
    """

    text: str
    kind: str
    order_id: str = ""
    note: str = ""


def mutant(text: str, others: list[str], venue: str, dice: random.Random) -> Mutant:
    """One mutant of a recorded message; `others` are messages to splice with."""
    way = dice.random()
    if way < 0.35:
        return _of_text(_broken(text, others, dice))
    try:
        value = opened(json.loads(text))
    except ValueError:
        return _of_text(_broken(text, others, dice))
    if way < 0.65 and (made := _poisoned(value, venue, dice)) is not None:
        return made
    for _ in range(dice.choice((1, 1, 1, 2, 3, 6))):
        value = _changed(value, dice)
    return Mutant(json.dumps(closed(value), ensure_ascii=dice.random() < 0.5), "other")


def _of_text(text: str) -> Mutant:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return Mutant(text, "no JSON")
    return Mutant(text, "other")


class Inner:
    """JSON within a text of JSON, opened."""

    def __init__(self, value: Any) -> None:
        self.value = value


def opened(value: Any) -> Any:
    """The value with every text that is JSON of an object or a list opened."""
    if isinstance(value, dict):
        return {key: opened(each) for key, each in value.items()}
    if isinstance(value, list):
        return [opened(each) for each in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return Inner(opened(json.loads(value)))
        except ValueError:
            return value
    return value


def closed(value: Any) -> Any:
    """The opposite of `opened`."""
    if isinstance(value, Inner):
        return json.dumps(closed(value.value))
    if isinstance(value, dict):
        return {key: closed(each) for key, each in value.items()}
    return [closed(each) for each in value] if isinstance(value, list) else value


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a value, as what holds it and the key or index there."""
    if isinstance(value, Inner):
        yield from places(value.value)
        return
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in list(pairs):
        yield value, key
        yield from places(each)


def _poisoned(value: Any, venue: str, dice: random.Random) -> Mutant | None:
    """The message with one figure or side of one row as it cannot be."""
    name = IDS[venue]
    found = [
        (holder, key)
        for holder, key in places(value)
        if isinstance(holder, dict) and name in holder and (key in FIGURES[venue] or key in SIDES[venue])
    ]
    if not found:
        return None
    holder, key = dice.choice(found)
    order_id, before = str(holder[name]), holder[key]
    if before in (None, ""):
        return None
    holder[key] = dice.choice(NO_SIDE if key in SIDES[venue] else NO_FIGURE)
    return Mutant(json.dumps(closed(value)), "poisoned", order_id, f"{key} {before!r} -> {holder[key]!r}")


def _changed(value: Any, dice: random.Random) -> Any:
    found = list(places(value))
    if not found:
        return copy.deepcopy(dice.choice(_LEAVES))
    holder, key = dice.choice(found)
    match dice.randrange(9):
        case 0:
            del holder[key]
        case 1:
            holder[key] = copy.deepcopy(dice.choice(_LEAVES))
        case 2:
            holder[key] = [holder[key]]
        case 3:
            other, there = dice.choice(found)
            if isinstance(other, dict) and there in other:
                holder[key] = copy.deepcopy(other[there])
        case 4 if isinstance(holder, list):
            holder.extend(copy.deepcopy(holder[:3]) * dice.choice((1, 2, 20)))
        case 5 if isinstance(holder, dict):
            holder[dice.choice(("", "x", str(key).upper(), "\u202e"))] = holder.pop(key)
        case 6:
            deep: Any = 1
            for _ in range(dice.choice((3, 30, 100))):
                deep = [deep]
            holder[key] = deep
        case 7 if isinstance(holder[key], str) and holder[key]:
            at = dice.randrange(len(holder[key]))
            holder[key] = holder[key][:at] + dice.choice("0-9eE.,x\u0000\u202e ") + holder[key][at + 1 :]
        case _:
            holder[key] = copy.deepcopy(dice.choice(_LEAVES))
    return value


def _broken(text: str, others: list[str], dice: random.Random) -> str:
    at, to = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
    match dice.randrange(8):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[to:]
        case 2:
            return text[:to] + text[at:to] + text[to:]
        case 3:
            return text[:at] + chr(dice.choice((0, 10, 34, 92, 123, 125, 0x202E, 0xFFFD, 0xD800, 0x1F600))) + text[at:]
        case 4:
            return text[:at] + dice.choice(others)[at:]
        case 5:
            return text[:at] + chr(dice.randrange(128)) + text[at + 1 :]
        case 6:
            return dice.choice(("", " ", "null", "[]", "{}", "0", '""', "<html>no</html>", "[" * 5000, "\ufeff" + text))
        case _:
            swapped = bytearray(text.encode("utf-8", "replace") or b" ")
            for _ in range(dice.choice((1, 2, 8))):
                swapped[dice.randrange(len(swapped))] ^= 1 << dice.randrange(8)
            return swapped.decode("utf-8", "replace")
