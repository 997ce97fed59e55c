"""The fold of the second axis: what happens to an amendment from intent to evidence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.desk.effects import LookUp, SendAmendment, WakeAt
from app.desk.fold.context import FoldContext
from app.desk.fold.ladder import News, advance
from app.desk.fold.line import rebase, refutable_from
from app.desk.fold.reconcile import Reading, began_at
from app.desk.state import DeskState, Lineage
from app.domain import events as ev
from app.domain.amendment import Amendment, AmendmentStage, Rung, Source
from app.domain.evidence import SECOND
from app.domain.form import FieldName
from app.domain.money import tidy

#: Margin after the settling time before the look-up that may conclude NOT_APPLIED, in nanoseconds.
REFUTING_PROBE_DELAY = SECOND // 5

WAITING = "the order's terms as the venue has them now"

_ALL_THE_SAME = (
    "Yet the order has the terms asked for: the refusal may have answered another request, or somebody else made the "
    "same change."
)


def asked_text(amendment: Amendment) -> str:
    """Return what the person asked for, such as "price 100 → 120, quantity 1 → 2"."""
    return ", ".join(
        f"{name.value.replace('_', ' ')} {_shown(old)} → {_shown(new)}" for name, old, new in amendment.asked
    )


def _shown(value: Decimal | str | None) -> str:
    if value is None:
        return "—"
    return tidy(value) if isinstance(value, Decimal) else value.replace("_", " ")


def wish_text(*amendments: Amendment) -> str:
    """Return what amendments ask for, for a sentence on another one, such as "price → 120 and → 125"."""
    found: list[str] = []
    last: tuple[FieldName, ...] = ()
    for each in amendments:
        names = tuple(name for name, _, _ in each.asked)
        again = len(names) == 1 and names == last
        wishes = (f"{'' if again else name.value.replace('_', ' ')} → {_shown(new)}" for name, _, new in each.asked)
        found.append(", ".join(wishes).strip())
        last = names
    return " and ".join(found)


def fold(context: FoldContext, event: ev.Event) -> None:
    """Fold one amendment event; an event about an amendment we do not know changes nothing."""
    if isinstance(event, ev.AmendmentRequested):
        _requested(context, event)
        return
    desk, account, out = context.desk, context.account, context.out
    amendment_id = getattr(event, "amendment_id", "")
    amendment = desk.amendments.get(amendment_id)
    if amendment is None:
        return
    lineage = desk.lineages[amendment.lineage]
    policy = context.rules.evidence
    match event:
        case ev.AmendmentQueued():
            seconds = max(1, -(-(event.until - event.at) // SECOND))
            note = f"waits for the venue's rate limit, about {seconds} s"
            if _step(context, lineage, amendment, News.QUEUED, Source.APP, note):
                _say(desk, amendment_id, f"Not sent yet: {note}.", WAITING)
        case ev.AmendmentWritten():
            account.writes.append(event.at)
            written = replace(amendment, written_at=event.at)
            desk.amendments[amendment_id] = written
            note = f"{event.size} bytes"
            if _step(context, lineage, written, News.WRITTEN, Source.WIRE, note):
                _say(desk, amendment_id, "Sent. Waiting for the venue's answer.", WAITING)
            first = policy.probe_after[0] if policy.probe_after else policy.probe_every
            out.effects.append(WakeAt(account.name, amendment_id, event.at + first))
        case ev.AmendmentAcknowledged():
            if amendment.acknowledged_at is None and amendment.written_at is not None:
                account.ack_ns = event.at - amendment.written_at
            acked = replace(amendment, acknowledged_at=amendment.acknowledged_at or event.at)
            desk.amendments[amendment_id] = acked
            if _step(context, lineage, acked, News.ACKNOWLEDGED, Source.REPLY, event.note or "accepted"):
                _say(desk, amendment_id, policy.acknowledged, WAITING)
                _ask_late(context, amendment_id)
        case ev.AmendmentRepliedOtherwise():
            _replied_otherwise(context, lineage, amendment, event.text)
        case ev.AmendmentRefused():
            refused = replace(amendment, code=event.code)
            desk.amendments[amendment_id] = refused
            _step(context, lineage, refused, News.REFUSED, Source.REPLY, event.text)
            _say(desk, amendment_id, event.text, "", only_if=AmendmentStage.REFUSED)
            # "Unchanged" may be said only after the venue has shown it.
            out.effects.append(LookUp(account.name, lineage.target))
        case ev.AmendmentUnsent():
            if _step(context, lineage, amendment, News.UNSENT, Source.APP, event.text):
                _say(desk, amendment_id, f"Not sent. {event.text}", "")
        case ev.AmendmentUnanswered():
            if _step(context, lineage, amendment, News.UNANSWERED, Source.APP, event.text):
                _say(desk, amendment_id, f"Unknown: {event.text} Nothing is resent; checking.", WAITING)
                out.effects.append(LookUp(account.name, lineage.target))
                _ask_late(context, amendment_id)
                if amendment.written_at is None:
                    out.effects.append(WakeAt(account.name, amendment_id, event.at + policy.probe_every))
        case ev.ProbeDue():
            _probe(context, lineage, amendment, once=event.once)
    out.rows.add(lineage.key)
    out.accounts.add(account.name)


def _replied_otherwise(context: FoldContext, lineage: Lineage, amendment: Amendment, text: str) -> None:
    """Say what a reply shows that may be the answer; which it is evidence tells, as without it."""
    if amendment.replied == text:
        return
    amendment = replace(amendment, replied=text)
    context.desk.amendments[amendment.amendment_id] = amendment
    lineage.note(context.at, Source.REPLY, text)
    outcomes = {
        AmendmentStage.WRITTEN: f"Sent. {text}",
        AmendmentStage.UNKNOWN: f"Unknown: {text} Nothing is resent; checking.",
    }
    if amendment.stage in outcomes:
        _say(context.desk, amendment.amendment_id, outcomes[amendment.stage], WAITING)


def apply_reading(context: FoldContext, lineage: Lineage, amendment: Amendment, reading: Reading) -> None:
    """Take the reading of a seen order into the ladder."""
    if reading.news is None or amendment.stage is AmendmentStage.CONFIRMED:
        return  # later polls agree again and again; that is no news
    if amendment.stage is AmendmentStage.REFUSED and reading.news is News.ORDER_ENDED:
        _refused_too_late(context, lineage, amendment, reading.text)
        return
    if amendment.stage is AmendmentStage.REFUSED and reading.news is News.APPLIED:
        _made_all_the_same(context, lineage, amendment)
        return
    late = amendment.stage.is_settled
    # What became of an order that went on under another change's id does not tell what became of this change.
    its_own = lineage.ids[-1] in (amendment.command.order.order_id, amendment.new_order_id)
    if reading.news is News.OLD_TERMS and not its_own:
        return
    if late and advance(amendment.stage, reading.news) is None:
        open_end = amendment.stage is AmendmentStage.OVERTAKEN and bool(amendment.missing)
        if open_end and its_own and reading.news is News.ORDER_ENDED and not reading.missing:
            _told_after_all(context, lineage, amendment, reading)
        return
    amendment = replace(amendment, differences=reading.differences)
    if not _step(context, lineage, amendment, reading.news, context.source, reading.text):
        return
    text = reading.text
    if reading.news is News.APPLIED:
        text = f"Confirmed by {context.source.value}: {asked_text(amendment)}."
        if late:
            text += " It took effect late."
        text = f"{text} {reading.note}".rstrip()
    _say(context.desk, amendment.amendment_id, text, reading.missing)


def _told_after_all(context: FoldContext, lineage: Lineage, amendment: Amendment, reading: Reading) -> None:
    """Take in what was missing when the order had ended, such as the trades that show its terms."""
    context.desk.amendments[amendment.amendment_id] = replace(amendment, differences=reading.differences)
    _say(context.desk, amendment.amendment_id, reading.text, "")
    lineage.note(context.at, context.source, f"told after all: {reading.text}")
    context.out.rows.add(lineage.key)


def _refused_too_late(context: FoldContext, lineage: Lineage, amendment: Amendment, ended: str) -> None:
    """The order ended about when the venue refused the change: then its end is what a person needs to read first."""
    refused_at = amendment.latest.at
    by_you = lineage.asked_at > refused_at
    in_time = context.at <= refused_at + context.rules.evidence.settle_after
    if not by_you and in_time and not amendment.outcome.startswith(ended):
        _say(context.desk, amendment.amendment_id, f"{ended} {amendment.outcome}", "")


def _made_all_the_same(context: FoldContext, lineage: Lineage, amendment: Amendment) -> None:
    """The venue refused the change, and the order has the terms asked for: say both, and that no one tells why."""
    if _ALL_THE_SAME not in amendment.outcome:
        lineage.note(context.at, context.source, "shows the terms asked for, although the change was refused")
        _say(context.desk, amendment.amendment_id, f"{amendment.outcome} {_ALL_THE_SAME}", amendment.missing)
        context.out.rows.add(lineage.key)


def _requested(context: FoldContext, event: ev.AmendmentRequested) -> None:
    desk, amendment = context.desk, event.amendment
    lineage = desk.lineages.get(amendment.lineage)
    if lineage is None or amendment.amendment_id in desk.amendments:
        return  # a repeated intent is the same intent: nothing is sent twice
    desk.amendments[amendment.amendment_id] = replace(
        amendment,
        stage=AmendmentStage.CHECKED,
        rungs=(
            *amendment.rungs,
            Rung(AmendmentStage.CHECKED, event.at, Source.APP, ""),
        ),
        missing=WAITING,
    )
    lineage.amendments.append(amendment.amendment_id)
    lineage.note(event.at, Source.YOU, asked_text(amendment))
    context.out.rows.add(lineage.key)
    context.out.accounts.add(event.account)
    context.out.effects.append(SendAmendment(event.account, amendment.command))


def _ask_late(context: FoldContext, amendment_id: str) -> None:
    """Look once more as soon as the old terms would refute: the regular looks may be far apart by then."""
    late_enough = refutable_from(context.desk, context.desk.amendments[amendment_id], context.rules.evidence)
    if late_enough is not None:
        at = late_enough + REFUTING_PROBE_DELAY
        context.out.effects.append(WakeAt(context.account.name, amendment_id, at, once=True))


def _probe(context: FoldContext, lineage: Lineage, amendment: Amendment, *, once: bool) -> None:
    if not amendment.is_open:
        return
    desk, at, effects, policy = context.desk, context.at, context.out.effects, context.rules.evidence
    began = began_at(amendment)
    if amendment.stage is AmendmentStage.WRITTEN and at >= began + policy.answer_within:
        text = amendment.replied or "no answer from the venue."
        source = Source.REPLY if amendment.replied else Source.APP
        if _step(context, lineage, amendment, News.UNANSWERED, source, text):
            _say(desk, amendment.amendment_id, f"Unknown: {text} Nothing is resent; checking.", WAITING)
            amendment = desk.amendments[amendment.amendment_id]
            _ask_late(context, amendment.amendment_id)
    effects.append(LookUp(context.account.name, lineage.target))
    if once:
        return
    probes = amendment.probes + 1
    desk.amendments[amendment.amendment_id] = replace(amendment, probes=probes)
    due = began + policy.probe_after[probes] if probes < len(policy.probe_after) else at + policy.probe_every
    effects.append(WakeAt(context.account.name, amendment.amendment_id, max(due, at + 1)))


def _step(context: FoldContext, lineage: Lineage, amendment: Amendment, news: News, source: Source, note: str) -> bool:
    """Advance the ladder; late or repeated news is noted (on its rung, else in the history) and changes no stage."""
    desk, at = context.desk, context.at
    stage = advance(amendment.stage, news)
    context.out.rows.add(lineage.key)
    if stage is None:
        again = _repeat(amendment.rungs, news)
        is_late = again == amendment.rungs and news in _LATE and amendment.stage.is_settled
        if is_late and news in _RUNG_OF:
            # Every answer to our own request stands on its ladder, whatever had settled the amendment before.
            again = (*again, Rung(_RUNG_OF[news], at, source, note, late=True))
        desk.amendments[amendment.amendment_id] = replace(amendment, rungs=again)
        if is_late:
            text = f"{_LATE[news]}: {note}"
            if not any(entry.text == text for entry in lineage.history):
                lineage.note(at, source, text)
        return False
    rung = Rung(stage, at, source, note)
    desk.amendments[amendment.amendment_id] = replace(amendment, stage=stage, rungs=(*amendment.rungs, rung))
    lineage.note(at, source, f"{stage.value.replace('_', ' ')}{': ' + note if note else ''}")
    if stage.is_settled and len(lineage.amendments) > 1:
        for waiting in rebase(desk, lineage)[:1]:
            _ask_late(context, waiting.amendment_id)  # it is the next in line now
    return True


_RUNG_OF: dict[News, AmendmentStage] = {
    News.ACKNOWLEDGED: AmendmentStage.ACKNOWLEDGED,
    News.APPLIED: AmendmentStage.CONFIRMED,
    News.REFUSED: AmendmentStage.REFUSED,
    News.WRITTEN: AmendmentStage.WRITTEN,
}


#: What a venue's answer is called in the history when it comes too late to be a rung.
_LATE: dict[News, str] = {
    News.ACKNOWLEDGED: "late answer",
    News.REFUSED: "late refusal",
    News.UNANSWERED: "no answer after all",
}


def _repeat(rungs: tuple[Rung, ...], news: News) -> tuple[Rung, ...]:
    stage = _RUNG_OF.get(news)
    for index in range(len(rungs) - 1, -1, -1):
        if rungs[index].stage is stage:
            again = replace(rungs[index], count=rungs[index].count + 1)
            return (*rungs[:index], again, *rungs[index + 1 :])
    return rungs


def _say(desk: DeskState, amendment_id: str, outcome: str, missing: str, only_if: AmendmentStage | None = None) -> None:
    amendment = desk.amendments[amendment_id]
    if only_if is None or amendment.stage is only_if:
        desk.amendments[amendment_id] = replace(amendment, outcome=outcome, missing=missing)
