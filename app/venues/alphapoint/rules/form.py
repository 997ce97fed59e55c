"""The form: which fields of an order may change now and by which route, and why the others may not."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal

from app.domain.form import Field, FieldName, Form, IdAfter, QueuePlace, Route
from app.domain.market import Instrument
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, OrderKind, OrderStatus
from app.domain.plan import Surroundings
from app.domain.rules import Rule
from app.venues.alphapoint.rules import citations
from app.venues.alphapoint.wire.rows import SHORT
from app.venues.alphapoint.wire.values import plain_word
from app.venues.alphapoint.wire.vocabulary import CANCEL_REPLACE, MODIFY_ORDER, REDUCE, REPLACE
from app.venues.common.fields import Lock, price_field, size_field

REPLACE_WARNING = (
    "Loses the place in the queue: the order is cancelled and a new one with a new id joins at the back. "
    "If the venue refuses the new one, the old one may be gone."
)

#: Kinds that wait for a trigger.
STOPS = frozenset({OrderKind.STOP_LIMIT, OrderKind.STOP_MARKET, OrderKind.TRAILING_STOP})

#: Attribute of a market that has orders and that the venue does not describe.
UNDESCRIBED = "undescribed"


def form(order: Order, around: Surroundings) -> Form:
    """Return every field of an order here, with what may be done to it now."""
    lock, instrument = lock_of(order, around), around.instrument
    no_swap = lock or not_replaced(order)
    fields = (_price(order, instrument, no_swap), _quantity(order, instrument, lock), _stop(order, instrument, lock))
    reason, rule = lock or ("", None)
    swap_reason = no_swap[0] if no_swap else ""
    return Form(order, fields, (_reduce(order, instrument, reason), _replace(swap_reason)), reason, rule)


def lock_of(order: Order, around: Surroundings) -> Lock | None:
    """Return why the whole order cannot be amended now, as one sentence and its rule; None if it can be."""
    return _state(order) or _kind(order) or _market(around.instrument) or _busy(around)


def largest_reduction(order: Order, instrument: Instrument | None) -> Decimal | None:
    """Return the largest new remaining amount that is a reduction: on the grid, below what remains; None if none is."""
    if instrument is None or instrument.lot is None:
        return None
    with exact():
        largest = ((order.remaining / instrument.lot).to_integral_value(ROUND_CEILING) - 1) * instrument.lot
    return largest if largest > ZERO else None


def _state(order: Order) -> Lock | None:
    match order.status:
        case OrderStatus.FILLED:
            return "The order is completely filled; nothing is left to amend.", citations.STATE
        case OrderStatus.CANCELLED | OrderStatus.EXPIRED | OrderStatus.REJECTED | OrderStatus.ENDED:
            return f"The order has ended ({order.raw_status}); nothing is left to amend.", citations.STATE
        case OrderStatus.WORKING | OrderStatus.PARTIALLY_FILLED | OrderStatus.UNTRIGGERED:
            return None
        case _:
            return (
                f"The venue reports the state “{order.raw_status}”, which is not Working; "
                "look at the order on the venue's site.",
                citations.STATE,
            )


def _kind(order: Order) -> Lock | None:
    if order.attribute(SHORT):
        return "The venue has not described this order in full yet; check it now, or wait a moment.", citations.STATE
    if order.kind is OrderKind.MARKET:
        return f"An order is reduced while it rests in the book; this is a {order.raw_kind} order.", citations.KIND
    if plain_word(order.attribute("side")) not in ("buy", "sell", "0", "1"):
        return f"The side “{order.attribute('side')}” is reserved by the venue; the order stays locked.", citations.KIND
    return None


def odd_kind(order: Order) -> tuple[str, Rule] | None:
    """Return what an order is, and the rule on it, where it is neither a limit order, a stop nor a market order."""
    if plain_word(order.raw_kind) == "blocktrade" or order.attribute("is_locked_in"):
        return "block trade", citations.BLOCK_TRADE
    if order.attribute("is_quote"):
        return "market-maker quote", citations.QUOTE
    if order.kind not in (OrderKind.LIMIT, OrderKind.MARKET, *STOPS):
        return f"{order.raw_kind or order.kind.value} order", citations.NOT_PLAIN
    return None


def not_replaced(order: Order) -> Lock | None:
    """Return why an order that may be reduced is not replaced: this ticket would make another kind of order of it."""
    odd = (f"{order.raw_kind} order", citations.NOT_PLAIN) if order.kind in STOPS else odd_kind(order)
    if odd is not None:
        return f"A replacement would be a plain limit order, and this is a {odd[0]}; it is not replaced.", odd[1]
    if order.display_quantity is not None:
        shown, remaining = tidy(order.display_quantity), tidy(order.remaining)
        text = f"This is an iceberg order (shows {shown} of {remaining}), and a replacement would show all of it."
        return text, citations.ICEBERG
    return None


def _market(instrument: Instrument | None) -> Lock | None:
    if instrument is None:
        return None
    if plain_word(instrument.attribute("risk_type")) == "notrading":
        return "The venue has barred this account from trading (NoTrading).", citations.ACCOUNT_STATE
    if instrument.attribute("frozen") == "true":
        return "The venue has frozen this account.", citations.ACCOUNT_STATE
    return None


def _busy(around: Surroundings) -> Lock | None:
    if around.amending:
        return (
            "An amendment of this order is not settled yet; wait, check it now, or cancel the order.",
            citations.ONE_IN_FLIGHT,
        )
    if around.cancelling:
        return "This order is being cancelled; wait for the venue's answer.", citations.ONE_IN_FLIGHT
    return None


def _reduce(order: Order, instrument: Instrument | None, lock: str) -> Route:
    reason = lock
    if not reason and largest_reduction(order, instrument) is None and instrument is not None and instrument.lot:
        reason = f"The remaining {tidy(order.remaining)} cannot be reduced further; cancel the order to end it."
    return Route(
        name=REDUCE,
        label="Reduce, keeps its place",
        call=MODIFY_ORDER,
        offered=not reason,
        queue=QueuePlace.KEPT,
        id_after=IdAfter.SAME,
        reason=reason,
        rule=citations.REDUCE_ONLY_DOWN,
    )


def _replace(lock: str) -> Route:
    return Route(
        name=REPLACE,
        label="Replace, loses its place",
        call=CANCEL_REPLACE,
        offered=not lock,
        queue=QueuePlace.LOST,
        id_after=IdAfter.NEW,
        opt_in=True,
        reason=lock,
        warning=REPLACE_WARNING,
        rule=citations.REPLACE,
    )


def _price(order: Order, instrument: Instrument | None, lock: Lock | None) -> Field:
    rule = citations.PRICE_BY_REPLACE
    return replace(
        price_field(FieldName.PRICE, "Price", "LimitPrice", order.price, instrument, lock, rule),
        minimum=instrument.tick if instrument else None,
        meaning="limit price",
        hint="" if lock else "Only by route “replace”, which loses the place in the queue.",
        routes=(REPLACE,),
    )


def _quantity(order: Order, instrument: Instrument | None, lock: Lock | None) -> Field:
    hint = f"What should remain: {tidy(order.remaining)} now"
    if order.filled > ZERO:
        hint += f", after {tidy(order.filled)} executed of a total of {tidy(order.quantity)}"
    rule = citations.REMAINING
    return replace(
        size_field(FieldName.QUANTITY, "Remaining", "Quantity", order.remaining, instrument, lock, rule),
        minimum=instrument.lot if instrument else None,
        meaning="new remaining",
        hint="" if lock else f"{hint}. More than that only by route “replace”.",
        routes=(REDUCE, REPLACE),
    )


def _stop(order: Order, instrument: Instrument | None, lock: Lock | None) -> Field:
    text = "No call changes a stop price." if order.stop else "This order has no stop price."
    lock = lock or (text, citations.STOP)
    field = price_field(FieldName.STOP, "Stop", "StopPrice", order.stop, instrument, lock, citations.STOP)
    return replace(field, step=None, meaning="trigger price")
