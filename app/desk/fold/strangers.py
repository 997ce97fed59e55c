"""Changes of an order that this ticket did not ask for: told as such, where that is certain."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app.desk.fold.context import FoldContext
from app.desk.fold.lineages import LATE_AMENDMENTS_CONSIDERED
from app.desk.state import Lineage
from app.domain.evidence import Finding
from app.domain.money import tidy
from app.domain.order import Order
from app.domain.terms import Term

#: Said behind such a change.
NOT_HERE = "not by this ticket"


def not_asked_for(context: FoldContext, lineage: Lineage, order: Order, changed: Iterable[Term]) -> str:
    """Words for what changed of an order without this ticket: "price 100 → 100.5, not by this ticket"; "" for nothing.

    It is claimed only where it is certain. While an amendment is under way, or within the venue's settling time after
    one, what the order shows may be what became of it. A term that only one of two readings tells is no change, and a
    value follows from price and quantity. Where the venue gives a changed order a new id, its quantity may begin anew
    without what has filled, and is not compared then.
    """
    before = lineage.order
    is_renewed = before.order_id != order.order_id
    unsure = {"value", "quantity"} if is_renewed and before.filled else {"value"}
    own = [
        term
        for term in changed
        if term.name not in unsure and term.of_order(before) is not None and term.of_order(order) is not None
    ]
    if not own or not order.is_open or not before.is_open:
        return ""
    for amendment in map(context.desk.amendments.__getitem__, lineage.amendments[-LATE_AMENDMENTS_CONSIDERED:]):
        if amendment.is_open or context.at <= amendment.latest.at + context.rules.evidence.settle_after:
            return ""
        if is_renewed and amendment.new_order_id == order.order_id:
            return ""
        if context.rules.judge(amendment.command, order).finding is Finding.APPLIED:
            return ""  # it took effect after all
    return f"{', '.join(_change(term, before, order) for term in own)}, {NOT_HERE}"


def _change(term: Term, before: Order, now: Order) -> str:
    return f"{term.label} {_number(term.shown(before))} → {_number(term.shown(now))}"


def _number(value: Decimal | None) -> str:
    return "none" if value is None else tidy(value)
