"""The door for orders: what no order can be is named, what an order can be passes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Context, localcontext
from decimal import Decimal as D  # noqa: N817
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side
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
        ({"filled": D("sNaN")}, "filled quantity is beyond any sensible number"),
        ({"value": D("Infinity")}, "value is beyond any sensible number"),
        ({"stop": D("-Infinity"), "price": D(-1)}, "price is below zero (-1)"),
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
        {"filled": D("-0"), "filled_value": D("0E-9999"), "average_price": D("0E+9999")},
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
        ({"price": D("sNaN")}, "the price of an execution is beyond any sensible"),
        ({"symbol": "OTHER"}, "an execution in OTHER"),
        ({"side": Side.BUY if order().side is Side.SELL else Side.SELL}, "is told of a"),
        ({}, ""),
    ],
)
def test_executions_are_looked_at_too(changes: dict[str, Any], part: str) -> None:
    text = why_implausible_fill(replace(FILL, **changes), order())
    assert part in text if part else text == ""


# -- the same by another way: figure by figure, in fractions ---------------------------------------------------------

LABELS = {
    "quantity": "quantity",
    "filled": "filled quantity",
    "price": "price",
    "value": "value",
    "filled_value": "filled value",
    "stop": "stop price",
    "take_profit": "take profit",
    "stop_loss": "stop loss",
    "display_quantity": "display quantity",
    "average_price": "average price",
}
ODD = "0 -0 0E+40 1 1.00 2 2.000000002 2.0000000021 2.000000001 -1 -1E-40 1E-30 9E-31 9.99E+30 1E+31 "
ODD += "NaN -NaN sNaN Infinity -Infinity"
FIGURES = st.one_of(
    st.sampled_from([D(text) for text in ODD.split()]),
    st.decimals("-1", "1000", allow_nan=False, allow_infinity=False, places=8),
)
ORDINARY = st.sampled_from([D(text) for text in ("0", "1", "1.00", "2", "2.000000002", "2.0000000021", "0E-8")])


def wrong_with(order: Order) -> str:
    """Look at an order with no regard to time."""
    for name, label in LABELS.items():
        value: D | None = getattr(order, name)
        if value is None:
            continue
        if not value.is_finite():
            return f"its {label} is beyond any sensible number"
        size = abs(Fraction(value))
        if size and not Fraction(1, 10**30) <= size < 10**31:
            return f"its {label} is beyond any sensible number"
        if Fraction(value) < 0:
            return f"its {label} is below zero ({digits_of(value)})"
    is_limit, is_open = order.kind in (OrderKind.LIMIT, OrderKind.STOP_LIMIT), not order.status.is_terminal
    quantity, filled = Fraction(order.quantity), Fraction(order.filled)
    if is_open and is_limit and quantity == 0:
        return "its quantity is 0 while it works"
    if filled - quantity > quantity / 10**9:
        return f"{digits_of(order.filled)} of {digits_of(order.quantity)} are said to be filled"
    if is_open and is_limit and order.price is None:
        return "it is an open limit order without a price"
    return "its price is 0" if is_limit and order.price == 0 else ""


def digits_of(value: D) -> str:
    """Write a number without an exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@given(
    figures=st.one_of(
        st.fixed_dictionaries({}, optional=dict.fromkeys(LABELS, FIGURES)),
        st.fixed_dictionaries({"quantity": ORDINARY, "filled": ORDINARY, "price": st.none() | ORDINARY}),
    ),
    kind=st.sampled_from([OrderKind.LIMIT, OrderKind.STOP_LIMIT, OrderKind.MARKET]),
    status=st.sampled_from([OrderStatus.WORKING, OrderStatus.UNRECOGNISED, OrderStatus.FILLED, OrderStatus.ENDED]),
    context=st.sampled_from([Context(), Context(prec=1), Context(prec=2, traps=[]), Context(Emax=1, Emin=-1)]),
)
def test_each_figure_is_weighed_whatever_the_context(
    figures: dict[str, D], kind: OrderKind, status: OrderStatus, context: Context
) -> None:
    seen = replace(order(), kind=kind, status=status, **figures)  # type: ignore[arg-type]
    with localcontext(context):
        found = why_implausible(seen, order())
    assert found == wrong_with(seen)
