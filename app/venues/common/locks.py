"""Locks of a whole order as every venue has them: its state, and what is under way with it. Pure."""

from __future__ import annotations

from app.domain.form import why_ended
from app.domain.order import Order, OrderStatus
from app.domain.plan import Surroundings
from app.domain.rules import Rule
from app.venues.common.fields import Lock


def state_lock(order: Order, title: str, ended: Rule, states: Rule) -> Lock | None:
    """Return why an order in this state cannot be amended; None where its state allows it.

    Args:
        order: as last seen.
        title: the venue's name in sentences.
        ended: the rule that ended orders stay as they are.
        states: the rule that names the venue's states.
    """
    if text := why_ended(order.status):
        return text, ended
    if order.status is OrderStatus.UNRECOGNISED:
        text = f"{title} reports the state “{order.raw_status}”, which is not one this ticket knows; look at the order"
        return f"{text} on {title}.", states
    if order.status is OrderStatus.PENDING:
        return f"{title} has not taken the order yet; try again in a moment.", states
    return None


def busy_lock(around: Surroundings, title: str, rule: Rule) -> Lock | None:
    """Return why an order with an amendment or a cancel under way cannot be amended; None where it has none."""
    if around.amending:
        text = f"An amendment of this order is still unresolved; {title} takes one at a time. "
        text += "The order can be cancelled."
        return text, rule
    if around.cancelling:
        return f"This order is being cancelled; wait for {title}'s answer.", rule
    return None
