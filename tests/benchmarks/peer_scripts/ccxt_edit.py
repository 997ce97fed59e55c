"""ccxt's `edit_order` at practice venues: from the call to the last byte, and to the answer, in its own environment.

python ccxt_edit.py CONFIGURATION COUNT
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import tomllib
from asyncio.selector_events import _SelectorSocketTransport
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt

PAIR, PAUSE = "BTC/USDT", 0.15

#: When bytes were handed to a socket last.
handed = [0.0]


def watch() -> None:
    """Note when bytes are handed to a socket."""
    write = _SelectorSocketTransport.write

    def noted(self: _SelectorSocketTransport, data: bytes) -> None:
        write(self, data)
        handed[0] = time.perf_counter()

    _SelectorSocketTransport.write = noted


async def measure(found: dict[str, Any], count: int) -> dict[str, object]:
    """Edit one order so many times."""
    keys = found["credentials"]
    names = {"apiKey": keys["key"], "secret": keys["secret"], "password": keys["passphrase"]}
    exchange = ccxt.bitget({**names, "options": {"uta": True}, "enableRateLimit": False})
    for name, value in exchange.urls["api"].items():
        if isinstance(value, str):
            exchange.urls["api"][name] = found["addresses"]["rest"]
    try:
        await exchange.load_markets()
        order = (await exchange.create_order(PAIR, "limit", "buy", 0.01, 50_000))["id"]
        written, answered, used = [], [], []
        for number in range(count + 1):
            await asyncio.sleep(PAUSE)
            began, cpu = time.perf_counter(), time.process_time()
            await exchange.edit_order(order, PAIR, "limit", "buy", 0.01, 50_001 + number)
            answered.append((time.perf_counter() - began) * 1e3)
            used.append((time.process_time() - cpu) * 1e3)
            written.append((handed[0] - began) * 1e3)
        await exchange.cancel_order(order, PAIR)
    finally:
        await exchange.close()
    return {"written": written[1:], "answered": answered[1:], "cpu": used[1:]}


def account(configuration: Path) -> dict[str, Any]:
    """The account of the configuration whose orders are amended."""
    accounts = tomllib.loads(configuration.read_text("utf-8"))["account"]
    return next(each for each in accounts if each["venue"] == "bitget")


def main() -> None:
    """Measure, and print one JSON object."""
    watch()
    found = asyncio.run(measure(account(Path(sys.argv[1])), int(sys.argv[2])))
    sys.stdout.write(json.dumps(found) + "\n")


main()
