"""Single fields of QFEX's JSON."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.venues.qfex.wire.values import nanoseconds

D = Decimal


@pytest.mark.parametrize(
    "value, expected",
    [
        (D("1758208770.5512846"), 1_758_208_770_551_284_600),
        (1_758_208_770, 1_758_208_770_000_000_000),
        ("1758208770.5", 1_758_208_770_500_000_000),
        (None, None),
        (0, None),
        (7, None),
        (-1_758_208_770, None),
        (True, None),
        ("²", None),
        ("9" * 5000, None),
        (D("1e9999"), None),
        (1_758_208_770_551, None),  # milliseconds
        (1_758_208_770_551_284, None),  # microseconds
        (1_758_208_770_551_284_600, None),  # nanoseconds
    ],
)
def test_times(value: object, expected: int | None) -> None:
    assert nanoseconds(value) == expected
