"""SendOrder, CancelOrder, CancelAllOrders, and the events that come of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.venues.alphapoint.client import ACCOUNT, OMS, D, Socket, practice, ticket


async def status(socket: Socket, order_id: int) -> dict[str, Any]:
    return dict(await socket.call("GetOrderStatus", {**ACCOUNT, "OrderId": order_id}))


async def test_an_order_is_known_once_it_took_effect() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        answer = await socket.call(
            "SendOrder", ticket(ClientOrderId=81, UseDisplayQuantity=True, DisplayQuantity="0.02")
        )
        assert (answer["status"], answer["errormsg"]) == ("Accepted", "")
        assert (await status(socket, answer["OrderId"]))["errorcode"] == 104, "accepted is not placed"
        event = await socket.event("OrderStateEvent")
        assert [event[name] for name in ("OrderId", "OrderState", "ChangeReason", "ClientOrderId", "OrderFlag")] == [
            answer["OrderId"],
            "Working",
            "NewInputAccepted",
            81,
            "AddedToBook",
        ]
        assert (event["Quantity"], event["DisplayQuantity"]) == (D("0.1"), D("0.02"))
        again = await socket.call("SendOrder", ticket(ClientOrderId=81))
        assert again == {"status": "Rejected", "errormsg": "Invalid_ClientOrderId", "errorcode": 101}


async def test_one_that_trades_at_once_and_one_that_finds_nobody() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        answer = await socket.call("SendOrder", ticket(OrderType="Market", Quantity="0.01"))
        trade = await socket.event("OrderTradeEvent")
        assert (trade["OrderId"], trade["Quantity"], trade["Side"]) == (answer["OrderId"], D("0.01"), "Buy")
        done = await status(socket, answer["OrderId"])
        assert (done["OrderState"], done["ChangeReason"], done["DisplayQuantity"]) == ("FullyExecuted", "Trade", 0)
        assert done["AvgPrice"] == trade["Price"]
        venue.switch(state_words="spaced", null_strings=True)
        done = await status(socket, answer["OrderId"])
        assert (done["OrderState"], done["CancelReason"]) == ("Fully Executed", None)
        answer = await socket.call("SendOrder", ticket(TimeInForce=3))
        done = await status(socket, answer["OrderId"])
        assert (done["OrderState"], done["CancelReason"]) == ("Canceled", "SystemCanceled_NoMoreMarket")


async def test_funds_gone_between_receipt_and_effect() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        body = ticket(Quantity="0.8", LimitPrice="90000")
        first = await socket.call("SendOrder", {**body, "ClientOrderId": 1})
        second = await socket.call("SendOrder", {**body, "ClientOrderId": 2})
        assert {first["status"], second["status"]} == {"Accepted"}
        event = await socket.event("NewOrderRejectEvent")
        assert (event["ClientOrderId"], event["Status"], event["RejectReason"]) == (2, "Rejected", "Not_Enough_Funds")
        third = await socket.call("SendOrder", {**body, "ClientOrderId": 3})
        assert third == {"status": "Rejected", "errormsg": "Not_Enough_Funds", "errorcode": 101}


async def test_a_stop_waits_and_wakes() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        row = await status(socket, 6518)
        assert (row["OrderState"], row["OrderType"], row["StopPrice"], row["OrderFlag"]) == (
            "Working",
            "StopLimit",
            3200,
            "0",
        )
        venue.server.trigger_now(venue.server.exchange.order("6518"))
        row = await status(socket, 6518)
        assert row["QuantityExecuted"] == 2, "its price is far through the market"
        body = ticket(OrderType=4, StopPrice="99000", LimitPrice="99100")
        answer = await socket.call("SendOrder", body)
        assert (await status(socket, answer["OrderId"]))["OrderState"] == "Working"


async def test_cancel_by_id_and_by_client_id() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        assert (await socket.call("CancelOrder", {**OMS, "OrderId": 6507}))["result"] is True
        assert (await status(socket, 6507))["OrderState"] == "Working"
        row = await socket.event("OrderStateEvent", lambda row: row["OrderId"] == 6507)
        assert (row["OrderState"], row["CancelReason"], row["DisplayQuantity"]) == ("Canceled", "UserModified", 1)
        assert row["OrderFlag"] == "AddedToBook, RemovedFromBook"
        assert (await socket.call("CancelOrder", {**ACCOUNT, "ClOrderId": 42011}))["result"] is True
        await socket.event("OrderStateEvent", lambda row: row["OrderId"] == 6511)


@pytest.mark.parametrize(
    "body, code",
    [
        ({"OMSId": 1, "OrderId": 999}, 104),
        ({"OMSId": 1, "OrderId": 6502}, 104),
        ({"OMSId": 1, "AccountId": 9, "ClOrderId": 5}, 104),
        ({"OMSId": 1, "AccountId": 9, "ClOrderId": 0}, 100),
        ({"OMSId": 1, "ClOrderId": 42011}, 100),
        ({"OMSId": 1}, 100),
        ({"OrderId": 6507}, 100),
        ({"OMSId": 1, "AccountId": 10, "OrderId": 6507}, 20),
    ],
)
async def test_cancel_refusals(body: dict[str, Any], code: int) -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        assert (await socket.call("CancelOrder", body))["errorcode"] == code
        assert len(await socket.call("GetOpenOrders", ACCOUNT)) == 8


async def test_a_cancel_that_comes_too_late_says_so_with_the_revision() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.server.foreign_amend(venue.server.exchange.order("6507"), None, D("0.9"))
        venue.server.faults.add("fill", "cancel", quantity="all")
        assert (await socket.call("CancelOrder", {**OMS, "OrderId": 6507}))["result"] is True
        event = await socket.event("CancelOrderRejectEvent")
        assert [event[name] for name in ("OrderId", "OrderRevision", "InstrumentId", "RejectReason")] == [
            6507,
            1,
            9,
            "Order Not Found",
        ]


async def test_cancel_all_minds_the_instrument_only_if_told_to() -> None:
    async with practice(effect_delay_ms=0, instrument_scope="honoured") as venue, venue.socket() as socket:
        await socket.call("CancelAllOrders", {**ACCOUNT, "InstrumentId": 11})
        assert len(await socket.call("GetOpenOrders", ACCOUNT)) == 7
        answer = await socket.call("CancelAllOrders", {**ACCOUNT, "InstrumentId": 77})
        assert answer["errormsg"] == "Invalid InstrumentId: 77"
        venue.switch(instrument_scope="ignored")
        await socket.call("CancelAllOrders", {**ACCOUNT, "IntrumentId": 9})
        assert await socket.call("GetOpenOrders", ACCOUNT) == [], "the colleague's order as well"
        rows = await socket.call("GetAccountPositions", ACCOUNT)
        assert {row["Hold"] for row in rows} == {0}
        venue.server.exchange.ledger.check()


@pytest.mark.parametrize("operation", ["place", "replace", "cancel", "cancel_all"])
async def test_planned_refusals(operation: str) -> None:
    calls = {
        "place": ("SendOrder", ticket()),
        "replace": ("CancelReplaceOrder", ticket(OrderIdToReplace=6507)),
        "cancel": ("CancelOrder", {**OMS, "OrderId": 6507}),
        "cancel_all": ("CancelAllOrders", ACCOUNT),
    }
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        venue.server.faults.add("refuse", operation, code=102)
        assert (await socket.call(*calls[operation]))["errorcode"] == 102
        assert len(await socket.call("GetOpenOrders", ACCOUNT)) == 8
        venue.server.faults.add("refuse", operation, point="request_received", code=101)
        assert (await socket.call(*calls[operation]))["errorcode"] == 101
