"""The qfex package at the practice QFEX: prices, balances, positions, and no fill that was none."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from at_practice import Calls, account, soon
from qfex.client import QFEXTakerClient
from qfex.config import QFEXConfig
from qfex.models import Side
from qfex.strategy import TakerStrategy

SYMBOL = "AAPL-USD"


class Taker(QFEXTakerClient):  # type: ignore[misc]
    """The client with our addresses."""

    def _mds_url(self) -> str:
        return account("qfex")[0]["market_ws"]

    def _trade_url(self) -> str:
        path = super()._trade_url()
        return (
            account("qfex")[0]["trade_ws"] + path[path.index("?") :] if "?" in path else account("qfex")[0]["trade_ws"]
        )


class Diary(TakerStrategy):  # type: ignore[misc]
    """Notes the fills and the trades."""

    def __init__(self) -> None:
        super().__init__(None)
        self.filled = Decimal(0)
        self.trades: list[dict[str, Any]] = []

    async def on_fill(self, fill: dict[str, Any]) -> None:
        self.filled += fill["filled_qty_delta"]

    async def on_trade(self, trade_msg: dict[str, Any]) -> None:
        self.trades.append(trade_msg)


async def play(calls: Calls) -> None:
    _, keys = account("qfex")
    config = QFEXConfig(False, [SYMBOL], keys["public_key"], keys["secret"], order_update_timeout_s=1.0)
    diary = Diary()
    async with Taker(config, diary) as client:
        await soon(lambda: SYMBOL in client.bbo_by_symbol, "best prices")
        calls.ok("bbo")
        await soon(lambda: client.balance.available_balance > 0, "a balance")
        calls.ok("balances", client.get_margin_usage())
        await soon(lambda: diary.trades, "a trade")
        calls.ok("trades")
        bid = client.bbo_by_symbol[SYMBOL]
        calls.ok("bid below ask", bid is not None)

        async def send(quantity: str, price: str) -> dict[str, Any]:
            try:
                answer = await client.send_ioc_limit(SYMBOL, Side.BUY, Decimal(quantity), Decimal(price))
            except TimeoutError:  # it knows few refusals and waits on
                return {}
            return dict(answer.get("final_order_response") or {})

        calls.ok("IOC off the market", (await send("0.2", "190")).get("status") == "CANCELLED")
        calls.ok("no phantom fill of what was not crossing", diary.filled == 0)
        await send("0.2", "190.0131")
        calls.ok("no phantom fill of what is off its tick", diary.filled == 0)
        await send("100000", "203")
        calls.ok("no phantom fill beyond the margin", diary.filled == 0)
        done = await send("0.5", "206")
        calls.ok("IOC through the market", done.get("status") == "FILLED")
        calls.ok("its fill", diary.filled == Decimal("0.5"))
        await soon(lambda: client.get_position(SYMBOL).position, "a position")
        calls.ok("positions")


calls = Calls()
asyncio.run(play(calls))
calls.end()
