"""The form: which fields of an order may change now, and the sentence and rule behind every lock."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.form import Choice, Field, FieldName, Form, IdAfter, QueuePlace, Route
from app.domain.market import Instrument
from app.domain.money import exact
from app.domain.order import Order, OrderKind
from app.domain.plan import Surroundings
from app.domain.rules import Rule
from app.venues.bitget.rules import citations
from app.venues.bitget.rules.behind import AS_ASKED, busy, line_of, standing
from app.venues.bitget.wire import vocabulary as words
from app.venues.common.fields import Lock, choice_field, price_field, size_field
from app.venues.common.locks import state_lock

ROUTE = "modify"
AUTO_CANCEL_WARNING = "If Bitget cannot apply the change, it will cancel the order."

_UNFIT_TIMES = {"ioc": "an IOC order", "fok": "a FOK order"}


def form(order: Order, around: Surroundings) -> Form:
    """Return every field of a Bitget order, with what may be done to it now.

    Behind amendments that wait it is the form of the order as it will be after them, and says so; locked or not.
    """
    lock, instrument = lock_of(order, around), around.instrument
    reason, rule = lock or ("", None)
    waits = line_of(order, around) is not None
    shown, order = order, standing(order, around) if waits else order
    fields: tuple[Field, ...] = (
        _price(order, instrument, lock),
        _quantity(order, instrument, lock),
        _preset(FieldName.TAKE_PROFIT, "Take profit", "takeProfit", order.take_profit, instrument, lock),
        _preset(FieldName.STOP_LOSS, "Stop loss", "stopLoss", order.stop_loss, instrument, lock),
        _on_failure(lock),
    )
    asked = {FieldName.PRICE: order.price != shown.price, FieldName.QUANTITY: order.quantity != shown.quantity}
    fields = tuple(_as_asked(each) if asked.get(each.name) else each for each in fields)
    return Form(order, fields, (route(reason, behind=waits),), reason, rule)


def _as_asked(field: Field) -> Field:
    """Return a field with the word on where its number comes from."""
    return replace(field, origin=f"{AS_ASKED[:1].upper()}{AS_ASKED[1:]}.")


def route(reason: str = "", *, behind: bool = False) -> Route:
    """Return the one way Bitget offers; not offered while `reason` says why.

    Args:
        reason: one sentence, "" where it is offered.
        behind: the amendment is sent behind others of its order, which the batch call alone takes.
    """
    return Route(
        name=ROUTE,
        label="Amend in place",
        call=f"POST /api/v3/trade/{'batch-modify-order' if behind else 'modify-order'}",
        offered=not reason,
        queue=QueuePlace.UNKNOWN,
        id_after=IdAfter.SAME,
        reason=reason,
        rule=citations.ID_KEPT,
        further=(citations.QUEUE, citations.BOTH_SENT, *((citations.IN_LINE,) if behind else ())),
    )


def lock_of(order: Order, around: Surroundings) -> Lock | None:
    """Return why the whole order cannot be amended now, as one sentence and its rule; None if it can be."""
    return (
        state_lock(order, words.TITLE, citations.ENDED, citations.STATUS)
        or _foreign(order)
        or _kind(order)
        or busy(order, around)
    )


def _foreign(order: Order) -> Lock | None:
    """Orders that Bitget's documents say cannot be amended."""
    if order.symbol.upper().endswith("_CM"):
        return "Bitget does not amend orders of the new coin-margined line (_CM).", citations.COIN_CM
    return None


def _kind(order: Order) -> Lock | None:
    if order.price is None:
        kind = "A market" if order.kind is OrderKind.MARKET else f"This {order.raw_kind or order.kind.value}"
        return f"{kind} order has no price, and an amendment names one.", citations.NO_PRICE
    return None


