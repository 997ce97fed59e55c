"""Limits of size and value: what they measure, in which tier, and that making an order smaller is not stopped."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.desk.guards.change import change_of
from app.desk.guards.sizes import sizes
from app.domain.limits import Limits
from app.domain.market import Instrument
from app.domain.plan import Caution, Draft, Plan, Surroundings, Terms, Verdict
from tests.helpers.toy_venue import T0, order

D = Decimal
AB = Instrument("AB", "A", "B")


def said(target: Terms, limits: Limits, filled: str = "0", **order_has: object) -> list[tuple[str, str]]:
    """What is said of a buy of 2 at 100: (kind, text)."""
    resting = order(filled=D(filled), **order_has)
    plan = Plan(Draft(resting), None, Verdict(), target)
    around = Surroundings(now=T0, instrument=AB)
    found = sizes(change_of(plan, resting), around, limits)
    return [("asks" if isinstance(each, Caution) else "refuses", each.text) for each in found]


@pytest.mark.parametrize(
    "limits, target, filled, kinds",
    [
        (Limits(soft_size=D(3)), Terms(quantity=D(3)), "0", []),
        (Limits(soft_size=D(3)), Terms(quantity=D("3.1")), "0", ["asks"]),
        (Limits(soft_size=D(3), hard_size=D(4)), Terms(quantity=D("4.1")), "0", ["refuses"]),
        (Limits(hard_size=D(1)), Terms(quantity=D("1.5")), "0", []),  # too large as it is, but it gets smaller
        (Limits(hard_size=D(1)), Terms(price=D(50)), "0", []),
        # Fills count where the limit is of the order's size, and the request means what remains.
        (Limits(hard_size=D("2.5")), Terms(remaining=D("1.6")), "1", ["refuses"]),
        (Limits(hard_size=D("2.6")), Terms(remaining=D("1.6")), "1", []),
        (Limits(hard_growth=D(2)), Terms(quantity=D(4)), "0", []),
        (Limits(hard_growth=D(2)), Terms(quantity=D("4.1")), "0", ["refuses"]),
        (Limits(soft_notional=D(250)), Terms(price=D(125)), "0", []),
        (Limits(soft_notional=D(250)), Terms(price=D("125.5")), "0", ["asks"]),
        (Limits(hard_notional=D(250)), Terms(price=D("125.5")), "0", ["refuses"]),
        (Limits(hard_notional=D(250)), Terms(price=D("125.5")), "1", []),  # half of it is traded already
        (Limits(hard_notional=D(100)), Terms(price=D(99)), "0", []),  # too much as it is, but it gets less
        (Limits(hard_notional=D(100)), Terms(price=D(99), quantity=D("2.1")), "0", ["refuses"]),
    ],
)
def test_each_limit_in_its_tier(limits: Limits, target: Terms, filled: str, kinds: list[str]) -> None:
    growth = "times the order's"
    found = [kind for kind, text in said(target, limits, filled) if growth not in text or limits.hard_growth]
    assert found == kinds


def test_the_sentences_name_what_is_passed_and_what_to_do() -> None:
    assert said(Terms(quantity=D(3)), Limits(hard_size=D("2.5")))[0][1] == (
        "Quantity: a size of 3 A is above this account's limit of 2.5 A; make it smaller."
    )
    assert said(Terms(quantity=D(3)), Limits(soft_notional=D(250)))[0][1] == (
        "Value: 300 B would be left to trade, above this account's limit of 250 B."
    )


def test_an_order_without_a_price_is_not_worth_nothing() -> None:
    grown = Terms(quantity=D(3))
    assert [kind for kind, _ in said(grown, Limits(hard_notional=D(250)), price=None)] == ["refuses"]
    assert [kind for kind, _ in said(grown, Limits(soft_notional=D(250)), price=None)] == ["asks"]
    assert said(Terms(quantity=D(1)), Limits(hard_notional=D(250)), price=None) == []
    assert [kind for kind, _ in said(grown, Limits(hard_notional=D(250)), price=None, stop=D(90))] == ["refuses"]
