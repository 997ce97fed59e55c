"""The form: which fields of an order may change now, and the sentence and the rule behind every lock."""

from __future__ import annotations

from dataclasses import replace

from app.domain.form import FieldName, Form, IdAfter, QueuePlace, Route, why_ended
from app.domain.order import Order, OrderKind, OrderStatus
from app.domain.plan import Surroundings
from app.venues.common.fields import Lock, price_field, size_field
from app.venues.example.rules import citations
from app.venues.example.wire import vocabulary as words

ROUTE = "amend"


def form(order: Order, around: Surroundings) -> Form:
    """Make the form: every field such an order has, with what may be done to it now."""
    lock, market = _lock_of(order, around), around.instrument
    fields = (
        replace(
            price_field(FieldName.PRICE, "Price", words.PRICE, order.price, market, lock, citations.TICK),
            minimum=market.min_price if market else None,
            maximum=market.max_price if market else None,
            meaning="limit price",
        ),
        replace(
            size_field(FieldName.QUANTITY, "Amount", words.SIZE, order.quantity, market, lock, citations.LOT),
            minimum=market.min_quantity if market else None,
            maximum=market.max_quantity if market else None,
            meaning="total, fills included",
        ),
    )
    reason, rule = lock or ("", None)
    route = Route(
        name=ROUTE,
        label="Amend in place",
        call=words.MODIFY_CALL,
        offered=not reason,
        queue=QueuePlace.UNKNOWN,
        id_after=IdAfter.SAME,
        reason=reason,
        rule=citations.QUEUE,
    )
    return Form(order, tuple(replace(field, routes=(ROUTE,)) for field in fields), (route,), reason, rule)


def _lock_of(order: Order, around: Surroundings) -> Lock | None:
    """Return why the whole order cannot be amended now, as one sentence and its rule; None if it can be."""
    if ended := why_ended(order.status):
        return ended, citations.ENDED
    if order.status is OrderStatus.UNRECOGNISED:
        return f"“{order.raw_status}” is a state this ticket does not know; look at it there.", citations.STATE
    if order.kind is not OrderKind.LIMIT:
        return f"“{order.raw_kind}” is an order type this ticket does not amend.", citations.KIND
    if around.amending:
        return "An amendment of this order is still unresolved; wait for its outcome.", citations.ONE_IN_FLIGHT
    if around.cancelling:
        return f"This order is being cancelled; wait for {words.TITLE}'s answer.", citations.ONE_IN_FLIGHT
    return None
