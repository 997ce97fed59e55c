"""Bitso's rows to orders, fills, balances, books and quotes: exact numbers, tolerant of the rest."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from app.domain.order import OrderKind, OrderStatus, Side
from app.domain.plausible import why_implausible
from app.venues.bitso.wire.rows import (
    StopData,
    books_of,
    read_balances,
    read_fill,
    read_instrument,
    read_order,
    read_ticker,
    rows,
    with_stop,
)
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import JsonError

ROW: dict[str, Any] = {
    "book": "btc_mxn",
    "oid": "qlbga6b600n3xta7",
    "origin_id": "origin_id1",
    "original_amount": "0.01000000",
    "unfilled_amount": "0.00500000",
    "original_value": "56.0",
    "price": "5600.00",
    "side": "buy",
    "status": "partially filled",
    "type": "limit",
    "time_in_force": "postonly",
    "created_at": "2016-04-08T17:52:31.000+00:00",
    "updated_at": None,
    "something_new": {"a": 1},
}


def order(stop_read: bool = True, **changes: Any) -> Any:
    return read_order(ROW | changes, "desk", stop_read=stop_read)


def test_a_listed_order() -> None:
    found = order(stop_read=False)
    assert (found.order_id, found.client_id, found.symbol, found.side) == (
        "qlbga6b600n3xta7", "origin_id1", "btc_mxn", Side.BUY,
    )  # fmt: skip
    assert (found.quantity, found.filled, found.remaining) == (Decimal("0.01"), Decimal("0.005"), Decimal("0.005"))
    assert (found.price, found.value, found.filled_value) == (Decimal("5600"), Decimal("56.0"), None)
    assert found.status is OrderStatus.PARTIALLY_FILLED
    assert found.post_only is True
    assert found.created_at == 1_460_137_951_000_000_000
    assert found.updated_at is None
    assert found.attribute("stop_read") == "no"


@pytest.mark.parametrize(
    "status, expected",
    [
        ("queued", OrderStatus.PENDING),
        ("open", OrderStatus.WORKING),
        ("partially filled", OrderStatus.PARTIALLY_FILLED),
        ("cancelled", OrderStatus.CANCELLED),
        ("completed", OrderStatus.FILLED),
        ("suspended", OrderStatus.UNRECOGNISED),
    ],
)
def test_states(status: str, expected: OrderStatus) -> None:
    assert order(status=status).status is expected
    assert order(status=status).raw_status == status


@pytest.mark.parametrize(
    "kind, stop, triggered, expected, status",
    [
        ("limit", None, None, OrderKind.LIMIT, OrderStatus.WORKING),
        ("limit", "", None, OrderKind.LIMIT, OrderStatus.WORKING),
        ("limit", "0", None, OrderKind.LIMIT, OrderStatus.WORKING),
        ("limit", "5500.00", None, OrderKind.STOP_LIMIT, OrderStatus.UNTRIGGERED),
        ("limit", "5500.00", "2016-04-08T17:52:31Z", OrderKind.STOP_LIMIT, OrderStatus.WORKING),
        ("market", "5500.00", None, OrderKind.STOP_MARKET, OrderStatus.UNTRIGGERED),
        ("market", None, None, OrderKind.MARKET, OrderStatus.WORKING),
        ("twap", None, None, OrderKind.OTHER, OrderStatus.WORKING),
    ],
)
def test_stop_orders(kind: str, stop: Any, triggered: Any, expected: OrderKind, status: OrderStatus) -> None:
    found = order(type=kind, stop=stop, triggered_at=triggered, status="open", unfilled_amount="0.01")
    assert found.kind is expected
    assert found.status is status
    assert found.attribute("stop_read") == "yes"


def test_an_untriggered_stop_that_is_queued_waits_for_its_trigger() -> None:
    assert order(status="queued", stop="5500", unfilled_amount="0.01").status is OrderStatus.UNTRIGGERED


def test_stop_data_in_the_list_are_not_trusted() -> None:
    assert order(stop_read=False, stop="5500.00").stop is None
    found = with_stop(order(stop_read=False, unfilled_amount="0.01"), StopData(Decimal(5500), triggered=True))
    assert (found.kind, found.stop, found.triggered) == (OrderKind.STOP_LIMIT, Decimal(5500), True)


def test_a_market_order_may_lack_its_amount() -> None:
    found = order(type="market", original_amount=None, unfilled_amount=None, stop="5", price=None)
    assert (found.quantity, found.filled, found.price) == (Decimal(0), Decimal(0), None)


def test_an_order_without_a_value_and_with_numbers_as_numbers() -> None:
    found = order(original_value=None, price=Decimal("5600.10"), original_amount=1, unfilled_amount=1)
    assert (found.value, found.price, found.quantity, found.filled_value) == (
        None,
        Decimal("5600.10"),
        Decimal(1),
        Decimal(0),
    )


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2016-04-08T17:52:31Z", 1_460_137_951_000_000_000),
        ("2016-04-08T17:52:31+0000", 1_460_137_951_000_000_000),
        ("2016-04-08T17:52:31+00:00", 1_460_137_951_000_000_000),
        ("2016-04-08T17:52:31", 1_460_137_951_000_000_000),
        ("2016-04-08T12:52:31.250-0500", 1_460_137_951_250_000_000),
        ("yesterday", None),
        (5, None),
    ],
)
def test_times_are_read_leniently(text: Any, expected: int | None) -> None:
    assert order(updated_at=text).updated_at == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"oid": None},
        {"side": "both"},
        {"price": "NaN"},
        {"price": "1e900"},
        {"original_amount": "1,5"},
        {"original_amount": "1e30"},
        {"unfilled_amount": None},
    ],
)
def test_a_bad_row_is_left_out_and_told_in_one_sentence(changes: dict[str, Any]) -> None:
    parse = partial(read_order, account="desk", stop_read=False)
    values, faults = rows([ROW | changes, ROW], "an order", parse)
    assert len(values) == 1
    assert len(faults) == 1
    assert faults[0].startswith("Bitso sent an order that cannot be read: ")


def test_a_payload_that_is_no_list_is_malformed() -> None:
    with pytest.raises(Malformed):
        rows({"oid": 1}, "an order", partial(read_order, account="desk", stop_read=False))


def test_a_fill_takes_amounts_without_their_signs() -> None:
    found = read_fill(
        {
            "book": "btc_mxn",
            "major": "-0.25232073",
            "created_at": "2016-04-08T17:52:31.000+00:00",
            "minor": "1023.77",
            "fees_amount": "-10.237787459385",
            "fees_currency": "mxn",
            "price": "4057.45",
            "tid": 51756,
            "oid": "g81d7y9ysclkkuqb",
            "side": "sell",
            "maker_side": "sell",
        },
        "desk",
    )
    assert (found.fill_id, found.quantity, found.value) == ("51756", Decimal("0.25232073"), Decimal("1023.77"))
    assert (found.fee, found.fee_currency, found.maker) == (Decimal("10.237787459385"), "mxn", True)


def test_balances() -> None:
    row = {"currency": "mxn", "total": "300.00", "locked": "25.1234", "available": "274.8766", "pending_deposit": "0"}
    found = read_balances({"balances": [row]}, 7)[0]
    assert (found.total, found.locked, found.available, found.as_of) == (
        Decimal("300.00"),
        Decimal("25.1234"),
        Decimal("274.8766"),
        7,
    )
    for bad in (None, {}, {"balances": [row | {"total": None}]}, {"balances": 5}):
        with pytest.raises(Malformed):
            read_balances(bad, 7)


def test_a_book_of_today_and_an_old_one() -> None:
    row: dict[str, Any] = {
        "book": "btc_mxn",
        "minimum_amount": "0.00005",
        "maximum_amount": "500",
        "minimum_price": "500",
        "maximum_price": "10000000",
        "minimum_value": "5",
        "maximum_value": "10000000",
        "tick_size": "0.01",
        "fees": {"flat_rate": {"maker": "0.500", "taker": "0.650"}},
    }
    found = read_instrument(row)
    assert (found.base, found.quote, found.tick, found.min_value) == ("btc", "mxn", Decimal("0.01"), Decimal(5))
    assert found.attribute("taker_percent") == "0.65"
    old = read_instrument({"book": "eth_btc", "minimum_amount": ".003"})
    assert (old.tick, old.min_quantity, old.max_price) == (Decimal("1E-8"), Decimal("0.003"), None)
    for bad in ({"book": "btcmxn"}, {"book": "btc_mxn", "tick_size": "0"}, {}):
        with pytest.raises((KeyError, ValueError)):
            read_instrument(bad)


def test_a_ticker_with_an_empty_side() -> None:
    found = read_ticker({"book": "btc_mxn", "bid": "99.5", "ask": None, "last": "0"}, 7)
    assert (found.bid, found.ask, found.last, found.symbol) == (Decimal("99.5"), None, None, "btc_mxn")
    with pytest.raises(Malformed):
        read_ticker({"bid": "1"}, 7)


@pytest.mark.parametrize("status", ["Open", "OPEN", " open", "rejected", "modify_failed", "partial-fill", ""])
def test_a_state_is_the_venue_s_word_to_the_letter(status: str) -> None:
    assert (order(status=status).status, order(status=status).raw_status) == (OrderStatus.UNRECOGNISED, status)


@pytest.mark.parametrize("stop, triggered", [("5500", None), ("5500", "2016-04-08T17:52:31Z"), (None, None)])
@pytest.mark.parametrize("status", ["frozen", None, "completed", "cancelled", "partially filled"])
def test_only_a_working_order_waits_for_its_trigger(status: Any, stop: Any, triggered: Any) -> None:
    found = order(status=status, stop=stop, triggered_at=triggered, unfilled_amount="0.01")
    assert found.status is not OrderStatus.UNTRIGGERED
    assert found.raw_status == (status or "")


@pytest.mark.parametrize("at", ["soon", "99999-01-01T00:00:00Z", 5, True, []])
def test_a_trigger_time_that_is_none_leaves_open_if_it_was_triggered(at: Any) -> None:
    with pytest.raises(JsonError, match="triggered_at"):
        order(stop="5500", triggered_at=at)


@pytest.mark.parametrize("at", [None, "", False])
def test_no_trigger_time_is_no_trigger(at: Any) -> None:
    assert order(stop="5500", triggered_at=at).triggered is False


@pytest.mark.parametrize("unfilled, filled", [("0.01", "0"), ("0.02", "-0.01"), ("-0.01", "0.02"), ("0", "0.01")])
def test_nothing_is_hidden_of_what_is_said_to_be_filled(unfilled: str, filled: str) -> None:
    found = order(unfilled_amount=unfilled)
    assert found.filled == Decimal(filled)
    assert (why_implausible(found) == "") is (0 <= found.filled <= found.quantity)


def test_a_listed_order_without_a_price_is_of_a_kind_only_a_look_up_tells() -> None:
    listed = order(stop_read=False, price=None)
    assert (listed.kind, why_implausible(listed)) == (OrderKind.OTHER, "")
    assert why_implausible(order(price=None)) == "it is an open limit order without a price"


@pytest.mark.parametrize(
    "side, major, minor, is_one",
    [
        ("buy", "1", "-100", True),
        ("buy", "1", "100", True),
        ("buy", "-1", "100", False),
        ("sell", "-1", "100", True),
        ("sell", "1", "100", True),
        ("sell", "1", "-100", False),
        ("sell", "0", "100", False),
    ],
)
def test_a_fill_that_goes_the_wrong_way_is_none(side: str, major: str, minor: str, is_one: bool) -> None:
    row = {"book": "btc_mxn", "tid": 1, "oid": "a1", "side": side, "price": "100", "major": major, "minor": minor}
    values, faults = rows([row], "a trade", partial(read_fill, account="desk"))
    assert (len(values), len(faults)) == ((1, 0) if is_one else (0, 1))


def test_each_balance_stands_or_falls_alone() -> None:
    good = {"currency": "mxn", "total": "300", "locked": "0", "available": "300"}
    for name in ("total", "locked", "available"):
        faults: list[str] = []
        bad = good | {"currency": "btc", name: "-0.00000001"}
        assert [each.currency for each in read_balances({"balances": [good, bad, 5, None]}, 7, faults)] == ["mxn"]
        assert f"the {name} btc is below zero (-0.00000001)" in faults[0]
        assert len(faults) == 3


@pytest.mark.parametrize(
    "limits, is_one",
    [
        ({"minimum_price": "500", "maximum_price": "501"}, True),
        ({"minimum_price": "500", "maximum_price": "500"}, False),
        ({"minimum_amount": "-1"}, False),
        ({"minimum_value": "0", "maximum_value": "0"}, False),
        ({"minimum_value": "0", "maximum_value": "1"}, True),
        ({"maximum_amount": "-5"}, False),
        ({"tick_size": "-0.01"}, False),
        ({"tick_size": "1e9999"}, False),
    ],
)
def test_limits_that_nothing_satisfies_are_none(limits: dict[str, str], is_one: bool) -> None:
    values, faults = rows([{"book": "btc_mxn"} | limits], "a book", read_instrument)
    assert (len(values), len(faults)) == ((1, 0) if is_one else (0, 1))


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, {"oid": {}}, {"oid": "a1", "side": []}])
def test_whatever_a_row_is_it_costs_itself_alone(value: Any) -> None:
    parse = partial(read_order, account="desk", stop_read=True)
    values, faults = rows([value, ROW], "an order", parse)
    assert (len(values), len(faults)) == (1, 1)


def test_books_are_named_by_rows_nobody_can_read() -> None:
    assert books_of([{"book": "btc_mxn", "tick_size": []}, {"book": 5}, {"book": "a,b"}, None, "x"]) == {"btc_mxn"}
