"""Which fields of an order may change, and why the others may not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.form import FieldName, IdAfter, QueuePlace
from app.domain.market import Instrument
from app.domain.order import Order, OrderKind, OrderStatus
from app.domain.rules import Confidence, Rule
from app.venues.bitget.rules import citations, client_notes
from app.venues.bitget.rules.form import form
from app.venues.bitget.rules.rulebook import BitgetRulebook
from tests.venues.bitget.samples import PERP_BTC, SPOT_BTC, around, draft, order, perp

EVERY = ["price", "quantity", "take_profit", "stop_loss", "on_failure"]


@pytest.mark.parametrize(
    "base",
    [
        order(),
        order(raw_status="new"),
        order(status=OrderStatus.PARTIALLY_FILLED, filled=Decimal("0.2")),
        order(post_only=True, attributes={"time_in_force": "post_only"}),
        order(market="margin", attributes={"category": "MARGIN"}),
        perp(),
        perp(market="usdc perp", attributes={"category": "USDC-FUTURES"}),
        order(attributes={"delegate_type": "modify_limit_order"}),
        order(attributes={"delegate_type": ""}),
        order(reduce_only=None),
    ],
)
def test_a_resting_limit_order_can_change_price_quantity_and_on_failure(base: Order) -> None:
    made = form(base, around())
    assert [field.name.value for field in made.fields] == EVERY
    assert [field.name.value for field in made.editable] == ["price", "quantity", "on_failure"]
    assert made.locked == ""
    route = made.route(None)
    assert route is not None
    assert (route.name, route.offered, route.call) == ("modify", True, "POST /api/v3/trade/modify-order")
    assert (route.queue, route.id_after) == (QueuePlace.UNKNOWN, IdAfter.SAME)
    assert citations.QUEUE in route.further


@pytest.mark.parametrize(
    "base,rule,words",
    [
        (order(status=OrderStatus.FILLED), citations.ENDED, "completely filled"),
        (order(status=OrderStatus.CANCELLED), citations.ENDED, "cancelled"),
        (order(status=OrderStatus.REJECTED), citations.ENDED, "rejected"),
        (order(status=OrderStatus.PENDING), citations.STATUS, "not taken"),
        (order(status=OrderStatus.UNRECOGNISED, raw_status="melted"), citations.STATUS, "“melted”"),
        (order(symbol="BTCUSD_CM", attributes={"category": "COIN-FUTURES"}), citations.COIN_CM, "_CM"),
        (order(kind=OrderKind.MARKET, price=None), citations.NO_PRICE, "market order"),
        (order(kind=OrderKind.OTHER, raw_kind="iceberg", price=None), citations.NO_PRICE, "iceberg"),
    ],
)
def test_an_order_that_cannot_be_amended_is_locked_with_its_reason_and_rule(
    base: Order, rule: citations.Rule, words: str
) -> None:
    made = form(base, around())
    assert made.editable == ()
    assert made.rule is rule
    assert words in made.locked
    assert made.locked.endswith(".")
    for field in made.fields:
        assert (field.reason, field.rule) == (made.locked, rule)
    assert not made.routes[0].offered
    assert made.routes[0].reason == made.locked


@pytest.mark.parametrize(
    "base,rule,words",
    [
        (perp(symbol="BTCUSD", attributes={"category": "COIN-FUTURES"}), citations.COIN_FUTURES, "unit"),
        (perp(reduce_only=True), citations.REDUCE_ONLY, "reduce-only"),
        (order(attributes={"category": "OPTIONS"}), citations.CATEGORY, "“OPTIONS”"),
        (order(attributes={"delegate_type": "grid"}), citations.DELEGATE, "(grid)"),
        (order(kind=OrderKind.OTHER, raw_kind="iceberg"), citations.KIND, "iceberg"),
        (order(attributes={"time_in_force": "ioc"}), citations.NOT_RESTING, "IOC"),
        (order(attributes={"time_in_force": "fok"}), citations.NOT_RESTING, "FOK"),
        (order(attributes={"time_in_force": "rpi"}), citations.RPI, "retail"),
    ],
)
def test_what_is_only_inferred_warns_and_asks_for_consent(base: Order, rule: citations.Rule, words: str) -> None:
    assert form(base, around()).locked == ""
    made = BitgetRulebook().plan(draft(base, price=Decimal(59950)), around())
    assert made.verdict.ok
    assert made.fields[-1] == ("category", base.attribute("category"))
    (caution,) = [each for each in made.verdict.cautions if each.rule is rule]
    assert caution.confirm
    assert words in caution.text
    assert caution.text.endswith(".")


@pytest.mark.parametrize(
    "base",
    [
        order(status=OrderStatus.FILLED),
        order(kind=OrderKind.MARKET, price=None),
        order(symbol="BTCUSD_CM", attributes={"category": "COIN-FUTURES"}),
        perp(reduce_only=True),
        order(filled=Decimal("0.2"), status=OrderStatus.PARTIALLY_FILLED),
        order(attributes={"time_in_force": "rpi", "delegate_type": "grid"}),
    ],
)
@pytest.mark.parametrize(
    "market",
    [None, SPOT_BTC, replace(SPOT_BTC, trading=False, status="offline"), replace(SPOT_BTC, tick=None, lot=None)],
)
@pytest.mark.parametrize("values", [("59950", "0.6"), ("0.001", "0.1"), ("61999.999", "0.2"), ("60000", "0.0000001")])
def test_nothing_inferred_blocks(base: Order, market: Instrument | None, values: tuple[str, str]) -> None:
    price, quantity = (Decimal(each) for each in values)
    made = BitgetRulebook().plan(draft(base, price=price, quantity=quantity), around(instrument=market))
    for each in made.verdict.problems:
        assert each.rule is None or each.rule.confidence is Confidence.DOCUMENTED, each.text


def test_a_least_value_that_is_not_told_is_said() -> None:
    market = replace(SPOT_BTC, min_value=None)
    made = BitgetRulebook().plan(draft(order(), price=Decimal(59950)), around(instrument=market))
    (caution,) = made.verdict.cautions
    assert (caution.text, caution.rule, caution.confirm) == (
        "The least value of an order in this market is not known, so it is not checked.",
        citations.UNKNOWN_MARKET,
        False,
    )


@pytest.mark.parametrize("state,words", [({"amending": True}, "one at a time"), ({"cancelling": True}, "cancelled")])
def test_one_amendment_at_a_time(state: dict[str, Any], words: str) -> None:
    made = form(order(), around(**state))
    assert made.rule is citations.ONE_IN_FLIGHT
    assert words in made.locked


def test_attached_exits_are_shown_and_locked() -> None:
    made = form(order(take_profit=Decimal(70000)), around())
    profit, loss = made.field(FieldName.TAKE_PROFIT), made.field(FieldName.STOP_LOSS)
    assert profit is not None
    assert loss is not None
    assert (profit.current, profit.venue_name, profit.editable) == (Decimal(70000), "takeProfit", False)
    assert (loss.current, loss.venue_name) == (None, "stopLoss")
    for field in (profit, loss):
        assert field.rule is citations.PRESETS
        assert "Bitget takes a change of it, this ticket does not make one yet. Change it on Bitget." in field.reason
        assert "name no way" not in field.reason


def test_numbers_bring_their_grid_and_bounds() -> None:
    made = form(order(), around())
    price, quantity = made.field(FieldName.PRICE), made.field(FieldName.QUANTITY)
    assert price is not None
    assert quantity is not None
    assert (price.label, price.unit, price.step, price.current) == (
        "Price (USDT)",
        "USDT",
        Decimal("0.01"),
        Decimal(60000),
    )
    assert (quantity.venue_name, quantity.unit, quantity.step) == ("qty", "BTC", Decimal("0.000001"))
    assert quantity.meaning == "total, fills included"
    assert quantity.minimum == Decimal("0.000001")


@pytest.mark.parametrize(
    "filled,lot,minimum,least",
    [
        ("0", "0.0001", "0.0001", "0.0001"),
        ("0.2", "0.0001", "0.0001", "0.2001"),
        ("0.20005", "0.0001", "0.0001", "0.2001"),
        ("0.2", "0.0001", "0.3", "0.3"),
        ("0.2", "0.0001", None, "0.2001"),
    ],
)
def test_the_quantity_begins_above_what_is_filled(filled: str, lot: str, minimum: str | None, least: str) -> None:
    market = replace(PERP_BTC, lot=Decimal(lot), min_quantity=Decimal(minimum) if minimum else None)
    field = form(perp(filled=Decimal(filled)), around(instrument=market)).field(FieldName.QUANTITY)
    assert field is not None
    assert field.minimum == Decimal(least)


def test_before_the_market_is_known_the_fields_are_there_without_a_grid() -> None:
    made = form(order(), around(instrument=None))
    assert [field.name.value for field in made.fields] == EVERY
    assert made.fields[0].step is None
    assert made.fields[0].label == "Price"
    assert form(order(), around(instrument=replace(SPOT_BTC, lot=None))).fields[1].minimum == Decimal("0.000001")


def test_what_happens_on_failure_is_a_choice_that_keeps_by_default() -> None:
    field = form(order(), around()).field(FieldName.ON_FAILURE)
    assert field is not None
    assert (field.venue_name, field.current) == ("autoCancel", "keep")
    assert [choice.value for choice in field.choices] == ["keep", "cancel"]
    assert "it will cancel the order" in field.choices[1].warning


def test_every_rule_says_where_it_comes_from() -> None:
    every = [each for each in vars(citations).values() if isinstance(each, Rule)]
    assert len(every) > 20
    for rule in every:
        assert rule.code.startswith("bitget.")
        assert rule.url.startswith("https://www.bitget.com/api-doc/uta/")
        assert rule.read_on == ("2026-11-30" if rule is citations.PRESETS else "2026-11-21")
        assert isinstance(rule.confidence, Confidence)
        assert rule.statement.endswith(".")
    assert len({rule.code for rule in every}) == len(every)
    assert citations.REDUCE_ONLY.conflict
    noted = client_notes.MARGIN_RULES
    assert (noted.read_on, noted.confidence) == ("2026-11-30", Confidence.CLIENT_CODE)
    assert noted.url
    assert citations.ABOVE_FILLED.conflict
