"""Fold of orders that the venue finds no more: from “not found” to off the open list, once enough reads agree."""

from __future__ import annotations

from dataclasses import replace

from app.desk.fold.amendments import apply_reading
from app.desk.fold.context import FoldContext
from app.desk.fold.ladder import News
from app.desk.fold.line import is_late
from app.desk.fold.reconcile import UNTOLD, Reading
from app.desk.state import Dispute, Lineage
from app.domain.amendment import Source
from app.domain.order import OrderStatus
from app.domain.plausible import AGREEING_READS

#: The state of a row whose order the venue does not find; while it is open, that may still change.
NOT_FOUND = "not found"

_GIVEN_UP = (
    f"{AGREEING_READS} reads find no such order, and no other order can be told to be it: it is taken off the open "
    "orders. Neither a fill nor a cancel is proven"
)


def _may_be_unreadable(context: FoldContext, lineage: Lineage) -> bool:
    """Return True if an order that nobody can read may be what this one went on as.

    One that was there beside it is another. Of those without a readable id nobody can tell since when each was there.
    """
    return any(
        not order_id or doubt.at > max(lineage.seen_at, lineage.pushed_at)
        for order_id, doubt in context.account.unreadable.items()
    )


def missed(context: FoldContext, lineage: Lineage, asked_at: int) -> bool:
    """Count a read that found nothing; return True if the row has just been taken off the open orders.

    One such read may be wrong, and a list may be late. So many, each asked for after the one before, and beside them
    two complete lists without it, the second after the settling time of the venue and of what was asked of this order,
    leave no order to be shown as open.
    """
    before = lineage.dispute
    if before is None or before.order.raw_status != NOT_FOUND:
        lineage.dispute = Dispute(lineage.order, asked_at, 1)
        return False
    if asked_at <= before.asked_at:
        return False
    lineage.dispute = Dispute(lineage.order, asked_at, before.count + 1)
    policy, opened = context.rules.evidence, context.desk.open_amendments(lineage)
    if _may_be_unreadable(context, lineage):
        return False
    since, listed_at = lineage.vanished_at, context.account.listed_at
    if lineage.dispute.count < AGREEING_READS or since is None or listed_at < since + policy.settle_after:
        return False
    if not all(is_late(context.desk, each, policy, min(listed_at, asked_at)) for each in opened):
        return False
    lineage.order = replace(lineage.order, status=OrderStatus.ENDED)
    lineage.dispute, lineage.cancelling = None, False
    lineage.note(context.at, Source.LOOKUP, _GIVEN_UP)
    context.out.rows.add(lineage.key)
    for amendment in opened:
        text = "The venue finds the order no more. Whether the change was made before is not known."
        apply_reading(context, lineage, amendment, Reading(News.ORDER_ENDED, text, missing=UNTOLD))
    return True
