"""The practice Bitso over real sockets, with a signer of the test's own: worked examples, refusals, locks, faults."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
import pytest
import websockets

from app.practice.server.server import VenueServer
from app.practice.world import PracticeWorld

BUY = "qlbga6b600n3xta7"


class Client:
    """Signs and sends; answers are (status, parsed body)."""

    def __init__(self, http: httpx.AsyncClient, server: VenueServer) -> None:
        self.http, self.server, self.count = http, server, 0

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
        self.count += 1
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        made = self.http.build_request(method, self.server.addresses()["rest"] + path, content=content)
        nonce = f"{time.time_ns() // 1_000_000}{self.count:06d}"
        secret = self.server.credentials()["secret"].encode()
        prehash = (nonce + method).encode() + made.url.raw_path + content
        signature = hmac.new(secret, prehash, hashlib.sha256).hexdigest()
        made.headers["Authorization"] = f"Bitso {self.server.credentials()['api_key']}:{nonce}:{signature}"
        answer = await self.http.send(made)
        return answer.status_code, answer.json()

    async def ok(self, method: str, path: str, body: object = None) -> Any:
        status, answer = await self.call(method, path, body)
        assert (status, answer["success"]) == (200, True), answer
        return answer["payload"]

    async def refused(self, method: str, path: str, body: object = None) -> str:
        status, answer = await self.call(method, path, body)
        assert status >= 400
        assert answer["success"] is False
        return str(answer["error"]["code"])

    async def order(self, oid: str) -> dict[str, Any]:
        (row,) = await self.ok("GET", f"/v3/orders/{oid}")
        return dict(row)

    async def balance(self, currency: str) -> tuple[Decimal, Decimal]:
        rows = (await self.ok("GET", "/v3/balance"))["balances"]
        (row,) = [row for row in rows if row["currency"] == currency]
        assert Decimal(row["total"]) == Decimal(row["locked"]) + Decimal(row["available"])
        return Decimal(row["locked"]), Decimal(row["available"])

    async def find(self, **wanted: str) -> dict[str, Any]:
        rows = await self.ok("GET", "/v3/open_orders")
        (row,) = [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]
        return dict(row)


@asynccontextmanager
async def practice() -> AsyncIterator[Client]:
    world = PracticeWorld(1, ["bitso"], quiet=True)
    async with world, httpx.AsyncClient() as http:
        yield Client(http, world.venues["bitso"])


async def test_the_worked_buy_to_the_digit() -> None:
    async with practice() as client:
        locked, available = await client.balance("usd")
        assert await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "120000"}) == {"oid": BUY}
        row = await client.order(BUY)
        assert (row["original_amount"], row["original_value"]) == ("0.83333333", "100000.00000000")
        assert await client.balance("usd") == (locked, available)
        await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "130000", "major": "1"})
        row = await client.order(BUY)
        assert (row["original_amount"], row["original_value"]) == ("1.00000000", "130000.00000000")
        assert await client.balance("usd") == (locked + 30000, available - 30000)


async def test_the_worked_sell_to_the_digit() -> None:
    async with practice() as client:
        row = await client.find(book="btc_usdt", status="open")
        locked, available = await client.balance("btc")
        await client.ok("PATCH", f"/v4/orders/{row['oid']}", {"price": "120000"})
        after = await client.order(row["oid"])
        assert (after["original_amount"], after["original_value"]) == ("1.00000000", "120000.00000000")
        assert await client.balance("btc") == (locked, available)
        await client.ok("PATCH", f"/v4/orders/{row['oid']}", {"price": "130000", "minor": "100000"})
        after = await client.order(row["oid"])
        assert (after["original_amount"], after["original_value"]) == ("0.76923077", "100000.00000000")
        freed = Decimal("0.23076923")
        assert await client.balance("btc") == (locked - freed, available + freed)


@pytest.mark.parametrize(
    "body, code",
    [
        ({}, "0360"),
        ({"cancel": "1"}, "0360"),
        ({"major": "1", "minor": "2"}, "0308"),
        ({"price": "1e5"}, "0372"),
        ({"price": "-1"}, "0372"),
        ({"price": "0"}, "0408"),
        ({"price": "100000.001"}, "0407"),
        ({"price": "1"}, "0401"),
        ({"price": "99999999"}, "0402"),
        ({"major": "0.000001"}, "0403"),
        ({"major": "501"}, "0404"),
        ({"stop": "90000"}, "1005"),
        ({"side": "sell", "price": "1"}, "0361"),
        ({"price": "130000", "major": "2"}, "0379"),
    ],
)
async def test_refusals_leave_the_order_alone(body: dict[str, str], code: str) -> None:
    async with practice() as client:
        before = await client.order(BUY)
        assert await client.refused("PATCH", f"/v4/orders/{BUY}", body) == code
        assert await client.order(BUY) == before


async def test_identifiers_versions_and_states() -> None:
    async with practice() as client:
        assert await client.refused("PATCH", "/v4/orders/nope", {"price": "1"}) == "0312"
        assert await client.refused("PATCH", "/v4/orders?origin_id=nope", {"price": "1"}) == "0357"
        assert await client.refused("PATCH", "/v4/orders", {"price": "1"}) == "0303"
        assert await client.refused("PATCH", f"/v3/orders/{BUY}", {"price": "1"}) == "1004"
        queued = await client.find(status="queued")
        assert await client.refused("PATCH", f"/v4/orders/{queued['oid']}", {"price": "102000"}) == "1005"
        await client.ok("PATCH", "/v4/orders?origin_id=desk-0017", {"price": "121000"})
        assert (await client.find(origin_id="desk-0017"))["price"] == "121000"


async def test_stops_show_in_the_look_up_only_and_change_until_triggered() -> None:
    async with practice() as client:
        rows = await client.ok("GET", "/v3/open_orders")
        assert not any("stop" in row for row in rows)
        ids = ",".join(row["oid"] for row in rows)
        looked = {row["oid"]: row for row in await client.ok("GET", f"/v3/orders?oids={ids}")}
        stops = [row for row in looked.values() if "stop" in row]
        waiting = next(row for row in stops if row["triggered_at"] is None)
        fired = next(row for row in stops if row["triggered_at"] is not None)
        await client.ok("PATCH", f"/v4/orders/{waiting['oid']}", {"stop": "61000"})
        assert (await client.order(waiting["oid"]))["stop"] == "61000"
        assert await client.refused("PATCH", f"/v4/orders/{fired['oid']}", {"stop": "61000"}) == "1005"


async def test_partial_fills_under_both_readings() -> None:
    async with practice() as client:
        row = await client.find(status="partially filled")
        assert await client.refused("PATCH", f"/v4/orders/{row['oid']}", {"major": "0.04"}) == "0403"
        await client.ok("PATCH", f"/v4/orders/{row['oid']}", {"major": "0.09"})
        after = await client.order(row["oid"])
        assert (after["original_amount"], after["unfilled_amount"]) == ("0.09000000", "0.05000000")
        client.server.switches.set("partial_semantics", "remaining")
        await client.ok("PATCH", f"/v4/orders/{row['oid']}", {"major": "0.07"})
        after = await client.order(row["oid"])
        assert (after["original_amount"], after["unfilled_amount"]) == ("0.11000000", "0.07000000")


async def test_post_only_through_the_book_is_cancelled() -> None:
    async with practice() as client:
        row = await client.find(origin_id="po_1")
        await client.ok("PATCH", f"/v4/orders/{row['oid']}", {"price": "2400000"})
        assert await client.refused("GET", f"/v3/orders/{row['oid']}") == "0312"


async def test_cancel_flag_cancels_only_when_the_modify_fails() -> None:
    async with practice() as client:
        await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "110000", "cancel": "1"})
        assert (await client.order(BUY))["price"] == "110000"
        await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "110000", "major": "9", "cancel": "1"})
        assert await client.refused("GET", f"/v3/orders/{BUY}") == "0312"


async def test_place_trade_and_cancel() -> None:
    async with practice() as client:
        new = {"book": "btc_usd", "side": "buy", "type": "limit", "major": "0.01", "price": "100", "origin_id": "mine"}
        oid = (await client.ok("POST", "/v3/orders", new))["oid"]
        assert await client.refused("POST", "/v3/orders", new) == "0356"
        assert await client.refused("POST", "/v3/orders", {**new, "minor": "5"}) == "0308"
        assert await client.refused("GET", f"/v3/order_trades/{oid}") == "0378"
        await client.ok("PATCH", f"/v4/orders/{oid}", {"price": "134000", "major": "0.01"})
        trades = await client.ok("GET", f"/v3/order_trades/{oid}")
        assert sum(Decimal(row["major"]) for row in trades) == Decimal("0.01")
        assert await client.ok("DELETE", f"/v3/orders/{oid}") == []
        assert await client.ok("DELETE", f"/v3/orders/{BUY}") == [BUY]
        assert set(await client.ok("DELETE", "/v3/orders/all"))
        assert await client.ok("GET", "/v3/open_orders") == []


async def test_rate_limit_locks_out_and_spares_cancels() -> None:
    async with practice() as client:
        client.server.switches.set("private_per_minute", 2)
        for _ in range(2):
            await client.ok("GET", "/v3/balance")
        status, answer = await client.call("GET", "/v3/balance")
        assert (status, answer["error"]["code"]) == (420, "0801")
        assert await client.ok("DELETE", f"/v3/orders/{BUY}") == [BUY]


async def test_faults_strike_the_next_modify() -> None:
    async with practice() as client:
        client.server.faults.add("silent_failure", "amend")
        assert await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "101000"}) == {"oid": BUY}
        assert (await client.order(BUY))["price"] == "100000"
        client.server.faults.add("new_id", "amend")
        changed = (await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "101000"}))["oid"]
        assert changed != BUY
        client.server.faults.add("refuse", "amend", point="before_reply", code="1003", message="Timeout.")
        assert await client.refused("PATCH", f"/v4/orders/{changed}", {"price": "102000"}) == "1003"
        assert (await client.order(changed))["price"] == "102000", "refused after it was applied"


async def test_public_stream_shows_our_modify_with_a_running_sequence() -> None:
    async with practice() as client, websockets.connect(client.server.addresses()["ws"]) as socket:
        await socket.send('{"action":"subscribe","book":"btc_usd","type":"diff-orders"}')
        assert json.loads(await socket.recv())["response"] == "ok"
        await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "110000"})
        await client.ok("PATCH", f"/v4/orders/{BUY}", {"price": "111000"})
        async with asyncio.timeout(5):
            first, second = [json.loads(await socket.recv()) for _ in range(2)]
        assert (first["payload"][0]["o"], first["payload"][0]["s"]) == (BUY, "open")
        assert second["sequence"] == first["sequence"] + 1
