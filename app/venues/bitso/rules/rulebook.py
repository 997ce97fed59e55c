"""Bitso's rules for modifying orders, as pure code: form, plan, and what counts as evidence."""

from __future__ import annotations

from decimal import Decimal

from app.domain.amendment import Command, Difference
from app.domain.evidence import MILLISECOND, SECOND, EvidencePolicy, Finding, Judgement, compare, terms_of
from app.domain.form import Form
from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings, Terms, WireValue
from app.venues.bitso.rules import citations, judge
from app.venues.bitso.rules.amounts import Change, effect
from app.venues.bitso.rules.checks import Asked, asked_of, verdict
from app.venues.bitso.rules.consequence import consequence
from app.venues.bitso.rules.form import form as make_form
from app.venues.bitso.rules.form import route
from app.venues.bitso.rules.judge import TOLERANCE


class BitsoRulebook:
    """The rules of Bitso's "Modify an Order" (PATCH v4/orders)."""

    evidence = EvidencePolicy(
        # Whether a modification takes effect before or after its reply is not documented.
        settle_after=5 * SECOND,
        probe_after=(
            300 * MILLISECOND,
            800 * MILLISECOND,
            1500 * MILLISECOND,
            3 * SECOND,
            5 * SECOND + 200 * MILLISECOND,
            8 * SECOND,
        ),
        probe_every=10 * SECOND,
        answer_within=10 * SECOND,
        push_confirms=False,
        acknowledged="Accepted by Bitso, which does not say what it made of it; reading the order.",
        rule=citations.RECEIPT,
    )

    def form(self, order: Order, around: Surroundings) -> Form:
        """Every field of a Bitso order, with what may be done to it now."""
        return make_form(order, around)

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """Check a draft, and say what it would send and do."""
        order = draft.base
        made = make_form(order, around)
        asked = asked_of(draft, around.switches)
        found = verdict(draft, asked, made, around)
        computable = all(number > ZERO for number in asked.typed.values())
        return Plan(
            draft=draft,
            route=route(made.locked),
            verdict=found,
            target=target_of(order, asked.change) if found.ok else None,
            fields=wire_fields(asked) if found.ok else (),
            consequence=consequence(order, asked.change, around) if computable else None,
        )

    def judge(self, command: Command, seen: Order) -> Judgement:
        """What a seen order says about a command.

        What was sent must come back exactly; what the venue derives may differ in the last digit, and says nothing once
        fills have landed that were not there when it was derived.
        """
        if not judge.is_told(seen):
            return judge.judge(command, seen)
        sent = {name for name, _ in command.fields}
        wanted = _comparable(command.target, sent, command.order, seen)
        if wanted == (Terms(), Terms()):
            return Judgement(Finding.UNRELATED, "Fills moved what this amendment asked for, so it cannot be told.")
        differences = _differing(wanted, seen)
        if not differences:
            return Judgement(Finding.APPLIED, "Bitso shows the terms asked for.")
        old = terms_of(command.order, command.target)
        if not _differing(_comparable(old, sent, command.order, seen), seen):
            return Judgement(Finding.UNCHANGED, "Bitso still shows the old terms.", differences)
        text = "Bitso shows other terms than asked for."
        major = dict(command.fields).get("major")
        if isinstance(major, Decimal) and command.order.filled > ZERO and seen.remaining == major:
            text = "Bitso took the amount as what remains, so the total is larger than asked for."
        return Judgement(Finding.DIFFERENT, text, differences)

    def claims(self, command: Command, seen: Order) -> bool:
        """An unknown order with the same client id: that id is unique among active orders, so it is the successor."""
        order = command.order
        return (
            seen.client_id != ""
            and seen.client_id == order.client_id
            and seen.order_id != order.order_id
            and (seen.symbol, seen.side) == (order.symbol, order.side)
        )


def target_of(order: Order, change: Change) -> Terms:
    """The terms the order should have after a change; with fills, the value is not foretold."""
    after = effect(order, change)
    resized = change.price is not None or change.is_sized
    return Terms(
        price=after.price if change.price is not None else None,
        quantity=after.amount if resized else None,
        value=after.value if resized and order.filled == ZERO else None,
        stop=after.stop if change.stop is not None else None,
    )


def wire_fields(asked: Asked) -> tuple[tuple[str, WireValue], ...]:
    """The request's fields in wire order; the cancel flag only where it was chosen."""
    change = asked.change
    numbers = (("price", change.price), ("major", change.major), ("minor", change.minor), ("stop", change.stop))
    fields: list[tuple[str, WireValue]] = [(name, number) for name, number in numbers if number is not None]
    if asked.cancels:
        fields.append(("cancel", "1"))
    return tuple(fields)


def _comparable(terms: Terms, sent: set[str], base: Order, seen: Order) -> tuple[Terms, Terms]:
    """The terms that must be met exactly, and those the venue derived, which may differ in the last digit."""
    exact = Terms(
        price=terms.price,
        quantity=terms.quantity if "major" in sent else None,
        value=terms.value if "minor" in sent and seen.value is not None else None,
        stop=terms.stop,
    )
    if seen.filled != base.filled:
        return exact, Terms()
    derived = Terms(
        quantity=terms.quantity if "major" not in sent else None,
        value=terms.value if "minor" not in sent and seen.value is not None else None,
    )
    return exact, derived


def _differing(comparable: tuple[Terms, Terms], seen: Order) -> tuple[Difference, ...]:
    exact, derived = comparable
    return (*compare(exact, seen), *compare(derived, seen, TOLERANCE))
