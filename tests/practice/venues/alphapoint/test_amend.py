"""ModifyOrder: receipt before effect, what is refused before the receipt, what silently comes to nothing after it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.practice.venues.alphapoint.client import ACCOUNT, OMS, D, Socket, Venue, modify, practice

RECEIVED = {"result": True, "errormsg": None, "errorcode": 0, "detail": None}


async def status(socket: Socket, order_id: int) -> dict[str, Any]:
    return dict(await socket.call("GetOrderStatus", {**ACCOUNT, "OrderId": order_id}))


async def hold(socket: Socket, symbol: str) -> Any:
    rows = await socket.call("GetAccountPositions", ACCOUNT)
    return next(row["Hold"] for row in rows if row["ProductSymbol"] == symbol)


def changed(row: dict[str, Any]) -> bool:
    return bool(row["ChangeReason"] == "UserModified")


async def test_a_receipt_first_then_the_same_order_smaller_in_its_place() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        before, held = await status(socket, 6507), await hold(socket, "USD")
        place = venue.server.truth(venue.server.exchange.order("6507"))
        assert await socket.call("ModifyOrder", modify(6507, "0.6")) == RECEIVED
        assert (await status(socket, 6507))["Quantity"] == 1, "received is not modified"
        event = await socket.event("OrderStateEvent", changed)
        after = await status(socket, 6507)
        assert event == after
        names = {name for name in after if after[name] != before[name]}
        assert names >= {"Quantity", "LastUpdatedTime", "LastUpdatedTimeTicks", "ChangeReason"}
        assert not names & {"OrderId", "ReceiveTime", "OrigQuantity", "Price", "DisplayQuantity", "OrigOrderId"}
        assert (after["Quantity"], after["OrderState"]) == (D("0.6"), "Working")
        position = await socket.event("AccountPositionEvent", lambda row: row["ProductSymbol"] == "USD")
        assert position["Hold"] == await hold(socket, "USD") == held - 38000
        now = venue.server.truth(venue.server.exchange.order("6507"))
        assert (now["orders_ahead"], now["quantity_ahead"]) == (place["orders_ahead"], place["quantity_ahead"])


async def test_the_effect_may_come_first_late_or_never() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        socket.log.clear()
        await socket.call("ModifyOrder", modify(6507, "0.6"))
        assert socket.log.index((3, "OrderStateEvent")) < socket.log.index((1, "ModifyOrder"))
        venue.switch(effect_delay_ms=-1)
        assert await socket.call("ModifyOrder", modify(6507, "0.5")) == RECEIVED
        venue.switch(effect_delay_ms=0)
        await socket.call("ModifyOrder", modify(6511, "0.9"))
        assert (await status(socket, 6507))["Quantity"] == D("0.6")


@pytest.mark.parametrize(
    "body, code, message, detail",
    [
        (modify(6507, "1"), 100, "Invalid Quantity", None),
        (modify(6507, "1.1"), 100, "Invalid Quantity", None),
        (modify(6507, "0"), 100, "Invalid Quantity", None),
        (modify(6507, "-0.5"), 100, "Invalid Quantity", None),
        (modify(6507, "0.00001"), 100, "Invalid Quantity", None),
        (modify(6507, "0.600000001"), 100, "Invalid Quantity", None),
        (modify(6507, "many"), 100, "Invalid Request", "Quantity must be a number"),
        (modify(6507, "0.6", AccountId=None), 100, "Invalid Request", "Not all required fields are provided"),
        (modify(6507, "0.6", OrderId=None), 100, "Invalid Request", "Not all required fields are provided"),
        (modify(6507, "0.6", instrument=0, InstrumentId=None), 100, "Invalid Request", None),
        (modify(6507, "0.6", OMSId=2), 100, "Invalid Request", "Invalid OMSId"),
        (modify(6507, "0.6", AccountId=10), 20, "Not Authorized", None),
        (modify(6507, "0.6", instrument=10), 104, "Resource Not Found", None),
        (modify(6502, "0.01"), 104, "Resource Not Found", None),
        (modify(999, "0.6"), 104, "Resource Not Found", None),
        (modify(6518, "1", instrument=10), 101, "Operation Failed", None),
        (modify(6523, "0.4", instrument=10), 101, "Operation Failed", None),
    ],
)
async def test_refusals_leave_the_order_alone(body: dict[str, Any], code: int, message: str, detail: str) -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        before = await socket.call("GetOpenOrders", ACCOUNT)
        answer = await socket.call("ModifyOrder", body)
        assert (answer["result"], answer["errorcode"], answer["errormsg"]) == (False, code, message)
        assert detail is None or answer["detail"] == detail
        assert await socket.call("GetOpenOrders", ACCOUNT) == before


async def test_partly_filled_remaining_or_total() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("ModifyOrder", modify(6511, "0.6"))
        row = await status(socket, 6511)
        assert (row["Quantity"], row["QuantityExecuted"], row["OrigQuantity"]) == (D("0.6"), D("0.2"), D("1.2"))
        venue.switch(quantity_means="total", orig_quantity="rewritten")
        await socket.call("ModifyOrder", modify(6511, "0.5"))
        row = await status(socket, 6511)
        assert (row["Quantity"], row["QuantityExecuted"], row["OrigQuantity"]) == (D("0.3"), D("0.2"), D("0.5"))
        assert (await socket.call("ModifyOrder", modify(6511, "0.2")))["errormsg"] == "Invalid Quantity"


async def test_the_switches_of_the_request() -> None:
    async with practice(effect_delay_ms=0, account_id="optional") as venue, venue.socket() as socket:
        body = modify(6507, "0.9")
        del body["AccountId"], body["PreviousOrderRevision"]
        assert (await socket.call("ModifyOrder", body))["result"] is True
        venue.switch(revision="strict")
        assert (await socket.call("ModifyOrder", modify(6507, "0.8")))["errorcode"] == 100
        assert (await socket.call("ModifyOrder", modify(6507, "0.8", PreviousOrderRevision=1)))["result"] is True
        venue.switch(modify_any_type=True, revision="ignored")
        assert (await socket.call("ModifyOrder", modify(6518, "1", instrument=10)))["result"] is True
        assert (await status(socket, 6518))["Quantity"] == 1
        assert (await socket.call("ModifyOrder", modify(6514, "4", instrument=10)))["result"] is True
        row = await status(socket, 6514)
        assert (row["Quantity"], row["DisplayQuantity"]) == (4, D("0.5"))
        venue.switch(below_minimum="cancel")
        assert (await socket.call("ModifyOrder", modify(6507, "0.00001")))["result"] is True
        row = await status(socket, 6507)
        assert (row["OrderState"], row["CancelReason"]) == ("Canceled", "SystemCanceled_BelowMinimum")


async def test_a_size_only_the_engine_looks_at_comes_to_nothing() -> None:
    async with practice(effect_delay_ms=0, size_check="engine_silent") as venue, venue.socket() as socket:
        assert await socket.call("ModifyOrder", modify(6507, "2")) == RECEIVED
        assert (await status(socket, 6507))["Quantity"] == 1


async def test_a_fill_in_flight_can_make_it_come_to_nothing() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        venue.server.faults.add("fill", "amend", quantity="0.5")
        assert await socket.call("ModifyOrder", modify(6507, "0.6")) == RECEIVED
        row = await status(socket, 6507)
        assert (row["Quantity"], row["QuantityExecuted"]) == (D("0.5"), D("0.5"))
        venue.server.faults.add("fill", "amend", quantity="0.1")
        await socket.call("ModifyOrder", modify(6507, "0.3"))
        row = await status(socket, 6507)
        assert (row["Quantity"], row["QuantityExecuted"]) == (D("0.3"), D("0.6"))
        venue.server.faults.add("fill", "amend", quantity="all")
        assert await socket.call("ModifyOrder", modify(6507, "0.2")) == RECEIVED
        assert (await status(socket, 6507))["OrderState"] == "FullyExecuted"


async def test_a_cancelled_order_while_the_change_is_on_its_way() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        assert await socket.call("ModifyOrder", modify(6507, "0.6")) == RECEIVED
        venue.server.foreign_cancel(venue.server.exchange.order("6507"))
        row = await socket.event("OrderStateEvent", changed)
        assert (row["OrderState"], row["CancelReason"], row["Quantity"]) == ("Canceled", "UserModified", 0)


async def test_a_paused_market_takes_no_change() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.server.set_session("BTCUSD", False)
        event = await socket.event("MarketStateUpdate")
        assert (event["VenueInstrumentId"], event["Action"], event["NewStatus"]) == (9, "Pause", "Paused")
        assert (await socket.call("ModifyOrder", modify(6507, "0.6")))["errorcode"] == 101
        instrument = (await socket.call("GetInstruments", OMS))[0]
        assert instrument["SessionStatus"] == "Paused"


# --- planned faults ------------------------------------------------------------------------------------------------


async def test_a_silent_failure_and_a_late_effect() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.server.faults.add("silent_failure", "amend")
        assert await socket.call("ModifyOrder", modify(6507, "0.6")) == RECEIVED
        assert (await status(socket, 6507))["Quantity"] == 1
        venue.server.faults.add("late_effect", "amend", ms=60)
        assert await socket.call("ModifyOrder", modify(6507, "0.6")) == RECEIVED
        assert (await status(socket, 6507))["Quantity"] == 1
        assert (await socket.event("OrderStateEvent", changed))["Quantity"] == D("0.6")


@pytest.mark.parametrize("code, text", [(102, "Server Error"), (107, "Operation In Process")])
async def test_an_error_after_the_change_was_made(code: int, text: str) -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        venue.server.faults.add("refuse", "amend", point="before_reply", code=code)
        answer = await socket.call("ModifyOrder", modify(6507, "0.6"))
        assert (answer["result"], answer["errorcode"], answer["errormsg"]) == (False, code, text)
        assert (await status(socket, 6507))["Quantity"] == D("0.6")


async def test_other_planned_answers() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        faults = venue.server.faults
        faults.add("refuse", "amend", code=101, message="Operation Failed", detail="planned")
        answer = await socket.call("ModifyOrder", modify(6507, "0.6"))
        assert (answer["errorcode"], answer["detail"]) == (101, "planned")
        faults.add("rate_limit", "amend")
        assert await socket.error("ModifyOrder", modify(6507, "0.6")) == "TOO MANY REQUESTS"
        faults.add("venue", "amend", point="before_reply", name="error_text", text="Gateway error")
        assert await socket.error("ModifyOrder", modify(6507, "0.6")) == "Gateway error"
        assert (await status(socket, 6507))["Quantity"] == D("0.6"), "the text came after the change"
        faults.add("venue", "look_up", point="before_reply", name="camel_case")
        assert (await status(socket, 6507))["orderId"] == 6507
        faults.add("alter", "amend", quantity="0.4")
        await socket.call("ModifyOrder", modify(6507, "0.5"))
        assert (await status(socket, 6507))["Quantity"] == D("0.4")
        faults.add("new_id", "amend")
        await socket.call("ModifyOrder", modify(6507, "0.3"))
        assert (await socket.call("GetOrderStatus", {**ACCOUNT, "OrderId": 6507}))["errorcode"] == 104


async def test_a_dropped_reply_and_a_doubled_event() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.server.faults.add("drop", "amend")
        venue.server.faults.add("duplicate", "push_order")
        number = await socket.send("ModifyOrder", modify(6507, "0.6"))
        first = await socket.event("OrderStateEvent", changed)
        assert await socket.event("OrderStateEvent", changed) == first
        pong = await socket.send("Ping", {})
        assert (await socket.reply(pong))["n"] == "Ping"
        assert (1, "ModifyOrder") not in socket.log
        assert number < pong


async def test_an_unknown_state_in_an_event_and_in_a_list() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.server.faults.add("unknown_status", "push_order", text="Hibernating")
        await socket.call("ModifyOrder", modify(6507, "0.6"))
        assert (await socket.event("OrderStateEvent"))["OrderState"] == "Hibernating"
        venue.server.faults.add("unknown_status", "list_orders", point="before_reply", text="Hibernating")
        rows = await socket.call("GetOpenOrders", ACCOUNT)
        assert {row["OrderState"] for row in rows} == {"Hibernating"}
        venue.server.faults.add("omit_rows", "list_orders", rows=[0])
        assert len(await socket.call("GetOpenOrders", ACCOUNT)) == len(rows) - 1


async def test_somebody_else_reduces_replaces_and_cancels() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        server = venue.server
        server.foreign_amend(server.exchange.order("6507"), None, D("0.7"))
        row = await socket.event("OrderStateEvent", changed)
        assert (row["OrderId"], row["Quantity"], row["OrderState"]) == (6507, D("0.7"), "Working")
        server.foreign_amend(server.exchange.order("6511"), D("99600"), None)
        gone = await socket.event("OrderStateEvent", lambda row: row["OrderId"] == 6511)
        assert gone["OrderState"] == "Canceled"
        new = await socket.event("OrderStateEvent", lambda row: row["OrigOrderId"] == 6511)
        assert (new["Quantity"], new["Price"], new["EnteredBy"]) == (1, 99600, 97)
        assert server.truth(server.exchange.order("6511"))["replaced_by"] == str(new["OrderId"])


async def test_the_control_endpoint_lends_the_colleague_a_hand() -> None:
    async with practice() as venue, venue.socket() as socket:
        body = {"order_id": "6507", "price": "95100"}
        old = (await venue.http.post(f"{venue.control}/foreign/amend", json=body)).json()
        assert old["status"] == "cancelled"
        new = await status(socket, int(old["replaced_by"]))
        assert (new["OrigOrderId"], new["Price"], new["UserName"]) == (6507, 95100, "colleague@redline.example")
        await venue.http.post(f"{venue.control}/foreign/cancel", json={"order_id": old["replaced_by"]})
        assert (await status(socket, new["OrderId"]))["OrderState"] == "Canceled"
        too_low = await venue.http.post(f"{venue.control}/foreign/amend", json={"order_id": "6511", "quantity": "0.2"})
        assert too_low.status_code == 400
        answer = await venue.http.post(f"{venue.control}/switches", json={"quantity_means": "total"})
        assert answer.json()["quantity_means"] == "total"


async def test_over_http() -> None:
    async with practice(effect_delay_ms=0) as venue:
        answer = await venue.post("ModifyOrder", modify(6507, "0.6"), **venue.login())
        assert (answer.status_code, answer.json()) == (200, RECEIVED)
        query = {**ACCOUNT, "OrderId": 6507}
        assert (
            '"Quantity":0.6000000000000000000000000000,'
            in (await venue.get("GetOrderStatus", query, **venue.login())).text
        )
        answer = await venue.post("ModifyOrder", modify(6507, "0.9"), **venue.login())
        assert (answer.status_code, answer.json()["errormsg"]) == (200, "Invalid Quantity")
        await faults_over_http(venue)


async def faults_over_http(venue: Venue) -> None:
    venue.server.faults.add("http_status", "amend", point="before_reply", status=502, body="")
    answer = await venue.post("ModifyOrder", modify(6507, "0.5"), **venue.login())
    assert (answer.status_code, answer.text) == (502, "")
    assert venue.server.exchange.order("6507").remaining == D("0.5")
    venue.server.faults.add("rate_limit", "amend")
    answer = await venue.post("ModifyOrder", modify(6507, "0.4"), **venue.login())
    assert (answer.status_code, answer.text) == (429, "TOO MANY REQUESTS")
    url = venue.server.addresses()["http"] + "ModifyOrder"
    answer = await venue.http.post(url, content=b"{", headers=venue.login())
    assert answer.json()["errorcode"] == 100
