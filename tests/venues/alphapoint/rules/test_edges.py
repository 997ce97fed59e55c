"""Edges of the rules: exactly at a bound, one step beside it, and values that must never raise."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.evidence import SECOND, Finding
from app.domain.form import FieldName
from app.domain.market import Balance, Quote
from app.domain.order import Order, OrderStatus
from app.domain.plan import Draft, Plan
from app.venues.alphapoint.rules import rulebook
from app.venues.alphapoint.rules.form import largest_reduction
from app.venues.alphapoint.rules.judge import NO_HEIR, OLD_LEG, OLD_LEG_ENDED, STATES, why_another
from app.venues.alphapoint.rules.legs import Legs, Showing
from app.venues.alphapoint.wire.codec import GatewaySession, amend_frame
from app.venues.alphapoint.wire.markets import read_instrument
from app.venues.common.failures import Malformed
from tests.venues.alphapoint.samples import (
    NOW,
    RULES,
    around,
    draft,
    instrument,
    order,
    partly,
    raw_instrument,
    reduction,
    replacement,
)

D = Decimal
SWAP = replacement(order(), "84200", "1.5")


def problems(plan: Plan) -> list[str]:
    return [each.text for each in plan.verdict.problems]


def cautions(plan: Plan) -> str:
    return " ".join(each.text for each in plan.verdict.cautions)


def reduce_to(quantity: str, base: Order | None = None, **market: Any) -> Plan:
    base = base or order()
    return RULES.plan(draft(base, "reduce", quantity=quantity), around(instrument=instrument(**market)))


def replace_by(price: str, quantity: str = "1", base: Order | None = None, **surroundings: Any) -> Plan:
    return RULES.plan(draft(base or order(), "replace", price=price, quantity=quantity), around(**surroundings))


# -- amounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quantity,right",
    [("0.0001", True), ("0.00005", False), ("0.9999", True), ("1", False), ("1.0001", False), ("0.00105", False)],
)
def test_what_may_remain(quantity: str, right: bool) -> None:
    """One lot, the largest below what remains, on the grid; the market's minimum only takes a consent."""
    assert (problems(reduce_to(quantity)) == []) is right


@pytest.mark.parametrize(
    "remaining,largest",
    [
        ("1", "0.9999"),
        ("0.00105", "0.001"),
        ("0.0011", "0.001"),
        ("0.001", "0.0009"),
        ("0.0001", None),
        ("0.00015", "0.0001"),
    ],
)
def test_the_largest_reduction(remaining: str, largest: str | None) -> None:
    """The next lot below, or the one under an amount that is off the grid; none below one lot."""
    expected = D(largest) if largest is not None else None
    assert largest_reduction(partly(remaining, "0"), instrument()) == expected


# -- prices ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("price,inside", [("1000", True), ("999.99", False), ("90000", True), ("90000.01", False)])
def test_the_bands_themselves_are_inside(price: str, inside: bool) -> None:
    """MinimumPrice below, PriceCeilingLimit above; beyond them it takes a consent."""
    market = instrument(PriceCeilingLimit=D(90000), PriceCeilingLimitEnabled=True)
    plan = replace_by(price, instrument=market)
    assert problems(plan) == []
    assert ("this market gives as its" not in cautions(plan)) is inside


@pytest.mark.parametrize("enabled,ceiling", [(True, D(90000)), (False, None)])
def test_a_band_counts_only_where_it_is_enabled(enabled: bool, ceiling: Decimal | None) -> None:
    """And of two lower bounds the higher one."""
    market = instrument(
        PriceCeilingLimit=D(90000),
        PriceCeilingLimitEnabled=enabled,
        PriceFloorLimit=D(2000),
        PriceFloorLimitEnabled=enabled,
    )
    assert (market.max_price, market.min_price) == (ceiling, D(2000) if enabled else D(1000))


@pytest.mark.parametrize("price,outside", [("88221", False), ("88221.01", True), ("79819", False), ("79818.99", True)])
def test_the_edge_of_the_collar_is_inside(price: str, outside: bool) -> None:
    """Five percent of the last trade, 84020, either way."""
    market = instrument(PriceCollarEnabled=True, PriceCollarPercent=5)
    assert ("collar" in cautions(replace_by(price, instrument=market))) is outside


@pytest.mark.parametrize("price,meets", [("84000", True), ("84000.01", False)])
def test_a_price_at_the_touch_meets_it(price: str, meets: bool) -> None:
    """A sell at the best bid would trade at once."""
    assert ("would trade at once" in cautions(replace_by(price))) is meets


