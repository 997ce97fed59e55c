"""From QFEX's rows to domain values: exact numbers, tolerant of unknown and of missing fields where a row is known.

Source of the row shapes: QFEX docs, Modify Order, and the AsyncAPI and OpenAPI descriptions, read 2026-11-21
(documented); alternative field names are those of fills and of older editions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from app.domain.market import Balance, Instrument
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side, TimeInForce
from app.domain.plausible import why_another, why_implausible
from app.venues.common.failures import Contradiction, Malformed
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.dust import filled_of, on_grid
from app.venues.qfex.wire.values import exact_number, first_of, maybe_number, nanoseconds, text_of, told
from app.venues.transport.jsonx import JsonError


def read_order(
    row: Mapping[str, Any],
    account: str,
    known: Order | None = None,
    *,
    listed: bool = False,
    market: Instrument | None = None,
) -> Order:
    """Read an order reply or a row of the list of open orders.

    Args:
        row: an `order_response` object.
        account: whose it is.
        known: the order as last seen under this id; stands in for fields that a reply leaves out (some cancels do).
        listed: whether it is a row of the list of open orders: such an order is open. Where its status says that it is
            not, or says nothing known, its state is unrecognised, and its terms prove nothing.
        market: rules of its market, if known: a number within a trace of a step is that step.

    Raises:
        Malformed: if what makes an order is missing. Contradiction: if it is another order than is known by its id.
    """
    if not isinstance(row, Mapping):
        raise Malformed("an order that is not a JSON object")
    order_id = text_of(row, "order_id")
    if not order_id:
        raise Malformed("an order without order_id")
    if known is not None and known.order_id != order_id:
        known = None
    try:
        order = _order(row, order_id, account, known, listed, market)
    except JsonError as error:
        raise Malformed(f"order {order_id}: {error}") from error
    if known is not None and (text := why_implausible(order)):
        raise Malformed(text)
    if known is not None and (text := why_another(order, known)):
        raise Contradiction(text)
    if known is not None and order.status is OrderStatus.UNRECOGNISED:
        # It may name the terms of a request that was refused: only the state itself is told.
        return replace(known, status=order.status, raw_status=order.raw_status, updated_at=order.updated_at)
    return order


def _order(
    row: Mapping[str, Any], order_id: str, account: str, known: Order | None, listed: bool, market: Instrument | None
) -> Order:
    status = row.get("status")
    status = status if isinstance(status, str) else told(status)
    dead = status in words.DEAD and not listed
    live = status in words.LIVE
    raw_kind = _word(row, known.raw_kind if known else "", live, "type", "order_type")
    kind = words.KINDS.get(raw_kind, OrderKind.OTHER)
    stop_like = raw_kind in words.STOPS
    lot, tick = (market.lot, market.tick) if market is not None else (None, None)
    quantity = on_grid(_positive(row, known.quantity if known else None, "quantity", dead=dead), lot)
    remaining = maybe_number(first_of(row, "quantity_remaining", "remaining_quantity"))
    price = _on_tick(maybe_number(row.get("price")), tick)
    if known is not None and (price is None or (dead and not price)):
        price = known.stop if stop_like else known.price
    filled = _filled(quantity, remaining, known, lot, dead=dead)
    state = _state(status, quantity, filled, stop_like, listed)
    time_in_force = text_of(row, "time_in_force", "tif")
    updated_at = nanoseconds(row.get("update_time"))
    created_at, attributes = (known.created_at, known.attributes) if known else (None, ())
    if known is None and status == words.ACK and not listed:
        created_at, attributes = updated_at, ((words.ADDED, "yes"),)
    order = Order(
        account=account,
        order_id=order_id,
        symbol=_word(row, known.symbol if known else "", live, "symbol") or _missing(order_id, "symbol"),
        side=_side(row, known, order_id, live),
        kind=kind,
        quantity=quantity,
        filled=filled,
        status=state,
        price=None if stop_like or kind is OrderKind.MARKET else price,
        time_in_force=words.TIMES_IN_FORCE.get(
            time_in_force, TimeInForce.UNKNOWN if time_in_force or known is None else known.time_in_force
        ),
        raw_kind=raw_kind,
        raw_status=status,
        stop=price if stop_like else None,
        take_profit=_exit(row, "take_profit", known.take_profit if known else None, tick),
        stop_loss=_exit(row, "stop_loss", known.stop_loss if known else None, tick),
        post_only=raw_kind == words.ALO,
        reduce_only=_flag(row.get("reduce_only"), known.reduce_only if known else None),
        client_id=text_of(row, "client_order_id") or (known.client_id if known else ""),
        created_at=created_at,
        updated_at=updated_at,
        reason=words.DEAD.get(status, ""),
        attributes=attributes,
    )
    if listed and known is not None and _same_terms(order, known):
        # The list may word a status otherwise than the push did; that is no change of the order.
        return replace(known, updated_at=order.updated_at or known.updated_at)
    return order


def _same_terms(order: Order, known: Order) -> bool:
    rest = {"raw_status": known.raw_status, "updated_at": known.updated_at, "average_price": known.average_price}
    return replace(order, **rest) == known  # type: ignore[arg-type]


def _state(status: str, quantity: Decimal, filled: Decimal, stop_like: bool, listed: bool) -> OrderStatus:
    if status in words.DEAD and not listed:
        return OrderStatus.CANCELLED
    if status not in words.LIVE:
        return OrderStatus.UNRECOGNISED
    if status == words.FILLED and filled >= quantity and not listed:
        return OrderStatus.FILLED
    if stop_like:
        return OrderStatus.UNTRIGGERED
    return OrderStatus.PARTIALLY_FILLED if filled > ZERO else OrderStatus.WORKING


def _filled(
    quantity: Decimal, remaining: Decimal | None, known: Order | None, lot: Decimal | None, *, dead: bool
) -> Decimal:
    """Return what is filled. A cancel may report 0 left, which says nothing about fills; the fills came before it."""
    before = known.filled if known is not None else ZERO
    if remaining is None or (dead and remaining == ZERO):
        return min(before, quantity)
    filled = filled_of(quantity, remaining, lot)
    if not ZERO <= filled <= quantity:
        raise JsonError(f"{tidy(remaining)} of {tidy(quantity)} are said to be left.")
    return filled


def _positive(row: Mapping[str, Any], known: Decimal | None, name: str, *, dead: bool) -> Decimal:
    """Return a number above zero; the end of an order may leave it out, or say 0, where it is known."""
    value = maybe_number(row.get(name))
    if value is not None and value > ZERO:
        return value
    if known is not None and (value is None or (dead and value == ZERO)):
        return known
    raise JsonError(f"it has no {name} above zero.")


def _on_tick(value: Decimal | None, tick: Decimal | None) -> Decimal | None:
    return None if value is None else on_grid(value, tick)


def _word(row: Mapping[str, Any], before: str, live: bool, *names: str) -> str:
    """Return what an order is: as the row says, or as it was before where the row is silent.

    Something else than a text is no silence, and neither is an empty text in a row that shows living terms.
    """
    word = first_of(row, *names)
    if word is None:
        return before
    if not isinstance(word, str) or (live and not word):
        raise JsonError(f"its {names[0]} is {told(word)}.")
    return word or before


def _side(row: Mapping[str, Any], known: Order | None, order_id: str, live: bool) -> Side:
    word = _word(row, words.WIRE_SIDES[known.side] if known else "", live, "side")
    if word in words.SIDES:
        return words.SIDES[word]
    raise Malformed(f"order {order_id} with the side “{word[:20]}”")


def _exit(row: Mapping[str, Any], name: str, known: Decimal | None, tick: Decimal | None) -> Decimal | None:
    """An attached exit: 0 means none, a missing field says nothing."""
    if row.get(name) is None:
        return known
    return on_grid(exact_number(row[name]), tick) or None


def _flag(value: object, known: bool | None) -> bool | None:
    return value if isinstance(value, bool) else known


def _missing(order_id: str, name: str) -> str:
    raise Malformed(f"order {order_id} without {name}")


def fill_of(row: Mapping[str, Any], account: str, currency: str, at: int) -> Fill:
    """Read an execution.

    Args:
        row: a `fill_response` object or a row of the trade history.
        account: whose it is.
        currency: what fees are paid in.
        at: our clock, where the row has no time of its own.

    Raises:
        Malformed: if what makes an execution is missing.
    """
    if not isinstance(row, Mapping):
        raise Malformed("a fill that is not a JSON object")
    fill_id, order_id = text_of(row, "trade_id", "id"), text_of(row, "order_id", "exchange_order_id")
    side = words.SIDES.get(text_of(row, "side"))
    if not fill_id or not order_id or side is None:
        raise Malformed("a fill without trade_id, order_id or side")
    aggressor = words.SIDES.get(text_of(row, "aggressor_side"))
    try:
        price, quantity = exact_number(row.get("price")), exact_number(row.get("quantity"))
        with exact():
            value = price * quantity
        return Fill(
            account=account,
            fill_id=fill_id,
            order_id=order_id,
            symbol=text_of(row, "symbol"),
            side=side,
            price=price,
            quantity=quantity,
            at=nanoseconds(row.get("timestamp")) or at,
            value=value,
            fee=maybe_number(row.get("fee")),
            fee_currency=currency,
            maker=None if aggressor is None else aggressor is not side,
        )
    except JsonError as error:
        raise Malformed(f"fill {fill_id}: {error}") from error


def balance_of(row: Mapping[str, Any], currency: str, at: int) -> Balance:
    """Read the margin balance: what orders and positions hold, and what is available.

    Raises:
        Malformed: if a number is missing or unreadable.
    """
    try:
        available = exact_number(row.get("available_balance"))
        with exact():
            locked = (maybe_number(row.get("order_margin")) or ZERO) + (
                maybe_number(row.get("position_margin")) or ZERO
            )
            return Balance(currency, available + locked, available, locked, at)
    except JsonError as error:
        raise Malformed(f"a balance: {error}") from error


@dataclass(frozen=True, slots=True)
class Position:
    """Position, as far as it matters to orders: its signed size in base units, and the leverage."""

    symbol: str
    size: Decimal
    leverage: Decimal | None


def position_of(row: Mapping[str, Any]) -> Position:
    """Read a position.

    Raises:
        Malformed: if its symbol or size cannot be read.
    """
    symbol = text_of(row, "symbol")
    if not symbol:
        raise Malformed("a position without symbol")
    try:
        return Position(symbol, exact_number(row.get("position")), maybe_number(row.get("leverage")))
    except JsonError as error:
        raise Malformed(f"the position in {symbol}: {error}") from error


def instrument_of(row: Any) -> Instrument:
    """Read one row of /refdata; its numbers are texts.

    Raises:
        Malformed: if its symbol is missing or a number cannot be read.
    """
    symbol = text_of(row, "symbol") if isinstance(row, Mapping) else ""
    if not symbol:
        raise Malformed("an instrument without symbol")
    status = text_of(row, "status")
    try:
        leverage = maybe_number(row.get("default_max_leverage"))
        attributes = [(words.MARGIN_ASSET, text_of(row, "margin_asset"))]
        if leverage is not None and leverage > ZERO:
            attributes.append((words.DEFAULT_LEVERAGE, str(leverage)))
        return Instrument(
            symbol=symbol,
            base=text_of(row, "base_asset") or symbol.partition("-")[0],
            quote=text_of(row, "quote_asset") or symbol.rpartition("-")[2],
            tick=_step(row, "tick_size"),
            lot=_step(row, "lot_size"),
            min_price=maybe_number(row.get("min_price")),
            max_price=maybe_number(row.get("max_price")),
            min_quantity=maybe_number(row.get("min_quantity")),
            max_quantity=maybe_number(row.get("max_quantity")),
            trading=status == "ACTIVE",
            status=status,
            attributes=tuple(attributes),
        )
    except JsonError as error:
        raise Malformed(f"instrument {symbol}: {error}") from error


def _step(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A step of the market, None where none is given or it is 0: then it is not known, and a person is told."""
    value = maybe_number(row.get(name))
    if value is not None and value < ZERO:
        raise JsonError(f"its {name} is below zero.")
    return value or None
