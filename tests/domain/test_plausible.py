"""The door for orders: what no order can be is named, what an order can be passes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D  # noqa: N817
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import Fill, OrderKind, OrderStatus, Side
from app.domain.plausible import why_implausible, why_implausible_fill
from tests.helpers.toy_venue import order

FILL = Fill("toy", "f1", "o1", order().symbol, order().side, D(100), D("0.5"), 1)


@pytest.mark.parametrize(
    "changes, part",
    [
        ({"order_id": " "}, "no order id"),
        ({"symbol": ""}, "no symbol"),
        ({"quantity": D(-1)}, "quantity is below zero (-1)"),
        ({"quantity": D(0)}, "quantity is 0 while it works"),
        ({"filled": D("-0.1")}, "filled quantity is below zero (-0.1)"),
        ({"filled": D(99999), "quantity": D("0.5")}, "99999 of 0.5 are said to be filled"),
        ({"price": D(-100)}, "price is below zero"),
        ({"price": D(0)}, "price is 0"),
        ({"price": None}, "open limit order without a price"),
        ({"price": D("1e9999")}, "beyond any sensible number"),
        ({"quantity": D("1e-9999")}, "beyond any sensible number"),
        ({"price": D("NaN")}, "beyond any sensible number"),
        ({"stop": D(-1)}, "stop price is below zero"),
        ({"take_profit": D(-1)}, "take profit is below zero"),
        ({"average_price": D("-0.5")}, "average price is below zero"),
    ],
)
def test_the_impossible_is_named(changes: dict[str, Any], part: str) -> None:
    assert part in why_implausible(replace(order(), **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"filled": order().quantity, "status": OrderStatus.FILLED},
        {"filled": order().quantity * (1 + D("1e-15"))},
        {"price": None, "status": OrderStatus.FILLED},
        {"price": None, "kind": OrderKind.MARKET},
        {"quantity": D(0), "status": OrderStatus.CANCELLED},
        {"take_profit": D(0)},
        {"price": D("0.00000001"), "quantity": D("1234567890123")},
    ],
)
def test_the_possible_passes(changes: dict[str, Any]) -> None:
    assert why_implausible(replace(order(), **changes), order()) == ""


@pytest.mark.parametrize(
    "changes, part",
    [
        ({"side": Side.BUY if order().side is Side.SELL else Side.SELL}, "the order known by that id is a"),
        ({"symbol": "OTHER"}, "it is in OTHER"),
        ({"market": "perp"}, "of the perp market"),
        ({"account": "other"}, "of account other"),
    ],
)
def test_another_order_under_the_same_id_is_named(changes: dict[str, Any], part: str) -> None:
    known = replace(order(), market="spot")
    assert part in why_implausible(replace(known, **changes), known)


def test_a_market_that_one_reading_does_not_name_is_no_contradiction() -> None:
    assert why_implausible(order(), replace(order(), market="spot")) == ""


@given(
    quantity=st.decimals("0.00000001", "1e20", allow_nan=False),
    share=st.decimals(0, 1, allow_nan=False),
    price=st.decimals("0.00000001", "1e20", allow_nan=False),
)
def test_any_order_of_ordinary_figures_passes(quantity: D, share: D, price: D) -> None:
    filled = (quantity * share).quantize(D("1e-8"))
    assert why_implausible(replace(order(), quantity=quantity, filled=min(filled, quantity), price=price)) == ""


@pytest.mark.parametrize(
    "changes, part",
    [
        ({"quantity": D(0)}, "quantity of an execution is 0"),
        ({"quantity": D(-1)}, "below zero"),
        ({"price": D(0)}, "price of an execution is 0"),
        ({"price": D("1e99")}, "beyond any sensible"),
        ({"symbol": "OTHER"}, "an execution in OTHER"),
        ({"side": Side.BUY if order().side is Side.SELL else Side.SELL}, "is told of a"),
        ({}, ""),
    ],
)
def test_executions_are_looked_at_too(changes: dict[str, Any], part: str) -> None:
    text = why_implausible_fill(replace(FILL, **changes), order())
    assert part in text if part else text == ""