def doubts(order: Order) -> tuple[tuple[str, Rule], ...]:
    """Return what makes it uncertain that Bitget amends this order: a sentence and its rule each.

    None of it is documented as impossible, so it is said before sending and blocks nothing.
    """
    found: list[tuple[str, Rule]] = []
    if order.reduce_only:
        text = "Bitget does not amend several reduce-only orders at once; whether it amends one is not documented."
        found.append((text, citations.REDUCE_ONLY))
    category = order.attribute(words.CATEGORY)
    if category == words.COIN_FUTURES:
        text = "In which unit Bitget takes the quantity of coin-margined futures is not certain; check it there."
        found.append((text, citations.COIN_FUTURES))
    if category not in words.MARKETS:
        name = category or order.market
        text = f"“{name}” is not a category of Bitget this ticket knows; it is sent by that name, and may be refused."
        found.append((text, citations.CATEGORY))
    delegate = order.attribute(words.DELEGATE_TYPE)
    if delegate.lower() not in words.ORDINARY_DELEGATES:
        text = f"The order was made by another function of Bitget ({delegate}); Bitget may refuse to amend it here."
        found.append((text, citations.DELEGATE))
    time_in_force = order.attribute(words.TIME_IN_FORCE)
    if order.kind is not OrderKind.LIMIT:
        kind = order.raw_kind or order.kind.value
        found.append((f"Bitget amends limit orders; this is a {kind} order, and may be refused.", citations.KIND))
    if time_in_force in _UNFIT_TIMES:
        text = f"The order is {_UNFIT_TIMES[time_in_force]}, which should not rest; Bitget may refuse to amend it."
        found.append((text, citations.NOT_RESTING))
    if time_in_force == "rpi":
        text = "What an amendment does to a retail-price-improvement order is not documented; Bitget may refuse it."
        found.append((text, citations.RPI))
    return tuple(found)


def _price(order: Order, instrument: Instrument | None, lock: Lock | None) -> Field:
    return replace(
        price_field(FieldName.PRICE, "Price", "price", order.price, instrument, lock, citations.TICK),
        minimum=instrument.tick if instrument else None,
        maximum=instrument.max_price if instrument else None,
        meaning="limit price",
        hint="Post-only: a price through the book may be refused or cancelled." if order.post_only and not lock else "",
        routes=(ROUTE,),
    )


def _quantity(order: Order, instrument: Instrument | None, lock: Lock | None) -> Field:
    return replace(
        size_field(FieldName.QUANTITY, "Quantity", "qty", order.quantity, instrument, lock, citations.ABOVE_FILLED),
        minimum=smallest_quantity(order, instrument),
        maximum=instrument.max_quantity if instrument else None,
        meaning="total, fills included",
        hint="Must lie above what is filled already." if order.filled and not lock else "",
        routes=(ROUTE,),
    )


def smallest_quantity(order: Order, instrument: Instrument | None) -> Decimal | None:
    """Return the least total to ask for: above the fills, on the grid, not below the market's minimum."""
    if instrument is None:
        return None
    least = instrument.min_quantity
    if instrument.lot is None:
        return least
    with exact():
        above = (order.filled // instrument.lot + 1) * instrument.lot
    return above if least is None else max(above, least)


def _preset(
    name: FieldName,
    label: str,
    venue_name: str,
    current: Decimal | None,
    instrument: Instrument | None,
    lock: Lock | None,
) -> Field:
    """Return an attached exit: shown, never changed."""
    text = (
        f"{label} attached to an order is shown here and not sent: Bitget takes a change of it, this ticket does not "
        "make one yet. Change it on Bitget."
    )
    field = price_field(
        name, label, venue_name, current, instrument, lock or (text, citations.PRESETS), citations.PRESETS
    )
    return replace(field, meaning="attached exit price")


def _on_failure(lock: Lock | None) -> Field:
    return replace(
        choice_field(FieldName.ON_FAILURE, "If it fails", "autoCancel", words.KEEP, lock, citations.AUTO_CANCEL),
        choices=(
            Choice(words.KEEP, "keep the order", venue_value="no"),
            Choice(words.CANCEL, "cancel it", AUTO_CANCEL_WARNING, venue_value="yes"),
        ),
        meaning="what Bitget does if its matching engine cannot apply the change",
        routes=(ROUTE,),
    )
