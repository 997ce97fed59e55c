"""Bitget's rules for amending, as pure code: form, plan, and what counts as evidence."""

from __future__ import annotations

from dataclasses import replace

from app.domain.evidence import MILLISECOND, SECOND, EvidencePolicy
from app.domain.forecast import shortage_text
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings, Terms, WireValue
from app.venues.bitget.rules import citations
from app.venues.bitget.rules.behind import line_of
from app.venues.bitget.rules.checks import Asked, asked_of, verdict
from app.venues.bitget.rules.consequence import balance_forecast, consequence
from app.venues.bitget.rules.form import form as make_form
from app.venues.bitget.rules.form import route
from app.venues.bitget.rules.judge import claims, judge
from app.venues.bitget.wire import vocabulary as words

#: Seconds that a list may take and be answered in; with the pause between two lists, the age of a row at most.
LIST_WITHIN_S = 10


class BitgetRulebook:
    """The rules of Bitget's unified trading account (API v3)."""

    evidence = EvidencePolicy(
        # The delay between acceptance and effect is not documented; public tests see it within moments.
        settle_after=5 * SECOND,
        probe_after=(300 * MILLISECOND, SECOND, 2 * SECOND, 5 * SECOND),
        probe_every=10 * SECOND,
        answer_within=10 * SECOND,
        acknowledged="Accepted by Bitget, not yet applied; waiting for its push or the order's details.",
        rule=citations.ASYNCHRONOUS,
    )

    def following(self, poll_every_s: int) -> BitgetRulebook:
        """Return the rules of an account whose open orders are listed so often; 0 leaves them to pushes alone."""
        rules = BitgetRulebook()
        promise = (poll_every_s + LIST_WITHIN_S) * SECOND if poll_every_s else 0
        rules.evidence = replace(self.evidence, reread_within=promise)
        return rules

    form = staticmethod(make_form)
    judge = staticmethod(judge)
    claims = staticmethod(claims)

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """Check a draft, and say what it would send and do."""
        form = make_form(draft.base, around)
        order = form.order
        asked = asked_of(draft, order)
        shortage = shortage_text(balance_forecast(order, asked, around), words.TITLE)
        checked = verdict(draft, asked, form, around, shortage)
        return Plan(
            draft=draft,
            route=route(form.locked, behind=line_of(order, around) is not None),
            verdict=checked,
            target=Terms(price=asked.price, quantity=asked.quantity) if checked.ok else None,
            fields=wire_fields(order, asked) if checked.ok else (),
            consequence=consequence(order, asked, around),
        )


def wire_fields(order: Order, asked: Asked) -> tuple[tuple[str, WireValue], ...]:
    """The request's fields in wire order after the order id: both price and quantity, always, and autoCancel said."""
    assert asked.price is not None
    return (
        ("price", asked.price),
        ("qty", asked.quantity),
        ("autoCancel", words.AUTO_CANCEL[asked.on_failure]),
        ("symbol", order.symbol),
        ("category", order.attribute(words.CATEGORY)),
    )
