"""ccxt's `edit_order` at practice venues: from the call to the last byte, and to the answer, in its own environment.

python ccxt_edit.py CONFIGURATION COUNT
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import ccxt.async_support as ccxt
from timed_edits import account, timed, watch

PAIR = "BTC/USDT"


async def measure(of: dict[str, Any], count: int) -> dict[str, list[float]]:
    """Edit one order so many times."""
    keys = of["credentials"]
    names = {"apiKey": keys["key"], "secret": keys["secret"], "password": keys["passphrase"]}
    exchange = ccxt.bitget({**names, "options": {"uta": True}, "enableRateLimit": False})
    for name, value in exchange.urls["api"].items():
        if isinstance(value, str):
            exchange.urls["api"][name] = of["addresses"]["rest"]
    try:
        await exchange.load_markets()
        order = (await exchange.create_order(PAIR, "limit", "buy", 0.01, 50_000))["id"]
        found = await timed(lambda n: exchange.edit_order(order, PAIR, "limit", "buy", 0.01, 50_001 + n), count)
        await exchange.cancel_order(order, PAIR)
    finally:
        await exchange.close()
    return found


def main() -> None:
    """Measure, and print one JSON object."""
    watch()
    found = asyncio.run(measure(account(Path(sys.argv[1])), int(sys.argv[2])))
    sys.stdout.write(json.dumps(found) + "\n")


main()
