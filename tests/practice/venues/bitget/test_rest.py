"""Reading over REST: open orders and pages, one order, history, fills, money, markets, prices."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.practice.exchange.orders import Side
from tests.practice.venues.bitget.desk import COIN_CM, FILLED, MARGIN, PARTLY, PRESET, REDUCE_ONLY, RPI, SPOT, practice

OPEN = "/api/v3/trade/unfilled-orders"
HISTORY = "/api/v3/trade/history-orders"
FILLS = "/api/v3/trade/fills"
ASSETS = "/api/v3/account/assets"


async def test_open_orders_come_newest_first_and_by_category() -> None:
    async with practice() as client:
        rows = (await client.get(OPEN))["list"]
        ids = [row["orderId"] for row in rows]
        assert ids == sorted(ids, key=int, reverse=True)
        assert len(rows) == 8
        by_category = {}
        for category in ("SPOT", "MARGIN", "USDT-FUTURES", "COIN-FUTURES", "USDC-FUTURES"):
            found = (await client.get(OPEN, category=category))["list"]
            assert {row["category"] for row in found} == {category}
            by_category[category] = [row["orderId"] for row in found]
        assert sorted(sum(by_category.values(), [])) == sorted(ids)
        assert by_category["SPOT"] == [SPOT]
        assert by_category["MARGIN"] == [MARGIN]
        found = (await client.get(OPEN, category="USDT-FUTURES", symbol="ETHUSDT"))["list"]
        assert [row["orderId"] for row in found] == [PARTLY]


async def test_the_cursor_is_the_smallest_id_on_the_page() -> None:
    async with practice() as client:
        ids: list[str] = []
        cursor = ""
        while True:
            page = await client.get(OPEN, limit="3", **({"cursor": cursor} if cursor else {}))
            if not page["list"]:
                break
            ids += [row["orderId"] for row in page["list"]]
            cursor = page["cursor"]
            assert cursor == ids[-1] == min(ids, key=int)
        assert page["cursor"] is None
        assert len(ids) == len(set(ids)) == 8


@pytest.mark.parametrize(
    "query", ["category=spot", "category=OTHER", "limit=0", "limit=101", "limit=x", "cursor=x", "startTime=x"]
)
async def test_nonsense_is_refused(query: str) -> None:
    async with practice() as client:
        assert await client.refused("GET", f"{OPEN}?{query}") == "25200"


async def test_the_rows_say_what_they_are() -> None:
    async with practice() as client:
        rows = {row["orderId"]: row for row in (await client.get(OPEN))["list"]}
        spot, partly, preset = rows[SPOT], rows[PARTLY], rows[PRESET]
        assert (spot["price"], spot["qty"], spot["orderStatus"]) == ("59840.00", "0.500000", "live")
        assert (spot["posSide"], spot["holdMode"], spot["marginMode"]) == ("", "", "")
        assert (partly["cumExecQty"], partly["orderStatus"]) == ("1.3", "partially_filled")
        assert (partly["cumExecValue"], partly["avgPrice"]) == ("4435.73", "3412.1")
        assert (partly["timeInForce"], partly["posSide"], partly["tradeSide"]) == ("post_only", "short", "open")
        assert (preset["takeProfit"], preset["stopLoss"]) == ("61500.0", "58200.0")
        assert (rows[REDUCE_ONLY]["reduceOnly"], rows[REDUCE_ONLY]["tradeSide"]) == ("YES", "close")
        assert rows[REDUCE_ONLY]["posSide"] == "long"
        assert rows[RPI]["timeInForce"] == "rpi"
        assert rows[COIN_CM]["symbol"] == "BTCUSD_CM"
        assert not any("cancelReason" in row for row in rows.values())
        texts = [value for row in rows.values() for name, value in row.items() if name != "feeDetail"]
        assert all(isinstance(value, str) for value in texts)


async def test_one_order_open_or_closed() -> None:
    async with practice() as client:
        assert (await client.info(FILLED))["orderStatus"] == "filled"
        row = await client.info(SPOT)
        assert (row["cancelReason"], row["execType"]) == ("", "normal")
        assert await client.refused("GET", "/api/v3/trade/order-info?orderId=1") == "25204"
        assert await client.refused("GET", "/api/v3/trade/order-info") == "25200"
        crowd = next(entry.uid for entry in client.server.exchange.book("SPOT:BTCUSDT").entries(Side.BUY))
        other = client.server.exchange.by_uid(crowd).order_id
        assert await client.refused("GET", f"/api/v3/trade/order-info?orderId={other}") == "25204"


async def test_history_and_fills() -> None:
    async with practice() as client:
        (row,) = (await client.get(HISTORY, category="USDT-FUTURES"))["list"]
        assert (row["orderId"], row["avgPrice"]) == (FILLED, "57200")
        assert (await client.get(HISTORY, category="SPOT")) == {"list": [], "cursor": None}
        assert await client.refused("GET", HISTORY) == "25200"
        now = client.server.clock.now_ms()
        day = 86_400_000
        for first, last in ((now - 31 * day, now), (now - 120 * day, now - 100 * day)):
            target = f"{HISTORY}?category=SPOT&endTime={last}&startTime={first}"
            assert await client.refused("GET", target) == "25200"
        before = {"startTime": str(now - 30 * day), "endTime": str(now - 10 * day)}
        assert (await client.get(HISTORY, category="USDT-FUTURES", **before))["list"] == []
        fills = (await client.get(FILLS))["list"]
        assert [fill["orderId"] for fill in fills] == [PARTLY, FILLED]
        (fill,) = (await client.get(FILLS, category="USDT-FUTURES", orderId=PARTLY))["list"]
        assert (fill["execPrice"], fill["execQty"], fill["tradeScope"]) == ("3412.10", "1.3", "maker")
        assert fill["feeDetail"] == [{"feeCoin": "USDT", "fee": "0.887146"}]
        assert (await client.get(FILLS, cursor=fills[0]["execId"]))["list"] == fills[1:]


async def test_money_adds_up() -> None:
    async with practice() as client:
        data = await client.get(ASSETS)
        coins = {row["coin"]: {name: Decimal(v) for name, v in row.items() if name != "coin"} for row in data["assets"]}
        assert set(coins) == {"BTC", "ETH", "USDC", "USDT"}
        # Fees of the two fills went; the spot buy locks its value, the rest is futures margin.
        assert coins["USDT"]["balance"] == Decimal("68250.40") - Decimal("0.3432") - Decimal("0.887146")
        assert coins["USDT"]["locked"] == 29920
        margin = Decimal("171.6") + Decimal("443.573") + Decimal("921.267") + Decimal("118.2")
        assert coins["USDT"]["available"] == coins["USDT"]["balance"] - 29920 - margin
        assert coins["ETH"]["locked"] == Decimal("0.8")
        assert coins["BTC"]["available"] == Decimal("0.75") - Decimal("0.001") - Decimal("0.00080906")
        assert coins["USDC"]["available"] == 4000 - Decimal("172.75")
        unrealised = Decimal("0.03") * Decimal("2811.5") + Decimal("1.3") * Decimal("3.1")
        assert Decimal(data["unrealisedPnl"]) == unrealised
        assert coins["USDT"]["equity"] == coins["USDT"]["balance"] + unrealised
        client.server.exchange.ledger.check()
        settings = await client.get("/api/v3/account/settings")
        assert (settings["accountMode"], settings["holdMode"]) == ("unified", "one_way_mode")
        held = (await client.get("/api/v3/position/current-position", category="USDT-FUTURES"))["list"]
        assert [(row["symbol"], row["posSide"], row["total"]) for row in held] == [
            ("BTCUSDT", "long", "0.0300"),
            ("ETHUSDT", "short", "1.3"),
        ]
        assert await client.refused("GET", "/api/v3/position/current-position") == "25200"


async def test_instruments_of_each_category() -> None:
    path = "/api/v3/market/instruments"
    async with practice() as client:
        (spot,) = await client.get(path, category="SPOT", symbol="BTCUSDT")
        (perp,) = await client.get(path, category="USDT-FUTURES", symbol="BTCUSDT")
        assert (spot["pricePrecision"], spot["quantityPrecision"], spot["minOrderAmount"]) == ("2", "6", "1")
        assert "priceMultiplier" not in spot
        assert spot["maxOrderQty"] == "0"
        assert (perp["priceMultiplier"], perp["quantityMultiplier"], perp["maxOrderQty"]) == ("0.1", "0.0001", "1200")
        margin = await client.get(path, category="MARGIN")
        assert {row["category"] for row in margin} == {"MARGIN"}
        assert {row["symbol"] for row in margin} == {"BTCUSDT", "ETHUSDT"}
        symbols = [row["symbol"] for row in await client.get(path, category="COIN-FUTURES")]
        assert symbols == ["BTCUSD", "BTCUSD_CM"]
        assert await client.refused("GET", path) == "25200"
        assert await client.refused("GET", f"{path}?category=SPOT&symbol=BTCUSD") == "25100"


async def test_prices() -> None:
    async with practice() as client:
        (spot,) = await client.get("/api/v3/market/tickers", category="SPOT", symbol="BTCUSDT")
        assert (spot["bid1Price"], spot["ask1Price"]) == ("60000.00", "60004.00")
        assert "markPrice" not in spot
        (perp,) = await client.get("/api/v3/market/tickers", category="USDT-FUTURES", symbol="ETHUSDT")
        assert perp["markPrice"] == "3409.00"
        assert await client.refused("GET", "/api/v3/market/tickers?category=MARGIN") == "25200"
        url = client.server.addresses()["rest"] + "/api/v3/market/orderbook?category=SPOT&symbol=BTCUSDT&limit=1"
        text = (await client.http.get(url)).text
        assert '"a":[[60004.00,' in text, "levels are bare numbers"
        book = await client.get("/api/v3/market/orderbook", category="SPOT", symbol="BTCUSDT")
        assert (len(book["a"]), len(book["b"])) == (5, 5)
        client.server.market.trade_through("SPOT:BTCUSDT", Side.BUY, Decimal(60004), Decimal("0.01"))
        (trade,) = await client.get("/api/v3/market/fills", category="SPOT", symbol="BTCUSDT")
        assert (trade["price"], trade["size"], trade["side"]) == ("60004.00", "0.01", "buy")
        for query in ("category=SPOT&limit=0&symbol=BTCUSDT", "category=SPOT&limit=x&symbol=BTCUSDT"):
            assert await client.refused("GET", f"/api/v3/market/orderbook?{query}") == "25200"
            assert await client.refused("GET", f"/api/v3/market/fills?{query}") == "25200"


async def test_unknown_paths_and_strategy_orders() -> None:
    async with practice() as client:
        answer = await client.call("GET", "/api/v3/nope")
        assert (client.status, answer["code"]) == (404, "40404")
        answer = await client.call("DELETE", OPEN)
        assert (client.status, answer["code"]) == (404, "40404")
        assert (await client.get("/api/v3/trade/unfilled-strategy-orders", category="SPOT"))["list"] == []


async def test_faults_of_a_look_up() -> None:
    async with practice() as client:
        client.server.faults.add("unknown_status", "look_up", point="before_reply", text="halted")
        assert (await client.info(SPOT))["orderStatus"] == "halted"
        client.server.faults.add("refuse", "look_up", point="request_received", code="40725")
        assert await client.refused("GET", f"/api/v3/trade/order-info?orderId={SPOT}") == "40725"
        client.server.faults.add("refuse", "look_up", point="before_reply", code="45001")
        assert await client.refused("GET", f"/api/v3/trade/order-info?orderId={SPOT}") == "45001"
