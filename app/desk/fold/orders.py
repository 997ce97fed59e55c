"""The fold of the first axis: what the venue shows of orders, under whatever id, from whatever source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.desk.effects import Effect, LookUp, Refresh, SendCancel
from app.desk.fold.amendments import apply_reading
from app.desk.fold.context import FoldContext
from app.desk.fold.doubts import (
    believable,
    believable_fill,
    forget_unreadable,
    overruled,
    settle_doubt,
    without_doubt,
)
from app.desk.fold.given_up import NOT_FOUND as NOT_FOUND
from app.desk.fold.given_up import missed
from app.desk.fold.ladder import News
from app.desk.fold.line import fits_before, in_line
from app.desk.fold.line_evidence import weigh_line
from app.desk.fold.lineages import LATE_AMENDMENTS_CONSIDERED, as_it_is, may_land, resolve, row_of
from app.desk.fold.reconcile import outlived, settled_by, weigh
from app.desk.fold.strangers import not_asked_for
from app.desk.fold.unchanged import Unchanged, shows_nothing_new
from app.desk.state import Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.evidence import Finding, compare
from app.domain.form import FieldName, IdAfter
from app.domain.market import LinkState
from app.domain.money import ZERO, tidy
from app.domain.order import Order, OrderStatus
from app.domain.terms import Term, changed_terms

#: Rows absent from an incomplete list that are looked up because of it; the others are shown as not seen since.
ASKED_AT_ONCE = 10

#: Orders of a list that are taken in between two steps: it takes some hundredths of a second.
PART = 200

#: Ends that the old half of an amendment under a new id may have.
_MAY_GO_ON = frozenset({OrderStatus.CANCELLED, OrderStatus.ENDED})

#: Outcomes of an amendment that a later look at the order may prove wrong.
_NOT_MADE = frozenset({AmendmentStage.NOT_APPLIED, AmendmentStage.DIFFERENT})

#: States in words, but for the one that nobody knows, and the terms that the phrase of an order has by itself.
_WORDS: dict[OrderStatus, str] = {
    each: each.value.replace("_", " ") for each in OrderStatus if each is not OrderStatus.UNRECOGNISED
}
_IN_PHRASE = frozenset({"price", "quantity", "value"})


def link_changed(context: FoldContext, event: ev.LinkChanged) -> None:
    """Follow the link; when it breaks, what we knew becomes stale, and when it is back, questions come first."""
    desk, account, out = context.desk, context.account, context.out
    account.link, account.link_text, account.link_at = event.state, event.text, event.at
    out.accounts.add(account.name)
    if event.state is LinkState.UP:
        for amendment in desk.unsettled(account.name):
            if amendment.written_at is not None or amendment.stage is AmendmentStage.UNKNOWN:
                out.effects.append(LookUp(account.name, desk.lineages[amendment.lineage].target))
        for lineage in desk.lineages.values():
            # How it ended may be told by now; the last run, or the last connection, had not heard.
            untold = lineage.order.status is OrderStatus.ENDED and lineage.order.raw_status != NOT_FOUND
            if lineage.account == account.name and untold:
                out.effects.append(LookUp(account.name, lineage.target))
    elif event.state in (LinkState.DOWN, LinkState.STALE, LinkState.REFUSED):
        for lineage in desk.lineages.values():
            if lineage.account == account.name and not lineage.stale:
                lineage.stale = True
                out.rows.add(lineage.key)


def listed(context: FoldContext, event: ev.OpenOrdersListed) -> Iterator[None]:
    """Take in a list of open orders, a part a step.

    A row that is no longer listed is looked up, never closed on this alone.
    """
    desk, account, out = context.desk, context.account, context.out
    same = Unchanged(desk, event, context.rules.evidence)
    # One that is there and cannot be read, or cannot be what it is said to be, is not absent.
    present = {row.key for order_id in event.unreadable if (row := row_of(desk, event.account, order_id)) is not None}
    context = context.showing(Source.LISTING, event.asked_at, whole=event.complete, orders=event.orders)
    # One id listed as two different orders stays in doubt: what is believed of it comes first, the contradiction last.
    believed: list[Order] = []
    for number, order in enumerate(event.orders, start=1):
        row = same.take(order)
        if row is None:
            row = row_of(desk, event.account, order.order_id)
            if believable(context, row, order):
                believed.append(order)
        if row is not None:
            present.add(row.key)
        if number % PART == 0:
            yield
    if believed:
        beside = [*(order.order_id for order in event.orders), *event.unreadable]
        context = context.showing(Source.LISTING, event.asked_at, beside, whole=event.complete, orders=event.orders)
    for number, order in enumerate(believed, start=1):
        if number % PART == 0:
            yield
        lineage = resolve(context, order, "")
        if lineage is None:
            continue
        present.add(lineage.key)
        _take(context, lineage, without_doubt(order))
    account.answered_at, account.list_complete = event.asked_at, event.complete
    out.accounts.add(account.name)
    account.shown_at = max(account.shown_at, event.asked_at if event.orders else 0)
    if event.complete:
        account.listed_at = event.asked_at
        forget_unreadable(context, event)
    _place_fills(context)
    _absent(context, event, present)


def _absent(context: FoldContext, event: ev.OpenOrdersListed, present: set[str]) -> None:
    """Ask about the open rows that a list should have had. An incomplete list may only have been cut before them."""
    rows = [
        lineage
        for lineage in context.desk.lineages.values()
        if lineage.account == event.account
        and lineage.key not in present
        and lineage.order.is_open
        and max(lineage.pushed_at, lineage.seen_at) <= event.asked_at
    ]
    # The longest unseen are asked about first, so that each has its turn.
    rows.sort(key=lambda lineage: max(lineage.pushed_at, lineage.seen_at))
    for place, lineage in enumerate(rows):
        if event.complete:
            if lineage.vanished_at is None or lineage.order.raw_status != NOT_FOUND:
                lineage.vanished_at = event.at
        else:
            lineage.stale = True
        context.out.rows.add(lineage.key)
        if event.complete or place < ASKED_AT_ONCE:
            context.out.effects.append(LookUp(event.account, lineage.target))


def seen(context: FoldContext, event: ev.OrderSeen) -> None:
    """Take in one order shown by a push, a reply or a look-up."""
    order, account = event.order, context.account
    row = row_of(context.desk, account.name, order.order_id)
    if not believable(context, row, order):
        return
    # A row that has the id, and no other news of whose it is, is the order's: `resolve` would find no other.
    is_plain = row is not None and not event.replaces and row.order.status is not OrderStatus.UNRECOGNISED
    lineage = row if is_plain else resolve(context, order, event.replaces)
    if account.unreadable and account.unreadable.pop(order.order_id, None) is not None:
        context.out.accounts.add(account.name)
    if lineage is not None:
        _take(context, lineage, without_doubt(order))
        if account.unplaced:
            _place_fills(context)


def missing(context: FoldContext, event: ev.OrderMissing) -> None:
    """A look-up found nothing. That alone proves neither a fill nor a cancel, and we say so."""
    lineage = row_of(context.desk, event.account, event.order_id)
    if lineage is None or not lineage.order.is_open or event.order_id != lineage.ids[-1]:
        return
    if max(lineage.pushed_at, lineage.seen_at) > event.asked_at:
        return
    if lineage.ended is not None and _finish(context.showing(Source.LISTING, event.asked_at), lineage):
        return
    if lineage.order.raw_status != NOT_FOUND:
        lineage.order = replace(lineage.order, status=OrderStatus.UNRECOGNISED, raw_status=NOT_FOUND)
        lineage.note(event.at, Source.LOOKUP, event.text or "the venue finds no such order")
        context.out.rows.add(lineage.key)
        context.out.effects.append(Refresh(event.account))
    missed(context, lineage, event.asked_at)


def look_up_failed(context: FoldContext, event: ev.LookUpFailed) -> None:
    """A look-up gave no answer: say so on the row, conclude nothing."""
    lineage = row_of(context.desk, event.account, event.order_id)
    if lineage is not None:
        if not lineage.history or lineage.history[-1].text != event.text:
            lineage.note(event.at, Source.LOOKUP, event.text)
        context.out.rows.add(lineage.key)


def _place_fills(context: FoldContext) -> None:
    """Book the executions that waited for the row of their order."""
    account = context.account
    for event in [each for each in account.unplaced if row_of(context.desk, each.account, each.fill.order_id)]:
        account.unplaced.remove(event)
        filled(context, event)


def filled(context: FoldContext, event: ev.FillSeen) -> None:
    """Book one execution once, to the leg it happened on; the total never falls below what executions prove."""
    fill = event.fill
    lineage = row_of(context.desk, event.account, fill.order_id)
    if lineage is None and (event.account, fill.order_id) in context.desk.gone:
        return  # it was forgotten long after it had ended; the journal keeps this
    if lineage is None:
        # The order may be what an amendment made, and nothing that names the old one has come yet.
        if all(each.fill.fill_id != fill.fill_id for each in context.account.unplaced):
            context.account.unplaced.append(event)
        return
    if fill.fill_id in lineage.fills or not believable_fill(context, lineage, fill, event.source):
        return
    lineage.fills[fill.fill_id], lineage.filled_at = fill, context.at
    lineage.note(event.at, event.source, f"filled {tidy(fill.quantity)} at {tidy(fill.price)}")
    context.out.rows.add(lineage.key)
    if fill.order_id == lineage.order.order_id and lineage.order.is_open:
        proven = sum(
            (each.quantity for each in lineage.fills.values() if each.order_id == fill.order_id),
            ZERO,
        )
        if proven > lineage.order.quantity:
            # More than there is of it, as far as is known: the order was made larger, or the executions are wrong.
            context.out.effects.append(LookUp(event.account, lineage.target))
        elif proven > lineage.order.filled:
            known = lineage.order.status
            # An execution does not tell what became of an order whose state nobody knows.
            status = known if known is OrderStatus.UNRECOGNISED else OrderStatus.PARTIALLY_FILLED
            lineage.order = replace(lineage.order, filled=proven, status=status)
        if proven == lineage.order.quantity:
            context.out.effects.append(LookUp(event.account, lineage.target))


def cancel_requested(context: FoldContext, event: ev.CancelRequested) -> None:
    """A cancel is allowed at once, whatever else is under way."""
    lineage = context.desk.lineages.get(event.lineage)
    if lineage is None or not lineage.order.is_open:
        return
    lineage.cancelling = True
    lineage.note(event.at, Source.YOU, "cancel")
    context.out.rows.add(lineage.key)
    context.out.effects.append(SendCancel(event.account, lineage.target))


def cancel_answered(context: FoldContext, event: ev.CancelAnswered) -> None:
    """The answer to a cancel is a receipt too: look the order up."""
    lineage = row_of(context.desk, event.account, event.order_id)
    if lineage is None:
        return
    if not event.taken:
        lineage.cancelling = False
        context.warn(event.text)
    lineage.note(event.at, Source.REPLY, "cancel taken" if event.taken else event.text)
    context.out.rows.add(lineage.key)
    context.out.effects.append(LookUp(event.account, lineage.target))


def _is_older(lineage: Lineage, order: Order, asked_at: int | None) -> bool:
    """Return True if this news is older than what the row shows: by what never goes back, by its times."""
    known = lineage.order
    if order.order_id != known.order_id:
        return False
    if order.filled != known.filled:
        # Fills only grow, whatever the venue's clock says.
        return order.filled < known.filled
    learnt_at = max(lineage.seen_at, lineage.pushed_at)
    if asked_at is not None and asked_at > learnt_at:
        # Asked for after we learnt what the row shows: newer, even if the venue's clock was set back meanwhile.
        return False
    if order.is_open and not known.is_open and known.raw_status != NOT_FOUND:
        return True
    if order.updated_at is not None and known.updated_at is not None and order.updated_at != known.updated_at:
        return order.updated_at < known.updated_at
    return asked_at is not None and asked_at < learnt_at


def _is_less(lineage: Lineage, order: Order) -> bool:
    """Return True if less of the order has filled than the row shows."""
    return order.order_id == lineage.order.order_id and order.filled < lineage.order.filled


def _take(context: FoldContext, lineage: Lineage, order: Order) -> None:
    """Let a shown order speak: first about the row, then about the amendment of the row."""
    asked_at = context.asked_at
    amendment = context.desk.spoken_amendment(lineage) if lineage.amendments else None
    if order.order_id != lineage.ids[-1]:
        _old_leg(context, lineage, order)
        if amendment is not None and amendment.is_open and order.order_id == amendment.command.order.order_id:
            _weigh(context, lineage, amendment, lineage.order)
        return
    settle_doubt(context, lineage)
    if _is_older(lineage, order, asked_at) and not (_is_less(lineage, order) and overruled(context, lineage, order)):
        return
    if order.status in _MAY_GO_ON and _replacing(context, lineage, order) is not None:
        # The old half of an amendment that gives a new id. Closing the row here would lose a live order.
        _hold_back(context, lineage, order, "ended; looking for its replacement", Refresh(lineage.account))
        return
    if _may_mean_the_amendment(context, lineage, order):
        look_up = LookUp(lineage.account, lineage.target)
        _hold_back(context, lineage, order, "reported cancelled; looking it up first", look_up)
        return
    if order.status is OrderStatus.UNRECOGNISED:
        # Terms under a state that nobody knows prove nothing: the order may have been refused with them.
        _show(context, lineage, _as_known(lineage.order, order))
        if amendment is not None and amendment.is_open and context.source is not Source.LOOKUP:
            context.out.effects.append(LookUp(lineage.account, lineage.target))
        return
    _show(context, lineage, order)
    if not lineage.amendments:
        return
    _weigh_all(context, lineage, order)
    if len(lineage.amendments) > 1 and not in_line(context.desk, lineage):
        _weigh_earlier(context, lineage, order)


def _weigh_all(context: FoldContext, lineage: Lineage, order: Order) -> None:
    """Weigh the order against the amendment that the row speaks of, or against all that are in line."""
    amendment = context.desk.spoken_amendment(lineage)
    if in_line(context.desk, lineage):
        weigh_line(context, lineage, order)
    elif amendment is not None:
        _weigh(context, lineage, amendment, order)


def _as_known(known: Order, order: Order) -> Order:
    """Return the order last proven, in the state that nobody knows; all that is told, where nothing else was known."""
    if known.order_id != order.order_id:
        return order
    return replace(known, status=order.status, raw_status=order.raw_status, updated_at=order.updated_at)


def _hold_back(context: FoldContext, lineage: Lineage, order: Order, text: str, question: Effect) -> None:
    """Postpone closing the row, as the cancel may be half of a replacement; the first time, ask one question."""
    first, lineage.ended = lineage.ended is None, order
    context.out.rows.add(lineage.key)
    if first:
        lineage.note(context.at, context.source, f"order {order.order_id} {text}")
        context.out.effects.append(question)


def _weigh_earlier(context: FoldContext, lineage: Lineage, order: Order) -> None:
    """An amendment taken for not applied may take effect after the next one was asked for: the terms tell.

    Terms that a later amendment explains are that one's. What it did not ask for, and had not found so, are not.
    """
    rules = context.rules
    recent = [context.desk.amendments[each] for each in reversed(lineage.amendments[-LATE_AMENDMENTS_CONSIDERED:])]
    if all(each.stage not in _NOT_MADE for each in recent[1:]):
        return
    explained: set[FieldName] = set()
    base: Order | None = None
    for amendment in recent:
        may_explain = amendment.stage is AmendmentStage.CONFIRMED or may_land(amendment)
        if not may_explain or rules.judge(amendment.command, order).finding is not Finding.APPLIED:
            continue
        if amendment.stage in _NOT_MADE:
            news = rules.judge(amendment.command, base).differences if base is not None else ()
            if base is None or any(each.field not in explained for each in news):
                _weigh(context, lineage, amendment, order)
                return
        else:
            asked = {each.field for each in rules.judge(amendment.command, amendment.command.order).differences}
            explained |= asked - {each.field for each in compare(amendment.command.target, order)}
            base = amendment.command.order


def _replacing(context: FoldContext, lineage: Lineage, order: Order) -> Amendment | None:
    """The amendment under whose new id an order reported cancelled may go on, None if there is none any more.

    It may also be one that was taken for not applied: it may take effect late, and then its old half ends late.
    """
    for amendment_id in reversed(lineage.amendments[-LATE_AMENDMENTS_CONSIDERED:]):
        amendment = context.desk.amendments[amendment_id]
        if (
            amendment.command.id_after is not IdAfter.SAME
            and amendment.command.order.order_id == order.order_id
            and amendment.stage is not AmendmentStage.OVERTAKEN
            and may_land(amendment)
            and not settled_by(amendment, context.rules.evidence, context.asked_at)
        ):
            return amendment
    return None


def _may_mean_the_amendment(context: FoldContext, lineage: Lineage, order: Order) -> bool:
    """Return True if a message that says “cancelled” while an amendment is under way may speak of the amendment.

    Venues are known to do that, and a row closed on it loses a live order. A reading of the order tells.
    """
    unasked = context.asked_at is None and not lineage.cancelling
    if not unasked or order.status not in _MAY_GO_ON:
        return False
    return any(each.written_at is not None for each in context.desk.open_amendments(lineage))


def _weigh(context: FoldContext, lineage: Lineage, amendment: Amendment, order: Order) -> None:
    """Weigh the order against its amendment; a replacing route also needs the old order seen ended."""
    if amendment.stage is AmendmentStage.CONFIRMED:
        return  # nothing can change it, and lists show its terms again and again
    asked_of = amendment.command.order.order_id
    command = as_it_is(amendment.command, order if order.order_id == asked_of else lineage.legs.get(asked_of, order))
    judgement, policy = context.rules.judge(command, order), context.rules.evidence
    is_applied = judgement.finding is Finding.APPLIED
    if is_applied and amendment.stage.is_settled and fits_before(amendment, order, context.rules):
        return  # the order may have these terms without it
    reading = weigh(amendment, judgement, order, policy, context.at, context.asked_at)
    if judgement.finding is Finding.UNRELATED and _lost_its_order(lineage, amendment):
        reading = outlived(amendment, order, policy, context.asked_at)
    if reading.news is News.APPLIED and amendment.command.route in policy.both_legs:
        old = amendment.command.order
        leg = lineage.legs.get(old.order_id)
        if lineage.order.order_id == old.order_id:
            return
        if leg is None or leg.is_open:
            # Two working orders are possible: ask for the old one before calling this a success.
            if amendment.is_open:
                waiting = f"the end of the old order {old.order_id}"
                context.desk.amendments[amendment.amendment_id] = replace(amendment, missing=waiting)
                context.out.effects.append(LookUp(lineage.account, old))
            return
    apply_reading(context, lineage, amendment, reading)
    price = amendment.command.target.price
    if reading.news is News.APPLIED and lineage.order.price is None and price is not None:
        # How it ended showed that its price was another one than before, and this was it.
        lineage.order = replace(lineage.order, price=price)


def _lost_its_order(lineage: Lineage, amendment: Amendment) -> bool:
    """Return True if the row goes on under an id that another change gave it: this one has nothing left to change."""
    return amendment.command.order.order_id in lineage.ids[:-1]


def _show(context: FoldContext, lineage: Lineage, order: Order) -> None:
    at, asked_at, source, known = context.at, context.asked_at, context.source, lineage.order
    learnt = at if asked_at is None else asked_at
    # To compare all of two orders takes longer than to see that their times or prices differ.
    is_same = known.updated_at == order.updated_at and known.price == order.price and known == order
    # What is said of an amendment may change with any reading of its order.
    looked = is_same and not lineage.amendments and shows_nothing_new(lineage, context.rules.evidence, learnt)
    changed = () if is_same else changed_terms(known, order)
    if changed or known.status is not order.status or known.filled != order.filled:
        text = describe(order, changed)
        if changed and (words := not_asked_for(context, lineage, order, changed)):
            lineage.elsewhere, lineage.elsewhere_at = words, at
            text = f"{words}; {text}"
        lineage.note(at, source, text)
    lineage.order = order
    lineage.seen_at = learnt
    lineage.source = source
    if asked_at is None:
        lineage.pushed_at = at
    lineage.vanished_at = None
    lineage.ended = None
    lineage.stale = lineage.doubt is not None
    lineage.dispute = None
    if lineage.cancelling and not order.is_open:
        lineage.cancelling = False
    if learnt > context.account.shown_at:
        context.account.shown_at = learnt
    if looked:
        context.out.proven = True
    else:
        context.out.rows.add(lineage.key)


def _old_leg(context: FoldContext, lineage: Lineage, order: Order) -> None:
    """News under an id the order no longer has: recorded, the row keeps the new leg."""
    lineage.legs[order.order_id] = order
    text = f"old id {order.order_id}: {order.raw_status or order.status.value}"
    if not any(entry.text == text for entry in lineage.history):
        lineage.note(context.at, context.source, text)
        context.out.rows.add(lineage.key)


def _finish(context: FoldContext, lineage: Lineage) -> bool:
    """Believe a held-back end once a read after the settling time shows no replacement."""
    order = lineage.ended
    if order is None or not lineage.amendments or _replacing(context, lineage, order) is not None:
        return False
    _show(context, lineage, order)
    _weigh_all(context, lineage, order)
    return True


def describe(order: Order, changed: Sequence[Term] = ()) -> str:
    """Say the order in one short phrase, such as "partially filled, 1.5 left at 199.5, 0.5 filled".

    Changed terms that the phrase does not hold by itself are added to it, such as "stop 190" or "no take profit".

    Venues' own words mislead where they mean an event, such as FILLED for a part; they are used where no other fits.
    """
    words = _WORDS.get(order.status) or order.raw_status or "no state given"
    text = f"{words}, {tidy(order.unfilled)} left at {tidy(order.price)}" if order.price is not None else words
    if order.filled:
        text += f", {tidy(order.filled)} filled"
    for term in changed:
        if term.name not in _IN_PHRASE:
            value = term.shown(order)
            text += f", {term.label} {tidy(value)}" if value is not None else f", no {term.label}"
    return text
