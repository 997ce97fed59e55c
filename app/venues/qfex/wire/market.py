"""The market socket, to and from exact text: best bid and offer, mark price, price band. No I/O, no clock.

Its requests are flat, without `params`, and its numbers are texts. Source: the AsyncAPI description, read 2026-11-21
(documented).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.money import ZERO
from app.venues.common.failures import Malformed
from app.venues.qfex.wire.values import exact_number, object_of, read_json, text_of
from app.venues.transport.jsonx import JsonError, dumps

CHANNELS = ("bbo", "mark_price", "minmax_price")


def subscribe(channels: Sequence[str], symbols: Sequence[str]) -> str:
    """Ask for these channels of these symbols."""
    return dumps({"type": "subscribe", "channels": list(channels), "symbols": list(symbols)})


@dataclass(frozen=True, slots=True)
class Touch:
    """Best bid and offer; None where a side is empty."""

    symbol: str
    bid: Decimal | None
    ask: Decimal | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark price, which triggers stops."""

    symbol: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """The live price band."""

    symbol: str
    low: Decimal
    high: Decimal


def decode(text: str) -> Touch | Mark | Band | None:
    """Read one frame of the market socket; None for one that carries nothing for us.

    Raises:
        Malformed: saying what is wrong with it.
    """
    top = object_of(read_json(text), "a message")
    kind, symbol = top.get("type"), text_of(top, "symbol")
    if not symbol or kind not in CHANNELS:
        return None
    try:
        if kind == "bbo":
            return Touch(symbol, _best(top.get("bid")), _best(top.get("ask")))
        if kind == "mark_price":
            return Mark(symbol, _price(top.get("price")))
        return Band(symbol, _price(top.get("min_price")), _price(top.get("max_price")))
    except JsonError as error:
        raise Malformed(f"{kind} of {symbol}: {error}") from error


def _best(levels: object) -> Decimal | None:
    if levels is None or levels == []:
        return None
    if isinstance(levels, list) and isinstance(levels[0], list) and levels[0]:
        return _price(levels[0][0])
    raise JsonError("A side of the book is not a list of levels.")


def _price(value: object) -> Decimal:
    price = exact_number(value)
    if price <= ZERO:
        raise JsonError("A price is not above zero.")
    return price