@pytest.mark.parametrize("available,enough", [("0.5", True), ("0.4999", False)])
def test_the_free_balance_may_be_just_enough(available: str, enough: bool) -> None:
    """The increase itself."""
    balances = {"BTC": Balance("BTC", D(3), D(available), D(1), NOW)}
    made = replace_by("84200", "1.5", balances=balances)
    assert problems(made) == []
    assert ("more and" not in cautions(made)) is enough


@pytest.mark.parametrize("available,warned", [("1.5", False), ("1.4999", True)])
def test_the_whole_new_order_beside_the_old_one(available: str, warned: bool) -> None:
    """A word where the free balance covers the increase only."""
    balances = {"BTC": Balance("BTC", D(3), D(available), D(1), NOW)}
    assert ("may refuse it after" in cautions(replace_by("84200", "1.5", balances=balances))) is warned


# -- what a seen order proves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "remaining,executed,finding",
    [
        ("0.6", "0", Finding.APPLIED),
        ("0.5999", "0", Finding.DIFFERENT),
        ("0.6001", "0", Finding.DIFFERENT),
        ("0.5", "0.1", Finding.APPLIED),
        ("0.6", "0.1", Finding.APPLIED),
        ("0.6001", "0.1", Finding.DIFFERENT),
        ("0.4999", "0.1", Finding.DIFFERENT),
        ("1", "0", Finding.UNCHANGED),
        ("0.9", "0.1", Finding.UNCHANGED),
        ("1.0001", "0", Finding.DIFFERENT),
    ],
)
def test_a_reduction_at_its_edges(remaining: str, executed: str, finding: Finding) -> None:
    """From the base's fills plus what was asked, to the seen fills plus that."""
    assert RULES.judge(reduction(order(), "0.6"), partly(remaining, executed)).finding is finding


@pytest.mark.parametrize(
    "executed,finding",
    [("0.6", Finding.APPLIED), ("0.5999", Finding.DIFFERENT), ("0.9999", Finding.APPLIED), ("1", Finding.UNCHANGED)],
)
def test_a_filled_order_at_its_edges(executed: str, finding: Finding) -> None:
    """By how much was executed in the end."""
    seen = partly("0", executed, OrderState="FullyExecuted")
    assert RULES.judge(reduction(order(), "0.6"), seen).finding is finding


@pytest.mark.parametrize(
    "states,finding",
    [
        ("1/0", Finding.UNCHANGED),
        ("1/0 0.6/0", Finding.APPLIED),
        ("1/0 0.5999/0", Finding.DIFFERENT),
        ("1/0 0.6001/0", Finding.DIFFERENT),
        ("1.0001/0", Finding.UNTOLD),
        ("", Finding.UNTOLD),
    ],
)
def test_an_ended_order_at_its_edges(states: str, finding: Finding) -> None:
    """By what its own history tells."""
    seen = order(OrderState="Canceled", Quantity=0)
    seen = replace(seen, attributes=(*seen.attributes, (STATES, states)))
    assert RULES.judge(reduction(order(), "0.6"), seen).finding is finding


@pytest.mark.parametrize("changes", [{"Side": "Buy"}, {"Instrument": 75}])
def test_the_same_id_of_another_order_proves_nothing(changes: dict[str, Any]) -> None:
    """Neither of a reduction nor of either half of a replacement, with the terms asked for."""
    assert RULES.judge(reduction(order(), "0.6"), partly("0.6", "0", **changes)).finding is Finding.UNRELATED
    ended = order(OrderState="Canceled", Quantity=0, **changes)
    ended = replace(ended, attributes=(*ended.attributes, (NO_HEIR, "true")))
    assert RULES.judge(SWAP, ended).finding is Finding.UNRELATED
    assert "cannot be" in RULES.judge(SWAP, ended).text
    born = new_half(**changes)
    assert not RULES.claims(SWAP, born)
    assert RULES.judge(SWAP, born).finding is Finding.UNRELATED
    assert why_another(order(**changes), order())


def new_half(**changes: Any) -> Order:
    fields = {"OrderId": 15068, "OrigOrderId": 15067, "ClientOrderId": SWAP.request_id, "Price": D(84200)}
    made = order(**{**fields, "Quantity": D("1.5"), "OrigQuantity": D("1.5"), **changes})
    return replace(made, attributes=(*made.attributes, (OLD_LEG, OLD_LEG_ENDED)))


