"""Doubts about a draft: told, and never in the way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.checking import Findings
from app.domain.form import FieldName
from app.domain.market import Instrument
from app.domain.plan import Plan
from app.domain.rules import Confidence, Rule
from app.venues.alphapoint.rules import citations
from app.venues.alphapoint.rules.checks import asked_of
from app.venues.alphapoint.rules.doubts import LARGEST, check_doubts
from tests.venues.alphapoint.samples import RULES, around, draft, instrument, order, partly

D = Decimal


def reduce_in(market: Instrument | None) -> Plan:
    return RULES.plan(draft(order(), quantity="0.6"), around(instrument=market))


def replace_in(market: Instrument | None, **changes: Any) -> Plan:
    return RULES.plan(draft(order(**changes), "replace", price="84200"), around(instrument=market))


def asks(plan: Plan) -> dict[Rule | None, str]:
    """The cautions that take a consent, by their rule."""
    return {each.rule: each.text for each in plan.verdict.cautions if each.confirm}


@pytest.mark.parametrize(
    "market, word",
    [
        (instrument(SessionStatus="Paused"), "Paused"),
        (instrument(SessionStatus="Stopped"), "Stopped"),
        (instrument(SessionStatus="Novelty"), "Novelty"),
        (instrument(SessionStatus=None), "Unknown"),
        (instrument(IsDisable=True), "disabled"),
    ],
)
def test_a_market_that_does_not_run_takes_a_consent(market: Instrument, word: str) -> None:
    """That orders cannot be changed then is nowhere documented."""
    assert RULES.form(order(), around(instrument=market)).locked == ""
    for plan in (reduce_in(market), replace_in(market)):
        assert plan.verdict.ok
        assert word in asks(plan)[citations.SESSION]
    assert "the old one may be gone" in asks(replace_in(market))[citations.SESSION]


def test_a_market_that_takes_post_only_orders_alone() -> None:
    """A resting order may be reduced as ever; a replacement takes a consent, and more so where it is not post-only."""
    market = instrument(SessionStatus="RunningPostOnly")
    reduced = reduce_in(market)
    assert reduced.verdict.ok
    assert asks(reduced) == {}
    assert [each.rule for each in reduced.verdict.cautions] == [citations.POST_ONLY_SESSION]
    assert citations.POST_ONLY_SESSION.read_on == "2026-11-30"
    assert "not known to be one" in asks(replace_in(market))[citations.POST_ONLY_SESSION]
    alone = replace_in(market, OrderFlag="AddedToBook, PostOnly")
    assert alone.verdict.ok
    assert "not known" not in asks(alone)[citations.POST_ONLY_SESSION]


def test_a_market_whose_rules_are_not_known() -> None:
    """Its orders are readable, so they can be amended."""
    assert RULES.form(order(), around(instrument=None)).locked == ""
    for plan in (reduce_in(None), replace_in(None)):
        assert plan.verdict.ok
        assert "are not known here" in asks(plan)[citations.STEP]
    odd = RULES.plan(draft(order(), quantity="0.60000001"), around(instrument=None))
    assert odd.verdict.ok


@pytest.mark.parametrize(
    "missing, route, values, field",
    [
        ({"lot": None}, None, {"quantity": "0.60000001"}, FieldName.QUANTITY),
        ({"lot": None}, "replace", {"quantity": "1.50000001"}, FieldName.QUANTITY),
        ({"tick": None}, "replace", {"price": "84200.00001"}, FieldName.PRICE),
    ],
)
def test_a_step_that_is_not_given_is_told_where_it_matters(
    missing: dict[str, Any], route: str | None, values: dict[str, str], field: FieldName
) -> None:
    """And the number is not held against a step that nobody knows."""
    market = replace(instrument(), **missing)
    plan = RULES.plan(draft(order(), route, **values), around(instrument=market))
    assert plan.verdict.ok
    (word,) = [each for each in plan.verdict.cautions if "no step" in each.text]
    assert (word.field, word.confirm, word.rule) == (field, True, citations.STEP)
    assert not any("no step of prices" in text for text in asks(reduce_in(replace(instrument(), tick=None))).values())


@pytest.mark.parametrize(
    "changes, word, rule",
    [
        ({"OrderType": "StopLimit", "StopPrice": D(80000)}, "StopLimit", citations.NOT_PLAIN),
        ({"OrderType": "StopMarket", "StopPrice": D(80000), "Price": 0}, "StopMarket", citations.NOT_PLAIN),
        ({"OrderType": "TrailingStopMarket", "Price": 0, "Side": "Buy"}, "TrailingStopMarket", citations.NOT_PLAIN),
        ({"DisplayQuantity": D("0.1")}, "shows 0.1 of 1", citations.ICEBERG),
        ({"IsQuote": True}, "market-maker quote", citations.QUOTE),
        ({"OrderType": "BlockTrade"}, "block trade", citations.BLOCK_TRADE),
        ({"IsLockedIn": True}, "block trade", citations.BLOCK_TRADE),
        ({"OrderType": "Novelty"}, "Novelty order", citations.NOT_PLAIN),
    ],
)
def test_an_order_that_is_no_plain_limit_order_can_be_reduced_and_not_replaced(
    changes: dict[str, Any], word: str, rule: Rule
) -> None:
    """A replacement would make another kind of order of it."""
    base = order(**changes)
    form = RULES.form(base, around())
    reduce, swap = form.routes
    assert (form.locked, reduce.offered, swap.offered) == ("", True, False)
    assert word in swap.reason
    price = form.field(FieldName.PRICE)
    assert price is not None
    assert not price.editable
    reduced = RULES.plan(draft(base, quantity="0.6"), around())
    assert reduced.verdict.ok
    assert word in asks(reduced)[rule]
    swapped = RULES.plan(draft(base, "replace", quantity="1.5"), around())
    assert swapped.target is None
    assert swap.reason in [each.text for each in swapped.verdict.problems]


def test_a_number_beyond_the_venues_own_takes_a_consent() -> None:
    """One that the order has already is the venue's, and needs none."""
    over = RULES.plan(draft(order(), "replace", price="9223372036.86"), around())
    assert over.verdict.ok
    assert citations.LARGEST in asks(over)
    assert citations.LARGEST not in asks(RULES.plan(draft(order(), "replace", price="9223372036.85"), around()))
    dear = order(Price=D("15000000000"))
    assert citations.LARGEST not in asks(RULES.plan(draft(dear, quantity="0.6"), around()))
    assert D("9223372036.854775807") == LARGEST


