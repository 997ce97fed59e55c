"""A draft against its market: what stops it, what is pointed out, and what cannot be checked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.checking import Findings
from app.domain.form import FieldName
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.asked import asked_of
from app.venues.qfex.rules.market_checks import check_market
from tests.venues.qfex.samples import APPLE, QUOTE, around, cautions, draft, order, plan, problems

D = Decimal


@pytest.mark.parametrize(
    "values, field, words, nearest",
    [
        ({"price": "200.03"}, FieldName.PRICE, "not a multiple of 0.05", ("200.05", "200")),
        ({"price": "0"}, FieldName.PRICE, "above zero", ("0.05",)),
        ({"quantity": "1.0005"}, FieldName.QUANTITY, "not a multiple of 0.001", ("1", "1.001")),
        ({"quantity": "0"}, FieldName.QUANTITY, "cancel it", ("0.001",)),
        ({"quantity": "100000.001"}, FieldName.QUANTITY, "at most 100000", ("100000",)),
        ({"price": "222.25"}, FieldName.PRICE, "above the price band", ("222.20",)),
    ],
)
def test_problems_name_their_field_and_offer_legal_values(
    values: dict[str, str], field: FieldName, words: str, nearest: tuple[str, ...]
) -> None:
    found = [problem for problem in plan(**values).verdict.problems if words in problem.text]
    assert len(found) == 1
    assert found[0].field is field
    assert found[0].nearest == tuple(D(text) for text in nearest)
    assert found[0].rule is not None


@pytest.mark.parametrize("name, value", [("take_profit", "210.01"), ("stop_loss", "190.04")])
def test_an_exit_beside_the_tick_takes_a_consent(name: str, value: str) -> None:
    """That QFEX wants exits on the tick of prices is inferred from its stop orders."""
    made = plan(**{name: value})
    assert made.verdict.ok
    assert dict(made.fields)[name] == D(value)
    (caution,) = made.verdict.cautions
    assert f"{value} is not a multiple of the tick 0.05" in caution.text
    assert (caution.field, caution.rule, caution.confirm) == (FieldName(name), citations.EXIT_TICK, True)


def test_smaller_than_the_minimum() -> None:
    instrument = replace(APPLE, min_quantity=D("0.5"))
    made = plan(None, around(instrument=instrument), quantity="0.4")
    assert problems(made) == ["Quantity: QFEX takes at least 0.5 here."]
    assert made.verdict.problems[0].nearest == (D("0.5"),)


def test_the_band_is_a_problem_on_the_aggressive_and_a_caution_on_the_passive_side() -> None:
    assert "may refuse" in cautions(plan(price="150"))[0]
    sell = order(side="SELL", price=D(210))
    below = plan(sell, price="181.75")
    assert "below the price band" in problems(below)[0]
    assert below.verdict.problems[0].nearest == (D("181.80"),)
    assert "above the price band" in cautions(plan(sell, price="230"))[0]
    assert "120" in problems(plan(sell, around(quote=None), price="119.95"))[0]


def test_a_limit_order_that_would_trade_asks_for_consent_and_a_post_only_one_is_stopped() -> None:
    crossing = plan(price="202.05")
    assert crossing.verdict.ok
    assert crossing.verdict.cautions[0].confirm
    assert "would trade at once" in cautions(crossing)[0]
    alo = plan(order(type="ALO"), price="202.05")
    assert "add-liquidity-only" in problems(alo)[0]
    assert alo.verdict.problems[0].nearest == (D("202.00"),)
    alo_sell = plan(order(type="ALO", side="SELL", price=D(210)), price="201.90")
    assert alo_sell.verdict.problems[0].nearest == (D("202.00"),)
    assert plan(order(type="ALO"), price="202").verdict.ok
    blind = plan(order(type="ALO"), around(quote=replace(QUOTE, bid=None, ask=None)), price="202.05")
    assert "not checked" in cautions(blind)[0]


def test_a_market_that_is_not_active_takes_a_consent() -> None:
    """Nowhere is it documented that orders cannot be amended then."""
    for status, words in (
        ("INACTIVE", "AAPL-USD is INACTIVE, not ACTIVE: QFEX may refuse"),
        ("DELISTED", "AAPL-USD is DELISTED, not ACTIVE: QFEX may refuse"),
        ("HALTED", "the status “HALTED”, which"),
        ("", "no status"),
    ):
        odd = plan(None, around(instrument=replace(APPLE, trading=False, status=status)), price="200")
        assert odd.verdict.ok
        assert words in cautions(odd)[0]
        assert (odd.verdict.cautions[0].confirm, odd.verdict.cautions[0].rule) == (True, citations.MARKET_STATE)


@pytest.mark.parametrize("post_only", [False, True])
def test_unknown_rules_of_a_market_are_told_and_the_order_can_be_amended(post_only: bool) -> None:
    base = order(type="ALO" if post_only else "LIMIT")
    made = plan(base, around(instrument=None), price="200.03", quantity="2", take_profit="210", stop_loss="0")
    assert made.verdict.ok
    assert dict(made.fields)["price"] == D("200.03")
    assert "tick, lot, limits and price band are not checked" in cautions(made)[0]
    assert (made.verdict.cautions[0].confirm, made.verdict.cautions[0].rule) == (True, citations.MARKET_RULES)
    crossing = plan(base, around(instrument=None), price="202.05")
    assert crossing.verdict.ok is not post_only


@pytest.mark.parametrize(
    "missing, values, field, words",
    [
        ({"tick": None}, {"price": "200.03"}, FieldName.PRICE, "no tick"),
        ({"tick": None}, {"stop_loss": "190.01", "quantity": "2"}, FieldName.STOP_LOSS, "no tick"),
        ({"lot": None}, {"quantity": "1.00001"}, FieldName.QUANTITY, "no lot"),
        ({"min_quantity": None, "max_quantity": None}, {"quantity": "2"}, FieldName.QUANTITY, "no smallest"),
    ],
)
def test_a_step_or_limit_that_is_not_given_is_told_where_it_matters(
    missing: dict[str, Any], values: dict[str, str], field: FieldName, words: str
) -> None:
    made = plan(None, around(instrument=replace(APPLE, **missing)), **values)
    assert made.verdict.ok
    (caution,) = made.verdict.cautions
    assert words in caution.text
    assert (caution.field, caution.rule) == (field, citations.MARKET_RULES)


def test_a_step_that_is_not_given_is_not_told_where_it_does_not_matter() -> None:
    assert plan(None, around(instrument=replace(APPLE, lot=None)), price="200").verdict.cautions == ()
    assert plan(None, around(instrument=replace(APPLE, tick=None)), quantity="2").verdict.cautions == ()


def test_every_rule_is_looked_at_whatever_is_known() -> None:
    counts = set()
    for instrument in (APPLE, None, replace(APPLE, tick=None, lot=None, min_quantity=None, max_quantity=None)):
        findings = Findings()
        surroundings = around(instrument=instrument)
        check_market(findings, asked_of(draft(order(), price="200"), order()), order(), surroundings)
        counts.add(findings.checked)
    assert counts == {10}
