"""Exact bounds of Bitso's rows: sizes, signs, stop data and limits at their edges, and what is not there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.order import OrderKind, OrderStatus, Side
from app.venues.bitso.wire.rows import (
    StopData,
    read_balances,
    read_fill,
    read_instrument,
    read_order,
    read_ticker,
    stop_data,
    with_stop,
)
from app.venues.bitso.wire.values import number
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import JsonError
from tests.venues.bitso.samples import order as sample
from tests.venues.bitso.samples import stop_limit
from tests.venues.bitso.wire.test_rows import order

D = Decimal


def test_a_market_order_is_sized_where_it_says_its_amount() -> None:
    by_value = order(type="market", original_amount=None, unfilled_amount=None, price=None)
    assert (by_value.quantity, by_value.filled, by_value.filled_value) == (0, 0, 0)
    sized = order(type="market", price="5")
    assert (sized.quantity, sized.filled, sized.price) == (D("0.01"), D("0.005"), None)
    with pytest.raises(JsonError):
        order(original_amount=None)


@pytest.mark.parametrize(
    "stop_read, price, kind",
    [
        (True, "5", OrderKind.LIMIT),
        (False, "5", OrderKind.LIMIT),
        (True, None, OrderKind.LIMIT),
        (False, None, OrderKind.OTHER),
    ],
)
def test_a_listed_order_without_a_price_may_be_of_any_kind(stop_read: bool, price: str | None, kind: OrderKind) -> None:
    assert order(stop_read, price=price).kind is kind


@pytest.mark.parametrize("unfilled, filled_value", [("0.01", D(0)), ("0.011", D(0)), ("0.00999999", None), ("0", None)])
def test_without_fills_nothing_was_paid(unfilled: str, filled_value: Decimal | None) -> None:
    assert order(unfilled_amount=unfilled).filled_value == filled_value


@pytest.mark.parametrize(
    "status, word", [(None, ""), ("", ""), ("x" * 41, "x" * 41), (7, "7"), (["y" * 50], "['" + "y" * 38)]
)
def test_a_state_is_told_in_the_venues_own_word(status: Any, word: str) -> None:
    seen = order(status=status)
    assert (seen.raw_status, seen.status) == (word, OrderStatus.UNRECOGNISED)


@pytest.mark.parametrize(
    "stop, at, data",
    [
        (None, None, StopData(None, False)),
        (None, "2020-01-01T00:00:00Z", StopData(None, False)),
        ("0", "2020-01-01T00:00:00Z", StopData(None, False)),
        ("5", None, StopData(D(5), False)),
        ("5", "", StopData(D(5), False)),
        ("5", False, StopData(D(5), False)),
        ("5", "2020-01-01T00:00:00Z", StopData(D(5), True)),
    ],
)
def test_stop_data_are_those_of_a_stop_order(stop: Any, at: Any, data: StopData) -> None:
    assert stop_data(order(stop=stop, triggered_at=at)) == data
    with pytest.raises(JsonError, match="no time"):
        order(stop="5", triggered_at="soon")


def test_stop_data_are_marked_as_read_once_and_nothing_is_lost() -> None:
    listed = order(stop_read=False)
    seen = with_stop(with_stop(listed, StopData(None, False)), StopData(None, False))
    assert seen.attributes == (("stop_read", "yes"), ("time_in_force", "postonly"))
    assert listed.attributes == (("stop_read", "no"), ("time_in_force", "postonly"))


@pytest.mark.parametrize(
    "status, filled, triggered, waits",
    [
        (OrderStatus.WORKING, "0", False, True),
        (OrderStatus.PENDING, "0", False, True),
        (OrderStatus.WORKING, "0.1", False, False),
        (OrderStatus.WORKING, "0", True, False),
        (OrderStatus.CANCELLED, "0", False, False),
        (OrderStatus.UNRECOGNISED, "0", False, False),
    ],
)
def test_a_stop_waits_until_it_is_triggered_or_fills(
    status: OrderStatus, filled: str, triggered: bool, waits: bool
) -> None:
    seen = with_stop(stop_limit(status=status, filled=D(filled)), StopData(D(5), triggered))
    assert seen.status is (OrderStatus.UNTRIGGERED if waits else status)
    assert with_stop(sample(status=status), StopData(None, False)).status is status


# -- executions, balances, books -------------------------------------------------------------------------------------

TRADE: dict[str, Any] = {
    "tid": 7,
    "oid": sample().order_id,
    "book": "btc_usd",
    "side": "buy",
    "price": "5",
    "major": "2",
    "minor": "-10",
    "created_at": "2016-04-08T17:52:31Z",
}


def test_an_execution_brings_in_one_thing_for_another() -> None:
    bought = read_fill(TRADE, "desk")
    assert (bought.quantity, bought.value, bought.at) == (2, 10, 1_460_137_951_000_000_000)
    assert (bought.fee, bought.fee_currency, bought.maker) == (None, "", None)
    sold = read_fill(TRADE | {"side": "sell", "major": "-2", "minor": "10"}, "desk")
    assert (sold.side, sold.quantity, sold.value) == (Side.SELL, 2, 10)
    for wrong in ({"major": "-2"}, {"side": "sell", "minor": "-10"}):
        with pytest.raises(JsonError, match="brings in less than zero"):
            read_fill(TRADE | wrong, "desk")
    free = read_fill(TRADE | {"side": "sell", "minor": "0"}, "desk")
    assert free.value == 0


@pytest.mark.parametrize("at, told", [(None, 0), ("soon", 0), ("2016-04-08T17:52:31Z", 1_460_137_951_000_000_000)])
def test_an_execution_without_a_time_has_none(at: Any, told: int) -> None:
    assert read_fill(TRADE | {"created_at": at}, "desk").at == told


@pytest.mark.parametrize("side, maker", [("buy", True), ("sell", False), ("", None), (None, None), (7, None)])
def test_the_makers_side_tells_whether_it_was_ours(side: Any, maker: bool | None) -> None:
    assert read_fill(TRADE | {"maker_side": side}, "desk").maker is maker


def test_an_execution_of_another_order_than_asked_for_is_refused() -> None:
    assert read_fill(TRADE | {"fees_amount": "-0.1", "fees_currency": "btc"}, "desk", sample()).fee == D("0.1")
    with pytest.raises(JsonError, match="it is of order other, and those of"):
        read_fill(TRADE | {"oid": "other"}, "desk", sample())


def test_the_first_balance_that_cannot_be_read_is_named() -> None:
    good = {"currency": "btc", "total": "3", "available": "0", "locked": "0"}
    listed = {"balances": [good | {"total": "-1"}, good | {"total": "x"}, good]}
    with pytest.raises(Malformed, match="the total btc is below zero"):
        read_balances(listed, 5)
    faults: list[str] = []
    (balance,) = read_balances(listed, 5, faults)
    assert (balance.total, balance.available, balance.as_of, len(faults)) == (3, 0, 5, 2)


BOOK: dict[str, Any] = {"book": "btc_usd", "tick_size": "0.01", "fees": {"flat_rate": {"taker": "0.650"}}}


@pytest.mark.parametrize("what", ["price", "amount", "value"])
@pytest.mark.parametrize(
    "low, high, right",
    [
        (None, None, True),
        ("0", "0.01", True),
        ("5", "5.01", True),
        ("5", "5", False),
        ("5", "4", False),
        (None, "0", False),
        (None, "-1", False),
        ("-0.01", "5", False),
        ("-0.01", None, False),
        ("5", None, True),
    ],
)
def test_limits_must_leave_something_between_them(what: str, low: str | None, high: str | None, right: bool) -> None:
    row = BOOK | {f"minimum_{what}": low, f"maximum_{what}": high}
    if not right:
        with pytest.raises(JsonError, match=f"limits of its {what}"):
            read_instrument(row)
        return
    market = read_instrument(row)
    name = {"amount": "quantity"}.get(what, what)
    assert (getattr(market, f"min_{name}"), getattr(market, f"max_{name}")) == (
        D(low) if low else None,
        D(high) if high else None,
    )


@pytest.mark.parametrize("book", ["btc", "_usd", "btc_", "_"])
def test_a_book_has_two_currencies(book: str) -> None:
    with pytest.raises(JsonError, match="without two currencies"):
        read_instrument(BOOK | {"book": book})


@pytest.mark.parametrize("tick, read", [(None, "0.00000001"), ("", "0.00000001"), ("5", "5"), ("0.00000001", "1E-8")])
def test_a_tick_is_above_zero_else_the_last_of_eight_decimals(tick: Any, read: str) -> None:
    assert read_instrument(BOOK | {"tick_size": tick}).tick == D(read)
    for wrong in ("0", "-0.01"):
        with pytest.raises(JsonError, match="tick size that is not above zero"):
            read_instrument(BOOK | {"tick_size": wrong})


@pytest.mark.parametrize("fees, told", [(None, ""), ([], ""), ({}, ""), ({"flat_rate": 7}, ""), (BOOK["fees"], "0.65")])
def test_the_takers_fee_is_told_where_it_is(fees: Any, told: str) -> None:
    assert read_instrument(BOOK | {"fees": fees}).attribute("taker_percent") == told


def test_a_price_of_zero_is_none() -> None:
    quote = read_ticker({"book": "btc_usd", "bid": "0", "ask": "-1", "last": "0.01"}, 5)
    assert (quote.bid, quote.ask, quote.last, quote.as_of) == (None, None, D("0.01"), 5)


@pytest.mark.parametrize(
    "text, right", [("1e18", True), ("9.9e18", True), ("1e19", False), ("1e-18", True), ("9e-19", False)]
)
def test_numbers_at_the_bounds_of_sense(text: str, right: bool) -> None:
    if right:
        assert number(text) == D(text)
    else:
        with pytest.raises(JsonError):
            number(text)
    assert number("0e-30") == 0


def test_a_row_of_the_list_reads_as_one_of_a_look_up_but_for_its_stop() -> None:
    row = {"oid": "a", "book": "btc_usd", "side": "BUY", "status": "open", "type": "LIMIT"}
    sized = row | {"original_amount": 2, "unfilled_amount": 2, "price": 5}
    assert read_order(sized, "desk", stop_read=False).attribute("stop_read") == "no"
    assert read_order(sized, "desk", stop_read=True).attribute("stop_read") == "yes"
