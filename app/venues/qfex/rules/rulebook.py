"""QFEX's rules for amending, as pure code: form, plan, and what counts as evidence."""

from __future__ import annotations

from app.domain.evidence import MILLISECOND, SECOND, EvidencePolicy
from app.domain.forecast import shortage_text
from app.domain.order import Order
from app.domain.plan import Draft, Plan, Surroundings, Terms, WireValue
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.asked import Asked, absurd, asked_of
from app.venues.qfex.rules.checks import verdict
from app.venues.qfex.rules.consequence import balance_forecast, consequence
from app.venues.qfex.rules.form import form as make_form
from app.venues.qfex.rules.form import omits_reduce_only, route
from app.venues.qfex.rules.judge import claims, judge
from app.venues.qfex.wire import vocabulary as words


class QfexRulebook:
    """The rules of QFEX's order entry by websocket."""

    evidence = EvidencePolicy(
        # 100 ms at the venue and the way there; a list asked for this late that shows the old id unchanged refutes.
        settle_after=4 * SECOND,
        probe_after=(3 * SECOND, 4200 * MILLISECOND, 8 * SECOND),
        probe_every=10 * SECOND,
        answer_within=3 * SECOND,
        acknowledged="QFEX answered MODIFIED; the terms it names are being compared.",
        rule=citations.CORRELATION,
        # Listed three times as often (`Pace.list_every`), so that one list may fail.
        reread_within=60 * SECOND,
    )

    form = staticmethod(make_form)
    judge = staticmethod(judge)
    claims = staticmethod(claims)

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        """Check a draft, and say what it would send and do."""
        order = draft.base
        form = self.form(order, around)
        asked = asked_of(draft, order)
        reckonable = not absurd(draft)
        forecast = balance_forecast(order, asked, around) if reckonable else None
        shortage = shortage_text(forecast, words.TITLE, "more margin, as estimated,")
        checked = verdict(draft, asked, form, around, shortage)
        return Plan(
            draft=draft,
            route=route(form.locked),
            verdict=checked,
            target=target_of(asked) if checked.ok else None,
            fields=wire_fields(order, asked, around) if checked.ok else (),
            consequence=consequence(order, asked, around) if reckonable else None,
        )


def target_of(asked: Asked) -> Terms:
    """Return all four terms, since all four are sent; an exit of 0 is none."""
    return Terms(price=asked.price, quantity=asked.quantity, take_profit=asked.take_profit, stop_loss=asked.stop_loss)


def wire_fields(order: Order, asked: Asked, around: Surroundings) -> tuple[tuple[str, WireValue], ...]:
    """Return the request's fields in wire order after the order id: what identifies the order, then all four terms."""
    assert asked.price is not None
    fields: tuple[tuple[str, WireValue], ...] = (
        ("symbol", order.symbol),
        ("side", words.WIRE_SIDES[order.side]),
        ("order_type", order.raw_kind),
        ("quantity", asked.quantity),
        ("price", asked.price),
        ("take_profit", asked.take_profit),
        ("stop_loss", asked.stop_loss),
    )
    if omits_reduce_only(around):
        return fields
    return (*fields, (words.REDUCE_ONLY, asked.reduce_only))
