"""Assignment of orders to rows: through all the ids it has had, and where two rows turn out to be one order."""

from __future__ import annotations

from dataclasses import replace

from app.desk.amendment_book import may_land as may_land
from app.desk.effects import Refresh
from app.desk.fold.context import FoldContext
from app.desk.fold.late_news import is_late_news
from app.desk.fold.reconcile import began_at
from app.desk.state import DeskState, Lineage
from app.domain.amendment import Amendment, AmendmentStage, Command, Source
from app.domain.order import Order, OrderStatus

#: Number of a row's last amendments that are considered when news may show a late effect.
LATE_AMENDMENTS_CONSIDERED = 16


def row_of(desk: DeskState, account: str, order_id: str) -> Lineage | None:
    """The row that has or had this id."""
    key = desk.by_id.get((account, order_id))
    return desk.lineages.get(key) if key is not None else None


def resolve(context: FoldContext, order: Order, replaces: str) -> Lineage | None:
    """The row this order belongs to: known id, replaced id, claimed by an amendment, or a new row.

    Args:
        replaces: the id the venue says it replaced, "" if it says nothing.

    Returns:
        None for an order that is shown to nobody: one that has ended and never had a row, or one of which only a list
        can tell whose it is.
    """
    desk, out, account = context.desk, context.out, context.account.name
    lineage = row_of(desk, account, order.order_id)
    if lineage is None and is_late_news(context, order):
        return None
    before = row_of(desk, account, replaces) if replaces else None
    if before is not None and replaces != before.ids[-1] and before is not lineage:
        # It was replaced already, by an order that a row follows: this is a second one, and both may work.
        before, replaces = None, ""
        if lineage is None and order.is_open:
            context.warn(f"Order {order.order_id} is a second replacement of one order; look whether both should work.")
    elif before is not None and before is not lineage and kind_of_order(order) != kind_of_order(before.order):
        context.warn(
            f"Order {order.order_id} is said to replace {replaces}, and is not of its kind: one of them was read wrong."
        )
        before, replaces = None, ""
    elif before is None and (
        lineage is None or (not lineage.amendments and (context.whole or _tells_more(lineage, order)))
    ):
        claimants = _claimants(context, order)
        if len(claimants) > 1 and lineage is None:
            context.warn(
                f"Order {order.order_id} could be the result of {len(claimants)} amendments; check it at the venue."
            )
        elif len(claimants) == 1 and not claimants[0].is_open and context.source is not Source.LISTING:
            # Late, if it is this amendment's at all: the order it would have replaced was seen since. A list tells.
            out.effects.append(Refresh(account))
            if lineage is None:
                return None
        elif len(claimants) == 1 and _is_contested(context, claimants[0], order):
            if context.source is not Source.LISTING:
                # Another order like it rests too, and somebody else may have changed that one so. A list tells.
                out.effects.append(Refresh(account))
                if lineage is None:
                    return None
            elif lineage is None:
                context.warn(
                    f"Order {order.order_id} has the terms asked for of {claimants[0].command.order.order_id}, and may "
                    "as well be another order that somebody else changed; look at the venue."
                )
        elif len(claimants) == 1:
            before = desk.lineages[claimants[0].lineage]
    if lineage is None and before is not None:
        _adopt(context, before, order, named=bool(replaces))
        return before
    if lineage is not None:
        if before is not None and before is not lineage and not lineage.amendments:
            _join(context, before, lineage, order, named=bool(replaces))
            return before
        return lineage
    if not order.is_open:
        return None
    key = f"{account}/{order.order_id}"
    seen_at = context.at if context.asked_at is None else context.asked_at
    ids, marks = [order.order_id], order.attributes
    lineage = Lineage(key, account, order, ids, seen_at, context.source, first_at=context.at, born=marks)
    desk.lineages[key] = lineage
    desk.by_id[(account, order.order_id)] = key
    out.rows.add(key)
    return lineage


def _tells_more(lineage: Lineage, order: Order) -> bool:
    """Return True if an order is in a state that is known, and was only shown in one that tells not whose it is."""
    return lineage.order.status is OrderStatus.UNRECOGNISED is not order.status and lineage.ids == [order.order_id]


def kind_of_order(order: Order) -> tuple[str, str, str]:
    """Return what no replacement changes."""
    return (order.symbol, order.side.value, order.kind.value)


def _claimants(context: FoldContext, order: Order) -> list[Amendment]:
    """Amendments of which this order could be the result.

    An order that is listed beside it was not replaced by it; one that was replaced already is not replaced again. And
    an order that was there before the amendment left is not what it made, even if it has the very terms. Where the
    order's row began under another id, an amendment would have made that one: its terms are compared.
    """
    found: list[Amendment] = []
    desk, account = context.desk, context.account.name
    if order.status is OrderStatus.UNRECOGNISED:
        return found  # a state nobody knows proves nothing, and so not whose order it is
    row = row_of(desk, account, order.order_id)
    first_at = row.first_at if row is not None else None
    if row is not None:
        order = row.legs.get(row.ids[0], order)
    if row is not None and row.ids[0] == order.order_id:
        named = {name for name, _ in order.attributes}
        marks = (each for each in row.born if each[0] not in named)
        order = replace(order, attributes=(*order.attributes, *marks))
    for lineage in desk.amended():
        if lineage.account != account or kind_of_order(order) != kind_of_order(lineage.order):
            continue
        newest = lineage.ids[-1]
        if order.order_id in lineage.ids or newest in context.listed or lineage.order.status is OrderStatus.FILLED:
            continue  # what is listed beside it, or has filled, goes on under no other id
        if _was_read_beside(context, lineage):
            continue
        for each in (desk.amendments[known] for known in lineage.amendments[-LATE_AMENDMENTS_CONSIDERED:]):
            if not may_land(each) or each.new_order_id or newest != each.command.order.order_id:
                continue
            if _is_long_over(context, each, context.at if first_at is None else first_at):
                continue
            command = as_it_is(each.command, lineage.order)
            if (first_at is None or first_at >= began_at(each)) and context.rules.claims(command, order):
                found.append(each)
    still_open = [each for each in found if each.is_open]
    return still_open or found


