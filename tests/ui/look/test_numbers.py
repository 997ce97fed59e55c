"""How numbers, ages and ids are shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.ui.look.numbers import (
    age,
    as_digits,
    at_places,
    clock,
    common_places,
    grouped,
    is_odd,
    middle_elided,
    strip_groups,
    tail_elided,
    tidy_grouped,
)

D = Decimal
S = 1_000_000_000


@pytest.mark.parametrize(
    "value, shown",
    [
        (None, "—"),
        (D("0"), "0"),
        (D("1E-8"), "0.00000001"),
        (D("1E+3"), "1 000"),
        (D("120000.00"), "120 000.00"),
        (D("-1234.5"), "−1 234.5"),
        (D("999"), "999"),
        (D("1234567.1234567"), "1 234 567.1234567"),
    ],
)
def test_digits_are_grouped_and_never_lost(value: Decimal | None, shown: str) -> None:
    assert grouped(value) == shown.replace(" ", "\u202f")


def test_a_difference_carries_its_sign() -> None:
    assert grouped(D("30000.00"), sign=True) == "+30\u202f000.00"
    assert grouped(D("0"), sign=True) == "0"
    assert grouped(D("-1"), sign=True) == "−1"


@pytest.mark.parametrize("text, read", [("84 110.00", "84110.00"), ("1 2", "1 2"), ("12 345 678", "12345678")])
def test_only_true_groups_are_taken_out(text: str, read: str) -> None:
    assert strip_groups(text) == read


@pytest.mark.parametrize(
    "nanoseconds, shown",
    [
        (0, "0 ms"),
        (41_000_000, "41 ms"),
        (400_000_000, "0.4 s"),
        (12 * S, "12 s"),
        (200 * S, "3 m"),
        (7300 * S, "2 h"),
        (500_000 * S, "5 d"),
    ],
)
def test_ages(nanoseconds: int, shown: str) -> None:
    assert age(nanoseconds) == shown


def test_an_id_keeps_its_tail() -> None:
    assert tail_elided("15067", 5) == "15067"
    assert tail_elided("qlbga6b600n3xta7", 8) == "…0n3xta7"
    assert middle_elided("15067", 8) == "15067"
    assert middle_elided("1204718821204719130", 10) == "120…719130"
    assert middle_elided("1204718821204719130", 4) == "…130"


@pytest.mark.parametrize(
    "value, shown",
    [
        (D("1e9999"), "1E+9999"),
        (D("-1e9999"), "-1E+9999"),
        (D("1e-9999"), "1E-9999"),
        (D("NaN"), "NaN"),
        (D("Infinity"), "Infinity"),
        (D("1" * 200), "11111111…111111111111111"),
    ],
)
def test_a_number_that_no_market_has_is_shown_short(value: Decimal, shown: str) -> None:
    assert is_odd(value)
    assert grouped(value) == as_digits(value) == tidy_grouped(value) == shown
    assert at_places(value, D("0.01")) is value
    assert common_places(value, D("1.25")) == 2


@pytest.mark.parametrize("value", ["0", "0.00000001", "12345678901234567890.123456789", "1E+18", "0E-8"])
def test_a_number_that_a_market_may_have_is_not_odd(value: str) -> None:
    assert not is_odd(D(value))


def test_a_time_that_no_calendar_has_is_shown_as_that() -> None:
    assert clock(10**400) == "an impossible time"
    assert age(10**400).endswith(" d")
