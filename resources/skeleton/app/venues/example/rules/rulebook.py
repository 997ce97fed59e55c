"""The venue's rules for amending orders, as pure code: form, plan, and what counts as evidence."""

from __future__ import annotations

from app.domain.amendment import Command
from app.domain.evidence import MILLISECOND, SECOND, EvidencePolicy, Judgement
from app.domain.form import Form
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings
from app.venues.example.rules import citations, judge
from app.venues.example.rules.checks import asked_of, changes_of, is_computable, verdict
from app.venues.example.rules.consequence import balance_forecast, consequence
from app.venues.example.rules.form import form as make_form
from app.venues.example.wire.vocabulary import TITLE


class ExampleRulebook:
    """The rules of the venue's one amend call."""

    #: FILL IN: how long the old terms prove nothing, when to look, how long to wait for an answer.
    evidence = EvidencePolicy(
        settle_after=5 * SECOND,
        probe_after=(300 * MILLISECOND, 800 * MILLISECOND, 2 * SECOND, 5 * SECOND + 200 * MILLISECOND, 8 * SECOND),
        probe_every=10 * SECOND,
        answer_within=10 * SECOND,
        acknowledged=f"Accepted by {TITLE}, which does not say what it made of it; reading the order.",
        rule=citations.RECEIPT,
    )

    def form(self, order: Order, around: Surroundings) -> Form:
        """Make the form of an order."""
        return make_form(order, around)

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """Check a draft, and say what it would send and do."""
        form = make_form(draft.base, around)
        changes = changes_of(draft, form)
        asked, computable = asked_of(changes), is_computable(changes)
        forecast = balance_forecast(draft.base, asked, around) if computable else None
        result = verdict(draft, changes, form, around, forecast)
        return Plan(
            draft=draft,
            route=form.route(draft.route),
            verdict=result,
            # What the order should have afterwards: evidence is judged by these terms alone.
            target=asked if result.ok else None,
            fields=tuple((field.venue_name, number) for field, number in changes) if result.ok else (),
            consequence=consequence(draft.base, asked, around) if computable else None,
        )

    def judge(self, command: Command, seen: Order) -> Judgement:
        """Read one seen order for what it says about a command."""
        return judge.judge(command, seen)

    def claims(self, command: Command, seen: Order) -> bool:
        """Return True where an order under an unknown id is the result of a command."""
        return judge.claims(command, seen)
