"""The form: which fields of an order may change now, and the sentence and rule behind every lock."""

from __future__ import annotations

from decimal import Decimal

from app.domain.form import Choice, Field, FieldName, Form, IdAfter, QueuePlace, Route, why_ended, with_unit
from app.domain.market import Instrument
from app.domain.money import exact
from app.domain.order import Order, OrderKind, OrderStatus
from app.domain.plan import Surroundings
from app.domain.rules import Rule
from app.venues.bitget.rules import citations
from app.venues.bitget.wire import vocabulary as words

ROUTE = "modify"
AUTO_CANCEL_WARNING = "If Bitget cannot apply the change, it will cancel the order."

_UNFIT_TIMES = {"ioc": "an IOC order", "fok": "a FOK order"}


def form(order: Order, around: Surroundings) -> Form:
    """Every field of a Bitget order, with what may be done to it now."""
    lock = lock_of(order, around)
    reason, rule = lock if lock is not None else ("", None)
    fields = (
        _price(order, around.instrument, reason, rule),
        _quantity(order, around.instrument, reason, rule),
        _preset(FieldName.TAKE_PROFIT, "Take profit", "takeProfit", order.take_profit, around.instrument, reason, rule),
        _preset(FieldName.STOP_LOSS, "Stop loss", "stopLoss", order.stop_loss, around.instrument, reason, rule),
        _on_failure(reason, rule),
    )
    return Form(order, fields, (route(reason),), reason, rule)


def route(reason: str = "") -> Route:
    """The one way Bitget offers; not offered while `reason` says why."""
    return Route(
        name=ROUTE,
        label="Amend in place",
        call="POST /api/v3/trade/modify-order",
        offered=not reason,
        queue=QueuePlace.UNKNOWN,
        id_after=IdAfter.SAME,
        reason=reason,
        rule=citations.ID_KEPT,
    )


def lock_of(order: Order, around: Surroundings) -> tuple[str, Rule] | None:
    """Return why the whole order cannot be amended now, as one sentence and its rule; None if it can be."""
    return _status(order) or _foreign(order) or _kind(order) or _busy(around)


def _status(order: Order) -> tuple[str, Rule] | None:
    if ended := why_ended(order.status):
        return ended, citations.ENDED
    match order.status:
        case OrderStatus.UNRECOGNISED:
            return (
                f"Bitget reports the state “{order.raw_status}”, which is not one this ticket knows; "
                "look at the order on Bitget.",
                citations.STATUS,
            )
        case OrderStatus.PENDING:
            return "Bitget has not taken the order into its book yet; try again in a moment.", citations.STATUS
        case _:
            return None


def _foreign(order: Order) -> tuple[str, Rule] | None:
    """Orders of lines and functions that amending does not cover."""
    if order.symbol.upper().endswith("_CM"):
        return "Bitget does not amend orders of the new coin-margined line (_CM).", citations.COIN_CM
    if order.attribute(words.CATEGORY) == words.COIN_FUTURES:
        return (
            "Coin-margined futures stay locked until it is certain in which unit Bitget takes their quantity.",
            citations.COIN_FUTURES,
        )
    if order.attribute(words.CATEGORY) not in words.MARKETS:
        category = order.attribute(words.CATEGORY) or order.market
        return (
            f"“{category}” is not a category of Bitget this ticket knows; amend the order on Bitget.",
            citations.STATUS,
        )
    if order.reduce_only:
        return "Bitget does not amend reduce-only orders.", citations.REDUCE_ONLY
    delegate = order.attribute(words.DELEGATE_TYPE)
    if delegate.lower() not in words.ORDINARY_DELEGATES:
        return (
            f"The order was made by another function of Bitget ({delegate}) and is changed there.",
            citations.DELEGATE,
        )
    return None


