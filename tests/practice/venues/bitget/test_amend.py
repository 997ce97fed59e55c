"""Modify and batch-modify: receipt before effect, the counter's refusals, the engine's silence, faults in between."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.practice.venues.bitget.desk import (
    BATCH,
    COIN,
    COIN_CM,
    FILLED,
    HELD_MS,
    MARGIN,
    MODIFY,
    PARTLY,
    PRESET,
    REDUCE_ONLY,
    RPI,
    SPOT,
    practice,
    private,
    sign,
    until,
)


async def test_the_receipt_comes_before_the_effect_and_names_the_order_only() -> None:
    async with practice(engine_delay_ms=HELD_MS) as client:
        before = await client.info(SPOT)
        answer = await client.modify(SPOT, price="59800", qty="0.4", autoCancel="no", category="SPOT", symbol="BTCUSDT")
        assert answer == {"orderId": SPOT, "clientOid": "BITGET#1627293504612"}
        assert await client.info(SPOT) == before
        client.release()
        after = await client.info(SPOT)
        assert (after["price"], after["qty"], after["orderId"]) == ("59800.00", "0.400000", SPOT)
        assert int(after["updatedTime"]) > int(before["updatedTime"])


@pytest.mark.parametrize(
    "order_id, fields, price, quantity",
    [
        (SPOT, {"price": "59841.01"}, "59841.01", "0.5"),
        (SPOT, {"qty": "0.500001"}, "59840", "0.500001"),
        (PARTLY, {"qty": "1.3001"}, "3412.1", "1.3001"),
        (PARTLY, {"price": "3412.11", "qty": "9"}, "3412.11", "9"),
        (MARGIN, {"price": "3500"}, "3500", "0.8"),
        (COIN, {"price": "58499.9"}, "58499.9", "0.01"),
        (PRESET, {"price": "59000"}, "59000", "0.02"),
    ],
)
async def test_what_can_be_modified(order_id: str, fields: dict[str, str], price: str, quantity: str) -> None:
    async with practice() as client:
        await client.modify(order_id, **fields)
        await until(client.idle)
        order = client.truth(order_id)
        assert (order.price, order.quantity) == (Decimal(price), Decimal(quantity))
        client.server.exchange.ledger.check()


@pytest.mark.parametrize(
    "order_id, fields, code",
    [
        (SPOT, {}, "25200"),
        (SPOT, {"price": ""}, "25200"),
        (SPOT, {"price": "0"}, "25200"),
        (SPOT, {"price": "-1"}, "25200"),
        (SPOT, {"price": "6e4"}, "25200"),
        (SPOT, {"price": 59800}, "25200"),
        (SPOT, {"price": "1" * 25}, "25200"),
        (SPOT, {"price": "59800", "autoCancel": "maybe"}, "25200"),
        (SPOT, {"price": "59800", "symbol": "ETHUSDT"}, "25200"),
        (SPOT, {"price": "59800", "category": "USDT-FUTURES"}, "25200"),
        (SPOT, {"price": "59800", "category": "spot"}, "25200"),
        (SPOT, {"price": "59800", "requestId": "no spaces"}, "25200"),
        (SPOT, {"price": "59840", "qty": "0.5"}, "25571"),
        (SPOT, {"price": "59840.00"}, "25571"),
        (SPOT, {"qty": "0.500000"}, "25571"),
        (SPOT, {"price": "59840.001"}, "25244"),
        (SPOT, {"qty": "0.4999999"}, "25610"),
        (SPOT, {"qty": "0.000001"}, "25611"),
        (PARTLY, {"qty": "1200.0001"}, "25208"),
        (SPOT, {"price": "61500"}, "25206"),
        (PARTLY, {"price": "3200"}, "25205"),
        (SPOT, {"qty": "123456789012345678901234"}, "25202"),
        (SPOT, {"qty": "1.2"}, "25202"),
        (PARTLY, {"qty": "120"}, "25203"),
        (REDUCE_ONLY, {"price": "61900"}, "25574"),
        (RPI, {"price": "3460"}, "25568"),
        (COIN_CM, {"price": "61900"}, "25568"),
        (FILLED, {"price": "57000"}, "25204"),
        ("1", {"price": "59800"}, "25204"),
    ],
)
async def test_the_counter_refuses_and_leaves_the_order_alone(
    order_id: str, fields: dict[str, object], code: str
) -> None:
    async with practice() as client:
        known = order_id != "1"
        before = await client.info(order_id) if known else None
        assert await client.modify_refused(order_id, **{"autoCancel": "yes", **fields}) == code
        assert client.idle()
        assert (await client.info(order_id) if known else None) == before


async def test_an_order_is_named_by_its_id_first_and_by_its_client_id_otherwise() -> None:
    async with practice() as client:
        assert await client.refused("POST", MODIFY, {"price": "59800"}) == "25200"
        assert await client.refused("POST", MODIFY, {"clientOid": "nobody", "price": "59800"}) == "25204"
        assert await client.refused("POST", MODIFY, []) == "25200"
        await client.ok("POST", MODIFY, {"clientOid": "desk_0021", "price": "59050"})
        answer = await client.ok("POST", MODIFY, {"orderId": SPOT, "clientOid": "desk_0021", "price": "59801"})
        assert answer["orderId"] == SPOT
        await until(client.idle)
        assert client.truth(PRESET).price == Decimal(59050)
        row = await client.get("/api/v3/trade/order-info", clientOid="BITGET#1627293504612")
        assert row["price"] == "59801.00"


async def test_a_body_that_is_no_json() -> None:
    async with practice() as client:
        secrets = client.server.credentials()
        stamp = str(client.server.clock.now_ms())
        headers = {
            "ACCESS-KEY": secrets["key"],
            "ACCESS-PASSPHRASE": secrets["passphrase"],
            "ACCESS-TIMESTAMP": stamp,
            "ACCESS-SIGN": sign(secrets["secret"], f"{stamp}POST{MODIFY}{{nope"),
        }
        url = client.server.addresses()["rest"] + MODIFY
        answer = await client.http.post(url, content=b"{nope", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "40017")


@pytest.mark.parametrize("code", ["25572", "25003", "25653"])
async def test_a_second_one_waits_for_the_first(code: str) -> None:
    async with practice(engine_delay_ms=HELD_MS, second_amend_code=code) as client:
        await client.modify(SPOT, price="59800")
        assert await client.modify_refused(SPOT, price="59801") == code
        await client.modify(PARTLY, price="3413")  # another order is another matter


async def test_the_lock_follows_the_order_exactly() -> None:
    async with practice() as client:
        ledger = client.server.exchange.ledger
        for fields, locked in (({"price": "59800.5", "qty": "0.25"}, "14950.125"), ({"qty": "0.6"}, "35880.3")):
            await client.modify(SPOT, **fields)
            await until(client.idle)
            assert ledger.lock_of("trader", "USDT", client.truth(SPOT).uid) == Decimal(locked)
        await client.modify(PARTLY, qty="2.3")
        await until(client.idle)
        assert ledger.lock_of("trader", "USDT", client.truth(PARTLY).uid) == Decimal("341.21")
        ledger.check()


@pytest.mark.parametrize("auto_cancel, status", [("no", "live"), ("yes", "cancelled")])
async def test_an_engine_failure_is_silent_or_cancels(auto_cancel: str, status: str) -> None:
    async with practice() as client, private(client, "order") as wire:
        client.server.faults.add("silent_failure", "amend")
        await client.modify(SPOT, price="59800", autoCancel=auto_cancel)
        await until(client.idle)
        row = await client.info(SPOT)
        assert (row["orderStatus"], row["price"]) == (status, "59840.00")
        pushes = [message["data"][0]["orderStatus"] for message in await wire.settled()]
        assert pushes == ([] if auto_cancel == "no" else ["cancelled"])
        if status == "cancelled":
            assert row["cancelReason"] == "normal_cancel"
            assert await client.modify_refused(SPOT, price="59801") == "25204"


async def test_a_fill_between_receipt_and_effect() -> None:
    async with practice() as client:
        client.server.faults.add("fill", "amend", point="in_flight", quantity="0.3")
        await client.modify(SPOT, qty="0.2")
        await until(client.idle)
        order = client.truth(SPOT)
        assert (order.quantity, order.filled, order.is_open) == (Decimal("0.5"), Decimal("0.3"), True)
        client.server.faults.add("fill", "amend", point="in_flight", quantity="0.1")
        await client.modify(SPOT, price="59790", qty="0.45", autoCancel="yes")
        await until(client.idle)
        row = await client.info(SPOT)
        assert (row["qty"], row["cumExecQty"], row["orderStatus"]) == ("0.450000", "0.4", "partially_filled")


async def test_filled_or_cancelled_meanwhile() -> None:
    async with practice() as client:
        client.server.faults.add("fill", "amend", point="in_flight", quantity="all")
        await client.modify(SPOT, price="59800", autoCancel="yes")
        client.server.faults.add("foreign_cancel", "amend", point="in_flight", order_id=PRESET)
        await client.modify(PRESET, price="59000")
        await until(client.idle)
        assert (await client.info(SPOT))["orderStatus"] == "filled"
        assert (await client.info(PRESET))["orderStatus"] == "cancelled"
        assert (await client.info(PRESET))["price"] == "59100.0"


@pytest.mark.parametrize("reading, status", [("complete", "filled"), ("fail", "partially_filled")])
async def test_a_quantity_equal_to_what_is_filled(reading: str, status: str) -> None:
    async with practice(equal_to_filled=reading) as client:
        await client.modify(PARTLY, qty="1.3")
        await until(client.idle)
        assert (await client.info(PARTLY))["orderStatus"] == status


@pytest.mark.parametrize("answer, status", [("fail", "partially_filled"), ("cancel", "cancelled")])
async def test_a_post_only_price_through_the_book(answer: str, status: str) -> None:
    async with practice(post_only_cross=answer) as client:
        await client.modify(PARTLY, price="3400")
        await until(client.idle)
        row = await client.info(PARTLY)
        assert (row["orderStatus"], row["price"]) == (status, "3412.10")


async def test_a_price_through_the_book_trades() -> None:
    async with practice() as client, private(client, "order", "fill") as wire:
        await client.modify(SPOT, price="60010", qty="0.1")
        await until(client.idle)
        row = await client.info(SPOT)
        assert (row["orderStatus"], row["cumExecQty"]) == ("filled", "0.100000")
        assert Decimal(row["avgPrice"]) < Decimal("60010")
        (fee,) = row["feeDetail"]
        assert fee == {"feeCoin": "BTC", "fee": "0.0001"}
        messages = await wire.settled()
        states = [message["data"][0]["orderStatus"] for message in messages if message["arg"]["topic"] == "order"]
        assert (states[0], states[-1]) == ("new", "filled")
        assert [m["data"][0]["tradeScope"] for m in messages if m["arg"]["topic"] == "fill"][0] == "taker"


async def test_presets_and_request_ids() -> None:
    async with practice() as client, private(client, "order") as wire:
        await client.modify(PRESET, takeProfit="62000", stopLoss="0", requestId=123456789012345678)
        (row,) = await wire.pushed("order")
        assert row["requestId"] == 123456789012345678
        assert "takeProfit" not in row
        found = await client.info(PRESET)
        assert (found["takeProfit"], found["stopLoss"], found["price"]) == ("62000", "", "59100.0")
        assert await client.modify_refused(PRESET, takeProfit="62000", stopLoss="0") == "25571"
        await client.modify(PRESET, price="59001", requestId="abc-1")
        assert (await wire.pushed("order"))[0]["requestId"] == "abc-1"
        client.server.switches.set("echo_request_id", "false")
        await client.modify(PRESET, price="59002", requestId="abc-2")
        assert "requestId" not in (await wire.pushed("order"))[0]
        client.server.switches.set("reduce_only_single", "allow")
        assert await client.modify_refused(REDUCE_ONLY, takeProfit="60000") == "25612"


async def test_what_the_documents_leave_open_is_a_switch() -> None:
    async with practice(reduce_only_single="allow", closed_code="25568", max_modifications="1") as client:
        await client.modify(REDUCE_ONLY, price="61900")
        await until(client.idle)
        assert client.truth(REDUCE_ONLY).price == Decimal(61900)
        assert await client.modify_refused(REDUCE_ONLY, price="61901") == "25569"
        assert await client.modify_refused(FILLED, price="57000") == "25568"
        client.server.switches.set("amended_type", "modify_limit_order")
        client.server.switches.set("open_status", "new")
        client.server.switches.set("reduce_only_case", "lower")
        client.server.switches.set("unset_preset", "null")
        await client.modify(SPOT, price="59800")
        await until(client.idle)
        row = await client.info(SPOT)
        assert (row["delegateType"], row["orderStatus"], row["reduceOnly"]) == ("modify_limit_order", "new", "no")
        assert row["takeProfit"] is None


async def test_a_closed_market_refuses_and_says_so() -> None:
    async with practice() as client:
        client.server.set_session("SPOT:BTCUSDT", is_open=False)
        (row,) = await client.get("/api/v3/market/instruments", category="SPOT", symbol="BTCUSDT")
        assert row["status"] == "offline"
        assert await client.modify_refused(SPOT, price="59800") == "25101"


async def batch(client: Any, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    return list(await client.ok("POST", BATCH, list(rows)))


async def test_a_batch_answers_row_by_row() -> None:
    rows = [
        {"orderId": PRESET, "price": "59000", "qty": "0.02"},
        {"orderId": REDUCE_ONLY, "price": "61900"},
        {"clientOid": "1312345650000471912", "price": "3412.10", "qty": "4"},
        {"orderId": "1", "price": "2"},
    ]
    async with practice(reduce_only_single="allow") as client:
        answers = await batch(client, *rows)
        assert answers[0] == {"orderId": PRESET, "clientOid": "desk_0021"}
        assert [answer.get("code") for answer in answers] == [None, "25574", "25571", "25204"]
        await until(client.idle)
        assert client.truth(PRESET).price == Decimal(59000)
        client.server.switches.set("row_codes", "always")
        assert [row["code"] for row in await batch(client, {"orderId": PRESET, "price": "59001"})] == ["00000"]
        client.server.switches.set("row_codes", "never")
        assert await batch(client, {"orderId": "1", "price": "2"}) == [{"orderId": "1", "clientOid": None}]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        {},
        [1],
        [{"orderId": str(number), "price": "1"} for number in range(21)],
        [{"orderId": SPOT, "price": "59800"}, {"clientOid": "BITGET#1627293504612", "price": "59801"}],
        [{"orderId": SPOT, "price": "59800"}, {"orderId": PRESET, "price": "59000"}],
        [{"orderId": "1", "price": "1", "category": "SPOT"}, {"orderId": "2", "price": "1", "category": "MARGIN"}],
    ],
)
async def test_what_is_no_batch_is_refused_whole(rows: object) -> None:
    async with practice() as client:
        assert await client.refused("POST", BATCH, rows) == "25200"
        assert client.idle()


async def test_five_more_may_wait_and_are_taken_in_turn() -> None:
    async with practice(rate_limits="false", engine_delay_ms=HELD_MS) as client, private(client, "order") as wire:
        for number in range(6):
            (row,) = await batch(client, {"orderId": SPOT, "price": str(59800 + number)})
            assert "code" not in row
        (row,) = await batch(client, {"orderId": SPOT, "price": "59900"})
        assert row["code"] == "25572"
        assert await client.modify_refused(SPOT, price="59900") == "25572"
        client.release()
        seen = [message["data"][0]["price"] for message in await wire.settled()]
        assert seen == [f"{59800 + number}.00" for number in range(6)]
        (row,) = await batch(client, {"orderId": SPOT, "price": "59805"})
        assert row["code"] == "25571"


async def test_what_waits_behind_a_failure_is_skipped() -> None:
    async with practice(engine_delay_ms=HELD_MS) as client:
        client.server.faults.add("silent_failure", "batch_amend", skip=1)
        for price in ("59800", "59801", "59802"):
            await batch(client, {"orderId": SPOT, "price": price})
        client.release()
        assert client.idle()
        assert client.truth(SPOT).price == Decimal(59800)


async def test_scripted_faults_of_a_batch() -> None:
    rows = [{"orderId": PRESET, "price": "59000"}, {"orderId": PARTLY, "price": "3413"}]
    async with practice() as client:
        client.server.faults.add("omit_rows", "batch_amend", rows=[0])
        assert [row["orderId"] for row in await batch(client, *rows)] == [PARTLY]
        await until(client.idle)
        assert client.truth(PRESET).price == Decimal(59000)
        client.server.faults.add("fail_rows", "batch_amend", rows=[1], code="25003", message="busy")
        answers = await batch(client, {"orderId": PRESET, "price": "59010"}, {"orderId": PARTLY, "price": "3414"})
        assert [row.get("code") for row in answers] == [None, "25003"]
        client.server.faults.add("refuse", "batch_amend", code="40725")
        assert await client.refused("POST", BATCH, rows) == "40725"
        client.server.faults.add("refuse", "batch_amend", point="before_reply", code="40010")
        assert await client.refused("POST", BATCH, [{"orderId": PARTLY, "price": "3415"}]) == "40010"
        await until(client.idle)
        assert client.truth(PARTLY).price == Decimal(3415), "answered as failed, applied all the same"


async def test_scripted_faults_of_a_single_one() -> None:
    async with practice() as client:
        client.server.faults.add("refuse", "amend", code="40725", status=500)
        assert await client.modify_refused(SPOT, price="59800") == "40725"
        assert client.status == 500
        client.server.faults.add("refuse", "amend", point="before_reply", code="40010")
        assert await client.modify_refused(SPOT, price="59801") == "40010"
        await until(client.idle)
        assert client.truth(SPOT).price == Decimal(59801)
        client.server.faults.add("alter", "amend", price="59790")
        await client.modify(SPOT, price="59802")
        await until(client.idle)
        assert client.truth(SPOT).price == Decimal(59790)
        client.server.faults.add("late_effect", "amend", ms=int(HELD_MS))
        await client.modify(SPOT, price="59803")
        assert not client.idle()
        client.server.faults.add("new_id", "amend")
        await client.modify(PRESET, price="59000")
        await until(lambda: client.server.exchange.find(PRESET).order_id != PRESET)
        assert await client.refused("GET", f"/api/v3/trade/order-info?orderId={PRESET}") == "25204"


async def test_limits_are_counted_and_scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with practice() as client:
        monkeypatch.setattr(client.server.clock, "monotonic_ms", lambda: 0)
        codes = [await client.modify_refused("1", price="1") for _ in range(11)]
        assert codes == ["25204"] * 10 + ["429"]
        assert client.status == 429
        await client.info(SPOT)  # every call has a budget of its own
        monkeypatch.setattr(client.server.clock, "monotonic_ms", lambda: 1000)
        assert await client.modify_refused("1", price="1") == "25204"
        client.server.faults.add("rate_limit", "look_up")
        assert await client.refused("GET", f"/api/v3/trade/order-info?orderId={SPOT}") == "429"


async def test_somebody_elses_change_is_pushed() -> None:
    async with practice() as client, private(client, "order") as wire:
        client.server.foreign_amend(client.truth(SPOT), Decimal("59700.00"), Decimal("0.3"))
        (row,) = await wire.pushed("order")
        assert (row["price"], row["qty"], row["category"]) == ("59700.00", "0.3", "spot")
        client.server.switches.set("push_on_amend", "false")
        await client.modify(SPOT, price="59800")
        await until(client.idle)
        assert await wire.settled() == []
        assert (await client.info(SPOT))["price"] == "59800.00"


async def test_one_behind_a_failed_one_is_skipped_with_a_code_while_its_answer_is_owed() -> None:
    async with practice(engine_delay_ms=100) as client:
        client.server.faults.add("silent_failure", "amend")
        client.server.faults.add("delay", "batch_amend", point="before_apply", ms=400)
        await client.modify(SPOT, price="59800")
        (row,) = await client.ok("POST", BATCH, [{"orderId": SPOT, "price": "59801", "category": "SPOT"}])
        assert row["code"] == "25573"
        assert "prior modification failure" in row["msg"]
        await until(client.idle)
        assert client.truth(SPOT).price == Decimal(59840)
        # One that comes after the failure waits behind nothing.
        (row,) = await client.ok("POST", BATCH, [{"orderId": SPOT, "price": "59802", "category": "SPOT"}])
        assert "code" not in row
        await until(client.idle)
        assert client.truth(SPOT).price == Decimal(59802)
