"""Orders that are over leave the state: which may, and what is kept of them so that late news finds no new order. Pure.

The journal keeps all of them. Nothing leaves of which anything can still be learnt: an order that may trade, an
amendment without an outcome, one that may have taken effect unseen within the venue's times, an outcome that lacks
evidence, a reading that is not believed. When the rest leaves is an event of its own, so that a record folded again
gives the same state.
"""

from __future__ import annotations

from app.desk.amendment_book import may_land
from app.desk.fold.context import FoldContext
from app.desk.fold.lineages import LATE_AMENDMENTS_CONSIDERED
from app.desk.state import KEPT_GONE, DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment
from app.domain.evidence import SECOND, EvidencePolicy
from app.domain.order import OrderStatus

DAY = 86_400 * SECOND

#: How long an ended order stays, counted from the last news of it, and how long one of which something is not known.
KEPT_FOR, KEPT_UNSURE_FOR = 900 * SECOND, DAY

#: How many of a row's last amendments stay with it.
KEPT_AMENDMENTS = 2 * LATE_AMENDMENTS_CONSIDERED


def is_over(desk: DeskState, lineage: Lineage) -> bool:
    """Return True if an order has ended and all its amendments have an outcome."""
    return not lineage.order.is_open and not desk.open_amendments(lineage)


def last_news(desk: DeskState, lineage: Lineage) -> int:
    """Return when anything was last learnt of a row, nanoseconds UTC."""
    last = desk.last_amendment(lineage)
    news = max(lineage.seen_at, lineage.pushed_at, lineage.filled_at)
    return news if last is None else max(news, last.rungs[-1].at if last.rungs else 0)


def may_leave(desk: DeskState, lineage: Lineage, policy: EvidencePolicy, at: int, after: int = KEPT_FOR) -> bool:
    """Return True if a row may be forgotten: it is over, and long enough ago that no news of it can be expected.

    Args:
        desk: the state that has it.
        lineage: the row.
        policy: its venue's declaration of evidence.
        at: the time it is, nanoseconds UTC.
        after: how long it stays, nanoseconds.
    """
    if lineage.cancelling or lineage.doubt is not None or lineage.dispute is not None or lineage.ended is not None:
        return False
    if not is_over(desk, lineage):
        return False
    amendments = [desk.amendments[each] for each in lineage.amendments]
    unsure = lineage.order.status is OrderStatus.ENDED or any(each.missing for each in amendments)
    if at < last_news(desk, lineage) + (max(after, KEPT_UNSURE_FOR) if unsure else after):
        return False
    return all(_is_out_of_time(each, policy, at) for each in amendments)


def _is_out_of_time(amendment: Amendment, policy: EvidencePolicy, at: int) -> bool:
    """Return True if an amendment has an outcome that no news within its venue's times can change any more."""
    if amendment.is_open:
        return False
    return not may_land(amendment) or at > amendment.rungs[-1].at + policy.answer_within + policy.settle_after


def spare_amendments(desk: DeskState, lineage: Lineage, policy: EvidencePolicy, at: int) -> list[Amendment]:
    """Return the settled amendments of a row that are older than those any rule looks at."""
    line = {each for waiting in desk.open_amendments(lineage) if waiting.command.behind for each in _ids(waiting)}
    old = (desk.amendments[each] for each in lineage.amendments[:-KEPT_AMENDMENTS] if each not in line)
    return [
        each
        for each in old
        if not each.missing and _is_out_of_time(each, policy, at) and at >= each.rungs[-1].at + KEPT_FOR
    ]


def _ids(waiting: Amendment) -> tuple[str, ...]:
    return waiting.command.behind.ids if waiting.command.behind is not None else ()


def row_that_leaves(desk: DeskState, lineage: Lineage) -> ev.ForgottenRow:
    """Return what the record says of a row that is forgotten."""
    return ev.ForgottenRow(lineage.key, tuple(lineage.ids), tuple(desk.amendments[each] for each in lineage.amendments))


def forgotten(context: FoldContext, event: ev.OrdersForgotten) -> None:
    """Let orders and amendments that are over leave the state."""
    desk = context.desk
    for row in event.rows:
        lineage = desk.lineages.get(row.key)
        if lineage is None or lineage.account != event.account:
            continue
        if row.whole and not is_over(desk, lineage):
            continue
        leaves = {each.amendment_id for each in row.amendments}
        drop_amendments(desk, lineage, leaves)
        if row.whole:
            drop(desk, lineage, event.at)
        context.out.rows.add(row.key)
    # However many there are: as long as late news of an order may come it must not be taken for a new one.
    while len(desk.gone) > KEPT_GONE and desk.gone[oldest := next(iter(desk.gone))] < event.at - KEPT_FOR:
        del desk.gone[oldest]
    account = context.account
    for late in [each for each in account.unplaced if each.at < event.at - KEPT_FOR]:
        account.unplaced.remove(late)


def drop_amendments(desk: DeskState, lineage: Lineage, leaves: set[str]) -> None:
    """Take settled amendments of a row out of the state."""
    gone = {each for each in leaves if each in desk.amendments and not desk.amendments[each].is_open}
    for amendment_id in gone:
        desk.highest_request = max(desk.highest_request, desk.amendments[amendment_id].command.request_id)
        del desk.amendments[amendment_id]
    lineage.amendments = [each for each in lineage.amendments if each not in gone]


def drop(desk: DeskState, lineage: Lineage, at: int | None) -> None:
    """Take a row, what amendments it has and its ids out of the state; `at` marks the ids as gone, None does not."""
    drop_amendments(desk, lineage, set(lineage.amendments))
    del desk.lineages[lineage.key]
    for order_id in lineage.ids:
        desk.by_id.pop((lineage.account, order_id), None)
        if at is not None:
            desk.gone[(lineage.account, order_id)] = at
