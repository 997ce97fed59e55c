"""Rows to domain values."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.order import OrderKind, OrderStatus, Side, TimeInForce
from app.venues.common.failures import Malformed
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.rows import balance_of, fill_of, instrument_of, position_of, read_order
from tests.venues.qfex.samples import ACCOUNT, NEW, OLD, row

D = Decimal


def test_the_documented_reply() -> None:
    seen = read_order(
        row(order_id=NEW, status="MODIFIED", quantity=D("2.0"), quantity_remaining=D("2.0"), price=D("200.0"),
            take_profit=D("200.0"), stop_loss=D("150.0")),
        ACCOUNT,
    )  # fmt: skip
    assert (seen.order_id, seen.symbol, seen.side, seen.kind) == (NEW, "AAPL-USD", Side.BUY, OrderKind.LIMIT)
    assert (seen.price, seen.quantity, seen.filled, seen.take_profit, seen.stop_loss) == (200, 2, 0, 200, 150)
    assert (seen.status, seen.raw_status, seen.time_in_force) == (OrderStatus.WORKING, "MODIFIED", TimeInForce.GTC)
    assert seen.updated_at == 1_758_208_770_551_284_600
    assert (seen.reduce_only, seen.post_only) == (None, False)


@pytest.mark.parametrize(
    "status, remaining, expected, filled",
    [
        ("ACK", "1", OrderStatus.WORKING, "0"),
        ("MODIFIED", "1", OrderStatus.WORKING, "0"),
        ("FILLED", "0.4", OrderStatus.PARTIALLY_FILLED, "0.6"),
        ("FILLED", "0", OrderStatus.FILLED, "1"),
        ("CANCELLED", "1", OrderStatus.CANCELLED, "0"),
        ("CANCELLED", "0.25", OrderStatus.CANCELLED, "0.75"),
        ("CANCELLED_STP", "1", OrderStatus.CANCELLED, "0"),
        ("IOC_CANCELLED", "1", OrderStatus.CANCELLED, "0"),
        ("SOMETHING_NEW", "1", OrderStatus.UNRECOGNISED, "0"),
    ],
)
def test_statuses_of_pushes(status: str, remaining: str, expected: OrderStatus, filled: str) -> None:
    seen = read_order(row(status=status, quantity_remaining=D(remaining)), ACCOUNT)
    assert (seen.status, seen.filled) == (expected, D(filled))


@pytest.mark.parametrize("status", ["ACK", "MODIFIED", "FILLED"])
def test_a_listed_order_is_open_whatever_its_status_says(status: str) -> None:
    listed = read_order(row(status=status, quantity_remaining=D("0.4")), ACCOUNT, listed=True)
    assert (listed.status, listed.filled) == (OrderStatus.PARTIALLY_FILLED, D("0.6"))


@pytest.mark.parametrize(
    "status, raw",
    [
        ("CANCELLED", "CANCELLED"),
        ("REJECTED", "REJECTED"),
        ("WHATEVER", "WHATEVER"),
        ("modified", "modified"),
        ("", ""),
        (" ACK", " ACK"),
        (None, "null"),
        (7, "7"),
        ({"a": [True]}, '{"a":[true]}'),
    ],
)
def test_a_listed_order_in_a_state_nobody_knows_is_open_and_proves_nothing(status: object, raw: str) -> None:
    listed = read_order(row(status=status, quantity_remaining=D("0.4")), ACCOUNT, listed=True)
    assert (listed.status, listed.raw_status, listed.is_open) == (OrderStatus.UNRECOGNISED, raw, True)
    known = read_order(row(), ACCOUNT, listed=True)
    odd = read_order(row(status=status, price=D(200), quantity=D(3)), ACCOUNT, known, listed=True)
    assert (odd.status, odd.price, odd.quantity) == (OrderStatus.UNRECOGNISED, D(201), D(1)), "its terms prove nothing"
    pushed = read_order(row(status=status, quantity_remaining=D("0.4")), ACCOUNT)
    assert pushed.status in (OrderStatus.UNRECOGNISED, OrderStatus.CANCELLED)
    assert (pushed.status is OrderStatus.CANCELLED) == (status == "CANCELLED")


def test_a_cancel_that_reports_nothing_left_claims_no_fill() -> None:
    known = read_order(row(status="FILLED", quantity_remaining=D("0.75")), ACCOUNT)
    end = read_order(row(status="CANCELLED", quantity_remaining=D(0)), ACCOUNT, known)
    assert (end.status, end.filled) == (OrderStatus.CANCELLED, D("0.25"))
    assert read_order(row(status="CANCELLED", quantity_remaining=D(0)), ACCOUNT).filled == 0


def test_a_bare_cancel_takes_the_rest_from_what_is_known() -> None:
    known = read_order(row(take_profit=D(210), client_order_id="c"), ACCOUNT, listed=True)
    end = read_order({"order_id": OLD, "status": "CANCELLED"}, ACCOUNT, known)
    assert (end.price, end.quantity, end.take_profit, end.client_id) == (D("201.0"), D("1.0"), D(210), "c")
    assert end.status is OrderStatus.CANCELLED
    zeros = read_order({"order_id": OLD, "status": "CANCELLED", "quantity": 0, "price": 0}, ACCOUNT, known)
    assert (zeros.price, zeros.quantity) == (D("201.0"), D("1.0"))


def test_a_known_order_of_another_id_says_nothing() -> None:
    known = read_order(row(), ACCOUNT)
    with pytest.raises(Malformed, match="quantity"):
        read_order({"order_id": NEW, "status": "CANCELLED", "symbol": "AAPL-USD"}, ACCOUNT, known)


@pytest.mark.parametrize("kind", sorted(words.STOPS))
def test_the_price_of_a_stop_order_is_its_trigger(kind: str) -> None:
    seen = read_order(row(type=kind), ACCOUNT, listed=True)
    assert (seen.price, seen.stop, seen.status) == (None, D("201.0"), OrderStatus.UNTRIGGERED)


def test_kinds_and_times_in_force() -> None:
    assert read_order(row(type="ALO"), ACCOUNT).post_only is True
    assert read_order(row(type="SOMETHING"), ACCOUNT).kind is OrderKind.OTHER
    assert read_order(row(type="MARKET", time_in_force="IOC"), ACCOUNT).price is None
    assert read_order(row(time_in_force="GFD"), ACCOUNT).time_in_force is TimeInForce.UNKNOWN
    assert read_order(row(reduce_only=True), ACCOUNT).reduce_only is True


def test_a_new_order_is_marked_as_added_and_stays_so() -> None:
    added = read_order(row(), ACCOUNT)
    assert added.attribute(words.ADDED)
    assert added.created_at == added.updated_at
    assert read_order(row(quantity_remaining=D("0.5"), status="FILLED"), ACCOUNT, added).attribute(words.ADDED)
    assert not read_order(row(status="MODIFIED"), ACCOUNT).attribute(words.ADDED)
    assert not read_order(row(), ACCOUNT, listed=True).attribute(words.ADDED)


def test_a_list_that_words_a_status_otherwise_is_no_change() -> None:
    pushed = read_order(row(status="MODIFIED"), ACCOUNT)
    listed = read_order(row(status="ACK", update_time=None), ACCOUNT, pushed, listed=True)
    assert listed == pushed
    assert read_order(row(price=D(202)), ACCOUNT, pushed, listed=True) != pushed


def test_nullable_and_odd_fields() -> None:
    seen = read_order(row(take_profit=None, stop_loss=None, client_order_id=None, update_time="soon"), ACCOUNT)
    assert (seen.take_profit, seen.stop_loss, seen.client_id, seen.updated_at) == (None, None, "", None)
    assert read_order(row(price="201.50"), ACCOUNT).price == D("201.50")


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": ""},
        {"order_id": 7},
        {"symbol": None},
        {"side": "LONG"},
        {"quantity": None},
        {"quantity": D(0)},
        {"quantity": "many"},
        {"quantity": True},
        {"price": {}},
        {"price": D("1E+40")},
        {"quantity": D("1E-40")},
    ],
)
def test_a_row_that_is_no_order_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_order(row(**changes), ACCOUNT)


@pytest.mark.parametrize("name", ["side", "symbol", "type"])
@pytest.mark.parametrize("value", ["", [], {"side": "BUY"}, 5.5, True])
@pytest.mark.parametrize("status", ["MODIFIED", "ACK"])
def test_what_an_order_is_is_not_taken_from_before_where_a_row_says_nonsense(
    name: str, value: object, status: str
) -> None:
    known = read_order(row(), ACCOUNT)
    with pytest.raises(Malformed):
        read_order(row(status=status, price=D("199.88"), **{name: value}), ACCOUNT, known=known)
    silent = {each: number for each, number in row(status=status).items() if each != name}
    assert read_order(silent, ACCOUNT, known=known).side is Side.BUY


def test_a_row_without_living_terms_may_leave_empty_what_it_does_not_know() -> None:
    known = read_order(row(), ACCOUNT)
    refused = row(status="CANNOT_MODIFY_NO_SUCH_ORDER", side="", symbol="", type="")
    assert read_order(refused, ACCOUNT, known=known).side is Side.BUY
    with pytest.raises(Malformed):
        read_order({**refused, "side": {}}, ACCOUNT, known=known)


values = (
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)


@given(changes=st.dictionaries(st.sampled_from(sorted(row())), values), listed=st.booleans())
def test_any_row_is_an_order_or_malformed(changes: dict[str, Any], listed: bool) -> None:
    with contextlib.suppress(Malformed):
        seen = read_order({**row(), **changes}, ACCOUNT, listed=listed)
        assert 0 <= seen.filled <= seen.quantity


def test_a_fill() -> None:
    push = {
        "trade_id": "t", "user_id": "u", "symbol": "US100-USD", "price": D("25242.0"), "quantity": D("0.004"),
        "side": "SELL", "aggressor_side": "SELL", "order_id": OLD, "fee": D("0.00045"), "order_type": "MARKET",
        "tif": "IOC", "order_price": D("25547.0"), "remaining_quantity": D("0.0"), "timestamp": D("1769439642.84"),
    }  # fmt: skip
    fill = fill_of(push, ACCOUNT, "USD", 5)
    assert (fill.fill_id, fill.order_id, fill.side) == ("t", OLD, Side.SELL)
    assert (fill.price, fill.quantity, fill.value) == (D("25242.0"), D("0.004"), D("100.968"))
    assert (fill.fee, fill.fee_currency, fill.maker) == (D("0.00045"), "USD", False)
    assert fill.at == 1_769_439_642_840_000_000
    assert fill_of({**push, "aggressor_side": "BUY", "timestamp": None}, ACCOUNT, "USD", 5).maker is True
    assert fill_of({**push, "timestamp": None}, ACCOUNT, "USD", 5).at == 5
    for broken in ({"trade_id": None}, {"side": "X"}, {"price": "x"}, {"quantity": None}):
        with pytest.raises(Malformed):
            fill_of({**push, **broken}, ACCOUNT, "USD", 5)


def test_the_margin_balance_adds_up() -> None:
    pulse = {"deposit": 1000, "order_margin": D("19.5"), "position_margin": 200, "available_balance": D("780.5")}
    balance = balance_of(pulse, "USD", 7)
    assert (balance.currency, balance.total, balance.available, balance.locked) == ("USD", 1000, D("780.5"), D("219.5"))
    with pytest.raises(Malformed):
        balance_of({"order_margin": 1}, "USD", 7)


def test_a_position() -> None:
    assert position_of({"symbol": "A", "position": D("-2.5"), "leverage": D("20.0")}).size == D("-2.5")
    for broken in ({"position": 1}, {"symbol": "A"}, {"symbol": "A", "position": "x"}):
        with pytest.raises(Malformed):
            position_of(broken)


REFDATA = {
    "symbol": "GOOG-USD", "clobPairId": "1", "base_asset": "GOOG", "quote_asset": "USD", "margin_asset": "USD",
    "status": "ACTIVE", "tick_size": "0.05", "lot_size": "0.001", "min_price": "112", "max_price": "209",
    "min_quantity": "0.001", "max_quantity": "100000000", "order_types": None, "default_max_leverage": 20,
}  # fmt: skip


@pytest.mark.parametrize("nothing", ["0", "0.000", None, ""])
def test_a_market_without_steps_is_a_market_all_the_same(nothing: str | None) -> None:
    found = instrument_of({**REFDATA, "tick_size": nothing, "lot_size": nothing})
    assert (found.tick, found.lot, found.max_price, found.trading) == (None, None, 209, True)
    bare = instrument_of({"symbol": "GOOG-USD"})
    assert (bare.tick, bare.lot, bare.base, bare.quote, bare.status) == (None, None, "GOOG", "USD", "")


def test_an_instrument() -> None:
    found = instrument_of(REFDATA)
    assert (found.key, found.base, found.quote) == (("GOOG-USD", ""), "GOOG", "USD")
    assert (found.tick, found.lot, found.min_price, found.max_price) == (D("0.05"), D("0.001"), 112, 209)
    assert found.trading
    assert found.attribute(words.DEFAULT_LEVERAGE) == "20"
    closed = instrument_of({**REFDATA, "status": "DELISTED"})
    assert (closed.trading, closed.status) == (False, "DELISTED")
    assert replace(closed, trading=True, status="ACTIVE") == found
    for broken in ({"symbol": ""}, {"tick_size": "-0.05"}, {"lot_size": "x"}, {"min_price": "x"}):
        with pytest.raises(Malformed):
            instrument_of({**REFDATA, **broken})
