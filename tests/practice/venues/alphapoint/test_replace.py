"""CancelReplaceOrder: four ids for an answer, a new order at the back, and every way its two legs can come apart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.venues.alphapoint.client import ACCOUNT, D, Socket, practice, ticket


def replacement(order_id: int = 6507, **more: object) -> dict[str, Any]:
    """A CancelReplaceOrder of 6507: the same buy of 1 BTC, at 95000 unless told otherwise."""
    body = ticket(OrderIdToReplace=order_id, Quantity="1", LimitPrice="95000", ClientOrderId=70001)
    return {**body, **more}


async def status(socket: Socket, order_id: int) -> dict[str, Any]:
    return dict(await socket.call("GetOrderStatus", {**ACCOUNT, "OrderId": order_id}))


async def hold(socket: Socket) -> Any:
    rows = await socket.call("GetAccountPositions", ACCOUNT)
    return next(row["Hold"] for row in rows if row["ProductSymbol"] == "USD")


async def test_both_legs_after_the_answer() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        held = await hold(socket)
        answer = await socket.call("CancelReplaceOrder", replacement(LimitPrice="95500.5"))
        new_id = answer["ReplacementOrderId"]
        assert answer == {
            "ReplacementOrderId": new_id,
            "ReplacementClOrdId": 70001,
            "OrigOrderId": 6507,
            "OrigClOrdId": 0,
        }
        assert (await status(socket, new_id))["errorcode"] == 104, "answered is not done"
        assert (await status(socket, 6507))["OrderState"] == "Working"
        old = await socket.event("OrderStateEvent", lambda row: row["OrderId"] == 6507)
        assert [old[name] for name in ("OrderState", "ChangeReason", "CancelReason", "Quantity")] == [
            "Canceled",
            "UserModified",
            "UserModified",
            0,
        ]
        new = await socket.event("OrderStateEvent", lambda row: row["OrderId"] == new_id)
        assert [new[name] for name in ("OrderState", "OrigOrderId", "ClientOrderId", "Price", "Quantity")] == [
            "Working",
            6507,
            70001,
            D("95500.5"),
            1,
        ]
        assert new == await status(socket, new_id)
        assert await hold(socket) == held + D("500.5")
        place = venue.server.truth(venue.server.exchange.order(str(new_id)))
        assert place["replaces"] == "6507"


async def test_the_same_price_goes_to_the_back_of_the_queue() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SendOrder", ticket(LimitPrice="95000"))
        before = venue.server.truth(venue.server.exchange.order("6507"))
        answer = await socket.call("CancelReplaceOrder", replacement())
        after = venue.server.truth(venue.server.exchange.order(str(answer["ReplacementOrderId"])))
        assert (before["orders_ahead"], after["orders_ahead"]) == (1, 2)
        assert after["quantity_ahead"] == D("0.5")


@pytest.mark.parametrize(
    "body, code, message",
    [
        (replacement(999), 104, "Resource Not Found"),
        (replacement(6529), 104, "Resource Not Found"),
        (replacement(OrderIdToReplace=None), 100, "Invalid Request"),
        (replacement(Side=None), 100, "Invalid Request"),
        (replacement(Side=2), 100, "Invalid Request"),
        (replacement(OrderType=6), 106, "Operation Not Supported"),
        (replacement(TimeInForce=2), 106, "Operation Not Supported"),
        (replacement(InstrumentId=10000), 100, "Invalid InstrumentId: 10000"),
        (replacement(AccountId=11), 20, "Not Authorized"),
    ],
)
async def test_generic_refusals(body: dict[str, Any], code: int, message: str) -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        before = await socket.call("GetOpenOrders", ACCOUNT)
        answer = await socket.call("CancelReplaceOrder", body)
        assert (answer["result"], answer["errorcode"], answer["errormsg"]) == (False, code, message)
        assert await socket.call("GetOpenOrders", ACCOUNT) == before


@pytest.mark.parametrize(
    "more, code, message",
    [
        ({"Quantity": "0.00001"}, 100, "Invalid Quantity"),
        ({"Quantity": "1.000000001"}, 100, "Invalid Quantity"),
        ({"LimitPrice": "95000.005"}, 100, "Invalid Price"),
        ({"LimitPrice": "999"}, 100, "Invalid Price"),
        ({"ClientOrderId": 42011}, 101, "Invalid_ClientOrderId"),
        ({"Quantity": "9"}, 101, "Not_Enough_Funds"),
    ],
)
async def test_rejections_of_the_new_order(more: dict[str, Any], code: int, message: str) -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        before = await socket.call("GetOpenOrders", ACCOUNT)
        answer = await socket.call("CancelReplaceOrder", {**replacement(), **more})
        assert answer == {"status": "Rejected", "errormsg": message, "errorcode": code}
        assert await socket.call("GetOpenOrders", ACCOUNT) == before


async def test_when_the_old_hold_comes_too_late() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        big = {**replacement(), "Quantity": "1.6"}
        venue.switch(replace_hold="after")
        assert (await socket.call("CancelReplaceOrder", big))["errormsg"] == "Not_Enough_Funds"
        venue.switch(replace_hold="freed_first")
        assert (await socket.call("CancelReplaceOrder", big))["OrigOrderId"] == 6507


async def test_an_order_gone_meanwhile() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.server.faults.add("fill", "replace", quantity="all")
        answer = await socket.call("CancelReplaceOrder", replacement())
        event = await socket.event("CancelReplaceOrderRejectEvent")
        assert [event[name] for name in ("OrderId", "OrderIdToReplace", "Status", "RejectReason", "TimeInForce")] == [
            answer["ReplacementOrderId"],
            6507,
            "Rejected",
            "Order Not Found",
            "GTC",
        ]
        assert (await status(socket, 6507))["OrderState"] == "FullyExecuted"
        assert (await status(socket, answer["ReplacementOrderId"]))["errorcode"] == 104


async def test_fills_on_the_way_are_not_taken_off() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        venue.server.faults.add("fill", "replace", quantity="0.5")
        answer = await socket.call("CancelReplaceOrder", replacement())
        assert (await status(socket, answer["ReplacementOrderId"]))["Quantity"] == 1
        assert (await status(socket, 6507))["QuantityExecuted"] == D("0.5")


async def test_post_only_that_would_match_keeps_the_old_order() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        await socket.call("CancelReplaceOrder", replacement(PostOnly=True) | {"LimitPrice": "97900", "Quantity": "0.5"})
        event = await socket.event("CancelReplaceOrderRejectEvent")
        assert event["RejectReason"] == "Post Only Order Would Match"
        assert (await status(socket, 6507))["OrderState"] == "Working"


@pytest.mark.parametrize(
    "mode, old_state, is_new_there, event",
    [
        ("atomic", "Canceled", True, None),
        ("cancel_first", "Canceled", True, None),
        ("new_rejected", "Canceled", False, "NewOrderRejectEvent"),
        ("old_kept", "Working", False, "CancelReplaceOrderRejectEvent"),
        ("both_kept", "Working", True, "CancelReplaceOrderRejectEvent"),
    ],
)
async def test_modes(mode: str, old_state: str, is_new_there: bool, event: str | None) -> None:
    async with practice(effect_delay_ms=0, replace_mode=mode, replace_gap_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        body = {**replacement(), "Quantity": "0.5"}
        new_id = (await socket.call("CancelReplaceOrder", body))["ReplacementOrderId"]
        assert (await status(socket, 6507))["OrderState"] == old_state
        assert ("OrderState" in await status(socket, new_id)) is is_new_there
        names = {name for name, _ in socket.events if name.endswith("RejectEvent")}
        assert names == ({event} if event else set())


async def test_the_gap_between_the_legs() -> None:
    gap = {"effect_delay_ms": 0, "replace_mode": "cancel_first", "replace_gap_ms": 40}
    async with practice(**gap) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        new_id = (await socket.call("CancelReplaceOrder", replacement()))["ReplacementOrderId"]
        assert (await status(socket, 6507))["OrderState"] == "Canceled"
        assert (await status(socket, new_id))["errorcode"] == 104
        await socket.event("OrderStateEvent", lambda row: row["OrderId"] == new_id)
