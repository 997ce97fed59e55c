"""Plans: what stands against a draft, what would be sent, and what counts as evidence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.evidence import SECOND, Finding
from app.domain.form import FieldName
from app.domain.market import Balance, LinkState, Quote
from app.domain.order import Order, OrderStatus, Side
from app.domain.plan import Draft, Plan
from app.domain.rules import Rule
from app.venues.bitget.rules import citations
from app.venues.bitget.rules.rulebook import BitgetRulebook
from tests.venues.bitget.samples import NOW, ORDER_ID, PERP_BTC, SPOT_BTC, around, command, draft, order, perp

BOOK = BitgetRulebook()


def plan(base: Order | None = None, surroundings: dict[str, Any] | None = None, **values: Decimal | str) -> Plan:
    return BOOK.plan(draft(base or order(), **values), around(**(surroundings or {})))


def problem(made: Plan, rule: Rule | None, field: FieldName | None = None) -> str:
    """The one problem's text; it must have that rule and field, and nothing would be sent."""
    assert [(each.rule, each.field) for each in made.verdict.problems] == [(rule, field)]
    assert made.target is None
    assert made.fields == ()
    return made.verdict.problems[0].text


def cautions(made: Plan) -> list[tuple[str, bool]]:
    return [(each.rule.code if each.rule else "", each.confirm) for each in made.verdict.cautions]


def test_a_good_draft_sends_both_terms_and_says_auto_cancel() -> None:
    made = plan(price=Decimal("59950.00"))
    assert made.verdict.ok
    assert made.verdict.cautions == ()
    assert made.verdict.checked >= 15
    assert made.fields == (
        ("price", Decimal("59950.00")),
        ("qty", Decimal("0.5")),
        ("autoCancel", "no"),
        ("symbol", "BTCUSDT"),
        ("category", "SPOT"),
    )
    assert made.target is not None
    assert (made.target.price, made.target.quantity) == (Decimal(59950), Decimal("0.5"))
    assert made.route is not None
    assert made.route.name == "modify"


def test_cancelling_on_failure_asks_for_consent_and_goes_out_as_yes() -> None:
    made = plan(price=Decimal(59950), on_failure="cancel")
    assert dict(made.fields)["autoCancel"] == "yes"
    assert cautions(made) == [("bitget.amend.auto-cancel", True)]
    assert "it will cancel the order" in made.verdict.cautions[0].text


@pytest.mark.parametrize("values", [{}, {"price": Decimal("60000.00")}, {"quantity": Decimal("0.50")}])
def test_identical_terms_are_never_sent(values: dict[str, Decimal]) -> None:
    assert "Nothing changes" in problem(plan(**values), citations.NO_CHANGE)


def test_on_failure_alone_is_no_change() -> None:
    assert "goes with a change" in problem(plan(on_failure="cancel"), citations.NO_CHANGE)


@pytest.mark.parametrize(
    "text,nearest",
    [("60000.005", ("60000", "60000.01")), ("60000.014", ("60000.01", "60000.02")), ("0.001", ("0.01",))],
)
def test_a_price_off_the_tick_is_never_rounded_and_the_nearest_are_offered(text: str, nearest: tuple[str, ...]) -> None:
    made = plan(price=Decimal(text), quantity=Decimal(1000))
    (found,) = [each for each in made.verdict.problems if each.rule is citations.TICK]
    assert found.field is FieldName.PRICE
    assert found.nearest == tuple(Decimal(each) for each in nearest)
    assert text in found.text


@pytest.mark.parametrize("price", ["0", "-1"])
def test_a_price_must_be_above_zero(price: str) -> None:
    assert "above zero" in problem(plan(price=Decimal(price)), citations.TICK, FieldName.PRICE)


def test_a_quantity_off_the_grid_offers_the_nearest() -> None:
    made = plan(quantity=Decimal("0.4000005"))
    assert "0.4 or 0.400001" in problem(made, citations.LOT, FieldName.QUANTITY)
    assert made.verdict.problems[0].nearest == (Decimal("0.4"), Decimal("0.400001"))


def test_a_quantity_must_not_lie_below_what_is_filled() -> None:
    base = order(filled=Decimal("0.2"), status=OrderStatus.PARTIALLY_FILLED)
    equal = plan(base, quantity=Decimal("0.2"))
    assert equal.verdict.ok
    assert cautions(equal) == [("bitget.quantity.above-filled", True)]
    made = plan(base, quantity=Decimal("0.1"))
    assert "must lie above the 0.2 filled" in problem(made, citations.NOT_BELOW_FILLED, FieldName.QUANTITY)
    assert made.verdict.problems[0].nearest == (Decimal("0.200001"),)
    assert plan(base, quantity=Decimal("0.200001")).verdict.ok


def test_zero_is_not_a_way_to_cancel() -> None:
    assert "cancel it" in problem(plan(quantity=Decimal(0)), citations.NOT_BELOW_FILLED, FieldName.QUANTITY)


