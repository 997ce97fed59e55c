"""Lines and balances of a consequence are exact, whatever the venue."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.forecast import at_most, balance_lines, forecast_balance, term_line, undecided_lines
from app.domain.market import Balance
from app.domain.money import exact
from app.domain.plan import BalanceForecast, Line

D = Decimal
HELD = Balance("usd", D(1000), D(400), D(600), as_of=7)
amounts = st.decimals(0, 10**12, places=8)


def test_a_changed_term_has_its_peak_and_its_difference() -> None:
    assert term_line("Price", D(100), "either", D("101.5"), "USD", "a note") == Line(
        "Price", D(100), "either", D("101.5"), True, D("1.5"), "USD", "a note"
    )


def test_a_term_that_stays_peaks_at_what_it_is() -> None:
    line = term_line("Price", D(100), "either", D(100))
    assert (line.peak, line.changed, line.delta) == (D(100), False, D(0))


def test_a_missing_term_has_no_difference() -> None:
    line = term_line("Price", None, "either", D(100))
    assert (line.changed, line.delta) == (True, None)
    assert term_line("Price", None, "either", None) == Line("Price", None, None, None)


def test_a_bound_is_the_larger_number() -> None:
    assert at_most(D("1.50"), D(1)) == at_most(D(1), D("1.50")) == "≤ 1.5"


def test_more_locked_is_less_available() -> None:
    forecast = forecast_balance("usd", D(600), D(750), D(700), HELD, "a note")
    assert forecast == BalanceForecast(
        currency="usd",
        locked_now=D(600),
        locked_peak=D(750),
        locked_after=D(700),
        delta=D(100),
        total=D(1000),
        available_now=D(400),
        available_peak=D(250),
        available_after=D(300),
        as_of=7,
        note="a note",
    )
    locked, free = balance_lines(forecast)
    assert locked == Line("Locked usd", D(600), D(750), D(700), True, D(100), "usd", "a note")
    assert free == Line("Available usd", D(400), D(250), D(300), True, D(-100), "usd")


@given(now=amounts, more=amounts, after=amounts, total=amounts)
def test_what_leaves_the_lock_is_available_to_the_digit(
    now: Decimal, more: Decimal, after: Decimal, total: Decimal
) -> None:
    with exact():
        balance = Balance("usd", total, total - now, now, 0)
        forecast = forecast_balance("usd", now, max(now, after) + more, after, balance)
        sides = (
            (forecast.locked_now, forecast.available_now),
            (forecast.locked_peak, forecast.available_peak),
            (forecast.locked_after, forecast.available_after),
        )
        assert all(free is not None and locked + free == total for locked, free in sides)


def test_a_difference_of_many_digits_is_not_rounded() -> None:
    """Thirty digits are more than a Decimal keeps by itself when its sign is turned."""
    lock = D("123456789012345678.123456789012")
    locked, free = balance_lines(forecast_balance("usd", lock, lock, D(0), HELD))
    assert (locked.delta, free.delta) == (D("-123456789012345678.123456789012"), lock)


def test_an_unknown_balance_says_so_and_nothing_else() -> None:
    forecast = forecast_balance("usd", D(1), D(2), D(2), None)
    assert (forecast.total, forecast.available_peak, forecast.as_of) == (None, None, None)
    _, free = balance_lines(forecast, "USD")
    assert free == Line("Available USD", None, None, None, unit="USD", note="the balance is not known")
    assert balance_lines(forecast, unknown="")[1].note == ""


def test_where_the_venue_decides_there_are_no_numbers_but_what_is_available() -> None:
    assert undecided_lines("USD", "why", D(5)) == (
        Line("Locked USD", None, None, None, unit="USD", note="why"),
        Line("Available USD", D(5), None, None, unit="USD", note="why"),
    )
    assert [line.label for line in undecided_lines("", "why")] == ["Locked", "Available"]