@pytest.mark.parametrize(
    "changes,ours",
    [
        ({}, True),
        ({"OrigOrderId": 15068}, True),
        ({"OrigOrderId": 3}, False),
        ({"ClientOrderId": SWAP.request_id + 1}, False),
        ({"ClientOrderId": 0}, False),
        ({"ClientOrderId": 0, "OrigOrderId": 15068}, False),
        ({"OrderId": 15067}, False),
    ],
)
def test_which_replacement_is_ours(changes: dict[str, Any], ours: bool) -> None:
    """By our own request's number; where both ids are there, they agree."""
    assert RULES.claims(SWAP, new_half(**changes)) is ours


def test_a_market_without_a_name_yet_is_the_same_by_its_number() -> None:
    """The name may come later; the number is the venue's own."""
    assert why_another(replace(order(), symbol="8"), order()) == ""
    assert why_another(replace(order(), symbol="9", attributes=()), order())


# -- the bookkeeping of replacements ---------------------------------------------------------------------------------


def begun() -> Legs:
    legs = Legs()
    legs.listed([order()], NOW, complete=True)
    legs.began(SWAP, NOW)
    return legs


@pytest.mark.parametrize("later,parted", [(rulebook.SETTLE - 1, False), (rulebook.SETTLE, True)])
def test_the_settling_time_is_over_at_its_end(later: int, parted: bool) -> None:
    """Until then the new half is held back; from then on there are two."""
    legs = begun()
    assert bool(legs.see(new_half(), NOW + later)) is parted
    legs = begun()
    legs.see(new_half(), NOW + 1)
    assert (len(legs.see(order(), NOW + later)) == 2) is parted