def test_quantity_bounds() -> None:
    market = replace(PERP_BTC, min_quantity=Decimal("0.01"))
    surroundings = {"instrument": market}
    made = plan(perp(), surroundings, quantity=Decimal("0.001"))
    assert "at least 0.01" in problem(made, citations.SIZE, FieldName.QUANTITY)
    made = plan(perp(), surroundings, quantity=Decimal(1201))
    assert "at most 1200" in problem(made, citations.SIZE, FieldName.QUANTITY)
    assert made.verdict.problems[0].nearest == (Decimal(1200),)
    assert plan(perp(), surroundings, quantity=Decimal(1200)).verdict.ok


def test_the_smallest_value_is_price_times_quantity() -> None:
    made = plan(quantity=Decimal("0.000016"))
    assert "0.96 USDT" in problem(made, citations.MIN_VALUE, FieldName.QUANTITY)
    assert plan(quantity=Decimal("0.000017")).verdict.ok
    made = plan(price=Decimal("1.99"))
    assert problem(made, citations.MIN_VALUE, FieldName.PRICE)


def test_absurd_numbers_are_refused_without_a_crash() -> None:
    huge = Decimal("9" * 50)
    made = plan(price=huge, quantity=huge)
    assert [each.field for each in made.verdict.problems] == [FieldName.PRICE, FieldName.QUANTITY]
    tiny = Decimal("0." + "0" * 46 + "1")
    assert not plan(price=tiny).verdict.ok
    assert not plan(quantity=tiny).verdict.ok


anything = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**50),
    st.sampled_from(["keep", "cancel", "", "x"]),
)


@given(
    st.dictionaries(st.sampled_from([name.value for name in FieldName]), anything, max_size=4),
    st.sampled_from([None, SPOT_BTC, PERP_BTC]),
    st.decimals(0, "0.5", places=6),
)
def test_no_draft_makes_it_raise(values: dict[str, Any], market: Any, filled: Decimal) -> None:
    base = order(filled=filled)
    made = BOOK.plan(draft(base, **values), around(instrument=market))
    if made.verdict.ok:
        assert made.target is not None
        assert made.target.quantity is not None
        assert made.target.price is not None
        assert made.target.quantity > filled
        assert made.target.price > 0
        assert (made.target.price, made.target.quantity) != (base.price, base.quantity)
        assert dict(made.fields)["price"] == made.target.price
        assert dict(made.fields)["qty"] == made.target.quantity
    else:
        assert made.fields == ()


def test_locked_and_unknown_fields_are_named() -> None:
    made = plan(price=Decimal(59950), take_profit=Decimal(70000))
    assert "Take profit" in problem(made, citations.PRESETS, FieldName.TAKE_PROFIT)
    made = plan(price=Decimal(59950), stop=Decimal(1))
    assert "no field “stop”" in problem(made, None, FieldName.STOP)
    made = plan(price="cheap", quantity=Decimal("0.4"))
    assert "write a number" in problem(made, None, FieldName.PRICE)
    made = plan(price=Decimal(59950), on_failure="maybe")
    assert "keep or cancel" in problem(made, None, FieldName.ON_FAILURE)
    made = BOOK.plan(Draft(order(), ((FieldName.PRICE, Decimal(59950)),), "replace"), around())
    assert "no way “replace”" in problem(made, None)


def test_a_locked_order_says_its_lock_and_nothing_else() -> None:
    made = plan(order(symbol="BTCUSD_CM"), price=Decimal(59950))
    assert "(_CM)" in problem(made, citations.COIN_CM)
    assert made.route is not None
    assert not made.route.offered
    made = plan(order(), {"amending": True}, price=Decimal(59950))
    assert "one at a time" in problem(made, citations.ONE_IN_FLIGHT)


@pytest.mark.parametrize("state", [each for each in LinkState if each is not LinkState.UP])
def test_nothing_is_sent_from_a_link_that_is_not_up(state: LinkState) -> None:
    assert "connection to Bitget" in problem(plan(None, {"link": state}, price=Decimal(59950)), None)


def test_an_order_of_an_unknown_market_is_amended_with_a_caution() -> None:
    made = plan(None, {"instrument": None}, price=Decimal("59950.001"))
    assert made.verdict.ok
    assert made.fields[0] == ("price", Decimal("59950.001"))
    assert cautions(made) == [("bitget.market.unknown", True)]
    assert "not known" in made.verdict.cautions[0].text
    assert "above zero" in problem(plan(None, {"instrument": None}, price=Decimal(0)), citations.TICK, FieldName.PRICE)


def test_an_unknown_grid_is_said_of_the_field_it_belongs_to() -> None:
    bare = {"instrument": replace(SPOT_BTC, tick=None, lot=None)}
    made = plan(None, bare, price=Decimal("59950.001"), quantity=Decimal("0.4999999"))
    assert made.verdict.ok
    assert [(each.field, each.confirm) for each in made.verdict.cautions] == [
        (FieldName.PRICE, True),
        (FieldName.QUANTITY, True),
    ]
    assert "tick" in made.verdict.cautions[0].text
    assert [each.field for each in plan(None, bare, price=Decimal("59950.001")).verdict.cautions] == [FieldName.PRICE]


