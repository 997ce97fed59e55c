"""Intervals of the ticker, asked for and pushed; the summary of all markets; what clients are told of a login."""

from __future__ import annotations

from app.practice.exchange.orders import Side
from app.practice.venues.alphapoint.ticker import Tickers
from tests.practice.venues.alphapoint.client import OMS, D, practice

BTC = {**OMS, "InstrumentId": 9}
DAY = {**BTC, "Interval": 86_400}


async def test_the_history_is_told_by_intervals() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        (done,) = venue.server.market.trade_through("BTCUSD", Side.BUY, D("99999"), D("0.001"))
        end, high, low, _, close, volume, bid, ask, number, begin = (await socket.call("GetTickerHistory", DAY))[-1]
        assert (end - begin, begin % 86_400_000, number) == (86_400_000, 0, 9)
        assert low <= close == done.price <= high
        assert volume >= D("0.001")
        assert bid < ask
        assert await socket.call("GetTickerHistory", {**DAY, "ToDate": "2001-01-01 00:00:00"}) == []
        assert await socket.call("GetTickerHistory", {**DAY, "FromDate": "2001-01-01"})
        assert (await socket.call("GetTickerHistory", {**DAY, "FromDate": "soon"}))["errorcode"] == 100
        assert (await socket.call("GetTickerHistory", {**BTC, "Interval": -1}))["errorcode"] == 100
        assert (await venue.get("GetTickerHistory", DAY)).status_code == 200


async def test_the_ticker_is_pushed_to_whoever_asked() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        assert isinstance(venue.server._feed.tickers, Tickers)
        assert len(await socket.call("SubscribeTicker", {**DAY, "IncludeLastCount": 1})) == 1
        (done,) = venue.server.market.trade_through("BTCUSD", Side.BUY, D("99999"), D("0.001"))
        (row,) = await socket.event("TickerDataUpdateEvent")
        assert (row[4], row[8], row[0] - row[9]) == (done.price, 9, 86_400_000)
        assert (await socket.call("UnsubscribeTicker", BTC))["result"] is True
        venue.server.market.trade_through("BTCUSD", Side.BUY, D("99999"), D("0.001"))
        await socket.call("Ping")
        assert not [name for name, _ in socket.events if name == "TickerDataUpdateEvent"]


async def test_the_summary_has_every_market() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        rows = {row["TradingPairs"]: row for row in await socket.call("Summary")}
        assert set(rows) == {"BTC_USD", "ETH_USD", "ETH_BTC"}
        assert all(row["HighestBid"] < row["LowestAsk"] for row in rows.values())


async def test_the_written_login_lets_in() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        login = venue.server.login()
        answer = await socket.call("WebAuthenticateUser", {"UserName": login["login"], "Password": login["password"]})
        assert answer["Authenticated"] is True
