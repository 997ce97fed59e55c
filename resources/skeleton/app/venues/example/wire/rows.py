"""Rows of the venue to domain values: tolerant of what is added, strict about what is needed, exact in every number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from app.domain.market import Balance, Instrument, Quote
from app.domain.money import exact
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side
from app.venues.common.failures import Malformed
from app.venues.example.wire import vocabulary as words
from app.venues.transport.jsonx import JsonError, array, mapping, number, number_or_none

_Value = TypeVar("_Value")
_NS_PER_MS = 1_000_000


def rows(payload: object, parse: Callable[[dict[str, Any]], _Value]) -> tuple[list[_Value], list[str]]:
    """Parse every object of an array; a bad row is left out and named, the others stand.

    Returns:
        The values, and one sentence for each row that cannot be read.

    Raises:
        Malformed: if the payload is no array at all.
    """
    values: list[_Value] = []
    faults: list[str] = []
    try:
        listed = array(payload)
    except JsonError as error:
        raise Malformed(f"{words.TITLE} sent something else than a list: {error}") from error
    for row in listed:
        try:
            values.append(parse(mapping(row)))
        except (KeyError, ValueError) as error:
            faults.append(f"{words.TITLE} sent a row that cannot be read: {error}")
    return values, faults


def read_order(row: dict[str, Any], account: str) -> Order:
    """Read one order. FILL IN: every term the venue shows, and what each means (total or remainder, which currency).

    Raises:
        KeyError, ValueError: if something needed is missing or is not what it should be.
    """
    raw_kind, raw_status = str(row["type"]), str(row["state"])
    return Order(
        account=account,
        order_id=str(row["id"]),
        client_id=str(row.get("client_id", "")),
        symbol=str(row["symbol"]),
        side=Side(row["side"]),
        kind=OrderKind.LIMIT if raw_kind == "limit" else OrderKind.OTHER,
        quantity=number(row["size"]),
        filled=number(row["filled"]),
        status=words.STATUSES.get(raw_status, OrderStatus.UNRECOGNISED),
        price=number_or_none(row.get("price")),
        raw_kind=raw_kind,
        raw_status=raw_status,
        created_at=int(row["created_at"]) * _NS_PER_MS,
        updated_at=int(row["updated_at"]) * _NS_PER_MS,
    )


def read_fills(row: dict[str, Any], account: str) -> tuple[Fill, ...]:
    """Read the executions that a row carries; a venue that lists them apart reads them there."""
    order = read_order(row, account)
    trades = [mapping(trade) for trade in array(row["trades"])]
    return tuple(
        Fill(
            account=account,
            fill_id=str(trade["id"]),
            order_id=order.order_id,
            symbol=order.symbol,
            side=order.side,
            price=number(trade["price"]),
            quantity=number(trade["size"]),
            at=int(trade["at"]) * _NS_PER_MS,
        )
        for trade in trades
    )


def read_instrument(row: dict[str, Any], at: int) -> tuple[Instrument, Quote]:
    """Read one market's rules and best prices, as of `at`."""
    symbol = str(row["symbol"])
    instrument = Instrument(
        symbol=symbol,
        base=str(row["base"]),
        quote=str(row["quote"]),
        tick=number(row["tick"]),
        lot=number(row["lot"]),
        min_price=number_or_none(row.get("min_price")),
        max_price=number_or_none(row.get("max_price")),
        min_quantity=number_or_none(row.get("min_size")),
        max_quantity=number_or_none(row.get("max_size")),
    )
    bid, ask = number_or_none(row.get("bid")), number_or_none(row.get("ask"))
    return instrument, Quote(symbol, "", bid, ask, None, at)


def read_balance(row: dict[str, Any], at: int) -> Balance:
    """Read one balance, as of `at`."""
    total, locked = number(row["total"]), number(row["locked"])
    with exact():
        return Balance(str(row["currency"]), total, total - locked, locked, at)