def _was_read_beside(context: FoldContext, lineage: Lineage) -> bool:
    """Return True if the very reading that shows an order has shown the row's own as open, under its newest id."""
    by_read = context.asked_at is not None and lineage.source in (Source.LOOKUP, Source.LISTING)
    same = by_read and lineage.seen_at == context.asked_at
    return same and lineage.order.is_open and lineage.order.order_id == lineage.ids[-1]


def _is_long_over(context: FoldContext, amendment: Amendment, first_at: int) -> bool:
    """Return True if an order that was first seen at that time came into being too late to be what an amendment made.

    Its own order had ended for certain, and a whole list asked for after the venue's settling time did not have it yet:
    somebody entered it anew, with the terms that were asked for.
    """
    ended = amendment.stage is AmendmentStage.OVERTAKEN and not amendment.missing
    return (
        ended and min(first_at, context.account.listed_at) > amendment.latest.at + context.rules.evidence.settle_after
    )


def as_it_is(command: Command, order: Order) -> Command:
    """Return a command with its order of the kind that it is of, where the person saw it read wrong."""
    base = command.order
    if base.order_id != order.order_id or (base.symbol, base.side) == (order.symbol, order.side):
        return command
    return replace(command, order=replace(base, symbol=order.symbol, side=order.side, attributes=order.attributes))


def _is_contested(context: FoldContext, amendment: Amendment, order: Order) -> bool:
    """Return True if an order may as well be another order's new form as the result of this amendment.

    A client id that the amendment, or its order, was given says whose it is. Without one only a whole list tells: where
    the amendment claims one order of it, and no other order of that kind is missing from it.
    """
    command, desk = amendment.command, context.desk
    if order.client_id and order.client_id in (command.order.client_id, str(command.request_id)):
        return False
    alike = [
        each
        for each in desk.lineages.values()
        if each.account == context.account.name
        and each.key != amendment.lineage
        and order.order_id not in each.ids
        and (each.order.is_open or each.vanished_at is not None)
        and (each.order.symbol, each.order.side, each.order.kind) == (order.symbol, order.side, order.kind)
    ]
    if context.source is not Source.LISTING:
        return any(each.order.is_open for each in alike)
    if not context.whole:
        return True
    began = began_at(amendment)
    missing = (each for each in alike if each.ids[-1] not in context.listed)
    if any(each.vanished_at is None or each.vanished_at >= began for each in missing):
        return True
    others = (each for each in context.orders if each.order_id != order.order_id)
    return any(amendment in _claimants(context, each) for each in others)


def _adopt(context: FoldContext, lineage: Lineage, order: Order, *, named: bool) -> None:
    """The row follows the order to its new id; so does its history, and the next amendment.

    Args:
        named: whether the venue named the old id; else the order was known by what it is, and that is said.
    """
    desk, old = context.desk, lineage.ids[-1]
    lineage.legs[old] = lineage.ended or lineage.order
    lineage.ids.append(order.order_id)
    desk.by_id[(lineage.account, order.order_id)] = lineage.key
    lineage.ended = None
    lineage.vanished_at = None
    how = "" if named else ", matched by its terms: the venue named no old id"
    lineage.note(context.at, context.source, f"order id {old} → {order.order_id}{how}")
    amendment = _cause(context, lineage, order)
    if amendment is not None:
        desk.amendments[amendment.amendment_id] = replace(amendment, new_order_id=order.order_id)
    context.out.rows.add(lineage.key)


def _cause(context: FoldContext, lineage: Lineage, order: Order) -> Amendment | None:
    """The amendment that gave the order this id: the one that claims it, else the one under way."""
    recent = [context.desk.amendments[each] for each in reversed(lineage.amendments[-LATE_AMENDMENTS_CONSIDERED:])]
    waiting = [each for each in recent if not each.new_order_id]
    claiming = next((each for each in waiting if may_land(each) and context.rules.claims(each.command, order)), None)
    return claiming or next((each for each in waiting[:1] if each.is_open), None)


def _join(context: FoldContext, lineage: Lineage, other: Lineage, order: Order, *, named: bool) -> None:
    """Two rows are one order: its new id was shown before anything tied it to the old one. The older row goes on."""
    _adopt(context, lineage, other.legs.get(other.ids[0], order), named=named)
    lineage.ids[-1:] = other.ids
    for order_id in other.ids:
        context.desk.by_id[(lineage.account, order_id)] = lineage.key
    lineage.legs.update(other.legs)
    lineage.fills.update(other.fills)
    lineage.filled_at = max(lineage.filled_at, other.filled_at)
    lineage.order, lineage.seen_at, lineage.source = other.order, other.seen_at, other.source
    lineage.pushed_at, lineage.ended = other.pushed_at, other.ended
    lineage.cancelling = lineage.cancelling or other.cancelling
    lineage.stale = other.stale
    lineage.history = sorted([*lineage.history, *other.history], key=lambda entry: entry.at)
    lineage.told_before += other.told_before
    lineage.trim()
    lineage.asked_at = max(lineage.asked_at, other.asked_at)
    del context.desk.lineages[other.key]
    context.out.rows.add(other.key)
