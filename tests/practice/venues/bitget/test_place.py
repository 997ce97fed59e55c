"""Place and cancel: every kind, every refusal, many at once, the countdown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.practice.exchange.orders import TRADER
from tests.practice.venues.bitget.desk import COIN, COIN_CM, HELD_MS, MARGIN, PARTLY, PRESET, SPOT, practice, until

PLACE = "/api/v3/trade/place-order"
PLACE_BATCH = "/api/v3/trade/place-batch"
CANCEL = "/api/v3/trade/cancel-order"
CANCEL_BATCH = "/api/v3/trade/cancel-batch"
CANCEL_ALL = "/api/v3/trade/cancel-symbol-order"
COUNTDOWN = "/api/v3/trade/countdown-cancel-all"

LIMIT = {
    "category": "SPOT",
    "symbol": "BTCUSDT",
    "side": "buy",
    "orderType": "limit",
    "qty": "0.01",
    "price": "59000",
}
PERP = {**LIMIT, "category": "USDT-FUTURES", "price": "59000.5", "qty": "0.01"}


async def test_a_limit_order_rests() -> None:
    async with practice() as client:
        answer = await client.ok("POST", PLACE, {**LIMIT, "clientOid": "mine-1"})
        row = await client.info(answer["orderId"])
        assert (row["clientOid"], row["price"], row["qty"]) == ("mine-1", "59000.00", "0.010000")
        answer = await client.ok("POST", PLACE, {**PERP, "takeProfit": "62000", "marginMode": "isolated"})
        row = await client.info(answer["orderId"])
        assert (row["takeProfit"], row["marginMode"], row["posSide"]) == ("62000", "isolated", "long")
        assert row["clientOid"], "the venue makes one up"
        client.server.exchange.ledger.check()


@pytest.mark.parametrize(
    "order, status, filled",
    [
        ({**LIMIT, "price": "60010"}, "filled", "0.010000"),
        ({**LIMIT, "timeInForce": "ioc"}, "cancelled", "0"),
        ({**LIMIT, "timeInForce": "fok", "side": "sell", "price": "60000", "qty": "0.5"}, "cancelled", "0"),
        ({**LIMIT, "timeInForce": "post_only"}, "live", "0"),
        ({**LIMIT, "timeInForce": "post_only", "price": "60010"}, "cancelled", "0"),
        ({**LIMIT, "orderType": "market", "side": "sell"}, "filled", "0.010000"),
        ({**LIMIT, "orderType": "market", "qty": "600"}, "filled", "0.009999"),
        ({**PERP, "orderType": "market", "side": "sell", "reduceOnly": "yes"}, "filled", "0.0100"),
        ({**LIMIT, "category": "MARGIN", "timeInForce": "rpi"}, "live", "0"),
    ],
)
async def test_each_kind(order: dict[str, str], status: str, filled: str) -> None:
    async with practice() as client:
        answer = await client.ok("POST", PLACE, order)
        row = await client.info(answer["orderId"])
        assert (row["orderStatus"], row["cumExecQty"], row["category"]) == (status, filled, order["category"])
        client.server.exchange.ledger.check()


@pytest.mark.parametrize(
    "change, code",
    [
        ({"category": "spot"}, "25200"),
        ({"symbol": "NOPE"}, "25100"),
        ({"side": "hold"}, "25200"),
        ({"orderType": "stop"}, "25200"),
        ({"qty": ""}, "25200"),
        ({"price": ""}, "25200"),
        ({"timeInForce": "day"}, "25200"),
        ({"reduceOnly": "perhaps"}, "25200"),
        ({"clientOid": "x" * 33}, "25200"),
        ({"clientOid": "BITGET#1627293504612"}, "25200"),
        ({"stpMode": "x"}, "25200"),
        ({"marginMode": "x"}, "25200"),
        ({"posSide": "x"}, "25200"),
        ({"price": "59000.001"}, "25244"),
        ({"qty": "0.0000001"}, "25610"),
        ({"qty": "0.00001"}, "25611"),
        ({"price": "63000"}, "25206"),
        ({"qty": "5"}, "25202"),
        ({"orderType": "market", "qty": "0.5"}, "25611"),
        ({"reduceOnly": "yes"}, "25227"),
        ({"reduceOnly": "yes", "takeProfit": "1"}, "25612"),
        ({"category": "USDT-FUTURES", "qty": "100"}, "25203"),
    ],
)
async def test_refusals(change: dict[str, str], code: str) -> None:
    async with practice() as client:
        before = len(client.server.exchange.orders_of(TRADER))
        assert await client.refused("POST", PLACE, {**LIMIT, **change}) == code
        assert len(client.server.exchange.orders_of(TRADER)) == before


async def test_hedge_mode_wants_a_side() -> None:
    async with practice(hold_mode="hedge_mode") as client:
        assert await client.refused("POST", PLACE, PERP) == "25200"
        answer = await client.ok("POST", PLACE, {**PERP, "posSide": "long"})
        row = await client.info(answer["orderId"])
        assert (row["posSide"], row["holdMode"]) == ("long", "hedge_mode")


async def test_a_closed_market_takes_nothing() -> None:
    async with practice() as client:
        client.server.set_session("SPOT:BTCUSDT", is_open=False)
        assert await client.refused("POST", PLACE, LIMIT) == "25101"
        assert await client.refused("POST", PLACE, {**LIMIT, "orderType": "market", "qty": "100"}) == "25101"


async def test_a_batch_never_fails_for_one_row() -> None:
    async with practice() as client:
        rows: list[Any] = [LIMIT, {**LIMIT, "price": "59000.001", "clientOid": "bad"}, 7]
        answers = await client.ok("POST", PLACE_BATCH, rows)
        assert [answer["code"] for answer in answers] == ["00000", "25244", "25200"]
        assert (answers[1]["orderId"], answers[1]["clientOid"]) == (None, "bad")
        assert await client.refused("POST", PLACE_BATCH, {}) == "25200"
        assert await client.refused("POST", PLACE, []) == "25200"


async def test_cancel_refusals_and_faults() -> None:
    async with practice() as client:
        assert await client.refused("POST", CANCEL, {"orderId": "1"}) == "25204"
        assert await client.refused("POST", CANCEL, {}) == "25200"
        assert await client.refused("POST", CANCEL, []) == "25200"
        client.server.faults.add("silent_failure", "cancel")
        await client.ok("POST", CANCEL, {"orderId": SPOT})
        assert client.truth(SPOT).is_open
        client.server.faults.add("refuse", "cancel", code="40725")
        assert await client.refused("POST", CANCEL, {"orderId": SPOT}) == "40725"
        client.server.faults.add("refuse", "cancel", point="before_reply", code="40010")
        assert await client.refused("POST", CANCEL, {"clientOid": "BITGET#1627293504612"}) == "40010"
        await until(lambda: not client.truth(SPOT).is_open)
        assert await client.refused("POST", CANCEL, {"orderId": SPOT}) == "22001"


async def test_a_cancel_overtakes_a_modification() -> None:
    async with practice(engine_delay_ms=HELD_MS) as client:
        await client.modify(SPOT, price="59800")
        await client.ok("POST", CANCEL, {"orderId": SPOT})
        await until(lambda: not client.truth(SPOT).is_open)
        client.release()
        assert client.idle()
        assert client.truth(SPOT).price == Decimal("59840")


async def test_cancel_many() -> None:
    async with practice() as client:
        rows = [
            {"category": "USDT-FUTURES", "symbol": "ETHUSDT", "orderId": PARTLY},
            {"category": "USDT-FUTURES", "symbol": "BTCUSDT", "clientOid": "nobody"},
        ]
        answers = await client.ok("POST", CANCEL_BATCH, rows)
        assert [answer["code"] for answer in answers] == ["00000", "25204"]
        for bad in ([], {}, [{"orderId": PARTLY}], [rows[0], {**rows[0], "category": "SPOT"}]):
            assert await client.refused("POST", CANCEL_BATCH, bad) == "25200"


async def test_cancel_a_category_or_one_symbol() -> None:
    async with practice() as client:
        answer = await client.ok("POST", CANCEL_ALL, {"category": "COIN-FUTURES", "symbol": "BTCUSD"})
        assert [row["orderId"] for row in answer["list"]] == [COIN]
        await until(lambda: not client.truth(COIN).is_open)
        answer = await client.ok("POST", CANCEL_ALL, {"category": "COIN-FUTURES"})
        assert [(row["orderId"], row["code"]) for row in answer["list"]] == [(COIN_CM, "00000")]
        await until(lambda: not client.truth(COIN_CM).is_open)
        assert await client.refused("POST", CANCEL_ALL, {"category": "COIN-FUTURES"}) == "22001"
        client.server.switches.set("nothing_to_cancel", "empty")
        assert await client.ok("POST", CANCEL_ALL, {"category": "COIN-FUTURES"}) == {"list": []}
        assert await client.refused("POST", CANCEL_ALL, {"category": "all"}) == "25200"
        assert client.truth(MARGIN).is_open
        assert client.truth(SPOT).is_open


async def test_the_countdown_takes_everything() -> None:
    async with practice() as client:
        for bad in ("4", "61", "x", ""):
            client.server.switches.set("rate_limits", "false")
            assert await client.refused("POST", COUNTDOWN, {"countdown": bad}) == "25200"
        assert await client.ok("POST", COUNTDOWN, {"countdown": "60"}) == "success"
        assert await client.ok("POST", COUNTDOWN, {"countdown": "0"}) == "success"
        assert client.truth(PRESET).is_open
