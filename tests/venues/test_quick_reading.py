"""The quick ways of reading a number come to what the full ways come to, for whatever a venue may write."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.money import _SIGNED, NumberError, exact, parse_wire, tidy
from app.venues.alphapoint.wire.values import _BLUR, _LARGEST, _SCALES, _trimmed, stands_for_none

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e25"), max_value=Decimal("1e25"))


@given(st.text("0123456789.+-eE²٣ ", max_size=12))
@example(".")
@example("1.")
@example("²")
def test_a_text_is_a_number_exactly_where_the_pattern_says_so(text: str) -> None:
    try:
        read = parse_wire(text)
    except NumberError:
        assert not _SIGNED.fullmatch(text)
    else:
        assert _SIGNED.fullmatch(text)
        assert read.as_tuple() == Decimal(text).as_tuple()


@given(NUMBERS)
@example(Decimal("-0.00"))
@example(Decimal("1E+2"))
@example(Decimal("100"))
@example(Decimal("84110.0000000000000000000000000000"))
def test_a_number_is_trimmed_as_its_text_would_be(value: Decimal) -> None:
    assert _trimmed(value).as_tuple() == Decimal(tidy(value)).as_tuple()


@given(NUMBERS | st.integers(-2000, 2000).map(lambda off: Decimal(_LARGEST + off).scaleb(-9)))
@example(Decimal("92233720368.54775807"))
@example(Decimal("9223372036.854775807"))
@example(Decimal("0E+9"))
def test_no_price_is_what_comparing_says(price: Decimal) -> None:
    with exact():
        compared = any(abs(price.scaleb(scale) - _LARGEST) <= _BLUR for scale in _SCALES)
    assert stands_for_none(price) == compared
