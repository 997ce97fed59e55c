"""The least that amending an order takes with a bare HTTP client: a body, its signature, one exchange.

python raw_edit.py httpx|aiohttp|socket CONFIGURATION COUNT
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from timed_edits import account, timed, watch

Exchange = Callable[[str, bytes, dict[str, str]], Awaitable[bytes]]


def signed(path: str, body: bytes, keys: dict[str, str]) -> dict[str, str]:
    """The headers that the venue asks for."""
    stamp = str(time.time_ns() // 1_000_000)
    digest = hmac.digest(keys["secret"].encode(), f"{stamp}POST{path}".encode() + body, hashlib.sha256)
    return {
        "ACCESS-KEY": keys["key"],
        "ACCESS-SIGN": base64.b64encode(digest).decode(),
        "ACCESS-TIMESTAMP": stamp,
        "ACCESS-PASSPHRASE": keys["passphrase"],
        "Content-Type": "application/json",
    }


async def opened(client: str, base: str, stack: AsyncExitStack) -> Exchange:
    """A client with a connection that is kept."""
    if client == "httpx":
        import httpx

        http = await stack.enter_async_context(httpx.AsyncClient(base_url=base))

        async def by_httpx(path: str, body: bytes, headers: dict[str, str]) -> bytes:
            return (await http.post(path, content=body, headers=headers)).content

        return by_httpx
    if client == "aiohttp":
        import aiohttp

        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def by_aiohttp(path: str, body: bytes, headers: dict[str, str]) -> bytes:
            async with session.post(f"{base}{path}", data=body, headers=headers) as answer:
                return await answer.read()

        return by_aiohttp
    place = urlsplit(base)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    stack.callback(writer.close)

    async def by_socket(path: str, body: bytes, headers: dict[str, str]) -> bytes:
        lines = [f"POST {path} HTTP/1.1", f"Host: {place.netloc}", f"Content-Length: {len(body)}"]
        head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "\r\n"])
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        return await reader.readexactly(int(answer.split("content-length:")[1].split("\r\n")[0]))

    return by_socket


async def measure(client: str, found: dict[str, Any], count: int) -> dict[str, Any]:
    """Amend one order so many times."""
    keys = found["credentials"]
    async with AsyncExitStack() as stack:
        exchange = await opened(client, found["addresses"]["rest"].rstrip("/"), stack)

        async def call(name: str, **fields: str) -> dict[str, Any]:
            path, body = f"/api/v3/trade/{name}", json.dumps(fields).encode()
            answer: dict[str, Any] = json.loads(await exchange(path, body, signed(path, body, keys)))
            if answer["code"] != "00000":
                raise SystemExit(f"{name}: {answer}")
            return answer

        order = {"category": "SPOT", "symbol": "BTCUSDT"}
        terms = {"side": "buy", "orderType": "limit", "timeInForce": "gtc", "qty": "0.01"}
        placed = await call("place-order", **order, **terms, price="50000")
        order |= {"orderId": placed["data"]["orderId"]}
        times = await timed(lambda n: call("modify-order", **order, qty="0.01", price=str(50_001 + n)), count)
        await call("cancel-order", **order)
    return times


def main() -> None:
    """Measure, and print one JSON object."""
    watch()
    found = asyncio.run(measure(sys.argv[1], account(Path(sys.argv[2])), int(sys.argv[3])))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
