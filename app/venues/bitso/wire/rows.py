"""Bitso's JSON to domain values. Tolerant of what is added, strict about what is needed, exact in every number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from app.domain.market import Balance, Instrument, Quote
from app.domain.money import ZERO, exact, step_of, tidy
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side, TimeInForce
from app.venues.bitso.wire import vocabulary as words
from app.venues.bitso.wire.vocabulary import PLACES, STOP_READ
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import JsonError, array, mapping
from app.venues.transport.jsonx import number as any_number

#: Decimal exponents of the smallest and the largest number believed.
LOWEST_EXPONENT, HIGHEST_EXPONENT = -18, 18

_OFFSET = re.compile(r"([+-]\d{2}):?(\d{2})$")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class StopData:
    """Data that only a look-up tells: the stop price (None: no stop order) and whether it has been triggered."""

    stop: Decimal | None
    triggered: bool


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


def rows(payload: Any, what: str, parse: Callable[[dict[str, Any]], _Value]) -> tuple[list[_Value], list[str]]:
    """Parse every object of a payload that must be an array; a bad row is left out and named, the others stand.

    Args:
        payload: of a reply.
        what: names a row in the sentence, such as "an order".
        parse: turns one object into a value.

    Returns:
        The values, and one sentence for each row that cannot be read.

    Raises:
        Malformed: if the payload is no array at all.
    """
    try:
        listed = array(payload)
    except JsonError as error:
        raise Malformed(f"Bitso sent something else than a list where {what} was asked for: {error}") from error
    values: list[_Value] = []
    faults: list[str] = []
    for row in listed:
        try:
            values.append(parse(mapping(row)))
        except (KeyError, ValueError) as error:
            faults.append(f"Bitso sent {what} that cannot be read: {_why(error)}")
    return values, faults


def read_order(row: dict[str, Any], account: str, *, stop_read: bool) -> Order:
    """Read one order of a look-up, or of the list, whose rows carry no dependable stop data (`stop_read` is False).

    Raises:
        KeyError, ValueError: if something needed is missing or is not what it should be.
    """
    raw_status = _text(row, "status")
    raw_kind = _text(row, "type", "limit").lower()
    # An order at market may be sized by its value alone.
    sized = raw_kind == "limit" or row.get("original_amount") is not None
    quantity = number(row["original_amount"]) if sized else ZERO
    with exact():
        filled = quantity - number(row["unfilled_amount"]) if sized else ZERO
    stop = number_or_none(row.get("stop"))
    if stop == ZERO:
        stop = None
    triggered = stop is not None and bool(row.get("triggered_at"))
    status = words.STATUSES.get(raw_status.lower(), OrderStatus.UNRECOGNISED)
    time_in_force = _text(row, words.TIME_IN_FORCE, "").lower()
    seen = Order(
        account=account,
        order_id=_text(row, "oid"),
        symbol=_text(row, "book"),
        side=Side(_text(row, "side").lower()),
        kind=_kind(raw_kind, None),
        quantity=quantity,
        filled=max(ZERO, filled),
        status=status,
        price=number_or_none(row.get("price")) if raw_kind == "limit" else None,
        time_in_force=TimeInForce.GTC,
        raw_kind=raw_kind,
        raw_status=raw_status,
        value=number_or_none(row.get("original_value")),
        filled_value=ZERO if filled <= ZERO else None,
        post_only=time_in_force == "postonly",
        client_id=_text(row, "origin_id", ""),
        created_at=_time(row.get("created_at")),
        updated_at=_time(row.get("updated_at")),
        attributes=((STOP_READ, "no"), (words.TIME_IN_FORCE, time_in_force)),
    )
    return with_stop(seen, StopData(stop, triggered)) if stop_read else seen


def with_stop(order: Order, data: StopData) -> Order:
    """Return the order with its stop data, which decide its kind and whether it waits for its trigger."""
    waits = data.stop is not None and not data.triggered and not order.status.is_terminal
    return replace(
        order,
        kind=_kind(order.raw_kind, data.stop),
        stop=data.stop,
        triggered=data.triggered,
        status=OrderStatus.UNTRIGGERED if waits and order.filled == ZERO else order.status,
        attributes=((STOP_READ, "yes"), *(pair for pair in order.attributes if pair[0] != STOP_READ)),
    )


def stop_data(order: Order) -> StopData:
    """Return the stop data of an order that was looked up."""
    return StopData(order.stop, order.triggered)


def read_fill(row: dict[str, Any], account: str) -> Fill:
    """Read one execution. Amounts come signed by side; `minor` is taken as gross, which real replies show it to be.

    Raises:
        KeyError, ValueError: if something needed is missing or is not what it should be.
    """
    side = Side(_text(row, "side").lower())
    fee = number_or_none(row.get("fees_amount"))
    maker_side = row.get("maker_side")
    return Fill(
        account=account,
        fill_id=str(row["tid"]),
        order_id=_text(row, "oid"),
        symbol=_text(row, "book"),
        side=side,
        price=number(row["price"]),
        quantity=abs(number(row["major"])),
        at=_time(row.get("created_at")) or 0,
        value=abs(number(row["minor"])),
        fee=abs(fee) if fee is not None else None,
        fee_currency=_text(row, "fees_currency", ""),
        maker=maker_side == side.value if isinstance(maker_side, str) and maker_side else None,
    )


def read_balances(payload: Any, now: int) -> tuple[Balance, ...]:
    """Read the balances of the account.

    Raises:
        Malformed: if the payload is not what it should be.
    """

    def one(row: dict[str, Any]) -> Balance:
        return Balance(
            currency=_text(row, "currency"),
            total=number(row["total"]),
            available=number(row["available"]),
            locked=number(row["locked"]),
            as_of=now,
        )

    listed = payload.get("balances") if isinstance(payload, dict) else None
    values, faults = rows(listed, "a balance", one)
    if faults:
        raise Malformed(faults[0])
    return tuple(values)


def read_instrument(row: dict[str, Any]) -> Instrument:
    """Read one book. Older replies lack tick_size and fees; amounts go to eight decimals.

    Raises:
        KeyError, ValueError: if something needed is missing or is not what it should be.
    """
    book = _text(row, "book")
    base, separator, quoted = book.partition("_")
    if not separator or not base or not quoted:
        raise ValueError("a book without two currencies.")
    tick = number_or_none(row.get("tick_size"))
    if tick is not None and tick <= ZERO:
        raise ValueError(f"{book} has a tick size that is not above zero.")
    fees = row.get("fees")
    flat = fees.get("flat_rate") if isinstance(fees, dict) else None
    taker = number_or_none(flat.get("taker")) if isinstance(flat, dict) else None
    return Instrument(
        symbol=book,
        base=base,
        quote=quoted,
        tick=tick if tick is not None else step_of(PLACES),
        lot=step_of(PLACES),
        min_price=number_or_none(row.get("minimum_price")),
        max_price=number_or_none(row.get("maximum_price")),
        min_quantity=number_or_none(row.get("minimum_amount")),
        max_quantity=number_or_none(row.get("maximum_amount")),
        min_value=number_or_none(row.get("minimum_value")),
        max_value=number_or_none(row.get("maximum_value")),
        # flat_rate is in percent, unlike the tiers beside it.
        attributes=((words.TAKER_PERCENT, tidy(taker)),) if taker is not None else (),
    )


def read_ticker(payload: Any, now: int) -> Quote:
    """Read the touch of one book.

    Raises:
        Malformed: if the payload is not what it should be.
    """
    try:
        row = mapping(payload)
        return Quote(
            symbol=_text(row, "book"),
            market="",
            bid=_price(row.get("bid")),
            ask=_price(row.get("ask")),
            last=_price(row.get("last")),
            as_of=now,
        )
    except (JsonError, KeyError, ValueError) as error:
        raise Malformed(f"Bitso sent a ticker that cannot be read: {_why(error)}") from error


def _price(value: object) -> Decimal | None:
    price = number_or_none(value)
    return price if price is not None and price > ZERO else None


def _kind(raw: str, stop: Decimal | None) -> OrderKind:
    if raw == "limit":
        return OrderKind.LIMIT if stop is None else OrderKind.STOP_LIMIT
    if raw == "market":
        return OrderKind.MARKET if stop is None else OrderKind.STOP_MARKET
    return OrderKind.OTHER


def _text(row: dict[str, Any], name: str, default: str | None = None) -> str:
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise KeyError(name)
    return value


def _time(value: object) -> int | None:
    """Nanoseconds of an ISO time with `Z`, `+0000` or `+00:00`, with or without milliseconds; None if it is no time."""
    if not isinstance(value, str) or not value:
        return None
    text = _OFFSET.sub(r"\1:\2", value.strip().replace("Z", "+00:00"))
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return None
    if stamp.tzinfo is None:
        stamp = stamp.replace(tzinfo=UTC)
    since = stamp - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds) * 1_000


def _why(error: Exception) -> str:
    return f"it has no {error.args[0]}." if isinstance(error, KeyError) else str(error)
