"""Bitso's JSON to domain values. Tolerant of what is added, strict about what is needed, exact in every number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from app.domain.market import Balance, Instrument, Quote
from app.domain.money import ZERO, minus, step_of, tidy
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side, TimeInForce
from app.domain.plausible import why_implausible_fill
from app.venues.bitso.wire import vocabulary as words
from app.venues.bitso.wire.values import count_id, is_name, name_of, number, number_or_none, side_of, text_of, time_of
from app.venues.bitso.wire.vocabulary import PLACES, STOP_READ
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import JsonError, array, mapping

#: States of an order that may also be waiting for its trigger.
_MAY_WAIT = frozenset({OrderStatus.PENDING, OrderStatus.WORKING})

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class StopData:
    """Data that only a look-up tells: the stop price (None: no stop order) and whether it has been triggered."""

    stop: Decimal | None
    triggered: bool


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
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:
            # A value nobody thought of costs its row, and nothing else.
            faults.append(f"Bitso sent {what} that cannot be read: {_why(error)}")
    return values, faults


def books_of(listed: Any) -> set[str]:
    """Return the books that rows name, whatever else of them can be read."""
    books = (row.get("book") for row in listed if isinstance(row, dict))
    return {book for book in books if isinstance(book, str) and is_name(book)}


def read_order(value: Any, account: str, *, stop_read: bool) -> Order:
    """Read one order of a look-up, or of the list, whose rows carry no dependable stop data (`stop_read` is False).

    A state is one of Bitso's words to the letter, or one that nobody knows. What the figures mean is not judged here:
    filled below zero, or above the amount, comes out as it was sent.

    Raises:
        JsonError: if something needed is missing or is not what it should be.
    """
    row = mapping(value)
    raw_status = _state(row.get("status"))
    raw_kind = text_of(row, "type", "limit").lower()
    # An order at market may be sized by its value alone.
    sized = raw_kind == "limit" or row.get("original_amount") is not None
    quantity = number(row.get("original_amount")) if sized else ZERO
    filled = minus(quantity, number(row.get("unfilled_amount"))) if sized else ZERO
    time_in_force = text_of(row, words.TIME_IN_FORCE, "").lower()
    price = number_or_none(row.get("price")) if raw_kind == "limit" else None
    # The list calls every order limit ("List Open Orders", documented); without a price only a look-up tells its kind.
    is_open_kind = not stop_read and price is None
    status = words.STATUSES.get(raw_status, OrderStatus.UNRECOGNISED)
    order_id, symbol, side = name_of(row, "oid"), name_of(row, "book"), side_of(row)
    data = _stop_of(row) if stop_read else StopData(None, triggered=False)
    return Order(
        account=account,
        order_id=order_id,
        symbol=symbol,
        side=side,
        kind=OrderKind.OTHER if is_open_kind else _kind(raw_kind, data.stop),
        quantity=quantity,
        filled=filled,
        status=_status(status, filled, data),
        price=price,
        time_in_force=TimeInForce.GTC,
        raw_kind=raw_kind,
        raw_status=raw_status,
        value=number_or_none(row.get("original_value")),
        stop=data.stop,
        triggered=data.triggered,
        filled_value=ZERO if filled <= ZERO else None,
        post_only=time_in_force == "postonly",
        client_id=text_of(row, "origin_id", ""),
        created_at=time_of(row.get("created_at")),
        updated_at=time_of(row.get("updated_at")),
        attributes=((STOP_READ, "yes" if stop_read else "no"), (words.TIME_IN_FORCE, time_in_force)),
    )


def _status(status: OrderStatus, filled: Decimal, data: StopData) -> OrderStatus:
    """Return a state by the stop data too. One that nobody knows stays so, whatever else is known of the order."""
    waits = data.stop is not None and not data.triggered and status in _MAY_WAIT
    return OrderStatus.UNTRIGGERED if waits and filled == ZERO else status


def _state(value: object) -> str:
    """Return the state in the venue's own word, "" where it gave none."""
    return value if isinstance(value, str) else "" if value is None else str(value)[:40]


def _stop_of(row: dict[str, Any]) -> StopData:
    """Read the stop data of a look-up.

    Raises:
        JsonError: if it has a trigger time that is none: nobody knows then whether it has been triggered.
    """
    stop = number_or_none(row.get("stop"))
    at = row.get("triggered_at")
    triggered = at not in (None, "", False)
    if triggered and time_of(at) is None:
        raise JsonError("its triggered_at is no time")
    return StopData(None, triggered=False) if not stop else StopData(stop, triggered)


def with_stop(order: Order, data: StopData) -> Order:
    """Return the order with its stop data, which decide its kind and whether it waits for its trigger."""
    return replace(
        order,
        kind=_kind(order.raw_kind, data.stop),
        stop=data.stop,
        triggered=data.triggered,
        status=_status(order.status, order.filled, data),
        attributes=((STOP_READ, "yes"), *(pair for pair in order.attributes if pair[0] != STOP_READ)),
    )


def stop_data(order: Order) -> StopData:
    """Return the stop data of an order that was looked up."""
    return StopData(order.stop, order.triggered)


