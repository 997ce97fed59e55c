"""Dust of binary fractions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.market import Instrument
from app.domain.order import OrderStatus
from app.venues.common.failures import Malformed
from app.venues.qfex.wire.dust import filled_of, on_grid
from app.venues.qfex.wire.rows import read_order
from tests.venues.qfex.samples import ACCOUNT, APPLE, row

D = Decimal


@pytest.mark.parametrize(
    "quantity, remaining, filled",
    [
        ("0.3", "0.29999999999999993", "0"),
        ("0.3", "0.30000000000000004", "0"),
        ("0.3", "0.3", "0"),
        ("1", "0.7000000000000001", "0.3"),
        ("100000000", "99999999.999", "0.001"),
        ("0.003", "0.0019999999999999996", "0.001"),
        ("7.877", "7.8769999999999998", "0"),
        ("1", "0", "1"),
    ],
)
@pytest.mark.parametrize("lot", [None, "0.001"])
def test_dust_is_no_fill(quantity: str, remaining: str, filled: str, lot: str | None) -> None:
    assert filled_of(D(quantity), D(remaining), D(lot) if lot else None) == D(filled)


@pytest.mark.parametrize(
    "value, step, result",
    [
        ("0.001001", "0.001", "0.001"),  # the edge of a trace belongs to it
        ("0.000999", "0.001", "0.001"),
        ("0.0010011", "0.001", "0.0010011"),
        ("0.0009989", "0.001", "0.0009989"),
        ("0.0005", "0.001", "0.0005"),
        ("0", "0.001", "0"),
        ("5", "0", "5"),
        ("1e30", "0.001", "1e30"),
    ],
)
def test_only_a_trace_beside_a_step_is_that_step(value: str, step: str, result: str) -> None:
    assert on_grid(D(value), D(step)) == D(result)
    assert on_grid(D(value), None) == D(value)


@pytest.mark.parametrize("market", [None, APPLE])
def test_an_order_with_dust_left_is_untouched(market: Instrument | None) -> None:
    dusty = row(quantity=D("0.3"), quantity_remaining=D("0.29999999999999993"))
    seen = read_order(dusty, ACCOUNT, listed=True, market=market)
    assert (seen.status, seen.filled) == (OrderStatus.WORKING, 0)


def test_dust_of_prices_and_quantities_is_laid_on_the_markets_steps() -> None:
    dusty = row(
        price=D("200.10000000000002"),
        quantity=D("0.30000000000000004"),
        quantity_remaining=D("0.3"),
        take_profit=D("210.04999999999998"),
    )
    seen = read_order(dusty, ACCOUNT, listed=True, market=APPLE)
    assert (seen.price, seen.quantity, seen.filled, seen.take_profit) == (D("200.1"), D("0.3"), 0, D("210.05"))


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity_remaining": D("1.001")},
        {"quantity_remaining": D(-1)},
        {"quantity_remaining": D("1e9999")},
        {"quantity": D(-1)},
        {"quantity": D(0)},
        {"quantity": "²"},
        {"price": D("1e30")},
    ],
)
def test_figures_that_cannot_be_are_not_read(changes: dict[str, object]) -> None:
    known = read_order(row(), ACCOUNT, listed=True)
    for before in (None, known):
        with pytest.raises(Malformed):
            read_order(row(**changes), ACCOUNT, before)


@pytest.mark.parametrize("changes", [{"side": "SELL"}, {"symbol": "GOOG-USD"}, {"price": D(-200)}, {"price": D(0)}])
def test_a_known_id_with_another_side_market_or_impossible_price_is_not_believed(changes: dict[str, object]) -> None:
    known = read_order(row(), ACCOUNT, listed=True)
    with pytest.raises(Malformed):
        read_order(row(**changes), ACCOUNT, known)
