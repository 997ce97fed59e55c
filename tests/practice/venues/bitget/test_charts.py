"""What public clients ask for beside prices and orders: coins, time, candles, funding, interest, fees."""

from __future__ import annotations

import pytest

from app.practice.venues.bitget.charts import MOST_CANDLES
from tests.practice.venues.bitget.desk import SPOT, Client, practice

CANDLES = "/api/v3/market/candles"
BTC = {"category": "SPOT", "symbol": "BTCUSDT"}


async def anybody(client: Client, target: str) -> object:
    """The answer without a key."""
    answer = await client.call("GET", target, ACCESS_KEY="", ACCESS_SIGN="", ACCESS_PASSPHRASE="")
    assert answer["code"] == "00000"
    return answer["data"]


async def test_anybody_may_ask_for_the_coins() -> None:
    async with practice() as client:
        coins = await anybody(client, "/api/v2/spot/public/coins")
        assert isinstance(coins, list)
        assert [each["coin"] for each in coins] == ["BTC", "ETH", "USDC", "USDT"]
        assert all(each["chains"][0]["withdrawable"] == "true" for each in coins)
        assert [each["coin"] for each in await client.get("/api/v2/spot/public/coins", coin="ETH")] == ["ETH"]


@pytest.mark.parametrize("version", ["v2", "v3"])
async def test_both_versions_tell_the_time(version: str) -> None:
    async with practice() as client:
        told = await anybody(client, f"/api/{version}/public/time")
        assert isinstance(told, dict)
        assert int(told["serverTime"]) > 1_700_000_000_000


@pytest.mark.parametrize("path", [CANDLES, "/api/v3/market/history-candles"])
async def test_candles_hold_what_traded(path: str) -> None:
    async with practice() as client:
        order = client.truth(SPOT)
        client.server.fill_now(order, order.remaining)
        (candle,) = await client.get(path, **BTC, interval="1D")
        assert len(candle) == 7
        at, _, high, low, close, volume, _ = candle
        assert int(at) % 86_400_000 == 0
        assert (high, low, close, volume) == ("59840.00", "59840.00", "59840.00", "0.500000")
        assert await client.get(path, **BTC, interval="1m")
        assert await client.get(path, **BTC, interval="1m", endTime="1000") == []


@pytest.mark.parametrize(
    "query", ["interval=2m", "interval=1m&limit=0", f"interval=1m&limit={MOST_CANDLES + 1}", "interval=1m&endTime=x"]
)
async def test_a_candle_that_cannot_be_is_refused(query: str) -> None:
    async with practice() as client:
        assert await client.refused("GET", f"{CANDLES}?category=SPOT&symbol=BTCUSDT&{query}") == "25200"


async def test_funding_and_interest_are_of_futures() -> None:
    async with practice() as client:
        (row,) = await client.get("/api/v3/market/current-fund-rate", symbol="BTCPERP")
        assert (row["symbol"], int(row["nextUpdate"]) % 28_800_000) == ("BTCPERP", 0)
        rows = (await client.get("/api/v3/market/history-fund-rate", symbol="BTCPERP", limit="3"))["resultList"]
        times = [int(each["fundingRateTimestamp"]) for each in rows]
        assert times == [times[0], times[0] - 28_800_000, times[0] - 57_600_000]
        held = await client.get("/api/v3/market/open-interest", category="USDC-FUTURES")
        assert [each["symbol"] for each in held["list"]] == ["BTCPERP", "ETHPERP"]
        for call in ("current-fund-rate?symbol=ETH", "open-interest?category=SPOT", "history-fund-rate"):
            assert await client.refused("GET", f"/api/v3/market/{call}") == "25200"


async def test_fee_rates_are_those_that_are_charged() -> None:
    async with practice() as client:
        spot = await client.get("/api/v3/account/fee-rate", **BTC)
        assert spot == {"makerFeeRate": "0.001", "takerFeeRate": "0.001"}
        rows = await client.get("/api/v3/account/all-fee-rate", category="USDT-FUTURES")
        assert rows[0] == {"symbol": "BTCUSDT", "makerFeeRate": "0.0002", "takerFeeRate": "0.0006"}
        assert len(await client.get("/api/v3/account/all-fee-rate", category="MARGIN")) == 2
        assert await client.refused("GET", "/api/v3/account/fee-rate?category=SPOT&symbol=NONE") == "25200"
        assert await client.refused("GET", "/api/v3/account/all-fee-rate?category=X") == "25200"
