"""Evidence to outcome: what a fact from the venue proves about an amendment. Pure; times are arguments.

The rules, the same for every venue:

* a read that left before the amendment was written proves nothing about it;
* the terms asked for, seen later than that, confirm it, whoever tells us;
* the old terms refute it only in a read asked for after the venue's settling time, counted from its answer or from
  when waiting for one was given up, because venues work asynchronously; a push with the old terms (a fill in flight)
  never does;
* other terms than both tell nothing but that, in a read as late as that;
* an order that ended with the old terms overtook it;
* a state that nobody knows proves nothing, whatever the terms: the venue may have refused the order with them;
* a missing answer, a broken link or an order that cannot be found prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.desk.fold.ladder import News
from app.domain.amendment import Amendment, AmendmentStage, Difference
from app.domain.evidence import SECOND, EvidencePolicy, Finding, Judgement
from app.domain.form import FieldName
from app.domain.money import tidy
from app.domain.order import Order, OrderStatus


@dataclass(frozen=True, slots=True)
class Reading:
    """Proof that one seen order gives: the news for the ladder (None: nothing), a sentence, and differing terms.

    `missing` is what is not proven all the same, one clause, "" if nothing is; `note` one more sentence on a success.
    """

    news: News | None
    text: str
    differences: tuple[Difference, ...] = ()
    missing: str = ""
    note: str = ""


def began_at(amendment: Amendment) -> int:
    """Return when the amendment may first have reached the venue: its write, or its intent if no write was recorded."""
    if amendment.written_at is not None:
        return amendment.written_at
    return amendment.rungs[0].at if amendment.rungs else 0


def left_by(amendment: Amendment) -> int:
    """Return when the amendment had left at the latest: its write, or else the end of the ticket that sent it.

    A ticket that is killed may have written after its last record reached the disk. That it no longer runs is known
    from when the next one takes the amendment for unknown.
    """
    if amendment.written_at is not None:
        return amendment.written_at
    return next((rung.at for rung in amendment.rungs if rung.stage is AmendmentStage.UNKNOWN), began_at(amendment))


def heard_at(amendment: Amendment, policy: EvidencePolicy) -> int | None:
    """Return when the venue had read the request, as far as that can be told; None while an answer may still come.

    Its answer shows that it had. Without one the request may lie unread, however the waiting ended: a broken link or a
    killed ticket takes nothing back that left. It is then given the time an answer may take.
    """
    if amendment.acknowledged_at is not None:
        return amendment.acknowledged_at
    given_up = next((rung.at for rung in reversed(amendment.rungs) if rung.stage is AmendmentStage.UNKNOWN), None)
    return None if given_up is None else max(given_up, left_by(amendment) + policy.answer_within)


def refutable_at(amendment: Amendment, policy: EvidencePolicy) -> int | None:
    """From when on a read with the old terms refutes: the settling time after the venue had read the request."""
    heard = heard_at(amendment, policy)
    return None if heard is None else heard + policy.settle_after


def settled_by(amendment: Amendment, policy: EvidencePolicy, asked_at: int | None) -> bool:
    """Return True if a read asked for at that time is late enough for old terms to refute."""
    late_enough = refutable_at(amendment, policy)
    return asked_at is not None and late_enough is not None and asked_at >= late_enough


def weigh(
    amendment: Amendment,
    judgement: Judgement,
    seen: Order,
    policy: EvidencePolicy,
    at: int,
    asked_at: int | None,
) -> Reading:
    """Weigh one seen order against an amendment.

    Args:
        amendment: the amendment of the same lineage.
        judgement: the rulebook's comparison of terms.
        seen: the order as seen, already known to belong to the lineage.
        policy: the venue's declaration of evidence.
        at: when we learnt it; asked_at: when the read left, None for a push.
    """
    learnt = asked_at if asked_at is not None else at
    if amendment.stage in (
        AmendmentStage.CHECKED,
        AmendmentStage.QUEUED,
    ) or learnt < began_at(amendment):
        return Reading(None, "")
    if seen.status is OrderStatus.UNRECOGNISED:
        return Reading(None, f"The venue reports the order as “{seen.raw_status}”, which proves nothing.")
    if judgement.finding is Finding.APPLIED and seen.status is OrderStatus.REJECTED:
        return Reading(News.ORDER_ENDED, untold_text(seen, judgement), missing=UNTOLD)
    if judgement.finding is Finding.APPLIED:
        return Reading(News.APPLIED, judgement.text)
    if seen.status.is_terminal and judgement.finding is Finding.UNTOLD:
        return Reading(News.ORDER_ENDED, untold_text(seen, judgement), missing=UNTOLD)
    if seen.status.is_terminal and judgement.finding is Finding.DIFFERENT:
        text = f"The order {_how(seen)} with terms that are neither the old ones nor those asked for."
        text = f"{text} {asked_and_got(judgement.differences)}".rstrip()
        return Reading(News.ORDER_ENDED, text, judgement.differences, missing=WHO_CHANGED_IT)
    if seen.status.is_terminal:
        return Reading(News.ORDER_ENDED, ended_text(seen, amendment), judgement.differences)
    if judgement.finding is Finding.DIFFERENT and settled_by(amendment, policy, asked_at):
        text = f"{judgement.text} {asked_and_got(judgement.differences)}".rstrip()
        return Reading(News.DIFFERENT, text, judgement.differences, missing=WHO_CHANGED_IT)
    if judgement.finding is Finding.UNCHANGED and settled_by(amendment, policy, asked_at):
        return old_terms(amendment, seen, learnt)
    return Reading(None, judgement.text, judgement.differences)


def old_terms(amendment: Amendment, seen: Order, learnt: int) -> Reading:
    """Return what the old terms prove in a read that is late enough for them to refute.

    Args:
        amendment: which did not come.
        seen: the order with its old terms.
        learnt: when the read left, nanoseconds since 1970 UTC.
    """
    return Reading(News.OLD_TERMS, _refuted_text(seen, learnt - left_by(amendment)))


def asked_and_got(differences: Iterable[Difference]) -> str:
    """Sentences on what was asked for and what the venue shows instead, side by side; "" for none."""

    def number(value: Decimal | None) -> str:
        return "none" if value is None else tidy(value) if value.is_finite() else str(value)

    return " ".join(
        f"{each.field.value.replace('_', ' ').capitalize()}: asked {number(each.asked)}, got {number(each.found)}."
        for each in differences
    )


def outlived(amendment: Amendment, heir: Order, policy: EvidencePolicy, asked_at: int | None) -> Reading:
    """Return what it proves that the order asked for goes on as another one, which this amendment did not make.

    Args:
        heir: what the order goes on as.
        asked_at: when the read left, None for a push.
    """
    if not settled_by(amendment, policy, asked_at):
        return Reading(None, "")
    old_id = amendment.command.order.order_id
    text = f"Order {old_id} went on as {heir.order_id}, which this change did not make."
    return Reading(News.ORDER_ENDED, text, missing=OUTLIVED)


def _refuted_text(order: Order, waited: int) -> str:
    """No venue says how late it may still act, so the sentence says how long was waited, and promises nothing."""
    return f"The venue did not apply the change within {waited // SECOND} s; {working_text(order)}"


def working_text(order: Order) -> str:
    """One clause that says what still rests: "the order still works at 100 for 2"."""
    price = f" at {tidy(order.price)}" if order.price is not None else ""
    return f"the order still works{price} for {tidy(order.remaining)}."


def ended_text(order: Order, amendment: Amendment) -> str:
    """One sentence on how the order ended before the amendment took effect."""
    reason = f" ({order.reason})" if order.reason else ""
    if order.status is OrderStatus.FILLED:
        return f"The order was filled ({tidy(order.filled)}) before the change took effect."
    if order.status is OrderStatus.CANCELLED:
        if any(name is FieldName.ON_FAILURE and new == "cancel" for name, _, new in amendment.asked):
            return f"The venue could not apply the change and cancelled the order, as you chose{reason}."
        return f"The order was cancelled{reason}; no change was made."
    return f"The order ended as {order.raw_status or order.status.value}{reason}; no change was made."


#: What is missing where an order has terms nobody of us asked for.
WHO_CHANGED_IT = "whether the venue made the change so, or somebody else changed the order"

#: What is missing where an order goes on as one that another change made.
OUTLIVED = "whether the change was made before that, or beside it"

#: What is missing where an order ended and nothing tells with which terms.
UNTOLD = "whether the change took effect before the order ended"


def untold_text(order: Order, judgement: Judgement) -> str:
    """Return what is known of an order that ended with terms nobody tells, and what is not."""
    return f"The order {_how(order)}. Whether the change took effect before is not known: {judgement.text}"


def _how(order: Order) -> str:
    """Return how an order ended, such as "was cancelled (0.4 filled)"."""
    how = {OrderStatus.FILLED: "was filled", OrderStatus.CANCELLED: "was cancelled"}.get(order.status, "has ended")
    return f"{how} ({tidy(order.filled)} filled)" if order.filled else how
