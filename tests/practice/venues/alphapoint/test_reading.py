"""What the venue lists: orders, histories, executions, positions, reference data; and its numbers on the wire."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from app.practice.venues.alphapoint.day import READER
from app.practice.venues.alphapoint.rows import padded, ticks
from tests.practice.venues.alphapoint.client import ACCOUNT, OMS, D, login_of, modify, practice


@pytest.mark.parametrize(
    "value, text",
    [
        ("0.345", "0.3450000000000000000000000000"),
        ("19069.31", "19069.310000000000000000000000"),
        ("10", "10.000000000000000000000000000"),
        ("0", "0.0000000000000000000000000000"),
        ("9223372036.854775807", "9223372036.8547758070000000000"),
        ("-1.5", "-1.5000000000000000000000000000"),
    ],
)
def test_numbers_have_29_digits_as_captured(value: str, text: str) -> None:
    assert format(padded(Decimal(value)), "f") == text


def test_ticks_agree_with_a_capture() -> None:
    assert ticks(1_607_579_326_002_898_100) == 637_431_761_260_028_981


async def test_the_open_orders_of_the_day() -> None:
    async with practice() as venue, venue.socket() as socket:
        rows = {row["OrderId"]: row for row in await socket.call("GetOpenOrders", ACCOUNT)}
        assert set(rows) == {6507, 6511, 6514, 6518, 6523, 6526, 6534, 6541}
        for row in rows.values():
            assert row["OrderState"] == "Working"
            assert row["OrigQuantity"] == row["Quantity"] + row["QuantityExecuted"]
            assert row["InsideBid"] < row["InsideAsk"] < 1_000_000
            assert not {"Revision", "OrderRevision", "TimeInForce", "ExpireTime", "OrderIdOCO"} & set(row)
        part = rows[6511]
        assert (part["Quantity"], part["QuantityExecuted"], part["DisplayQuantity"]) == (1, D("0.2"), D("1.2"))
        assert (part["AvgPrice"], part["GrossValueExecuted"], part["ChangeReason"]) == (99500, 19900, "Trade")
        assert rows[6514]["DisplayQuantity"] == D("0.5")
        assert rows[6523]["IsQuote"] is True
        assert rows[6526]["OrderFlag"] == "AddedToBook, PostOnly"
        assert (rows[6534]["OrigOrderId"], rows[6534]["OrigClOrdId"]) == (6529, 42016)
        assert (rows[6541]["EnteredBy"], rows[6541]["UserName"]) == (97, "colleague@redline.example")
        only = await socket.call("GetOpenOrders", {**ACCOUNT, "InstrumentId": 11})
        assert [row["OrderId"] for row in only] == [6526]
        venue.switch(decimals="plain")
        number = await socket.send("GetOpenOrders", ACCOUNT)
        text = (await socket.reply(number))["o"]
        assert '"Price":95000,"Quantity":1,' in text


async def test_status_as_object_or_array() -> None:
    async with practice(status_shape="array") as venue, venue.socket() as socket:
        (row,) = await socket.call("GetOrderStatus", {**ACCOUNT, "OrderId": 6507})
        assert row["OrderId"] == 6507
        assert (await socket.call("GetOrderStatus", {**ACCOUNT, "OrderId": 1}))["errorcode"] == 104


async def test_histories() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("ModifyOrder", modify(6511, "0.7"))
        rows = await socket.call("GetOrderHistoryByOrderId", {**OMS, "OrderId": 6511})
        assert [(row["ChangeReason"], row["Quantity"], row["QuantityExecuted"]) for row in rows] == [
            ("UserModified", D("0.7"), D("0.2")),
            ("Trade", D("1"), D("0.2")),
            ("NewInputAccepted", D("1.2"), D("0")),
        ]
        history = await socket.call("GetOrderHistory", ACCOUNT)
        states = {row["OrderId"]: row["OrderState"] for row in history}
        assert (states[6502], states[6529], states[6507]) == ("FullyExecuted", "Canceled", "Working")
        assert len(history) == 10
        venue.switch(history_limit=3)
        assert [row["OrderId"] for row in await socket.call("GetOrderHistory", ACCOUNT)] == [6541, 6534, 6526]
        everything = await socket.call("GetOrdersHistory", OMS)
        assert len(everything) == 10
        by_colleague = await socket.call("GetOrdersHistory", {**OMS, "UserId": 97})
        assert [row["OrderId"] for row in by_colleague] == [6541]
        of_old = await socket.call("GetOrdersHistory", {**OMS, "OriginalOrderId": 6529})
        assert [row["OrderId"] for row in of_old] == [6534, 6529]
        by_client = await socket.call("GetOrdersHistory", {**OMS, "ClientOrderId": 42011, "InstrumentId": 9})
        assert [row["OrderId"] for row in by_client] == [6511]
        assert len(await socket.call("GetOrdersHistory", {**OMS, "Depth": 2, "StartIndex": 1})) == 2


async def test_executions() -> None:
    async with practice() as venue, venue.socket() as socket:
        rows = await socket.call("GetAccountTrades", {**ACCOUNT, "StartIndex": 0, "Count": 10})
        assert [(row["OrderId"], row["Quantity"], row["RemainingQuantity"]) for row in rows] == [
            (6511, D("0.2"), D("1")),
            (6502, D("0.05"), D("0")),
        ]
        assert (rows[0]["Fee"], rows[0]["FeeProductId"], rows[0]["MakerTaker"]) == (D("29.85"), 1, "Maker")
        only = await socket.call("GetTradesHistory", {**ACCOUNT, "OrderId": 6502})
        assert [row["OrderId"] for row in only] == [6502]
        assert len(await socket.call("GetAccountTrades", {**ACCOUNT, "InstrumentId": 10})) == 0


async def test_positions_add_up_with_the_orders() -> None:
    async with practice() as venue, venue.socket() as socket:
        rows = {row["ProductSymbol"]: row for row in await socket.call("GetAccountPositions", ACCOUNT)}
        assert rows["USD"]["Hold"] == 95000 + 1650 + D("2512.5")
        assert rows["BTC"]["Hold"] == 1 + D("0.4") + D("0.348")
        assert rows["ETH"]["Hold"] == 7
        assert sum(name.startswith("Total") for name in rows["USD"]) == 13, "as captured, and the transfers of v4"
        assert rows["USD"]["TotalDayTransferNotional"] == 0
        assert all(row["Amount"] >= row["Hold"] for row in rows.values())


async def test_reference_data_needs_no_login() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        instruments = {row["InstrumentId"]: row for row in await socket.call("GetInstruments", {"omsid": 1})}
        row = instruments[9]
        assert [row[name] for name in ("Symbol", "Product1Symbol", "Product2Symbol", "SessionStatus")] == [
            "BTCUSD",
            "BTC",
            "USD",
            "Running",
        ]
        assert (row["QuantityIncrement"], row["PriceIncrement"], row["MinimumQuantity"], row["MinimumPrice"]) == (
            D("0.00000001"),
            D("0.01"),
            D("0.0001"),
            D("1000"),
        )
        assert (await socket.call("GetInstrument", {**OMS, "InstrumentId": 11}))["Symbol"] == "ETHBTC"
        assert (await socket.call("GetInstrument", {**OMS, "InstrumentId": 5}))["errorcode"] == 100
        products = await socket.call("GetProducts", OMS)
        assert {(row["Product"], row["DecimalPlaces"]) for row in products} == {("USD", 2), ("BTC", 8), ("ETH", 8)}
        assert products[1]["TickSize"] == D("0.00000001")


async def test_the_account_and_the_fee() -> None:
    async with practice() as venue, venue.socket() as socket:
        assert await socket.call("GetUserAccounts", {**OMS, "UserId": 96, "UserName": "x"}) == [9]
        assert (await socket.call("GetUserAccounts", {**OMS, "UserId": 97}))["errorcode"] == 20
        info = await socket.call("GetAccountInfo", ACCOUNT)
        assert (info["AccountId"], info["RiskType"], info["Frozen"]) == (9, "Normal", False)
        user = await socket.call("GetUserInfo")
        assert (user["UserId"], user["Locked"], user["DateTimeCreated"][-1]) == (96, False, "Z")
        asked = {**ACCOUNT, "InstrumentId": 9, "Amount": "2", "Price": "90000", "OrderType": 2, "MakerTaker": 1}
        assert await socket.call("GetOrderFee", {**asked, "Side": 1}) == {"OrderFee": D("270"), "ProductId": 1}
        assert await socket.call("GetOrderFee", {**asked, "Side": 0}) == {"OrderFee": D("0.003"), "ProductId": 2}
        asked["Quantity"] = asked.pop("Amount")  # as the operator's own client calls it
        assert await socket.call("GetOrderFee", {**asked, "Side": 0}) == {"OrderFee": D("0.003"), "ProductId": 2}


async def test_a_user_is_told_the_own_permissions() -> None:
    async with practice() as venue, venue.socket() as socket:
        mine = await socket.call("GetUserPermissions", {"UserId": 96})
        assert {"getopenorders", "modifyorder"} <= set(mine)
        assert (await socket.call("GetUserPermissions", {"UserId": 97}))["errorcode"] == 20
        async with venue.socket(login_of(READER.api_key, READER.secret, "98")) as other:
            assert "modifyorder" not in await other.call("GetUserPermissions", {})


async def test_transactions_add_up_with_the_balance() -> None:
    async with practice() as venue, venue.socket() as socket:
        before = {row["ProductId"]: row["Amount"] for row in await socket.call("GetAccountPositions", ACCOUNT)}
        known = len(await socket.call("GetAccountTransactions", ACCOUNT))
        order = venue.server.find("6507")
        assert order is not None
        venue.server.fill_now(order, D("0.25"))
        after = {row["ProductId"]: row["Amount"] for row in await socket.call("GetAccountPositions", ACCOUNT)}
        rows = await socket.call("GetAccountTransactions", {**ACCOUNT, "Depth": 3})
        assert len(await socket.call("GetAccountTransactions", ACCOUNT)) == known + 3
        assert [row["TransactionType"] for row in rows] == ["Trade", "Trade", "Fee"]
        assert len({row["TransactionId"] for row in rows}) == 3
        for product in before:
            moved = sum(row["CR"] - row["DR"] for row in rows if row["ProductId"] == product)
            assert moved == after[product] - before[product]


async def test_frames_that_are_none() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        bad: list[Any] = [
            "{",
            "[]",
            json.dumps({"m": 1, "i": 2, "n": "Ping", "o": "{}"}),
            json.dumps({"m": 0, "i": 2, "n": "Ping", "o": {}}),
            json.dumps({"m": 0, "i": "2", "n": "Ping", "o": "{}"}),
            json.dumps({"m": 0, "i": 2, "n": "Ping", "o": "{"}),
        ]
        for text in bad:
            await socket.raw.send(text)
            frame = await socket.frame()
            assert (frame["m"], frame["o"]) == (5, "Invalid Request")
        assert await socket.error("NoSuchThing", {}) == "Endpoint not found"
        for kind in (0, 2, 4):
            number = await socket.send("Ping", "", kind)
            assert json.loads((await socket.reply(number))["o"]) == {"msg": "PONG"}
