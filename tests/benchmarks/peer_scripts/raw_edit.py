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
import tomllib
from asyncio.selector_events import _SelectorSocketTransport
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PAUSE = 0.15
Exchange = Callable[[str, bytes, dict[str, str]], Awaitable[bytes]]

#: When bytes were handed to a socket last.
handed = [0.0]


def watch() -> None:
    """Note when bytes are handed to a socket."""
    write = _SelectorSocketTransport.write

    def noted(self: _SelectorSocketTransport, data: bytes) -> None:
        write(self, data)
        handed[0] = time.perf_counter()

    _SelectorSocketTransport.write = noted  # type: ignore[method-assign]


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
        written, answered, used = [], [], []
        for number in range(count + 1):
            await asyncio.sleep(PAUSE)
            began, cpu = time.perf_counter(), time.process_time()
            await call("modify-order", **order, qty="0.01", price=str(50_001 + number))
            answered.append((time.perf_counter() - began) * 1e3)
            used.append((time.process_time() - cpu) * 1e3)
            written.append((handed[0] - began) * 1e3)
        await call("cancel-order", **order)
    return {"written": written[1:], "answered": answered[1:], "cpu": used[1:]}


def account(configuration: Path) -> dict[str, Any]:
    """The account of the configuration whose orders are amended."""
    accounts = tomllib.loads(configuration.read_text("utf-8"))["account"]
    return next(each for each in accounts if each["venue"] == "bitget")


def main() -> None:
    """Measure, and print one JSON object."""
    watch()
    found = asyncio.run(measure(sys.argv[1], account(Path(sys.argv[2])), int(sys.argv[3])))
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
