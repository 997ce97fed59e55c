"""Bitso's rules for modifying orders, as pure code: form, plan, and what counts as evidence."""

from __future__ import annotations

from app.domain.amendment import Command
from app.domain.evidence import MILLISECOND, SECOND, EvidencePolicy, Judgement
from app.domain.form import Form
from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings, Terms, WireValue
from app.venues.bitso.rules import citations, judge
from app.venues.bitso.rules.amounts import Modification, effect
from app.venues.bitso.rules.asked import Asked, asked_of
from app.venues.bitso.rules.checks import verdict
from app.venues.bitso.rules.consequence import consequence
from app.venues.bitso.rules.form import form as make_form
from app.venues.bitso.rules.form import route
from app.venues.bitso.wire import vocabulary as words


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
        acknowledged="Accepted by Bitso, which does not say what it made of it; reading the order.",
        rule=citations.RECEIPT,
        # Open orders are listed every two seconds; a slow answer, and the look-up of stop prices, come on top.
        reread_within=10 * SECOND,
    )

    def form(self, order: Order, around: Surroundings) -> Form:
        """Make the form of a Bitso order."""
        return make_form(order, around)

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """Check a draft, and say what it would send and do."""
        order = draft.base
        form = make_form(order, around)
        asked = asked_of(draft, around.switches)
        result = verdict(draft, asked, form, around)
        computable = all(number > ZERO for number in asked.typed.values())
        return Plan(
            draft=draft,
            route=route(form.locked),
            verdict=result,
            target=target_of(order, asked.change) if result.ok else None,
            fields=wire_fields(asked) if result.ok else (),
            consequence=consequence(order, asked.change, around) if computable else None,
        )

    def judge(self, command: Command, seen: Order) -> Judgement:
        """Read one seen order for what it says about a command."""
        return judge.judge(command, seen)

    def claims(self, command: Command, seen: Order) -> bool:
        """Return True where an order under an unknown id is the result of a command."""
        return judge.claims(command, seen)


def target_of(order: Order, change: Modification) -> Terms:
    """Return the terms the order should have after a change; with fills, the value is not foretold."""
    after = effect(order, change)
    resized = change.price is not None or change.is_sized
    return Terms(
        price=after.price if change.price is not None else None,
        quantity=after.amount if resized else None,
        value=after.value if resized and order.filled == ZERO else None,
        stop=after.stop if change.stop is not None else None,
    )


def wire_fields(asked: Asked) -> tuple[tuple[str, WireValue], ...]:
    """Return the request's fields in wire order; the cancel flag only where it was chosen."""
    change = asked.change
    numbers = (
        (words.PRICE, change.price),
        (words.MAJOR, change.major),
        (words.MINOR, change.minor),
        (words.STOP, change.stop),
    )
    fields: list[tuple[str, WireValue]] = [(name, number) for name, number in numbers if number is not None]
    if asked.cancels:
        fields.append((words.CANCEL, "1"))
    return tuple(fields)