def read_fill(row: dict[str, Any], account: str, order: Order | None = None) -> Fill:
    """Read one execution. Amounts come signed by side; `minor` is taken as gross, which real replies show it to be.

    What comes in is above zero and what goes out is below it; a plain amount without its sign is taken too.

    Args:
        row: of the reply.
        account: whose it is.
        order: the order whose executions were asked for, None where any were.

    Raises:
        JsonError: if something needed is missing, is not what it should be, or cannot be.
    """
    side = side_of(row)
    fee = number_or_none(row.get("fees_amount"))
    maker_side = row.get("maker_side")
    major, minor = number(row.get("major")), number(row.get("minor"))
    if (major if side is Side.BUY else minor) < ZERO:
        raise JsonError(f"an execution of a {side.value} brings in less than zero")
    fill = Fill(
        account=account,
        fill_id=count_id(row, "tid"),
        order_id=name_of(row, "oid"),
        symbol=name_of(row, "book"),
        side=side,
        price=number(row.get("price")),
        quantity=abs(major),
        at=time_of(row.get("created_at")) or 0,
        value=abs(minor),
        fee=abs(fee) if fee is not None else None,
        fee_currency=text_of(row, "fees_currency", ""),
        maker=maker_side == side.value if isinstance(maker_side, str) and maker_side else None,
    )
    text = why_implausible_fill(fill, order)
    if order is not None and fill.order_id != order.order_id:
        text = f"it is of order {fill.order_id}, and those of {order.order_id} were asked for"
    if text:
        raise JsonError(text)
    return fill


def read_balances(payload: Any, now: int, faults: list[str] | None = None) -> tuple[Balance, ...]:
    """Read the balances of the account.

    Args:
        payload: of the reply.
        now: when they were asked for, nanoseconds UTC.
        faults: takes a sentence for each balance that cannot be read, or is below zero, and is left out; None where
            all must be readable.

    Raises:
        Malformed: if the payload holds no list of them, or one cannot be read and `faults` is None.
    """

    def one(row: dict[str, Any]) -> Balance:
        currency = name_of(row, "currency")
        figures = {name: number(row.get(name)) for name in ("total", "available", "locked")}
        for name, figure in figures.items():
            if figure < ZERO:
                raise JsonError(f"the {name} {currency} is below zero ({tidy(figure)})")
        return Balance(currency=currency, **figures, as_of=now)

    listed = payload.get("balances") if isinstance(payload, dict) else None
    values, unread = rows(listed, "a balance", one)
    if unread and faults is None:
        raise Malformed(unread[0])
    if faults is not None:
        faults += unread
    return tuple(values)


def read_instrument(row: dict[str, Any]) -> Instrument:
    """Read one book. Older replies lack tick_size and fees; amounts go to eight decimals.

    Raises:
        JsonError: if something needed is missing, is not what it should be, or cannot be.
    """
    book = name_of(row, "book")
    base, separator, quoted = book.partition("_")
    if not separator or not base or not quoted:
        raise JsonError("it is a book without two currencies")
    tick = number_or_none(row.get("tick_size"))
    if tick is not None and tick <= ZERO:
        raise JsonError(f"{book} has a tick size that is not above zero")
    fees = row.get("fees")
    flat = fees.get("flat_rate") if isinstance(fees, dict) else None
    taker = number_or_none(flat.get("taker")) if isinstance(flat, dict) else None
    low_price, high_price = _bounds(row, "price", book)
    low_amount, high_amount = _bounds(row, "amount", book)
    low_value, high_value = _bounds(row, "value", book)
    return Instrument(
        symbol=book,
        base=base,
        quote=quoted,
        tick=tick if tick is not None else step_of(PLACES),
        lot=step_of(PLACES),
        min_price=low_price,
        max_price=high_price,
        min_quantity=low_amount,
        max_quantity=high_amount,
        min_value=low_value,
        max_value=high_value,
        # flat_rate is in percent, unlike the tiers beside it.
        attributes=(
            *(((words.TAKER_PERCENT, tidy(taker)),) if taker is not None else ()),
            *(((words.TICK_UNKNOWN, "yes"),) if tick is None else ()),
        ),
    )


def _bounds(row: dict[str, Any], what: str, book: str) -> tuple[Decimal | None, Decimal | None]:
    """Read the least and the most of something; limits that nothing can satisfy are none."""
    low, high = number_or_none(row.get(f"minimum_{what}")), number_or_none(row.get(f"maximum_{what}"))
    if (low is not None and low < ZERO) or (high is not None and high <= (low or ZERO)):
        raise JsonError(f"{book} has limits of its {what} that nothing satisfies")
    return low, high


def read_ticker(payload: Any, now: int) -> Quote:
    """Read the touch of one book.

    Raises:
        Malformed: if the payload is not what it should be.
    """
    try:
        row = mapping(payload)
        return Quote(
            symbol=name_of(row, "book"),
            market="",
            bid=_price(row.get("bid")),
            ask=_price(row.get("ask")),
            last=_price(row.get("last")),
            as_of=now,
        )
    except JsonError as error:
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


def _why(error: Exception) -> str:
    text = str(error) if isinstance(error, JsonError) else f"{type(error).__name__}: {error}"
    return f"{text.rstrip('.')}."
