"""The form: which fields of an order may change now, and the sentence and rule behind every lock."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.form import Choice, Field, FieldName, Form, IdAfter, QueuePlace, Route
from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, tidy
from app.domain.order import Order, OrderKind, Side, TimeInForce
from app.domain.plan import Surroundings
from app.venues.common.fields import Lock, choice_field, price_field, size_field
from app.venues.common.locks import busy_lock, state_lock
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.judge import collide
from app.venues.qfex.wire import vocabulary as words

ROUTE = "modify"


def form(order: Order, around: Surroundings) -> Form:
    """Return every field of a QFEX order, with what may be done to it now."""
    lock = lock_of(order, around)
    reason, rule = lock or ("", None)
    instrument = around.instrument
    fields: tuple[Field, ...]
    if order.kind in words.STOP_KINDS:
        fields = (_trigger(order, instrument, lock), _quantity(order, instrument, lock))
    else:
        fields = (
            _price(order, around, lock),
            _quantity(order, instrument, lock),
            _exit(FieldName.TAKE_PROFIT, "Take profit", order.take_profit, instrument, lock),
            _exit(FieldName.STOP_LOSS, "Stop loss", order.stop_loss, instrument, lock),
            _reduce_only(order, around, lock),
        )
    return Form(order, fields, (route(reason),), reason, rule)


def route(reason: str = "") -> Route:
    """Return the one way QFEX offers; not offered while `reason` says why."""
    return Route(
        name=ROUTE,
        label="Amend",
        call=words.MODIFY,
        offered=not reason,
        queue=QueuePlace.UNKNOWN,
        id_after=IdAfter.NEW,
        reason=reason,
        warning="The order gets a new id and waits 100 ms at QFEX; count on losing its place in the queue.",
        rule=citations.NEW_ID,
        further=(citations.QUEUE, citations.SPEED_BUMP, citations.ALL_FOUR),
    )


def lock_of(order: Order, around: Surroundings) -> Lock | None:
    """Return why the whole order cannot be amended now; None if it can be."""
    return (
        state_lock(order, words.TITLE, citations.ENDED, citations.STATUS)
        or _kind(order)
        or _filled(order)
        or busy_lock(around, words.TITLE, citations.ONE_IN_FLIGHT)
        or _rival(order, around)
    )


def _kind(order: Order) -> Lock | None:
    if order.kind in words.STOP_KINDS:
        return (
            "Stop orders of QFEX are shown here and can be cancelled; this ticket does not amend them, because QFEX "
            "documents no reply that would prove the change.",
            citations.STOP_ORDERS,
        )
    if order.kind is OrderKind.MARKET:
        return "A market order has no resting price to amend.", citations.NOT_RESTING
    if order.time_in_force in (TimeInForce.IOC, TimeInForce.FOK):
        name = order.time_in_force.value.upper()
        return f"An {name} order does not rest and cannot be amended.", citations.NOT_RESTING
    if order.raw_kind not in (words.LIMIT, words.ALO):
        kind = order.raw_kind or order.kind.value
        return (
            f"QFEX documents no way to amend this, a {kind} order: an amendment names LIMIT, MARKET or ALO.",
            citations.ORDER_TYPE,
        )
    if order.price is None:
        return "QFEX shows no price of this order, and an amendment sends it along.", citations.ORDER_TYPE
    return None


def _filled(order: Order) -> Lock | None:
    if order.filled <= ZERO:
        return None
    return (
        f"The order is partly filled ({tidy(order.filled)} of {tidy(order.quantity)}), and QFEX does not amend such "
        "orders; cancel it and place a new one for what is left.",
        citations.PARTIAL_FILL,
    )


def _rival(order: Order, around: Surroundings) -> Lock | None:
    rival = next((other for other in around.rivals if collide(order, other)), None)
    if rival is not None:
        side = "buy" if order.side is Side.BUY else "sell"
        return (
            f"An amendment of another {order.symbol} {order.raw_kind} {side} order ({rival.order_id}) is unresolved, "
            "and QFEX's replies could not be told apart; wait for its outcome.",
            citations.RIVALS,
        )
    return None


def omits_reduce_only(around: Surroundings) -> bool:
    """Return True if the account's switch leaves the reduce-only flag out of amendments."""
    return around.switches.get(words.REDUCE_ONLY, words.SEND).strip() == words.OMIT


def band_of(instrument: Instrument | None, quote: Quote | None) -> tuple[Decimal | None, Decimal | None]:
    """Return the price band: the live one where the market socket gives it, else the instrument's own bounds."""
    low = quote.low_band if quote is not None and quote.low_band is not None else None
    high = quote.high_band if quote is not None and quote.high_band is not None else None
    if instrument is not None:
        low = instrument.min_price if low is None else low
        high = instrument.max_price if high is None else high
    return low, high


def _price(order: Order, around: Surroundings, lock: Lock | None) -> Field:
    instrument = around.instrument
    low, high = band_of(instrument, around.quote)
    buy = order.side is Side.BUY
    field = price_field(FieldName.PRICE, "Price", "price", order.price, instrument, lock, citations.TICK)
    return replace(
        field,
        minimum=field.step if buy or low is None else low,
        maximum=high if buy else None,
        meaning="limit price",
        hint="Add-liquidity-only: a price that would trade at once is not sent." if order.post_only else "",
        routes=(ROUTE,),
    )


def _quantity(order: Order, instrument: Instrument | None, lock: Lock | None) -> Field:
    return replace(
        size_field(FieldName.QUANTITY, "Quantity", "quantity", order.quantity, instrument, lock, citations.LOT),
        minimum=instrument.min_quantity if instrument else None,
        maximum=instrument.max_quantity if instrument else None,
        meaning="total",
        routes=(ROUTE,),
    )


def _exit(
    name: FieldName, label: str, current: Decimal | None, instrument: Instrument | None, lock: Lock | None
) -> Field:
    return replace(
        price_field(name, label, name.value, current, instrument, lock, citations.EXIT_MEANING),
        minimum=ZERO,
        meaning="mark price at which a market order closes the position",
        hint="" if lock else "0 removes it; left alone, it is sent again as it is.",
        clearable=True,
        routes=(ROUTE,),
    )


def _reduce_only(order: Order, around: Surroundings, lock: Lock | None) -> Field:
    """The flag that identifies the order: QFEX reports it nowhere, so whoever placed the order may say it."""
    rule = citations.REDUCE_ONLY
    if omits_reduce_only(around):
        lock = lock or ("The account's switch leaves reduce_only out of amendments.", rule)
    elif order.reduce_only is not None:
        text = "QFEX reports this of the order; an amendment changes price, quantity, take-profit and stop-loss alone."
        lock = lock or (text, citations.FIELDS)
    name = words.YES if order.reduce_only else words.NO
    return replace(
        choice_field(FieldName.REDUCE_ONLY, "It is reduce-only", words.REDUCE_ONLY, name, lock, rule),
        choices=(
            Choice(
                words.NO,
                "no" if order.reduce_only is not None else "not said",
                venue_value="false",
            ),
            Choice(words.YES, "yes, as I placed it", venue_value="true"),
        ),
        meaning="whether the order was placed as reduce-only",
        hint="" if lock else "QFEX does not report it: no is sent unless you say yes. It is never changed.",
        routes=(ROUTE,),
    )


def _trigger(order: Order, instrument: Instrument | None, lock: Lock | None) -> Field:
    return replace(
        price_field(FieldName.STOP, "Trigger", "price", order.stop, instrument, lock, citations.STOP_ORDERS),
        editable=False,
        meaning="mark price at which the order becomes a market order",
    )