def _kind(order: Order) -> tuple[str, Rule] | None:
    if order.kind is OrderKind.MARKET:
        return "A market order has no resting price to amend.", citations.NOT_RESTING
    if order.kind is not OrderKind.LIMIT or order.price is None:
        return f"Bitget amends limit orders; this is a {order.raw_kind or order.kind.value} order.", citations.KIND
    time_in_force = order.attribute(words.TIME_IN_FORCE)
    if time_in_force in _UNFIT_TIMES:
        return (
            f"The order is {_UNFIT_TIMES[time_in_force]}; it does not rest and cannot be amended.",
            citations.NOT_RESTING,
        )
    if time_in_force == "rpi":
        return "Retail-price-improvement orders are not amended here.", citations.RPI
    return None


def _busy(around: Surroundings) -> tuple[str, Rule] | None:
    if around.amending:
        return "An amendment of this order is still unresolved; Bitget takes one at a time.", citations.ONE_IN_FLIGHT
    if around.cancelling:
        return "This order is being cancelled; wait for Bitget's answer.", citations.ONE_IN_FLIGHT
    return None


def _price(order: Order, instrument: Instrument | None, reason: str, rule: Rule | None) -> Field:
    post_only = order.post_only and not reason
    return Field(
        name=FieldName.PRICE,
        label=with_unit("Price", instrument.quote if instrument else ""),
        venue_name="price",
        editable=not reason,
        current=order.price,
        reason=reason,
        rule=rule or citations.TICK,
        unit=instrument.quote if instrument else "",
        step=instrument.tick if instrument else None,
        minimum=instrument.tick if instrument else None,
        maximum=instrument.max_price if instrument else None,
        meaning="limit price",
        hint="Post-only: a price through the book may be refused or cancelled." if post_only else "",
        routes=(ROUTE,),
    )


def _quantity(order: Order, instrument: Instrument | None, reason: str, rule: Rule | None) -> Field:
    return Field(
        name=FieldName.QUANTITY,
        label=with_unit("Quantity", instrument.base if instrument else ""),
        venue_name="qty",
        editable=not reason,
        current=order.quantity,
        reason=reason,
        rule=rule or citations.ABOVE_FILLED,
        unit=instrument.base if instrument else "",
        step=instrument.lot if instrument else None,
        minimum=smallest_quantity(order, instrument),
        maximum=instrument.max_quantity if instrument else None,
        meaning="total, fills included",
        hint="Must lie above what is filled already." if order.filled and not reason else "",
        routes=(ROUTE,),
    )


def smallest_quantity(order: Order, instrument: Instrument | None) -> Decimal | None:
    """The least total that can be asked for: above the fills, on the grid, not below the market's minimum."""
    if instrument is None:
        return None
    least = instrument.min_quantity
    if instrument.lot is None:
        return least
    with exact():
        steps = order.filled // instrument.lot + 1
        above = steps * instrument.lot
    return above if least is None else max(above, least)


def _preset(
    name: FieldName,
    label: str,
    venue_name: str,
    current: Decimal | None,
    instrument: Instrument | None,
    reason: str,
    rule: Rule | None,
) -> Field:
    """An attached exit: shown, never changed."""
    quote = instrument.quote if instrument else ""
    return Field(
        name=name,
        label=with_unit(label, quote),
        venue_name=venue_name,
        editable=False,
        current=current,
        reason=reason or f"{label} attached to a Bitget order is shown here and changed on Bitget.",
        rule=rule or citations.PRESETS,
        unit=quote,
        meaning="attached exit price",
    )


def _on_failure(reason: str, rule: Rule | None) -> Field:
    return Field(
        name=FieldName.ON_FAILURE,
        label="If it fails",
        venue_name="autoCancel",
        editable=not reason,
        current=words.KEEP,
        reason=reason,
        rule=rule or citations.AUTO_CANCEL,
        choices=(
            Choice(words.KEEP, "keep the order", venue_value="no"),
            Choice(words.CANCEL, "cancel it", AUTO_CANCEL_WARNING, venue_value="yes"),
        ),
        meaning="what Bitget does if its matching engine cannot apply the change",
        routes=(ROUTE,),
    )
