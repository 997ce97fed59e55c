"""The form: which fields of an order may change now, and the sentence and rule behind every lock."""

from __future__ import annotations

from app.domain.form import Choice, Field, FieldName, Form, IdAfter, QueuePlace, Route, why_ended
from app.domain.market import Instrument
from app.domain.money import step_of
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Surroundings
from app.domain.rules import Rule
from app.venues.bitso.profile import MODIFY_CALL, NATIVE_MINOR, is_on
from app.venues.bitso.rules import citations
from app.venues.bitso.rules.amounts import spent, value_of
from app.venues.bitso.wire.rows import PLACES, STOP_READ

ROUTE = "modify"
KEEP_QUANTITY = "keep_quantity"
KEEP_SPEND = "keep_spend"
KEEP_ORDER = "keep"
CANCEL_ORDER = "cancel"

_Lock = tuple[str, Rule]


def form(order: Order, around: Surroundings) -> Form:
    """Every field of a Bitso order, with what may be done to it now."""
    lock = lock_of(order, around)
    native = is_on(around.switches, NATIVE_MINOR)
    fields = (
        _price(order, around.instrument, lock),
        _when_repriced(order, lock),
        _amount(order, around.instrument, lock),
        _value(order, around.instrument, lock, native),
        _stop(order, around.instrument, lock),
        _on_failure(lock),
    )
    reason, rule = lock or ("", None)
    return Form(order, fields, (route(reason),), reason, rule)


def route(reason: str = "") -> Route:
    """The one way Bitso offers; not offered while `reason` says why."""
    return Route(
        name=ROUTE,
        label="Amend in place",
        call=MODIFY_CALL,
        offered=not reason,
        queue=QueuePlace.UNKNOWN,
        id_after=IdAfter.SAME_EXPECTED,
        reason=reason,
        rule=citations.ID_KEPT,
    )


def lock_of(order: Order, around: Surroundings) -> _Lock | None:
    """Why the whole order cannot be amended now, as one sentence and its rule; None if it can be."""
    if ended := why_ended(order.status):
        return ended, citations.ENDED
    match order.status:
        case OrderStatus.UNRECOGNISED:
            state = order.raw_status
            return f"Bitso reports the state “{state}”, unknown to this ticket; look at it on Bitso.", citations.STATUS
        case OrderStatus.PENDING:
            return "Bitso has the order queued and not in its book yet; try again in a moment.", citations.QUEUED
        case _:
            pass
    if order.kind is OrderKind.MARKET:
        return "Bitso does not modify market orders.", citations.MARKET
    if order.kind is OrderKind.OTHER:
        return f"“{order.raw_kind}” is an order type this ticket does not know; change it on Bitso.", citations.STATUS
    if around.amending:
        return "An amendment of this order is still unresolved; wait for its outcome.", citations.ONE_IN_FLIGHT
    if around.cancelling:
        return "This order is being cancelled; wait for Bitso's answer.", citations.ONE_IN_FLIGHT
    return None


def base_of(order: Order, instrument: Instrument | None) -> str:
    """The major currency as a person reads it."""
    return (instrument.base if instrument else order.symbol.partition("_")[0]).upper()


def quote_of(order: Order, instrument: Instrument | None) -> str:
    """The minor currency as a person reads it."""
    return (instrument.quote if instrument else order.symbol.partition("_")[2]).upper()


def _price(order: Order, instrument: Instrument | None, lock: _Lock | None) -> Field:
    if lock is None and order.kind is OrderKind.STOP_MARKET:
        lock = "This stop order executes at market and has no limit price.", citations.STOP_MARKET
    hint = "Post-only: a price through the market may cancel the order." if order.post_only else ""
    return Field(
        name=FieldName.PRICE,
        label="Price",
        venue_name="price",
        editable=lock is None,
        current=order.price,
        reason=lock[0] if lock else "",
        rule=lock[1] if lock else citations.TICK,
        unit=quote_of(order, instrument),
        step=instrument.tick if instrument else None,
        minimum=instrument.min_price if instrument else None,
        maximum=instrument.max_price if instrument else None,
        meaning="limit price",
        hint=hint if lock is None else "",
        routes=(ROUTE,),
    )


