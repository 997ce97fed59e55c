"""Numbers that QFEX's binary floats carry unchanged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.venues.qfex.rules import checks


@pytest.mark.parametrize(
    "value, survives",
    [
        ("0.1", True),
        ("201.05", True),
        ("123456789012345", True),
        ("0.1000000000000000055511151231257827", False),
        ("9007199254740993", False),
        ("0.12345678901234568", True),
        ("0.123456789012345678", False),
        ("1E+400", False),
    ],
)
def test_what_survives_a_binary_float(value: str, survives: bool) -> None:
    assert checks.survives(Decimal(value)) is survives


@given(
    digits=st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1),
    places=st.integers(min_value=0, max_value=12),
)
def test_fifteen_digits_always_survive(digits: int, places: int) -> None:
    assert checks.survives(Decimal(digits).scaleb(-places))
