"""Fold of what is not believed: unreadable and impossible readings, and reads that contradict what a row shows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.desk.effects import LookUp
from app.desk.fold.context import FoldContext
from app.desk.fold.lineages import row_of
from app.desk.state import Dispute, Doubt, Lineage
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.money import plain, tidy
from app.domain.order import Fill, Order
from app.domain.plausible import AGREEING_READS, why_implausible, why_implausible_fill
from app.domain.terms import own_terms


def unreadable(context: FoldContext, event: ev.OrderUnreadable) -> None:
    """Take in that the venue showed an order nobody can read."""
    doubt = Doubt(event.at, event.source, event.text, event.raw)
    lineage = row_of(context.desk, event.account, event.order_id) if event.order_id else None
    take_doubt(context, lineage, event.order_id, doubt)


def believable(context: FoldContext, lineage: Lineage | None, order: Order) -> bool:
    """Return True if an order may enter the state; else note why not, and leave everything else as it was.

    Args:
        context: that of what shows it.
        lineage: the row that has or had its id.
        order: as read.
    """
    text = why_implausible(order, _same(lineage, order))
    if text and lineage is not None and _contradicts(lineage, order) and overruled(context, lineage, order):
        return True
    if text:
        take_doubt(context, lineage, order.order_id, Doubt(context.at, context.source, text, shown(order)))
    elif lineage is not None and lineage.dispute is not None and _kind(lineage.dispute.order) != _kind(order):
        lineage.dispute = None  # even where the row does not show it yet: the reads before it do not agree with it
    return not text


def _contradicts(lineage: Lineage, order: Order) -> bool:
    """Return True if an order could be as it was read, were it not for what the row shows under its newest id."""
    return order.order_id == lineage.order.order_id == lineage.ids[-1] and not why_implausible(order)


def believable_fill(context: FoldContext, lineage: Lineage, fill: Fill, source: Source) -> bool:
    """Return True if an execution may be booked; else note why not."""
    text = why_implausible_fill(fill, _same(lineage, fill))
    if text:
        raw = f"execution {fill.fill_id}: {fill.side.value} {plain(fill.quantity)} {fill.symbol} at {plain(fill.price)}"
        take_doubt(context, lineage, fill.order_id, Doubt(context.at, source, text, raw))
    return not text


def _same(lineage: Lineage | None, shown_under: Order | Fill) -> Order | None:
    """The order last proven under the id of a reading."""
    if lineage is None or lineage.order.order_id == shown_under.order_id:
        return lineage.order if lineage is not None else None
    return lineage.legs.get(shown_under.order_id)


def take_doubt(context: FoldContext, lineage: Lineage | None, order_id: str, doubt: Doubt) -> None:
    """Note a reading that is not believed: the row is locked and looked up, and a person told, once each time."""
    account, out = context.account, context.out
    account.surprises += 1
    out.accounts.add(account.name)
    if lineage is not None and _was_cleared(lineage, doubt):
        # A list that shows it so each time must not lock what a look-up reads; the look-up decides each time.
        out.effects.append(LookUp(account.name, lineage.target, again=True))
        return
    known = lineage.doubt if lineage is not None else account.unreadable.get(order_id)
    is_new = known is None or (known.text, known.raw) != (doubt.text, doubt.raw)
    if lineage is None:
        # It counts from when it was first shown so: what rested beside it then is another order.
        account.unreadable[order_id] = replace(doubt, at=known.at) if known is not None and order_id else doubt
    else:
        lineage.doubt = doubt
        lineage.stale = lineage.stale or lineage.order.is_open
        out.rows.add(lineage.key)
        if is_new:
            lineage.note(doubt.at, doubt.source, f"not believed: {doubt.text}")
            if doubt.source is not Source.LOOKUP:
                out.effects.append(LookUp(account.name, lineage.target))
    if is_new:
        which = f"order {order_id}" if order_id else "an order without a readable id"
        context.warn(
            f"The venue shows {which} as it cannot be: {doubt.text}. Nothing of it is believed; look at the venue."
        )


def _was_cleared(lineage: Lineage, doubt: Doubt) -> bool:
    return lineage.doubt is None and lineage.cleared == doubt.text != "" and doubt.source is not Source.LOOKUP


def settle_doubt(context: FoldContext, lineage: Lineage) -> None:
    """End a doubt by a readable reading that is newer than it."""
    doubt = lineage.doubt
    if doubt is None and context.source is not Source.LOOKUP:
        lineage.cleared = ""
    if doubt is None or (context.at if context.asked_at is None else context.asked_at) <= doubt.at:
        return
    lineage.doubt = None
    lineage.cleared = doubt.text if context.source is Source.LOOKUP and doubt.source is not Source.LOOKUP else ""
    lineage.note(context.at, context.source, "readable again")
    context.out.rows.add(lineage.key)


def forget_unreadable(context: FoldContext, event: ev.OpenOrdersListed) -> None:
    """Keep, of the orders without a row, only those that the newest complete list still has, and that have none yet."""
    account = context.account
    ids = {*(order.order_id for order in event.orders), *event.unreadable} if account.unreadable else set()
    for order_id in list(account.unreadable):
        if order_id not in ids or row_of(context.desk, account.name, order_id) is not None:
            del account.unreadable[order_id]
            context.out.accounts.add(account.name)


def overruled(context: FoldContext, lineage: Lineage, order: Order) -> bool:
    """Return True if enough direct reads agree on what the row cannot be: by a figure that only grows, or by its kind.

    One wrong figure of a venue must not make a row wrong for good. A read counts only if it was asked for after the row
    was last proven and after the read before it; any other reading of the row begins the count anew.
    """
    asked_at = context.asked_at
    if asked_at is None or asked_at <= max(lineage.seen_at, lineage.pushed_at, lineage.filled_at):
        return False
    before = lineage.dispute
    if before is not None and asked_at <= before.asked_at:
        return False
    agrees = before is not None and _figures(before.order) == _figures(order)
    lineage.dispute = Dispute(order, asked_at, before.count + 1 if before is not None and agrees else 1)
    if lineage.dispute.count < AGREEING_READS:
        context.out.effects.append(LookUp(lineage.account, lineage.target, again=True))
        return False
    lineage.dispute = None
    known = lineage.order
    agreed, before_it = f"{tidy(order.filled)} filled", f"{tidy(known.filled)}"
    if _kind(order) != _kind(known):
        agreed, before_it = " ".join(_kind(order)), " ".join(_kind(known))
        # An order that was said to replace one of another kind was not followed: now that can be told.
        context.out.effects.append(LookUp(lineage.account, lineage.target, again=True))
    text = f"{AGREEING_READS} reads agree on {agreed}; the {before_it} shown before was wrong"
    lineage.note(context.at, context.source, text)
    # Executions that would prove more are what was wrong, or are those of another order.
    lineage.fills = {key: each for key, each in lineage.fills.items() if each.order_id != order.order_id}
    return True


def _figures(order: Order) -> tuple[object, ...]:
    """Return what reads must agree on; how an order ended may be told by one of them and not by the next."""
    return (*_kind(order), order.is_open, order.filled, *(term.of_order(order) for term in own_terms()))


def _kind(order: Order) -> tuple[str, str]:
    return (order.side.value, order.symbol)


def shown(order: Order) -> str:
    """Write the figures of an order as they were read, for a person who has to judge them."""
    told = {
        "id": order.order_id,
        "symbol": order.symbol,
        "side": order.side.value,
        "state": order.raw_status or order.status.value,
        "filled": order.filled,
        **{term.name: term.of_order(order) for term in own_terms()},
    }
    return ", ".join(f"{name} {_digits(value)}" for name, value in told.items() if value is not None)


def _digits(value: object) -> object:
    return plain(value) if isinstance(value, Decimal) and value.is_finite() else value


def without_doubt(order: Order) -> Order:
    """Return the order with fills that exceed its size by dust taken as that size."""
    return replace(order, filled=order.quantity) if order.filled > order.quantity else order
