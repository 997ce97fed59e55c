"""The arithmetic of a modification against the published examples, and against independent formulas."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import Order, Side
from app.venues.bitso.rules.amounts import (
    Modification,
    SizeReading,
    amount_for,
    effect,
    is_ambiguous,
    larger_delta,
    lock_of,
    value_of,
)
from tests.venues.bitso.samples import order, partly, stop_limit

D = Decimal


def test_a_buy_repriced_alone_keeps_its_spend() -> None:
    after = effect(order(), Modification(price=D(120000)))
    assert after.amount == D("0.83333333")
    assert after.value == D(100000)
    assert (after.locked_now, after.locked_after, after.delta) == (D(100000), D(100000), D(0))


def test_a_buy_repriced_with_its_amount_locks_the_difference() -> None:
    base = order(price=D(120000), quantity=D("0.83333333"), value=D(100000))
    after = effect(base, Modification(price=D(130000), major=D(1)))
    assert (after.amount, after.value) == (D(1), D(130000))
    assert (after.locked_now, after.locked_after, after.delta) == (D(100000), D(130000), D(30000))


def test_a_sell_repriced_keeps_its_amount_and_its_lock() -> None:
    after = effect(order(Side.SELL), Modification(price=D(120000)))
    assert (after.amount, after.value) == (D(1), D(120000))
    assert (after.locked_now, after.locked_after, after.delta) == (D(1), D(1), D(0))


def test_a_sell_repriced_with_a_value_releases_the_rest() -> None:
    base = order(Side.SELL, price=D(120000), value=D(120000))
    after = effect(base, Modification(price=D(130000), minor=D(100000)))
    assert (after.amount, after.value) == (D("0.76923077"), D(100000))
    assert (after.locked_after, after.delta) == (D("0.76923077"), D("-0.23076923"))


def test_the_same_value_sent_as_an_amount_shows_what_it_comes_to() -> None:
    base = order(Side.SELL, price=D(120000), value=D(120000))
    major = amount_for(base, D(100000), D(130000))
    after = effect(base, Modification(price=D(130000), major=major))
    assert major == D("0.76923077")
    assert after.value == D("100000.0001")
    assert after.delta == D("-0.23076923")


def test_value_is_state_of_its_own() -> None:
    repriced = order(price=D(120000), quantity=D("0.83333333"), value=D(100000))
    assert lock_of(repriced) == D(100000)
    assert value_of(repriced) == D(100000)
    assert lock_of(order(price=D(120000), quantity=D("0.83333333"), value=None)) == D("99999.9996")


@pytest.mark.parametrize("price", ["80000", "90000.01", "120000"])
def test_a_price_alone_never_needs_balance(price: str) -> None:
    for base in (order(), order(Side.SELL), partly(), partly(Side.SELL), stop_limit(), stop_limit(Side.BUY)):
        assert larger_delta(base, Modification(price=D(price))) == 0


def test_a_stop_alone_changes_nothing_else() -> None:
    after = effect(stop_limit(), Modification(stop=D(91000)))
    assert (after.stop, after.amount, after.value, after.delta) == (D(91000), D(1), D(100000), D(0))


def test_a_partly_filled_buy_repriced_keeps_what_remains_locked() -> None:
    after = effect(partly(), Modification(price=D(120000)))
    # 100,000 less 39,600 spent is locked, and buys 0.50333333 at the new price.
    assert after.locked_now == D(60400)
    assert (after.remaining, after.amount) == (D("0.50333333"), D("0.90333333"))
    assert (after.value, after.delta) == (D(100000), D(0))


def test_a_partly_filled_lock_is_the_larger_of_both_views_until_reconciled() -> None:
    assert lock_of(partly(filled_value=D(40400))) == D(60000)
    assert lock_of(partly(filled_value=D(39600))) == D(60400)
    assert lock_of(partly(filled_value=None)) == D(60000)
    assert lock_of(partly(value=None)) == D(60000)


def test_a_size_of_a_partly_filled_order_has_two_readings() -> None:
    change = Modification(major=D("0.8"))
    total, rest = effect(partly(), change), effect(partly(), change, SizeReading.REMAINING)
    assert is_ambiguous(partly(), change)
    assert (total.remaining, total.locked_after) == (D("0.4"), D(40000))
    assert (rest.remaining, rest.amount, rest.locked_after) == (D("0.8"), D("1.2"), D(80000))
    assert larger_delta(partly(), change) == D(80000) - D(60400)


def test_a_value_of_a_partly_filled_order_has_two_readings() -> None:
    change = Modification(minor=D(80000))
    total, rest = effect(partly(), change), effect(partly(), change, SizeReading.REMAINING)
    assert (total.remaining, total.locked_after, total.value) == (D("0.404"), D(40400), D(80000))
    assert (rest.remaining, rest.locked_after) == (D("0.8"), D(80000))
    assert amount_for(partly(), D(80000), D(100000)) == D("0.804")
    assert effect(partly(filled_value=None), change).remaining is None
    assert amount_for(partly(filled_value=None), D(80000), D(100000)) is None


def test_major_and_minor_never_go_together() -> None:
    with pytest.raises(ValueError, match="never both"):
        Modification(major=D(1), minor=D(1))


numbers = st.integers(1, 10**12).map(lambda n: D(n).scaleb(-4))
sizes = st.integers(1, 10**14).map(lambda n: D(n).scaleb(-8))
sides = st.sampled_from([Side.BUY, Side.SELL])


def rounded(value: Fraction) -> Decimal:
    """Eight decimals, half up, in whole numbers only."""
    scaled = value * 10**8
    return D((scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)).scaleb(-8)


@st.composite
def resting(draw: st.DrawFn) -> Order:
    price, amount = draw(numbers), draw(sizes)
    return order(draw(sides), price=price, quantity=amount, value=rounded(Fraction(price) * Fraction(amount)))


@given(resting(), numbers, sizes, st.sampled_from(["price", "price+major", "price+minor", "major", "minor"]))
def test_the_balance_delta_agrees_with_an_independent_formula(
    base: Order, price: Decimal, size: Decimal, sent: str
) -> None:
    assert base.price is not None
    assert base.value is not None
    at = Fraction(price if "price" in sent else base.price)
    if "major" in sent:
        amount, value = size, rounded(Fraction(size) * at)
    elif "minor" in sent:
        amount, value = rounded(Fraction(size) / at), size
    elif base.side is Side.BUY:
        amount, value = rounded(Fraction(base.value) / at), base.value
    else:
        amount, value = base.quantity, rounded(Fraction(base.quantity) * at)
    buys = base.side is Side.BUY
    delta = Fraction(value) - Fraction(base.value) if buys else Fraction(amount) - Fraction(base.quantity)
    found = effect(
        base,
        Modification(
            price=price if "price" in sent else None,
            major=size if "major" in sent else None,
            minor=size if "minor" in sent else None,
        ),
    )
    assert (found.amount, found.value) == (amount, value)
    assert found.delta is not None
    assert Fraction(found.delta) == delta


@given(resting(), numbers, sizes, st.fractions(0, 1, max_denominator=50), st.booleans())
def test_the_larger_reading_is_never_smaller_than_either(
    base: Order, price: Decimal, size: Decimal, share: Fraction, by_value: bool
) -> None:
    filled = rounded(Fraction(base.quantity) * share)
    assert base.price is not None
    base = order(
        base.side,
        price=base.price,
        quantity=base.quantity,
        value=base.value,
        filled=filled,
        filled_value=rounded(Fraction(filled) * Fraction(base.price)),
    )
    change = Modification(price=price, minor=size) if by_value else Modification(price=price, major=size)
    more = larger_delta(base, change)
    for reading in SizeReading:
        delta = effect(base, change, reading).delta
        assert more is not None
        assert delta is not None
        assert more >= delta
