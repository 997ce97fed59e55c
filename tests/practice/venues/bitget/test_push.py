"""Both websockets: manners, what is pushed and what is not, order entry, the chain of the book."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
import websockets

from app.practice.exchange.orders import Side
from tests.practice.venues.bitget.desk import HELD_MS, PARTLY, REDUCE_ONLY, SPOT, Wire, practice, private, public, until


async def test_ping_is_a_text() -> None:
    async with practice() as client, public(client) as wire:
        await wire.socket.send("ping")
        assert await wire.next() == "pong"


async def test_nothing_comes_on_subscribing_to_orders_but_the_account_does() -> None:
    async with practice() as client, private(client, "order", "fill", "fast-fill", "strategy-order") as wire:
        assert await wire.settled() == []
        await wire.subscribe("account")
        (row,) = await wire.pushed("account")
        usdt = next(coin for coin in row["coin"] if coin["coin"] == "USDT")
        assert usdt["locked"] == "29920"
        await wire.subscribe("position")
        assert [each["symbol"] for each in await wire.pushed("position")] == ["BTCUSDT", "ETHUSDT"]


async def test_an_order_row_differs_from_rest() -> None:
    async with practice() as client, private(client, "order") as wire:
        await client.modify(PARTLY, price="3413")
        push = await wire.until(action="snapshot")
        assert push["arg"] == {"instType": "UTA", "topic": "order"}
        assert isinstance(push["ts"], int)
        (row,) = push["data"]
        assert (row["category"], row["holdSide"], row["reduceOnly"]) == ("usdt-futures", "short", "no")
        assert (row["marginCoin"], row["leverage"], row["orderStatus"]) == ("USDT", "10", "partially_filled")
        assert not {"posSide", "takeProfit", "stopLoss"} & set(row)
        assert (row["price"], row["cumExecQty"], row["cumExecValue"]) == ("3413.00", "1.3", "4435.73")
        server = client.server
        server.fill_now(client.truth(PARTLY), Decimal("0.5"))
        (row,) = await wire.pushed("order")
        assert (row["cumExecQty"], row["cumExecValue"]) == ("1.8", "6142.23")


async def test_a_fill_tells_order_fill_and_account() -> None:
    async with practice() as client, private(client, "order", "fill", "fast-fill", "account", "position") as wire:
        await wire.settled()
        client.server.fill_now(client.truth(PARTLY), Decimal("0.2"))
        told = await wire.settled()
        topics = [message["arg"]["topic"] for message in told]
        assert set(topics) == {"order", "fill", "fast-fill", "account", "position"}
        (fill,) = told[topics.index("fill")]["data"]
        assert (fill["execQty"], fill["tradeScope"], fill["holdSide"]) == ("0.2", "maker", "short")
        fast = told[topics.index("fast-fill")]
        assert (fast["action"], fast["data"]["execId"]) == ("update", fill["execId"])
        assert "feeDetail" not in fast["data"]


async def test_the_account_is_not_pushed_for_a_lock() -> None:
    async with practice() as client, private(client, "account") as wire:
        await wire.settled()
        await client.modify(SPOT, qty="0.1")
        await until(client.idle)
        assert await wire.settled() == []


async def test_a_cancel_is_acknowledged_first_and_pushed_when_done() -> None:
    async with practice(cancel_delay_ms=HELD_MS) as client, private(client, "order") as wire:
        answer = await client.ok("POST", "/api/v3/trade/cancel-order", {"orderId": SPOT, "category": "SPOT"})
        assert answer["orderId"] == SPOT
        assert (await client.info(SPOT))["orderStatus"] == "live"
        client.release()
        (row,) = await wire.pushed("order")
        assert (row["orderStatus"], row["cancelReason"]) == ("cancelled", "normal_cancel")


async def test_unsubscribed_is_silent() -> None:
    async with practice() as client, private(client, "order") as wire:
        arg = {"instType": "UTA", "topic": "order"}
        await wire.send(op="subscribe", args=[arg])
        await wire.until(event="subscribe")
        client.server.fill_now(client.truth(SPOT), Decimal("0.1"))
        assert len(await wire.settled()) == 1, "twice subscribed is once subscribed"
        await wire.send(op="unsubscribe", args=[arg])
        await wire.until(event="unsubscribe")
        client.server.fill_now(client.truth(SPOT), Decimal("0.1"))
        assert await wire.settled() == []


@pytest.mark.parametrize(
    "message, code",
    [
        ({"op": "subscribe", "args": [{"instType": "UTA", "topic": "nope"}]}, 30001),
        ({"op": "subscribe", "args": [{"instType": "SPOT", "topic": "order"}]}, 30001),
        ({"op": "subscribe", "args": []}, 30002),
        ({"op": "subscribe", "args": "order"}, 30002),
        ({"op": "dance"}, 30003),
        ({"op": "trade", "id": "1", "topic": "nope", "category": "spot", "args": [{}]}, 30002),
        ({"op": "trade", "topic": "modify-order", "category": "spot", "args": [{}]}, 30002),
        ({"op": "trade", "id": "1", "topic": "modify-order", "category": "spot", "args": []}, 30002),
    ],
)
async def test_errors_are_frames_with_a_number(message: dict[str, Any], code: int) -> None:
    async with practice() as client, private(client, "order") as wire:
        await wire.send(**message)
        answer = await wire.next()
        assert (answer["event"], answer["code"]) == ("error", code)
        assert answer["connId"].startswith("practice-")


@pytest.mark.parametrize("text", ["{", "7", "[]", "null"])
async def test_what_is_no_message(text: str) -> None:
    async with practice() as client, public(client) as wire:
        await wire.socket.send(text)
        assert (await wire.next())["code"] == 30002


async def test_too_many_messages_cut_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async with practice() as client:
        monkeypatch.setattr(client.server.clock, "monotonic_ms", lambda: 0)
        async with public(client) as wire:
            for _ in range(11):
                await wire.socket.send("ping")
            assert [await wire.next() for _ in range(10)] == ["pong"] * 10
            assert (await wire.next())["code"] == 30007
            with pytest.raises(websockets.ConnectionClosed):
                await wire.next()


async def test_a_connection_that_never_pings_is_cut() -> None:
    async with practice(idle_cut_ms=HELD_MS) as client, public(client) as wire:
        await wire.subscribe_public("spot", "ticker", "BTCUSDT")
        client.release()
        await asyncio.wait_for(wire.socket.wait_closed(), 5)


async def trade(wire: Wire, topic: str, category: str, *rows: dict[str, Any]) -> Any:
    await wire.send(op="trade", id="77", topic=topic, category=category, args=list(rows))
    answer = await wire.until(event="trade")
    assert (answer["id"], answer["topic"]) == ("77", topic)
    return answer


async def test_orders_over_the_socket() -> None:
    async with practice(reduce_only_single="allow") as client, private(client, "order") as wire:
        row = {"orderId": SPOT, "price": "59800", "symbol": "BTCUSDT", "autoCancel": "no"}
        answer = await trade(wire, "modify-order", "spot", row)
        assert (answer["code"], answer["msg"]) == ("0", "Success")
        assert answer["args"] == [{"orderId": SPOT, "clientOid": "BITGET#1627293504612"}]
        assert (await wire.pushed("order"))[0]["price"] == "59800.00"
        assert (await trade(wire, "modify-order", "spot", row))["code"] == "25571"
        assert (await trade(wire, "modify-order", "SPOT", row))["code"] == "25200"
        assert (await trade(wire, "modify-order", "margin", row))["code"] == "25200"
        answer = await trade(
            wire,
            "batch-modify",
            "usdt-futures",
            {"orderId": PARTLY, "price": "3413"},
            {"orderId": REDUCE_ONLY, "price": "61900"},
        )
        assert answer["code"] == "0"
        assert [each["code"] for each in answer["args"]] == ["0", "25574"]
        await until(client.idle)
        new = {"symbol": "ETHUSDT", "side": "buy", "orderType": "limit", "qty": "0.1", "price": "3300"}
        answer = await trade(wire, "place-order", "spot", new)
        placed = answer["args"][0]["orderId"]
        assert (await trade(wire, "cancel-order", "spot", {"orderId": placed}))["code"] == "0"
        await until(lambda: not client.truth(placed).is_open)


async def test_order_entry_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    async with practice() as client, private(client) as wire, private(client) as other:
        monkeypatch.setattr(client.server.clock, "monotonic_ms", lambda: 10**9)
        row = {"orderId": "1", "price": "1"}
        codes = [(await trade(wire, "modify-order", "spot", row))["code"] for _ in range(9)]
        codes += [(await trade(other, "modify-order", "spot", row))["code"] for _ in range(2)]
        assert codes == ["25204"] * 10 + ["429"]


async def test_faults_of_pushes_and_sockets() -> None:
    async with practice() as client, private(client, "order") as wire:
        client.server.faults.add("unknown_status", "push_order", text="pondering")
        client.server.faults.add("duplicate", "push_order")
        await client.modify(SPOT, price="59800")
        await until(client.idle)
        assert [m["data"][0]["orderStatus"] for m in await wire.settled()] == ["pondering", "pondering"]
        client.server.faults.add("drop", "push_order", point="before_push")
        await client.modify(SPOT, price="59801")
        await until(client.idle)
        assert await wire.settled() == []
        client.server.faults.add("rate_limit", "subscribe")
        await wire.send(op="subscribe", args=[{"instType": "UTA", "topic": "fill"}])
        assert (await wire.next())["code"] == 30007


async def test_tickers() -> None:
    async with practice(ticker_push_ms="5") as client, public(client) as wire:
        await wire.subscribe_public("spot", "ticker", "BTCUSDT")
        (first,) = await wire.pushed("ticker")
        assert (first["symbol"], first["bid1Price"]) == ("BTCUSDT", "60000.00")
        client.server.move_price("USDT-FUTURES:BTCUSDT", Decimal("60100.0"))
        client.server.move_price("SPOT:BTCUSDT", Decimal("60100.00"))
        (then,) = await wire.pushed("ticker")
        assert then["lastPrice"] == "60100.00", "the other market of that name is not asked for"
        await wire.subscribe_public("usdt-futures", "ticker", "BTCUSDT")
        assert (await wire.pushed("ticker"))[0]["markPrice"] == "60100.0"
        for kind, topic, symbol in (
            ("SPOT", "ticker", "BTCUSDT"),
            ("spot", "ticker", "NOPE"),
            ("spot", "candle", "BTCUSDT"),
            ("other", "ticker", "BTCUSDT"),
        ):
            await wire.send(op="subscribe", args=[{"instType": kind, "topic": topic, "symbol": symbol}])
            answer = await wire.until(event="error")
            assert (answer["code"], answer["arg"]["topic"]) == (30001, topic)


async def test_the_book_is_a_chain_that_adds_up() -> None:
    async with practice(book_push_ms="1") as client, public(client) as wire:
        await wire.subscribe_public("spot", "books", "BTCUSDT")
        (snapshot,) = await wire.pushed("books")
        assert snapshot["pseq"] == 0
        book = {name: {row[0]: row[1] for row in snapshot[name]} for name in ("a", "b")}
        seq = snapshot["seq"]
        server = client.server
        steps = [
            lambda: server.foreign_amend(client.truth(SPOT), Decimal("59800.00"), None),
            lambda: server.market.trade_through("SPOT:BTCUSDT", Side.BUY, Decimal("60005"), None),
            lambda: server.foreign_cancel(client.truth(SPOT)),
        ]
        for step in steps:
            step()
            update = await wire.until(action="update")
            (data,) = update["data"]
            assert data["pseq"] == seq
            seq = data["seq"]
            for name in ("a", "b"):
                for price, quantity in data[name]:
                    book[name].pop(price, None)
                    if Decimal(quantity):
                        book[name][price] = quantity
        for name, side in (("a", Side.SELL), ("b", Side.BUY)):
            depth = server.exchange.book("SPOT:BTCUSDT").depth(side)
            wanted = {level.price: level.quantity for level in depth}
            assert {Decimal(price): Decimal(quantity) for price, quantity in book[name].items()} == wanted


async def test_short_books_and_trades() -> None:
    async with practice(book_push_ms="1") as client, public(client) as wire:
        await wire.subscribe_public("spot", "books5", "BTCUSDT")
        (first,) = await wire.pushed("books5")
        assert (len(first["a"]), len(first["b"])) == (5, 5)
        await wire.subscribe_public("spot", "publicTrade", "BTCUSDT")
        client.server.market.trade_through("SPOT:BTCUSDT", Side.SELL, Decimal(60000), Decimal("0.01"))
        (row,) = await wire.pushed("publicTrade")
        assert (row["p"], row["v"], row["S"]) == ("60000.00", "0.01", "sell")
        again = await wire.until(action="snapshot")
        assert again["arg"]["topic"] == "books5"
