"""Numbers stay exact: every property a wrong rounding or a locale would break."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import (
    NumberError,
    is_multiple,
    nearest_multiples,
    parse_typed,
    parse_wire,
    places,
    plain,
    round_half_up,
    step_of,
    tidy,
)

amounts = st.decimals(min_value=0, max_value=10**12, places=8, allow_nan=False, allow_infinity=False)
steps = st.sampled_from([Decimal(text) for text in ("0.00000001", "0.01", "0.05", "0.5", "1", "2.5", "10", "1E+2")])


@given(amounts)
def test_what_is_written_reads_back_equal_and_without_exponent(value: Decimal) -> None:
    text = plain(value)
    assert "E" not in text.upper()
    assert parse_typed(text) == parse_wire(text) == value
    assert parse_typed(tidy(value)) == value


@pytest.mark.parametrize("text", ["1E-8", "1e400"[:4], "-3", "0.1E2"])
def test_wire_numbers_may_have_exponents_and_signs(text: str) -> None:
    assert parse_wire(text) == Decimal(text)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "", "1,5", "0x10", "١٢", "1_000", "--1"])
def test_wire_numbers_are_finite_numbers(text: str) -> None:
    with pytest.raises(NumberError):
        parse_wire(text)


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "Type a number"),
        ("1,234.5", "comma"),
        ("1.234,5", "comma"),
        ("-1", "sign"),
        ("+2", "sign"),
        ("1e5", "not a number"),
        ("1.2.3", "not a number"),
        ("NaN", "not a number"),
        (".", "not a number"),
        ("٣", "not a number"),
        ("9" * 51, "too long"),
    ],
)
def test_typed_numbers_are_plain_whatever_the_locale(text: str, says: str) -> None:
    with pytest.raises(NumberError, match=says):
        parse_typed(text)


@given(amounts, steps)
def test_nearest_values_are_legal_close_and_ordered(value: Decimal, step: Decimal) -> None:
    found = nearest_multiples(value, step)
    assert all(is_multiple(each, step) for each in found)
    assert all(abs(each - value) < step for each in found)
    distances = [abs(each - value) for each in found]
    assert distances == sorted(distances)
    if is_multiple(value, step):
        assert found == (value,)
    else:
        assert len(found) == 2
        assert min(found) < value < max(found)


@given(amounts, steps, amounts, amounts)
def test_nearest_values_respect_the_bounds(value: Decimal, step: Decimal, one: Decimal, two: Decimal) -> None:
    low, high = sorted((one, two))
    for each in nearest_multiples(value, step, low, high):
        assert low <= each <= high
        assert is_multiple(each, step)


def test_no_grid_point_within_the_bounds_offers_nothing() -> None:
    assert nearest_multiples(Decimal("1.5"), Decimal(1), Decimal("1.2"), Decimal("1.8")) == ()


def test_a_step_must_be_above_zero() -> None:
    for call in (is_multiple, nearest_multiples):
        with pytest.raises(NumberError):
            call(Decimal(1), Decimal(0))


def test_places_and_steps() -> None:
    assert places(Decimal("0.010")) == 3
    assert places(Decimal("1E+2")) == 0
    assert step_of(2) == Decimal("0.01")
    assert plain(Decimal("1E-8")) == "0.00000001"
    assert tidy(Decimal("100.00")) == "100"
    assert tidy(Decimal("100")) == "100"
    for bad in (Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(NumberError):
            plain(bad)
        with pytest.raises(NumberError):
            places(bad)


anything = st.one_of(
    st.builds(
        lambda sign, digits, exponent: Decimal((sign, digits, exponent)),
        st.integers(0, 1),
        st.lists(st.integers(0, 9), min_size=1, max_size=40).map(tuple),
        st.integers(-40, 40),
    ),
    st.sampled_from([Decimal(text) for text in ("0", "-0", "0E+2", "0E-9", "-0.00", "1E+2", "1E-7", "0.000001")]),
)
contexts = st.sampled_from([Context(), Context(prec=1), Context(prec=3, Emax=2, Emin=-2), Context(capitals=0)])


def by_hand(value: Decimal) -> str:
    """Write a number digit by digit."""
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    whole = "".join(map(str, digits)).rjust(1 - exponent, "0") if exponent < 0 else "".join(map(str, digits))
    whole, part = (whole[:exponent], whole[exponent:].rstrip("0")) if exponent < 0 else (whole + "0" * exponent, "")
    whole = whole.lstrip("0") or "0"
    return f"{'-' * sign}{whole}{'.' * bool(part)}{part}"


@given(anything, contexts)
def test_a_tidy_number_is_its_digits_whatever_the_context(value: Decimal, context: Context) -> None:
    with localcontext(context):
        assert tidy(value) == by_hand(value)


@pytest.mark.parametrize("text", ["NaN", "-NaN", "sNaN", "NaN123", "Infinity", "-Infinity"])
def test_what_is_no_number_is_not_written_tidily(text: str) -> None:
    with pytest.raises(NumberError, match="finite"):
        tidy(Decimal(text))


def test_half_up_at_eight_places() -> None:
    assert round_half_up(Decimal(100000) / Decimal(120000), 8) == Decimal("0.83333333")
    assert round_half_up(Decimal("0.000000005"), 8) == Decimal("0.00000001")
