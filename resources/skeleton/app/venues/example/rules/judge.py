"""Judgement of seen orders: what one of the venue's proves about an amendment."""

from __future__ import annotations

from app.domain.amendment import Command
from app.domain.evidence import Finding, Judgement, judge_terms
from app.domain.order import Order


def judge(command: Command, seen: Order) -> Judgement:
    """Compare the terms of a seen order with those asked for, then with the old ones."""
    if seen.order_id != command.order.order_id:
        return Judgement(Finding.UNRELATED, "That is another order.")
    return judge_terms(command, seen)


def claims(command: Command, seen: Order) -> bool:
    """Return False: an amended order keeps its id. A venue that gives a new one says here by what it is known."""
    return False