def test_rules_taken_from_another_category_are_said() -> None:
    taken = {"instrument": replace(SPOT_BTC, attributes=(*SPOT_BTC.attributes, ("rules_of", "SPOT")))}
    made = plan(order(attributes={"category": "MARGIN"}), taken, price=Decimal(59950))
    assert cautions(made) == [("bitget.market.margin", False)]
    assert "MARGIN does not list this market" in made.verdict.cautions[0].text


def test_a_market_that_is_not_online() -> None:
    shut = {"instrument": replace(SPOT_BTC, trading=False, status="offline")}
    made = plan(None, shut, quantity=Decimal("0.4"))
    assert made.verdict.ok
    assert cautions(made) == [("bitget.market.state", True)]
    assert "offline" in made.verdict.cautions[0].text
    closing = {"instrument": replace(SPOT_BTC, trading=False, status="limit_open")}
    for enlarged in (plan(None, closing, quantity=Decimal("0.6")), plan(None, closing, price=Decimal(60001))):
        assert enlarged.verdict.ok
        assert ("bitget.market.state", True) in cautions(enlarged)
    made = plan(None, closing, quantity=Decimal("0.4"))
    assert made.verdict.ok
    assert cautions(made) == [("bitget.market.state", False)]
    assert plan(order(side=Side.SELL), closing, price=Decimal(60500)).verdict.ok


def test_crossing_the_touch_asks_for_consent() -> None:
    made = plan(price=Decimal(60100))
    assert cautions(made) == [("", True)]
    assert "would trade at once" in made.verdict.cautions[0].text
    post_only = order(post_only=True, attributes={"time_in_force": "post_only"})
    made = plan(post_only, price=Decimal(60100))
    assert cautions(made) == [("bitget.price.post-only", True)]
    made = plan(order(side=Side.SELL, price=Decimal(61000)), price=Decimal(59900))
    assert "best bid 59900" in made.verdict.cautions[0].text


@pytest.mark.parametrize(
    "side,price,expected",
    [
        (Side.BUY, "60978.2", []),
        (Side.BUY, "60978.21", [("bitget.price.band", False)]),
        (Side.BUY, "61302.01", [("bitget.price.band", True)]),
        (Side.SELL, "59018.2", []),
        (Side.SELL, "59018.19", [("bitget.price.band", False)]),
        (Side.SELL, "58701.99", [("bitget.price.band", True)]),
    ],
)
def test_the_band_is_a_caution_because_its_reference_is_not_documented(
    side: Side, price: str, expected: list[tuple[str, bool]]
) -> None:
    made = plan(order(side=side, price=Decimal(50000) if side is Side.BUY else Decimal(70000)), price=Decimal(price))
    assert made.verdict.ok
    assert [each for each in cautions(made) if each[0] == "bitget.price.band"] == expected


def test_without_a_market_price_it_says_what_was_not_checked() -> None:
    for quote in (None, Quote("BTCUSDT", "spot", None, None, None, NOW)):
        made = plan(None, {"quote": quote}, price=Decimal(59950))
        assert made.verdict.ok
        assert cautions(made) == [("bitget.price.band", False)]


def test_a_balance_that_does_not_cover_it_is_a_caution_the_venue_decides() -> None:
    few = {"balances": {"USDT": Balance("USDT", Decimal(30010), Decimal(10), Decimal(30000), NOW)}}
    made = plan(None, few, quantity=Decimal("0.501"))
    assert made.verdict.ok
    assert cautions(made) == [("bitget.funds.available", False)]
    assert "60 USDT more and 10 USDT is available" in made.verdict.cautions[0].text
    assert plan(None, few, quantity=Decimal("0.4")).verdict.cautions == ()


def test_the_evidence_policy() -> None:
    policy = BOOK.evidence
    assert policy.probe_after == (3 * SECOND // 10, SECOND, 2 * SECOND, 5 * SECOND)
    assert policy.settle_after == 5 * SECOND
    assert "not yet applied" in policy.acknowledged
    assert policy.rule is citations.ASYNCHRONOUS


def test_judging_a_seen_order() -> None:
    made = command(order(), "61000", "0.4")
    changed = order(price=Decimal("61000.0"), quantity=Decimal("0.40"))
    assert BOOK.judge(made, changed).finding is Finding.APPLIED
    assert BOOK.judge(made, order()).finding is Finding.UNCHANGED
    assert BOOK.judge(made, order(price=Decimal(61000))).finding is Finding.DIFFERENT
    assert BOOK.judge(made, order(order_id="other", price=Decimal(61000))).finding is Finding.UNRELATED
    assert BOOK.judge(made, order(filled=Decimal("0.1"), status=OrderStatus.PARTIALLY_FILLED)).finding is (
        Finding.UNCHANGED
    )
    assert not BOOK.claims(made, changed)
    assert changed.order_id == ORDER_ID
