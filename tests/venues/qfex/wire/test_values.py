"""Single fields of QFEX's JSON."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.venues.qfex.wire.values import nanoseconds

D = Decimal


@pytest.mark.parametrize(
    "value, expected",
    [(D("1.5"), 1_500_000_000), (7, 7_000_000_000), ("2", 2_000_000_000), (None, None), (0, None), (True, None)],
)
def test_times(value: object, expected: int | None) -> None:
    assert nanoseconds(value) == expected