def _when_repriced(order: Order, lock: _Lock | None) -> Field:
    if lock is None and order.side is Side.SELL:
        lock = (
            "A sell keeps its quantity and its lock when repriced; there is nothing to choose.",
            citations.SELL_REPRICED,
        )
    if lock is None and order.price is None:
        lock = "This stop order executes at market and has no limit price.", citations.STOP_MARKET
    return Field(
        name=FieldName.WHEN_REPRICED,
        label="When repriced",
        venue_name=FieldName.WHEN_REPRICED.value,
        editable=lock is None,
        current=KEEP_QUANTITY,
        reason=lock[0] if lock else "",
        rule=lock[1] if lock else citations.PRICE_ONLY,
        choices=(
            Choice(KEEP_QUANTITY, "keep quantity"),
            Choice(KEEP_SPEND, "keep spend"),
        ),
        meaning="what stays the same when the price alone is changed",
        hint="Keep quantity sends price and amount, keep spend the price alone." if lock is None else "",
        routes=(ROUTE,),
    )


def _amount(order: Order, instrument: Instrument | None, lock: _Lock | None) -> Field:
    return Field(
        name=FieldName.QUANTITY,
        label=f"Amount ({base_of(order, instrument)})",
        venue_name="major",
        editable=lock is None,
        current=order.quantity,
        reason=lock[0] if lock else "",
        rule=lock[1] if lock else _size_rule(order, citations.AMOUNT),
        unit=base_of(order, instrument),
        step=step_of(PLACES),
        minimum=instrument.min_quantity if instrument else None,
        maximum=instrument.max_quantity if instrument else None,
        meaning="total, fills included",
        hint=_size_hint(order) if lock is None else "",
        routes=(ROUTE,),
    )


def _value(order: Order, instrument: Instrument | None, lock: _Lock | None, native: bool) -> Field:
    if lock is None and not native:
        if order.price is None:
            lock = "There is no limit price to convert a value with; type the amount.", citations.STOP_MARKET
        elif spent(order) is None:
            lock = (
                "The executions of this order are not read yet; type the amount, or wait a moment.",
                citations.PARTIAL,
            )
    return Field(
        name=FieldName.VALUE,
        label=f"Value ({quote_of(order, instrument)})",
        venue_name="minor",
        editable=lock is None,
        current=value_of(order),
        reason=lock[0] if lock else "",
        rule=lock[1] if lock else _size_rule(order, citations.NEVER_BOTH if native else citations.VALUE_AS_AMOUNT),
        unit=quote_of(order, instrument),
        step=step_of(PLACES),
        minimum=instrument.min_value if instrument else None,
        maximum=instrument.max_value if instrument else None,
        meaning="total, fills included; sent as a value" if native else "total, fills included; sent as an amount",
        hint=_size_hint(order) if lock is None else "",
        derived=True,
        routes=(ROUTE,),
    )


def _stop(order: Order, instrument: Instrument | None, lock: _Lock | None) -> Field:
    if lock is None:
        if order.attribute(STOP_READ) == "no":
            lock = "Whether this is a stop order has not been read yet; wait a moment.", citations.STOP_UNKNOWN
        elif order.stop is None:
            lock = "Only an untriggered stop order has a stop price to change.", citations.STOP_UNTRIGGERED
        elif order.triggered:
            lock = "The stop has been triggered, so it cannot change any more.", citations.STOP_UNTRIGGERED
    return Field(
        name=FieldName.STOP,
        label="Stop",
        venue_name="stop",
        editable=lock is None,
        current=order.stop,
        reason=lock[0] if lock else "",
        rule=lock[1] if lock else citations.STOP_UNTRIGGERED,
        unit=quote_of(order, instrument),
        step=instrument.tick if instrument else None,
        minimum=instrument.min_price if instrument else None,
        maximum=instrument.max_price if instrument else None,
        meaning="last price at which the order enters the market",
        routes=(ROUTE,),
    )


def _on_failure(lock: _Lock | None) -> Field:
    return Field(
        name=FieldName.ON_FAILURE,
        label="If it fails",
        venue_name="cancel",
        editable=lock is None,
        current=KEEP_ORDER,
        reason=lock[0] if lock else "",
        rule=lock[1] if lock else citations.CANCEL_FLAG,
        choices=(
            Choice(KEEP_ORDER, "keep the order", venue_value="0"),
            Choice(
                CANCEL_ORDER, "cancel it", "If Bitso cannot process the change, it cancels the order.", venue_value="1"
            ),
        ),
        meaning="goes with another change, never alone",
        routes=(ROUTE,),
    )


def _size_rule(order: Order, otherwise: Rule) -> Rule:
    return citations.PARTIAL if order.filled else otherwise


def _size_hint(order: Order) -> str:
    return "Partly filled: whether Bitso means the total or the rest is not documented." if order.filled else ""
