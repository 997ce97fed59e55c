"""The form: which fields of an order may change now, and the sentence and rule behind every lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.form import Choice, Field, FieldName, Form, IdAfter, QueuePlace, Route, why_ended
from app.domain.market import Instrument
from app.domain.money import step_of
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Surroundings
from app.domain.rules import Rule
from app.venues.bitso.rules import citations
from app.venues.bitso.rules.amounts import spent, value_of
from app.venues.bitso.wire import vocabulary as words
from app.venues.common.fields import Lock, choice_field, price_field, size_field

ROUTE = "modify"
KEEP_QUANTITY = "keep_quantity"
KEEP_SPEND = "keep_spend"
KEEP_ORDER = "keep"
CANCEL_ORDER = "cancel"

_NO_PRICE: Lock = ("This stop order executes at market and has no limit price.", citations.NO_PRICE)


def form(order: Order, around: Surroundings) -> Form:
    """Make the form: every field of a Bitso order, with what may be done to it now."""
    lock, book = lock_of(order, around), _book(order, around.instrument)
    fields = (
        _price(order, book, lock),
        _when_repriced(order, lock),
        _amount(order, book, lock),
        _value(order, book, lock, is_native(around.switches)),
        _stop(order, book, lock),
        _on_failure(lock),
    )
    reason, rule = lock or ("", None)
    return Form(order, tuple(replace(field, routes=(ROUTE,)) for field in fields), (route(reason),), reason, rule)


def route(reason: str = "") -> Route:
    """Return the one way Bitso offers; not offered while `reason` says why."""
    return Route(
        name=ROUTE,
        label="Amend in place",
        call=words.MODIFY_CALL,
        offered=not reason,
        queue=QueuePlace.UNKNOWN,
        id_after=IdAfter.SAME_EXPECTED,
        reason=reason,
        rule=citations.ID_KEPT,
    )


def lock_of(order: Order, around: Surroundings) -> Lock | None:
    """Return why the whole order cannot be amended now, as one sentence and its rule; None if it can be."""
    if ended := why_ended(order.status):
        return ended, citations.ENDED
    if order.status is OrderStatus.UNRECOGNISED:
        state = order.raw_status
        return f"Bitso reports the state “{state}”, unknown to this ticket; look at it on Bitso.", citations.STATUS
    if order.status is OrderStatus.PENDING:
        return "Bitso has the order queued and not in its book yet; try again in a moment.", citations.QUEUED
    if order.kind is OrderKind.MARKET:
        return "Bitso does not modify market orders.", citations.MARKET
    if order.kind is OrderKind.OTHER and order.attribute(words.STOP_READ) == "no":
        return "What kind of order this is has not been read yet; wait a moment.", citations.STOP_UNKNOWN
    if around.amending:
        return "An amendment of this order is still unresolved; wait for its outcome.", citations.ONE_IN_FLIGHT
    if around.cancelling:
        return "This order is being cancelled; wait for Bitso's answer.", citations.ONE_IN_FLIGHT
    return None


def is_native(switches: Mapping[str, str]) -> bool:
    """Return True where the account wants a typed value sent as minor."""
    return switches.get(words.NATIVE_MINOR, "").strip().lower() in words.YES


def base_of(order: Order, instrument: Instrument | None) -> str:
    """Return the major currency as a person reads it."""
    return (instrument.base if instrument else order.symbol.partition("_")[0]).upper()


def quote_of(order: Order, instrument: Instrument | None) -> str:
    """Return the minor currency as a person reads it."""
    return (instrument.quote if instrument else order.symbol.partition("_")[2]).upper()


def _book(order: Order, instrument: Instrument | None) -> Instrument:
    """Return the book with its currencies as a person reads them; without limits while it is not loaded."""
    book = instrument or Instrument(order.symbol, "", "", lot=step_of(words.PLACES))
    return replace(book, base=base_of(order, instrument), quote=quote_of(order, instrument))


def _price(order: Order, book: Instrument, lock: Lock | None) -> Field:
    if order.kind is OrderKind.STOP_MARKET:
        lock = lock or _NO_PRICE
    elif order.kind is OrderKind.OTHER and order.price is None:
        lock = lock or (f"A {order.raw_kind} order shows no limit price.", citations.NO_PRICE)
    return replace(
        price_field(FieldName.PRICE, "Price", words.PRICE, order.price, book, lock, citations.TICK),
        label="Price",
        minimum=book.min_price,
        maximum=book.max_price,
        meaning="limit price",
        hint="Post-only: a price through the market may cancel the order." if order.post_only and not lock else "",
    )


def _when_repriced(order: Order, lock: Lock | None) -> Field:
    if order.side is Side.SELL:
        text = "A sell keeps its quantity and its lock when repriced; there is nothing to choose."
        lock = lock or (text, citations.SELL_REPRICED)
    if order.price is None:
        lock = lock or _NO_PRICE
    name = FieldName.WHEN_REPRICED
    return replace(
        choice_field(name, "When repriced", name.value, KEEP_QUANTITY, lock, citations.PRICE_ONLY),
        choices=(Choice(KEEP_QUANTITY, "keep quantity"), Choice(KEEP_SPEND, "keep spend")),
        meaning="what stays the same when the price alone is changed",
        hint="" if lock else "Keep quantity sends price and amount, keep spend the price alone.",
    )


def _amount(order: Order, book: Instrument, lock: Lock | None) -> Field:
    rule = _size_rule(order, citations.AMOUNT)
    return replace(
        size_field(FieldName.QUANTITY, "Amount", words.MAJOR, order.quantity, book, lock, rule),
        minimum=book.min_quantity,
        maximum=book.max_quantity,
        meaning="total, fills included",
        hint="" if lock else _size_hint(order),
    )


def _value(order: Order, book: Instrument, lock: Lock | None, native: bool) -> Field:
    if lock is None and not native:
        if order.price is None:
            lock = "There is no limit price to convert a value with; type the amount.", citations.NO_PRICE
        elif spent(order) is None:
            text = "The executions of this order are not read yet; type the amount, or wait a moment."
            lock = text, citations.SPENT
    rule = _size_rule(order, citations.NEVER_BOTH if native else citations.VALUE_AS_AMOUNT)
    return replace(
        price_field(FieldName.VALUE, "Value", words.MINOR, value_of(order), book, lock, rule),
        step=step_of(words.PLACES),
        minimum=book.min_value,
        maximum=book.max_value,
        meaning=f"total, fills included; sent as {'a value' if native else 'an amount'}",
        hint="" if lock else _size_hint(order),
        derived=True,
    )


def _stop(order: Order, book: Instrument, lock: Lock | None) -> Field:
    if lock is None:
        if order.attribute(words.STOP_READ) == "no":
            lock = "Whether this is a stop order has not been read yet; wait a moment.", citations.STOP_UNKNOWN
        elif order.stop is None:
            lock = "Only an untriggered stop order has a stop price to change.", citations.STOP_UNTRIGGERED
        elif order.triggered:
            lock = "The stop has been triggered, so it cannot change any more.", citations.STOP_UNTRIGGERED
    return replace(
        price_field(FieldName.STOP, "Stop", words.STOP, order.stop, book, lock, citations.STOP_UNTRIGGERED),
        label="Stop",
        meaning="last price at which the order enters the market",
    )


def _on_failure(lock: Lock | None) -> Field:
    warning = "If Bitso cannot process the change, it cancels the order."
    return replace(
        choice_field(FieldName.ON_FAILURE, "If it fails", words.CANCEL, KEEP_ORDER, lock, citations.CANCEL_FLAG),
        choices=(
            Choice(KEEP_ORDER, "keep the order", venue_value="0"),
            Choice(CANCEL_ORDER, "cancel it", warning, venue_value="1"),
        ),
        meaning="goes with another change, never alone",
    )


def _size_rule(order: Order, otherwise: Rule) -> Rule:
    return citations.PARTIAL if order.filled else otherwise


def _size_hint(order: Order) -> str:
    return "Partly filled: whether Bitso means the total or the rest is not documented." if order.filled else ""
