"""Judgement of seen orders: what one of Bitget's proves about an amendment."""

from __future__ import annotations

from app.domain.amendment import Command
from app.domain.evidence import Finding, Judgement, judge_terms
from app.domain.order import Order, OrderStatus
from app.venues.bitget.wire import vocabulary as words


def judge(command: Command, seen: Order) -> Judgement:
    """Compare price and quantity of a seen order with those asked for, then with the old ones."""
    if seen.order_id != command.order.order_id:
        return Judgement(Finding.UNRELATED, "That is another order.")
    if seen.attribute(words.BY_EXECUTIONS):
        return Judgement(Finding.UNTOLD, "Bitget shows its executions, and no longer its terms.")
    if seen.status is OrderStatus.PENDING:
        return Judgement(Finding.UNRELATED, "Bitget shows it as not yet in the book, so its terms prove nothing.")
    return judge_terms(command, seen)


def claims(command: Command, seen: Order) -> bool:
    """Return False: an amended order keeps its id, and no new one is documented."""
    return False
