"""Evidence about amendments in line: what one seen order proves of each of them.

The order is in one of the states of the line: as it was before the first, or as one of them asked for. Which of them
the seen terms fit is all that is known:

* the nearest state that fits is proven: the one that asked for it is confirmed. Those before it took effect by
  inference, as the venue carries them out in turn; or one of them had failed, which no venue tells, before this one
  came, so that it was skipped by nobody;
* a state that fits as well and lies further on, because a later one asks for the terms of an earlier state, proves
  nothing until a read is late enough for all up to there: then nothing is under way any more, and the order has the
  terms asked for last, whether all of them took effect or none;
* one behind it is refuted by a read that is late enough for it, counted from when it was the first in line;
* terms that fit no state prove nothing but that, in a read as late as that;
* an order that has ended tells it of all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from app.desk.fold.amendments import apply_reading, wish_text
from app.desk.fold.context import FoldContext
from app.desk.fold.ladder import News
from app.desk.fold.line import in_line, is_late
from app.desk.fold.reconcile import UNTOLD, Reading, began_at, ended_text, old_terms, untold_text, weigh
from app.desk.state import Lineage
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import Finding, Judgement, terms_of
from app.domain.order import Order, OrderStatus
from app.domain.plan import Terms

#: What is missing where a later amendment took effect, and the terms of an earlier one were never shown.
NOT_SHOWN = "a reading with the terms asked for; that it took effect is inferred"

#: What is missing where an order has the terms from before two amendments, which the second one asked for.
EITHER_WAY = "whether both changes were made, or neither"

_NOT_LEFT = (AmendmentStage.CHECKED, AmendmentStage.QUEUED)


def weigh_line(context: FoldContext, lineage: Lineage, order: Order) -> None:
    """Weigh a seen order against all amendments of its row that are in line."""
    learnt = context.at if context.asked_at is None else context.asked_at
    line = list(
        takewhile(lambda each: each.stage not in _NOT_LEFT and learnt >= began_at(each), in_line(context.desk, lineage))
    )
    if not line or order.status is OrderStatus.UNRECOGNISED:
        return
    first = context.rules.judge(line[0].command, order)
    if first.finding in (Finding.UNTOLD, Finding.UNRELATED):
        for each in line:
            apply_reading(context, lineage, each, _alone(context, each, order))
        return
    if order.status is OrderStatus.REJECTED:
        _untold(context, lineage, line, order)
        return
    places = _places(context, line, order)
    if not places:
        _neither(context, lineage, line, order)
        return
    reached = places[0]
    if reached:
        made = _CONFIRMED if len(places) == 1 else _asked_again(line[places[1] - 1])
        _reached(context, lineage, line[:reached], made, _inferred(line[reached - 1]))
    rest, farthest = line[reached:], places[-1] - reached
    if order.status.is_terminal:
        _untold(context, lineage, rest[:farthest], order)
        for each in rest[farthest:]:
            apply_reading(context, lineage, each, Reading(News.ORDER_ENDED, ended_text(order, each)))
        return
    if farthest:
        if not all(is_late(context.desk, each, context.rules.evidence, context.asked_at) for each in rest[:farthest]):
            return
        _reached(context, lineage, rest[:farthest], _AS_BEFORE, _either(rest[farthest - 1]))
    for each in rest[farthest:]:
        if not is_late(context.desk, each, context.rules.evidence, context.asked_at):
            return
        apply_reading(context, lineage, each, old_terms(each, order, learnt))


def _places(context: FoldContext, line: Sequence[Amendment], order: Order) -> list[int]:
    """Return the states that the seen terms fit: 0 as before the first amendment, else the number of the last made."""
    before = terms_of(line[0].command.order, line[0].command.target)
    states: list[Terms] = [before, *(each.command.target for each in line)]
    command = line[0].command
    return [
        place
        for place, terms in enumerate(states)
        if context.rules.judge(replace(command, target=terms), order).finding is Finding.APPLIED
    ]


_CONFIRMED = Reading(News.APPLIED, "The venue shows the terms asked for.")

_AS_BEFORE = Reading(
    News.APPLIED,
    "The venue shows the terms asked for.",
    note="The order had these terms before, so it is not known whether this change and those it waited behind were "
    "made, or none of them; nothing of them is under way any more.",
)


def _asked_again(later: Amendment) -> Reading:
    note = f"A later change, {wish_text(later)}, sent behind it, asks for the same terms, so it is not known which of "
    note += "them made them."
    return replace(_CONFIRMED, note=note)


def _inferred(later: Amendment) -> Reading:
    text = (
        f"The venue shows the terms of a later change, {wish_text(later)}, sent behind this one. By its documents it "
        "carries amendments of one order out in turn and skips those behind one that fails, so this one took effect "
        "before it, unless it had failed before the later one came. Its own terms were not shown."
    )
    return Reading(News.ORDER_ENDED, text, missing=NOT_SHOWN)


def _either(later: Amendment) -> Reading:
    text = (
        f"The order has the terms from before this change, and a later one, {wish_text(later)}, sent behind it, asked "
        "for the same: both were made, or neither."
    )
    return Reading(News.ORDER_ENDED, text, missing=EITHER_WAY)


def _reached(
    context: FoldContext, lineage: Lineage, settled: Sequence[Amendment], last: Reading, others: Reading
) -> None:
    """Settle amendments of which the last one has its terms; it comes first, as what waits stands on it then."""
    apply_reading(context, lineage, settled[-1], last)
    for each in settled[:-1]:
        apply_reading(context, lineage, each, others)


def _untold(context: FoldContext, lineage: Lineage, line: Sequence[Amendment], order: Order) -> None:
    for each in line:
        why = Judgement(Finding.UNTOLD, "its terms are those from before it as well.")
        if order.status is OrderStatus.REJECTED:
            why = Judgement(Finding.UNTOLD, "the venue shows its terms as rejected.")
        apply_reading(context, lineage, each, Reading(News.ORDER_ENDED, untold_text(order, why), missing=UNTOLD))


def _neither(context: FoldContext, lineage: Lineage, line: Sequence[Amendment], order: Order) -> None:
    """Tell of terms that no amendment in line explains, of each that is late enough; of all where the order ended."""
    for each in line:
        is_over = order.status.is_terminal or is_late(context.desk, each, context.rules.evidence, context.asked_at)
        if not is_over:
            return
        apply_reading(context, lineage, each, _alone(context, each, order))


def _alone(context: FoldContext, amendment: Amendment, order: Order) -> Reading:
    rules = context.rules
    judgement = rules.judge(amendment.command, order)
    return weigh(amendment, judgement, order, rules.evidence, context.at, context.asked_at)
