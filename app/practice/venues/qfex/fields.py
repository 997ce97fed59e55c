"""Readers of a command's parameters, and of the order it names."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.venues.qfex.errors import InvalidCommand


def open_order(exchange: Exchange, order_id: str) -> SimOrder | None:
    """Our open order that has this id now; None for an id it had before."""
    order = exchange.order_of(TRADER, order_id)
    return order if order is not None and order.is_open else None


def text(params: Mapping[str, Any], name: str) -> str:
    """A required text.

    Raises:
        InvalidCommand: if it is missing.
    """
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidCommand("InvalidParameter", f"{name} is required.")
    return value


def number(params: Mapping[str, Any], name: str) -> Decimal | None:
    """An optional number; the venue takes JSON numbers only.

    Raises:
        InvalidCommand: for anything else.
    """
    value = params.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidCommand("InvalidParameter", f"{name} takes a number.")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise InvalidCommand("InvalidParameter", f"{name} takes a number.") from None
    if amount < 0:
        raise InvalidCommand("InvalidParameter", f"{name} may not be negative.")
    return amount