@pytest.mark.parametrize("route, values", [(None, {"quantity": "0.6"}), ("replace", {"price": "84200"})])
def test_a_reason_that_is_in_no_document_takes_a_consent(route: str | None, values: dict[str, str]) -> None:
    """The state is Working, which is documented; the reason for it is not."""
    base = order(ChangeReason="Novelty")
    assert RULES.form(base, around()).locked == ""
    plan = RULES.plan(draft(base, route, **values), around())
    assert plan.verdict.ok
    assert "“Novelty”" in asks(plan)[citations.REASON]


def test_less_than_a_minimum_that_is_in_no_document_takes_a_consent() -> None:
    """On either route; the minimum itself takes none, and so does a market that gives none."""
    below = RULES.plan(draft(order(), quantity="0.0009"), around())
    assert below.verdict.ok
    assert below.fields[-1] == ("Quantity", D("0.0009"))
    assert "0.0009 is less than the 0.001 this market gives" in asks(below)[citations.MINIMUM]
    swapped = RULES.plan(draft(order(), "replace", price="84200", quantity="0.0009"), around())
    assert swapped.verdict.ok
    assert citations.MINIMUM in asks(swapped)
    assert citations.MINIMUM not in asks(RULES.plan(draft(order(), quantity="0.001"), around()))
    free = around(instrument=instrument(MinimumQuantity=None))
    assert citations.MINIMUM not in asks(RULES.plan(draft(order(), quantity="0.0009"), free))


def test_nothing_inferred_or_undocumented_stops_a_draft() -> None:
    """What stops one is in the documents."""
    capped = around(instrument=instrument(PriceCeilingLimit=84150, PriceCeilingLimitEnabled=True))
    poor = around(balances={})
    post = order(OrderFlag="PostOnly")
    plans = [
        RULES.plan(draft(order(), price="84200"), around()),
        RULES.plan(draft(order(), quantity="2"), around()),
        RULES.plan(draft(order(), quantity="0.60005"), around()),
        RULES.plan(draft(order(), quantity="0.0005"), around()),
        RULES.plan(draft(order(), "replace", price="84200"), capped),
        RULES.plan(draft(order(), "replace", price="500", quantity="9"), poor),
        RULES.plan(draft(order(), "replace", quantity="0.6"), around()),
        RULES.plan(draft(post, "replace", price="84000"), around()),
        RULES.plan(draft(order(), "replace", quantity="3.5"), around()),
        RULES.plan(draft(partly("1", "0.2"), quantity="0.6"), around(instrument=instrument(SessionStatus="Paused"))),
    ]
    rules = {each.rule for plan in plans for each in plan.verdict.problems if each.rule is not None}
    assert len(rules) >= 4
    assert {each.confidence for each in rules} == {Confidence.DOCUMENTED}


def test_the_same_doubts_are_looked_at_whatever_is_known() -> None:
    """Five kinds, on either route."""
    for market in (None, instrument()):
        findings = Findings()
        check_doubts(findings, asked_of(draft(order(), quantity="0.6")), order(), market, replaces=False)
        assert findings.checked == 5
