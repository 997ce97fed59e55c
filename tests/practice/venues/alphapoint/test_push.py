"""Subscriptions: Level1, Level2, trades, order states; what a book rebuilt from them looks like."""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.orders import Side
from tests.practice.venues.alphapoint.client import ACCOUNT, OMS, D, Venue, modify, practice

BTC = {**OMS, "InstrumentId": 9}


def truth(venue: Venue, symbol: str) -> dict[tuple[int, Decimal], Decimal]:
    book = venue.server.exchange.book(symbol)
    return {
        (number, level.price): level.quantity
        for number, side in enumerate((Side.BUY, Side.SELL))
        for level in book.depth(side)
    }


async def test_level2_is_a_snapshot_and_changes_to_it() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        rows = await socket.call("SubscribeLevel2", {**BTC, "Depth": 100})
        assert {len(row) for row in rows} == {10}
        assert {(row[3], row[7]) for row in rows} == {(0, 9)}
        book = {(row[9], row[6]): row[8] for row in rows}
        assert book == truth(venue, "BTCUSD")
        venue.server.move_price("BTCUSD", D("97300"))
        venue.server.exchange.reduce(venue.server.exchange.order("6507"), D("0.6"))
        await socket.event("Level2UpdateEvent", lambda rows: rows[0][6] == 95000)
        await socket.call("Ping")
        for name, changes in socket.events:
            assert name == "Level2UpdateEvent"
            for row in changes:
                key = (row[9], row[6])
                assert (row[3] == 2) is (row[8] == 0)
                assert (row[3] == 0) is (key not in book)
                if row[3] == 2:
                    del book[key]
                else:
                    book[key] = row[8]
        assert {**book, (0, D(95000)): D("1.0")} == truth(venue, "BTCUSD")
        assert await socket.call("UnsubscribeLevel2", BTC)
        socket.events.clear()
        venue.server.move_price("BTCUSD", D("97250"))
        await socket.call("Ping")
        assert socket.events == []


async def test_a_reduction_is_an_update_of_its_level() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        await socket.call("SubscribeLevel2", {**OMS, "Symbol": "BTCUSD", "Depth": 100})
        await socket.call("ModifyOrder", modify(6507, "0.6"))
        ((row),) = await socket.event("Level2UpdateEvent")
        assert (row[3], row[5], row[6], row[8], row[9]) == (1, 2, 95000, D("1.0"), 0)


async def test_an_iceberg_shows_its_display_size() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        rows = await socket.call("GetL2Snapshot", {**OMS, "InstrumentId": 10, "Depth": 200})
        (row,) = [row for row in rows if row[6] == 3650]
        assert row[8] == D("0.5")


async def test_level1_and_trades() -> None:
    async with practice() as venue, venue.anonymous() as socket:
        first = await socket.call("SubscribeLevel1", {**OMS, "Symbol": "BTCUSD"})
        assert first == {**await socket.call("GetLevel1", BTC), "TimeStamp": first["TimeStamp"]}
        assert isinstance(first["TimeStamp"], str)
        assert first["BestBid"] < D("97250") < first["BestOffer"]
        assert len(await socket.call("SubscribeTrades", {**BTC, "IncludeLastCount": 1})) == 1
        (done,) = venue.server.market.trade_through("BTCUSD", Side.BUY, first["BestOffer"], D("0.001"))
        ((row),) = await socket.event("TradeDataUpdateEvent")
        assert len(row) == 11
        assert (row[0], row[1], row[2], row[3], row[8]) == (int(done.trade_id), 9, D("0.001"), first["BestOffer"], 0)
        update = await socket.event("Level1UpdateEvent", lambda row: row["LastTradedQty"] == D("0.001"))
        assert update["LastTradedPx"] == first["BestOffer"]
        last = (await socket.call("GetLastTrades", {**BTC, "Count": 1}))[0]
        assert last == row
        await socket.call("UnsubscribeLevel1", BTC)
        await socket.call("UnsubscribeTrades", BTC)


