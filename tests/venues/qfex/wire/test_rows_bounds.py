"""Exact bounds of QFEX's rows: what a reply leaves out or calls zero, and what is known stands in for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.order import OrderStatus, TimeInForce
from app.venues.common.failures import Malformed
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.rows import balance_of, fill_of, instrument_of, position_of, read_order
from tests.venues.qfex.samples import ACCOUNT, APPLE, OLD, row
from tests.venues.qfex.wire.test_rows import REFDATA

D = Decimal


@pytest.mark.parametrize(
    "changes",
    [{"order_id": None}, {"symbol": ""}, {"side": ""}, {"quantity": 0}, {"quantity": None}, {"quantity": D("-1")}],
)
def test_an_unknown_order_must_say_what_it_is(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_order(row(**changes), ACCOUNT)


def test_a_live_order_may_leave_out_what_is_known_but_not_call_it_zero() -> None:
    known = read_order(row(client_order_id="c", take_profit=D(210), reduce_only=True), ACCOUNT)
    bare = {"order_id": OLD, "status": "MODIFIED"}
    seen = read_order(bare, ACCOUNT, known)
    assert (seen.symbol, seen.side, seen.quantity, seen.price) == (known.symbol, known.side, known.quantity, D(201))
    assert (seen.take_profit, seen.client_id, seen.reduce_only) == (D(210), "c", True)
    assert (seen.time_in_force, seen.raw_kind, seen.created_at) == (TimeInForce.GTC, "LIMIT", known.created_at)
    assert seen.filled == 0
    for zero in ({"quantity": 0}, {"price": 0}):
        with pytest.raises(Malformed):
            read_order({**bare, **zero}, ACCOUNT, known)
    assert read_order({**bare, "tif": "odd"}, ACCOUNT, known).time_in_force is TimeInForce.UNKNOWN
    assert read_order({**bare, "take_profit": 0}, ACCOUNT, known).take_profit is None


def test_an_end_that_calls_the_terms_zero_has_those_that_are_known() -> None:
    stop = read_order(row(type="STOP_LOSS"), ACCOUNT, listed=True)
    end = read_order({"order_id": OLD, "status": "CANCELLED", "quantity": 0, "price": 0}, ACCOUNT, stop)
    assert (end.stop, end.price, end.quantity) == (D(201), None, D(1))
    with pytest.raises(Malformed):
        read_order(row(status="CANCELLED", quantity=0), ACCOUNT)


@pytest.mark.parametrize(
    "status, remaining, listed, state",
    [
        ("FILLED", "0", False, OrderStatus.FILLED),
        ("FILLED", "0.001", False, OrderStatus.PARTIALLY_FILLED),
        ("FILLED", "1", False, OrderStatus.WORKING),
        ("FILLED", "0", True, OrderStatus.PARTIALLY_FILLED),
        ("ACK", "0", False, OrderStatus.PARTIALLY_FILLED),
        ("CANCELLED", "1", True, OrderStatus.UNRECOGNISED),
    ],
)
def test_filled_is_what_says_so_and_has_nothing_left(
    status: str, remaining: str, listed: bool, state: OrderStatus
) -> None:
    assert read_order(row(status=status, quantity_remaining=D(remaining)), ACCOUNT, listed=listed).status is state
    known = read_order(row(type="STOP_LOSS"), ACCOUNT)
    assert known.status is OrderStatus.UNTRIGGERED


@pytest.mark.parametrize("remaining, filled", [("0", "1"), ("1", "0"), ("0.4", "0.6")])
def test_nothing_and_all_may_be_left(remaining: str, filled: str) -> None:
    assert read_order(row(status="MODIFIED", quantity_remaining=D(remaining)), ACCOUNT).filled == D(filled)


def test_a_cancel_that_leaves_out_what_is_left_keeps_the_fills_that_are_known() -> None:
    known = read_order(row(status="FILLED", quantity_remaining=D("0.25")), ACCOUNT)
    for left in (None, D(0)):
        end = read_order(row(status="CANCELLED", quantity_remaining=left), ACCOUNT, known)
        assert end.filled == D("0.75")
    unknown = read_order(row(status="CANCELLED", quantity_remaining=None), ACCOUNT)
    assert unknown.filled == 0


def test_what_is_listed_as_before_is_what_was_known_with_a_newer_time() -> None:
    pushed = read_order(row(status="MODIFIED"), ACCOUNT)
    later = read_order(row(status="ACK", update_time=D(1758208780)), ACCOUNT, pushed, listed=True)
    assert later == replace(pushed, updated_at=1_758_208_780_000_000_000)
    assert read_order(row(status="ACK"), ACCOUNT, pushed).raw_status == "ACK", "a push says its own"
    moved = read_order(row(status="ACK", quantity_remaining=D("0.5")), ACCOUNT, pushed, listed=True)
    assert (moved.raw_status, moved.filled) == ("ACK", D("0.5"))


def test_an_unknown_state_changes_the_state_alone() -> None:
    known = read_order(row(), ACCOUNT)
    odd = read_order(row(status="HMM", price=D(150), update_time=D(1758208780)), ACCOUNT, known)
    assert odd == replace(
        known, status=OrderStatus.UNRECOGNISED, raw_status="HMM", updated_at=1_758_208_780_000_000_000
    )


def test_only_a_pushed_receipt_of_an_unknown_order_makes_it_a_new_one() -> None:
    added = read_order(row(), ACCOUNT)
    assert (added.attributes, added.created_at) == (((words.ADDED, "yes"),), added.updated_at)
    again = read_order(row(), ACCOUNT, read_order(row(), ACCOUNT, listed=True))
    assert (again.attributes, again.created_at) == ((), None)


@pytest.mark.parametrize("lacking", ["trade_id", "order_id", "side"])
def test_a_fill_that_lacks_what_makes_it_one_is_malformed(lacking: str) -> None:
    whole = {"trade_id": "t", "order_id": "o", "side": "BUY", "price": 2, "quantity": 3}
    fill = fill_of(whole, ACCOUNT, "USD", 5)
    assert (fill.value, fill.at, fill.fee, fill.maker, fill.symbol) == (6, 5, None, None, "")
    with pytest.raises(Malformed, match="without trade_id"):
        fill_of({**whole, lacking: None}, ACCOUNT, "USD", 5)


def test_a_margin_that_is_left_out_is_none() -> None:
    assert balance_of({"available_balance": 5, "order_margin": 1}, "USD", 7).locked == 1
    assert balance_of({"available_balance": 5, "position_margin": 2}, "USD", 7).locked == 2
    assert balance_of({"available_balance": 5}, "USD", 7).total == 5


def test_a_position_may_name_no_leverage() -> None:
    position = position_of({"symbol": "A", "position": 0})
    assert (position.size, position.leverage) == (0, None)
    assert position_of({"symbol": "A", "position": 1, "leverage": "20"}).leverage == 20


@pytest.mark.parametrize("leverage, stated", [("0", ""), ("-1", ""), (None, ""), ("0.5", "0.5")])
def test_a_default_leverage_above_zero_is_one(leverage: str | None, stated: str) -> None:
    made = instrument_of({**REFDATA, "default_max_leverage": leverage})
    assert made.attribute(words.DEFAULT_LEVERAGE) == stated


def test_coins_that_are_not_named_are_those_of_the_symbol() -> None:
    made = instrument_of({**REFDATA, "base_asset": None, "quote_asset": ""})
    assert (made.base, made.quote) == ("GOOG", "USD")
    named = instrument_of({**REFDATA, "base_asset": "B", "quote_asset": "Q"})
    assert (named.base, named.quote) == ("B", "Q")
    for step, name in (("tick_size", "tick"), ("lot_size", "lot")):
        for nothing in ("0", None, ""):
            assert getattr(instrument_of({**REFDATA, step: nothing}), name) is None
        with pytest.raises(Malformed, match="is below zero"):
            instrument_of({**REFDATA, step: "-0.05"})


def test_dust_beside_the_markets_steps_is_none() -> None:
    assert APPLE.lot is not None
    seen = read_order(row(quantity=D("0.30000000000000004"), quantity_remaining=None), ACCOUNT, market=APPLE)
    assert (seen.quantity, seen.filled) == (D("0.3"), 0)