@pytest.mark.parametrize("apart,one", [(rulebook.SETTLE, True), (rulebook.SETTLE + 100, False)])
def test_two_halves_belong_together_up_to_the_settling_time(apart: int, one: bool) -> None:
    """By the venue's own times: ticks of 100 ns."""
    legs = Legs()
    legs.listed([order()], NOW, complete=True)
    made = new_half(ReceiveTimeTicks=638_900_000_000_000_000, ClientOrderId=3)
    legs.see(made, NOW)
    gone = order(OrderState="Canceled", Quantity=0, LastUpdatedTimeTicks=638_900_000_000_000_000 + apart // 100)
    assert (len(legs.see(gone, NOW + 60 * SECOND)) == 2) is one


def test_an_unknown_state_ends_nothing_and_opens_nothing() -> None:
    """Of the old half, of the new one, in an event or in a list."""
    legs = begun()
    odd = new_half(OrderState="Odd")
    assert legs.see(odd, NOW + 1) == (Showing(odd),)
    assert legs.listed([odd], NOW + 2, complete=True) == (odd,)
    assert not legs.has_ended("15067"), "a list with it proves no end of the old one"
    assert legs.lacks_heir("15067")
    strange = order(OrderState="Odd")
    elsewhere = Legs()
    elsewhere.listed([strange], NOW, complete=True)
    (shown,) = elsewhere.see(new_half(ClientOrderId=3), NOW + 1)
    assert shown.replaces == "", "whether the old one works is not known"


def test_an_unreadable_old_half_is_not_absent() -> None:
    """It is in the list, as its id says."""
    legs = begun()
    assert legs.followed([new_half()], {"15067", "15068"}) == ()
    assert legs.listed([new_half()], NOW + 1, complete=True, unreadable=["15067"]) == ()
    assert not legs.has_ended("15067")


def test_what_took_its_place_in_a_list() -> None:
    """One heir of one that was open and is gone; not of two, nor of one that is there, nor of one nobody knew."""
    legs = begun()
    (followed,) = legs.followed([new_half()], {"15068"})
    assert (followed.order.order_id, followed.replaces) == ("15068", "15067")
    assert followed.order.attribute(OLD_LEG) == OLD_LEG_ENDED
    assert begun().followed([new_half(), new_half(OrderId=15069)], {"15068", "15069"}) == ()
    assert begun().followed([new_half()], {"15067", "15068"}) == ()
    assert begun().followed([new_half(OrderState="Odd")], {"15068"}) == ()
    assert Legs().followed([new_half()], {"15068"}) == ()
    beside = Legs()
    beside.listed([order(), new_half(ClientOrderId=3)], NOW, complete=True)
    assert beside.followed([new_half(ClientOrderId=3)], {"15068"}) == (), "they were shown as two"


def test_the_reply_decides_between_orders_without_a_number() -> None:
    """Another that names the old order is another's; one with our number is ours all the same."""
    legs = begun()
    legs.answered(SWAP, "15070")
    (shown,) = legs.see(new_half(ClientOrderId=0), NOW + 1)
    assert not RULES.claims(SWAP, shown.order)
    assert legs.see(new_half(), NOW + 2) == ()


@pytest.mark.parametrize(
    "price,quantity,is_it",
    [(None, None, True), (D("84200.0"), D("1.50"), True), (D("84200.01"), None, False), (None, D("1.4"), False)],
)
def test_a_refusal_with_other_terms_is_another_s(price: Decimal | None, quantity: Decimal | None, is_it: bool) -> None:
    """Even one without a request's number."""
    assert (begun().refused("15067", "", "", price, quantity) is not None) is is_it


# -- nothing raises --------------------------------------------------------------------------------------------------

AMOUNTS = st.sampled_from(
    [D(0), D(1), D("0.6"), D(-1), D("1e30"), D("1e-30"), D("1e-39"), D("1e39"), D("9" * 30), D("NaN"), D("Infinity")]
)
STEPS = st.sampled_from(["1e-9999", "1e-39", "1e39", 0, -1, "0.0001", 3, "²", "9" * 5000, None, "", [], True])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(STEPS, STEPS, STEPS, STEPS, AMOUNTS, AMOUNTS, st.sampled_from(["reduce", "replace", "odd", None]), AMOUNTS)
def test_forms_and_plans_never_raise(
    lot: Any, tick: Any, least: Any, lowest: Any, price: Decimal, quantity: Decimal, route: str | None, last: Decimal
) -> None:
    """Whatever the market, whatever was typed, whatever the last trade was."""
    fields = {"QuantityIncrement": lot, "PriceIncrement": tick, "MinimumQuantity": least, "MinimumPrice": lowest}
    try:
        market = read_instrument(raw_instrument(**fields, PriceCollarEnabled=True, PriceCollarPercent=5))
    except Malformed:
        return  # such a market has no rules, and its orders are changed unchecked
    quote = Quote("BTCCAD", "", D(84000), D(84050), last if last.is_finite() and last > 0 else None, NOW)
    surroundings = around(instrument=market, quote=quote)
    base = order()
    RULES.form(base, surroundings)
    typed = ((FieldName.PRICE, price), (FieldName.QUANTITY, quantity))
    RULES.plan(Draft(base, typed, route), surroundings)


@pytest.mark.parametrize("text", ["²", "9" * 5000, "", "-1", "1.0"])
def test_an_order_that_cannot_be_named_says_so(text: str) -> None:
    """One sentence, and no other error."""
    command = reduction(replace(order(), order_id=text), "0.6")
    with pytest.raises(Malformed, match="not a whole number"):
        amend_frame(command, GatewaySession(1, 9, 96))


def test_nothing_is_proven_by_an_order_of_unknown_state() -> None:
    """The terms asked for, on either route."""
    for state in ("Odd", "working", None, 9):
        seen = partly("0.6", "0", OrderState=state)
        assert seen.status is OrderStatus.UNRECOGNISED
        assert RULES.judge(reduction(order(), "0.6"), seen).finding is Finding.UNRELATED
        assert RULES.judge(SWAP, new_half(OrderState=state)).finding is Finding.UNRELATED


@pytest.mark.parametrize("remaining,executed,words", [("1", "0", "still has 1"), ("0.9", "0.1", "filled further")])
def test_the_words_of_an_unchanged_order(remaining: str, executed: str, words: str) -> None:
    """With and without fills in between."""
    assert words in RULES.judge(reduction(order(), "0.6"), partly(remaining, executed)).text


def test_what_is_said_of_another_command_changes_nothing() -> None:
    """An old answer to an earlier replacement of the same order."""
    legs = begun()
    earlier = replacement(order(), "84300", "1.5", 1)
    legs.dropped(earlier)
    legs.answered(earlier, "15099")
    assert legs.wanted("15067") is not None
    assert legs.see(new_half(), NOW + 1) == (), "ours is still awaited, under its own number"
    legs.dropped(SWAP)
    assert legs.wanted("15067") is None


@pytest.mark.parametrize("typed,right", [("1e20", True), ("1e21", False), ("1e-20", True), ("1e-21", False)])
def test_a_typed_number_beyond_sense(typed: str, right: bool) -> None:
    """It is said once, and nothing else is."""
    plan = RULES.plan(Draft(order(), ((FieldName.PRICE, D(typed)),), "replace"), around())
    assert ("beyond any sensible size" not in " ".join(problems(plan))) is right
