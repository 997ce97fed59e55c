"""The desk's own limits against a slip of the finger: they ask or refuse, and never change a number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.desk.guards.review import review
from app.domain.form import FieldName
from app.domain.limits import Limits
from app.domain.market import Quote
from app.domain.plan import Draft, Plan, Surroundings, Terms, Verdict
from tests.helpers.toy_venue import T0, order


def reviewed(target: Terms, mid: str | None = "100", filled: str = "0") -> Verdict:
    resting = order(filled=Decimal(filled))
    quote = None if mid is None else Quote("AB", "", Decimal(mid), Decimal(mid), None, T0)
    plan = Plan(Draft(resting), None, Verdict(), target)
    return review(plan, resting, Surroundings(now=T0, quote=quote), Limits()).verdict


@pytest.mark.parametrize(
    "price, asks, refuses",
    [
        ("140", 0, 0),
        ("151", 1, 0),
        ("300", 1, 0),
        ("300.01", 0, 1),
        ("70", 0, 0),
        ("66", 1, 0),
        ("34", 1, 0),
        ("33", 0, 1),
        ("0.01", 0, 1),
    ],
)
def test_a_price_far_from_the_market_is_asked_about_then_refused(price: str, asks: int, refuses: int) -> None:
    verdict = reviewed(Terms(price=Decimal(price)))
    assert (len(verdict.cautions), len(verdict.problems)) == (asks, refuses)
    assert all(caution.confirm for caution in verdict.cautions)


def test_without_a_market_price_it_asks() -> None:
    (caution,) = reviewed(Terms(price=Decimal(101)), mid=None).cautions
    assert caution.confirm
    assert "no live market price" in caution.text


@pytest.mark.parametrize(
    "target, filled, says",
    [
        (Terms(quantity=Decimal(4)), "0", ""),
        (Terms(quantity=Decimal("4.2")), "0", "4.2 is 2.1 times the order's size now"),
        # Where the request means what remains, the growth is measured on what remains.
        (Terms(remaining=Decimal(3)), "1", "3 is 3.0 times the order's remaining size now"),
        (Terms(remaining=Decimal(2)), "1", ""),
    ],
)
def test_a_size_that_grows_a_lot_is_asked_about(target: Terms, filled: str, says: str) -> None:
    cautions = reviewed(target, filled=filled).cautions
    assert [caution.field for caution in cautions] == ([FieldName.QUANTITY] if says else [])
    assert all(says in caution.text and caution.confirm for caution in cautions)
