"""The practice QFEX over real sockets, with a signer of the test's own."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx
import pytest
import websockets

from app.practice.server.faults import Switches
from app.practice.venues.qfex.auth import BadLogin, Gatekeeper
from app.practice.venues.qfex.day import SWITCHES
from app.practice.venues.qfex.server import QfexServer
from app.practice.world import PracticeWorld

_COUNT = itertools.count()


def credentials(server: QfexServer, **changes: object) -> dict[str, Any]:
    """A fresh login; `changes` spoil it."""
    nonce, seconds = f"{next(_COUNT):032x}", int(time.time())
    seconds = int(changes.pop("unix_ts", seconds))  # type: ignore[call-overload]
    nonce = str(changes.pop("nonce", nonce))
    secret = server.credentials()["secret"].encode()
    signature = hmac.new(secret, f"{nonce}:{seconds}".encode(), hashlib.sha256).hexdigest()
    public = server.credentials()["public_key"]
    return {"public_key": public, "nonce": nonce, "unix_ts": seconds, "signature": signature, **changes}


class Client:
    """A logged-in trade socket."""

    def __init__(self, socket: websockets.ClientConnection, server: QfexServer) -> None:
        self.socket, self.server = socket, server

    async def send(self, kind: str, **params: object) -> None:
        await self.socket.send(json.dumps({"type": kind, "params": params}))

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while True:
                frame = json.loads(await self.socket.recv(), parse_float=Decimal)
                if wanted(frame):
                    return dict(frame)

    async def response(self) -> dict[str, Any]:
        frame = await self.until(lambda each: "order_response" in each or "err" in each)
        return dict(frame.get("order_response") or frame["err"])

    async def orders(self) -> list[dict[str, Any]]:
        await self.send("get_user_orders")
        return list((await self.until(lambda each: "all_orders_response" in each))["all_orders_response"]["orders"])

    async def order(self, **wanted: object) -> dict[str, Any]:
        rows = await self.orders()
        return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))

    async def modify(self, row: dict[str, Any], **changes: object) -> dict[str, Any]:
        params = {
            "order_id": row["order_id"],
            "symbol": row["symbol"],
            "side": row["side"],
            "order_type": row["type"],
            **{name: float(row[name]) for name in ("price", "quantity", "take_profit", "stop_loss")},
            **changes,
        }
        await self.send("modify_order", **{name: value for name, value in params.items() if value is not None})
        return await self.response()


@asynccontextmanager
async def practice(*channels: str) -> AsyncIterator[Client]:
    world = PracticeWorld(1, ["qfex"], quiet=True)
    async with world:
        server = world.venues["qfex"]
        assert isinstance(server, QfexServer)
        async with session(server, *channels) as client:
            yield client


@asynccontextmanager
async def session(server: QfexServer, *channels: str) -> AsyncIterator[Client]:
    async with websockets.connect(server.addresses()["trade_ws"]) as socket:
        client = Client(socket, server)
        await client.send("auth", hmac=credentials(server))
        assert json.loads(await socket.recv()) == {"type": "auth", "result": "success"}
        await client.send("subscribe", channels=list(channels or ("order_responses",)))
        await client.until(lambda each: "subscribed" in each)
        yield client


@pytest.mark.parametrize(
    "secret, nonce, seconds, signature",
    [
        (
            "qfex_secret_yyyyyy",
            "00112233445566778899aabbccddeeff",
            1760545414,
            "4b2447002bae930f69b2da9bde697d9baa0bc6bdefc63820ec3a393ce646b66d",
        ),
        (
            "test_secret",
            "c0ffee00c0ffee00c0ffee00c0ffee00",
            1700000000,
            "1281fc0b6884610af2ab434fdc6d7c06af3ea440de2a95ef2b8e50dbc44c8a3c",
        ),
    ],
)
def test_login_vectors(secret: str, nonce: str, seconds: int, signature: str) -> None:
    keeper = Gatekeeper("pub", secret, Switches(SWITCHES))
    given = {"public_key": "pub", "nonce": nonce, "unix_ts": seconds, "signature": signature}
    keeper.check(given, seconds * 1000)
    with pytest.raises(BadLogin, match="used already"):
        keeper.check(given, seconds * 1000)


@pytest.mark.parametrize(
    "spoil, says",
    [
        ({"public_key": "other"}, "unknown public key"),
        ({"signature": "00"}, "invalid signature"),
        ({"unix_ts": 1_700_000_000}, "too far"),
        ({"nonce": "f" * 101}, "malformed"),
    ],
)
async def test_a_bad_login_is_refused_and_closed(spoil: dict[str, object], says: str) -> None:
    async with PracticeWorld(1, ["qfex"], quiet=True) as world:
        server = world.venues["qfex"]
        assert isinstance(server, QfexServer)
        async with websockets.connect(server.addresses()["trade_ws"]) as socket:
            login = {"type": "auth", "params": {"hmac": credentials(server, **spoil)}}
            await socket.send(json.dumps(login))
            answer = json.loads(await socket.recv())
            assert says in answer["err"]["message"]
            with pytest.raises(websockets.ConnectionClosed):
                await socket.recv()


async def test_modify_gives_a_new_id_and_kills_the_old_one() -> None:
    async with practice() as client:
        row = await client.order(symbol="AAPL-USD", type="LIMIT", side="BUY")
        answer = await client.modify(row, price=200.40)
        assert answer["status"] == "MODIFIED"
        assert answer["order_id"] != row["order_id"]
        assert answer["price"] == Decimal("200.40")
        assert answer["client_order_id"] == row["client_order_id"]
        again = await client.modify(row, price=200.50)
        assert (again["status"], again["order_id"]) == ("CANNOT_MODIFY_NO_SUCH_ORDER", row["order_id"])
        assert len([each for each in await client.orders() if each["symbol"] == "AAPL-USD"]) == 3


async def test_nothing_is_answered_without_the_order_responses_channel() -> None:
    async with practice("balances") as client:
        row = await client.order(symbol="AAPL-USD", type="LIMIT", side="BUY")
        await client.send(
            "modify_order",
            order_id=row["order_id"],
            symbol=row["symbol"],
            side=row["side"],
            order_type=row["type"],
            price=200.1,
        )
        frame = await client.until(lambda each: "order_response" in each or "balance_response" in each)
        assert "balance_response" in frame


@pytest.mark.parametrize(
    "changes, status",
    [
        ({"side": "SELL"}, "CANNOT_MODIFY_NO_SUCH_ORDER"),
        ({"order_type": "ALO"}, "CANNOT_MODIFY_NO_SUCH_ORDER"),
        ({"price": 200.001}, "INVALID_TICK_SIZE_PRECISION_PRICE"),
        ({"quantity": 2.0001}, "INVALID_TICK_SIZE_PRECISION_QUANTITY"),
        ({"price": 1}, "PRICE_LESS_THAN_MIN_PRICE"),
        ({"price": 300}, "REJECTED_GREATER_THAN_MAX_PRICE_BAND"),
        ({"quantity": 100_000}, "FAILED_MARGIN_CHECK"),
        ({"take_profit": 150}, "INVALID_TAKEPROFIT_PRICE"),
        ({"stop_loss": 250}, "INVALID_STOPLOSS_PRICE"),
    ],
)
async def test_refusals_come_under_the_old_id(changes: dict[str, object], status: str) -> None:
    async with practice() as client:
        row = await client.order(symbol="AAPL-USD", type="LIMIT", side="BUY")
        answer = await client.modify(row, **changes)
        assert (answer["status"], answer["order_id"]) == (status, row["order_id"])
        assert (await client.order(order_id=row["order_id"]))["price"] == row["price"]


async def test_partly_filled_and_crossing_orders_are_refused() -> None:
    async with practice() as client:
        partial = await client.order(symbol="AAPL-USD", side="SELL")
        assert partial["quantity_remaining"] < partial["quantity"]
        assert (await client.modify(partial, price=208))["status"] == "CANNOT_MODIFY_PARTIAL_FILL"
        passive = await client.order(type="ALO")
        assert (await client.modify(passive, price=203))["status"] == "CANNOT_MODIFY_ALO_WOULD_CROSS"


async def test_every_session_of_the_account_sees_a_refusal() -> None:
    async with practice() as client, session(client.server) as other:
        partial = await client.order(symbol="AAPL-USD", side="SELL")
        asked = await client.modify(partial, price=208)
        assert await other.response() == asked
        assert asked["status"] == "CANNOT_MODIFY_PARTIAL_FILL"


async def test_missing_fields_are_an_err_frame_that_echoes_the_request() -> None:
    async with practice() as client:
        row = await client.order(type="ALO")
        error = await client.modify(row, order_type=None)
        assert error["error_code"] == "InvalidParameter"
        assert error["incoming_message"]["params"]["order_id"] == row["order_id"]


async def test_attached_exits_are_kept_changed_and_removed() -> None:
    async with practice() as client:
        row = await client.order(client_order_id="swing-7")
        answer = await client.modify(row, take_profit=176, stop_loss=None)
        assert (answer["take_profit"], answer["stop_loss"]) == (Decimal(176), Decimal("150.00"))
        answer = await client.modify(answer, take_profit=0, stop_loss=0)
        assert (answer["take_profit"], answer["stop_loss"]) == (0, 0)


async def test_fill_cancel_and_pulses() -> None:
    async with practice("order_responses", "fills", "balances", "positions") as client:
        row = await client.order(symbol="AAPL-USD", type="LIMIT", side="BUY")
        client.server.fill_now(client.server.exchange.order(row["order_id"]), Decimal(1))
        seen = await client.until(lambda each: each.get("order_response", {}).get("status") == "FILLED")
        assert seen["order_response"]["quantity_remaining"] == 1
        fill = (await client.until(lambda each: "fill_response" in each))["fill_response"]
        assert (fill["quantity"], fill["trade_id"]) == (1, seen["order_response"]["trade_id"])
        await client.send("cancel_order", symbol="AAPL-USD", order_id=row["order_id"], cancel_order_id_type="order_id")
        await client.until(lambda each: each.get("order_response", {}).get("status") == "CANCELLED")
        balance = (await client.until(lambda each: "balance_response" in each))["balance_response"]
        assert balance["available_balance"] > 0
        await client.send("cancel_order", symbol="AAPL-USD", order_id="no", cancel_order_id_type="order_id")
        await client.until(lambda each: each.get("order_response", {}).get("status") == "NO_SUCH_ORDER")


async def test_fill_during_the_bump_wins() -> None:
    async with practice() as client:
        row = await client.order(symbol="AAPL-USD", type="LIMIT", side="BUY")
        client.server.faults.add("fill", "amend")
        first = await client.modify(row, price=200.2)
        assert first["status"] == "FILLED"
        assert (await client.response())["status"] == "CANNOT_MODIFY_PARTIAL_FILL"


async def test_swallowed_reply_was_applied_all_the_same() -> None:
    async with practice() as client:
        row = await client.order(type="ALO")
        client.server.faults.add("drop", "amend")
        await client.send(
            "modify_order", order_id=row["order_id"], symbol=row["symbol"], side="BUY", order_type="ALO", price=199.25
        )
        await asyncio.sleep(0.2)
        assert (await client.order(client_order_id="alo-1"))["price"] == Decimal("199.25")


async def test_rest_and_market_data() -> None:
    async with practice() as client, httpx.AsyncClient() as http:
        rest = client.server.addresses()["rest"]
        rows = (await http.get(f"{rest}/refdata")).json()["data"]
        assert {row["symbol"] for row in rows} == {"AAPL-USD", "GOOG-USD", "US100-USD"}
        assert (await http.get(f"{rest}/user/positions")).status_code == 401
        given = credentials(client.server)
        headers = {
            "x-qfex-public-key": given["public_key"],
            "x-qfex-hmac-signature": given["signature"],
            "x-qfex-nonce": given["nonce"],
            "x-qfex-timestamp": str(given["unix_ts"]),
        }
        assert (await http.get(f"{rest}/user/historic-orders", headers=headers)).json() == {"data": []}
        async with websockets.connect(client.server.addresses()["market_ws"]) as socket:
            await socket.send('{"type":"subscribe","channels":["bbo","minmax_price"],"symbols":["AAPL-USD"]}')
            frames = [json.loads(await socket.recv()) for _ in range(3)]
            assert {frame["type"] for frame in frames} == {"subscribed", "bbo", "minmax_price"}
