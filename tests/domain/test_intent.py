"""Wishes typed into a field: the numbers they come to, their words, and sentences for those that come to none."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.form import Choice, Field, FieldName, InputError
from app.domain.intent import Basis, IntentError, read_intent, typed_value, words_for
from app.domain.market import Quote
from app.domain.money import is_multiple
from app.domain.order import Side
from tests.helpers.toy_venue import T0, order

D = Decimal
QUOTE = Quote("AB", "", D("99.50"), D("99.55"), None, T0)
PRICE = Field(FieldName.PRICE, "Price (USD)", "price", True, D("99.00"), step=D("0.01"))
SIZE = Field(FieldName.QUANTITY, "Quantity", "qty", True, D("2.0"), step=D("0.1"), meaning="total, fills included")
BUY = Basis(order(price=D("99.00")), QUOTE, D("99.00"))
SELL = replace(BUY, order=order(side=Side.SELL, price=D("99.00")))


@pytest.mark.parametrize(
    "text, value, words",
    [
        ("+2t", "99.02", "99 + 2 ticks"),
        (" - 1 tick ", "98.99", "99 − 1 tick"),
        ("-0.5%", "98.50", "99 − 0.5 %, on the step below"),
        ("+1%", "99.99", "99 + 1 %"),
        ("b", "99.50", "bid 99.5"),
        ("B+1", "99.51", "bid 99.5 + 1 tick"),
        ("bid - 2t", "99.48", "bid 99.5 − 2 ticks"),
        ("a-2", "99.53", "ask 99.55 − 2 ticks"),
        ("offer", "99.55", "ask 99.55"),
        ("join", "99.50", "bid 99.5"),
        ("improve", "99.51", "bid 99.5 + 1 tick"),
        ("shave", "99.49", "bid 99.5 − 1 tick"),
        ("mid", "99.52", "mid 99.525, on the step below"),
        ("split", "99.52", "mid 99.525, on the step below"),
    ],
)
def test_a_price_of_a_buy(text: str, value: str, words: str) -> None:
    intent = read_intent(text, PRICE, BUY)
    assert intent is not None
    assert (str(intent.value), intent.text) == (value, words)


@pytest.mark.parametrize(
    "text, value, words",
    [
        ("join", "99.55", "ask 99.55"),
        ("improve", "99.54", "ask 99.55 − 1 tick"),
        ("shave", "99.56", "ask 99.55 + 1 tick"),
        ("mid", "99.53", "mid 99.525, on the step above"),
        ("-0.5%", "98.51", "99 − 0.5 %, on the step above"),
    ],
)
def test_a_price_of_a_sell_stays_on_its_own_side(text: str, value: str, words: str) -> None:
    intent = read_intent(text, PRICE, SELL)
    assert intent is not None
    assert (str(intent.value), intent.text) == (value, words)


@pytest.mark.parametrize(
    "text, value, words",
    [
        ("half", "1.0", "half of 2"),
        ("+3t", "2.3", "2 + 3 steps"),
        ("-10%", "1.8", "2 − 10 %"),
        ("=n100", "1.0", "100 at 99, on the step below"),
        ("= n 99", "1.0", "99 at 99"),
    ],
)
def test_a_size(text: str, value: str, words: str) -> None:
    intent = read_intent(text, SIZE, BUY)
    assert intent is not None
    assert (str(intent.value), intent.text) == (value, words)


@pytest.mark.parametrize("tick, buy, sell", [("0.05", "99.50", "99.55"), ("0.005", "99.525", "99.525")])
def test_a_mid_between_two_ticks_stays_on_the_orders_side(tick: str, buy: str, sell: str) -> None:
    field = replace(PRICE, step=D(tick))
    both = [read_intent("mid", field, basis) for basis in (BUY, SELL)]
    assert [str(each.value) for each in both if each is not None] == [buy, sell]


@pytest.mark.parametrize("step", [None, D(0)])
def test_without_a_step_a_number_stays_as_it_comes(step: Decimal | None) -> None:
    for text, field, value in (("half", SIZE, "1"), ("mid", PRICE, "99.525"), ("-0.5%", PRICE, "98.505")):
        intent = read_intent(text, replace(field, step=step), BUY)
        assert intent is not None
        assert intent.value == D(value)


def test_half_leaves_what_has_filled() -> None:
    basis = replace(BUY, order=order(filled=D(1)))
    intent = read_intent("half", SIZE, basis)
    assert intent is not None
    assert (intent.value, intent.text) == (D("1.5"), "half of 1 and 1 filled")
    remaining = read_intent("half", replace(SIZE, meaning="remaining"), basis)
    assert remaining is not None
    assert remaining.value == D(1)


@pytest.mark.parametrize("text", ["", "99.5", "1,5", "much", "b1", "=100", "joinery", "5%"])
def test_what_is_no_wish_for_a_price_is_left_to_others(text: str) -> None:
    assert read_intent(text, PRICE, BUY) is None


@pytest.mark.parametrize(
    "text, field, basis, says",
    [
        ("+2", PRICE, BUY, "“+2” may mean steps or units; write +2t for steps, or the number itself."),
        ("b+1", PRICE, replace(BUY, quote=None), "No bid is known in this market just now; type the price itself."),
        ("join", PRICE, replace(SELL, quote=replace(QUOTE, ask=None)), "No ask is known"),
        ("mid", PRICE, replace(BUY, quote=replace(QUOTE, ask=None)), "There is no mid in this market"),
        ("+1t", replace(PRICE, step=None), BUY, "The step of this market's price is not known"),
        ("=n5", replace(SIZE, step=None), BUY, "The step of this market's quantity is not known"),
        ("join", PRICE, replace(BUY, quote=replace(QUOTE, bid=D("1e400"))), "comes to no number that can be sent"),
        ("half", replace(SIZE, step=D(4)), BUY, "“half” comes to 0; a quantity is above zero."),
        ("+1t", replace(PRICE, current=None), BUY, "The order has no price to start from"),
        ("-99999t", PRICE, BUY, "“-99999t” comes to -900.99; a price is above zero."),
        ("-100%", PRICE, BUY, "“-100%” comes to 0; a price is above zero."),
        ("=n1", SIZE, BUY, "“=n1” comes to 0; a quantity is above zero."),
        ("=n5", SIZE, replace(BUY, price=None), "The order has no price to divide by"),
        ("+1%", replace(PRICE, current=D("1e400")), BUY, "comes to no number that can be sent"),
    ],
)
def test_a_wish_that_comes_to_nothing_is_one_sentence(text: str, field: Field, basis: Basis, says: str) -> None:
    with pytest.raises(IntentError, match="^.*$") as told:
        read_intent(text, field, basis)
    assert says in str(told.value)
    with pytest.raises(InputError) as named:
        typed_value(field, text, basis)
    assert str(named.value).startswith(f"{field.label}: ")


@pytest.mark.parametrize("field", [PRICE, SIZE, replace(PRICE, name=FieldName.VALUE)])
def test_every_word_that_is_offered_is_read(field: Field) -> None:
    for word in words_for(field.name).removeprefix("Or type ").removesuffix(".").replace(" or ", ", ").split(", "):
        assert read_intent(word, field, BUY) is not None, word


@pytest.mark.parametrize("text, kind", [("half", "a quantity"), (" =N 1000", "a quantity")])
def test_a_wish_for_a_size_in_a_price_says_where_it_belongs(text: str, kind: str) -> None:
    for name in (FieldName.PRICE, FieldName.STOP, FieldName.VALUE):
        with pytest.raises(IntentError) as told:
            read_intent(text, replace(PRICE, name=name), BUY)
        assert f"is a wish for {kind}: choose that field. Or type " in str(told.value)
    assert read_intent(text, SIZE, BUY) is not None


@pytest.mark.parametrize("text", ["join", "Improve", "shave", "mid", "split", "b+1", "ask", "o -2t"])
def test_a_wish_for_a_price_in_a_size_says_where_it_belongs(text: str) -> None:
    for name in (FieldName.QUANTITY, FieldName.VALUE):
        with pytest.raises(IntentError, match="is a wish for a price: choose that field"):
            read_intent(text, replace(SIZE, name=name), BUY)


def test_choices_and_numbers_are_read_as_before() -> None:
    choice = Field(FieldName.ON_FAILURE, "On failure", "x", True, "keep", choices=(Choice("keep", "Keep"),))
    assert typed_value(choice, "Keep", BUY) == ("keep", None)
    assert typed_value(PRICE, "99.5", BUY) == (D("99.5"), None)


@given(
    st.text(alphabet="+-0123456789.%tbaNn= ", max_size=14)
    | st.sampled_from(["join", "improve", "shave", "split", "mid", "half"]),
    st.sampled_from([PRICE, SIZE]),
    st.sampled_from([BUY, SELL]),
    st.sampled_from([D("0.01"), D("0.25"), D("7"), D("1e-8")]),
)
def test_whatever_is_typed_is_a_number_on_the_step_or_one_sentence(
    text: str, field: Field, basis: Basis, step: Decimal
) -> None:
    try:
        intent = read_intent(text, replace(field, step=step), basis)
    except IntentError:
        return
    if intent is None:
        return
    assert intent.value > 0
    # A market may rest off the step; what is counted from it or from the order does so too.
    if "on the step" in intent.text:
        assert is_multiple(intent.value, step)


@pytest.mark.parametrize(
    "typed, like",
    [
        ("+2t+1", "+2t or -0.5%"),
        ("+1%%", "+2t or -0.5%"),
        ("+t", "+2t or -0.5%"),
        ("- ticks", "+2t or -0.5%"),
        ("+", "+2t or -0.5%"),
        ("-%", "+2t or -0.5%"),
        ("shave 3 x", "join or mid"),
        ("mid+1", "join or mid"),
        ("a+", "b+1 or a-2"),
        ("b + ", "b+1 or a-2"),
        ("=n", "=n1000"),
    ],
)
def test_half_a_wish_is_told_as_one(typed: str, like: str) -> None:
    with pytest.raises(IntentError, match=re.escape(f"is no whole wish; write it like {like}, or the number itself.")):
        read_intent(typed, PRICE, Basis(order()))