async def test_the_number_of_an_event_is_never_that_of_a_waiting_call() -> None:
    async with practice() as venue, venue.socket() as socket:
        asked = {
            "Level1UpdateEvent": await socket.send("SubscribeLevel1", BTC),
            "TickerDataUpdateEvent": await socket.send("SubscribeTicker", {**BTC, "Interval": 60}),
            "AccountPositionEvent": await socket.send("SubscribeAccountEvents", ACCOUNT),
        }
        await socket.call("Ping")
        venue.server.fill_now(venue.server.exchange.order("6507"), D("0.1"))
        waiting = await socket.send("Ping", {})
        numbers: dict[str, set[int]] = {}
        while (frame := await socket.frame())["m"] == 3:
            numbers.setdefault(frame["n"], set()).add(frame["i"])
        assert frame["i"] == waiting
        assert {name: numbers[name] for name in asked} == {name: {number + 1} for name, number in asked.items()}
        assert numbers["OrderStateEvent"] == numbers["AccountPositionEvent"]


async def test_without_asks_there_is_the_sentinel() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        exchange = venue.server.exchange
        for entry in list(exchange.book("ETHBTC").entries(Side.SELL)):
            exchange.cancel(exchange.by_uid(entry.uid))
        await socket.call("ModifyOrder", modify(6526, "9", instrument=11))
        row = await socket.call("GetOrderStatus", {**ACCOUNT, "OrderId": 6526})
        assert (row["InsideAsk"], row["InsideAskSize"]) == (D("9223372036.854775807"), 0)


async def test_order_state_events_are_the_narrow_form() -> None:
    async with practice(effect_delay_ms=0) as venue, venue.socket() as socket:
        assert await socket.call("SubscribeOrderStateEvents", {**ACCOUNT, "InstrumentId": 9}) == {"Subscribed": True}
        await socket.call("CancelOrder", {**OMS, "OrderId": 6526})
        await socket.call("ModifyOrder", modify(6507, "0.6"))
        await socket.call("Ping")
        assert [(name, row["OrderId"]) for name, row in socket.events] == [("OrderStateEvent", 6507)]
        await socket.call("UnsubscribeOrderStateEvents", ACCOUNT)
        venue.switch(event_shape="short")
        assert await socket.call("SubscribeAccountEvents", ACCOUNT) == {"Subscribe": True}
        await socket.call("ModifyOrder", modify(6507, "0.5"))
        row = await socket.event("OrderStateEvent", lambda row: row["Quantity"] == D("0.5"))
        assert set(row) == {
            "Side",
            "OrderId",
            "Price",
            "Quantity",
            "Instrument",
            "Account",
            "OrderType",
            "ClientOrderId",
            "OrderState",
            "ReceiveTime",
            "OrigQuantity",
            "QuantityExecuted",
            "AvgPrice",
            "ChangeReason",
        }
        socket.events.clear()
        await socket.call("UnsubscribeAccountEvents", ACCOUNT)
        await socket.call("ModifyOrder", modify(6507, "0.4"))
        assert socket.events == []


async def test_a_cut_connection_leaves_the_orders_alone() -> None:
    async with practice() as venue:
        async with venue.socket() as socket:
            await socket.call("SubscribeAccountEvents", ACCOUNT)
            for listener in venue.server.listeners:
                listener.cut()
            await socket.raw.wait_closed()
        async with venue.socket() as socket:
            assert len(await socket.call("GetOpenOrders", ACCOUNT)) == 8


async def test_the_day_lives_for_a_while_and_adds_up() -> None:
    async with practice() as venue, venue.socket() as socket:
        await socket.call("SubscribeAccountEvents", ACCOUNT)
        venue.server.market.quiet = False
        for _ in range(400):
            venue.server.market.tick()
        rows = await socket.call("GetOpenOrders", ACCOUNT)
        assert {row["OrderId"] for row in rows} == {6507, 6511, 6514, 6518, 6523, 6526, 6534, 6541}
        assert any(name == "OrderTradeEvent" for name, _ in socket.events)
        venue.server.exchange.ledger.check()
