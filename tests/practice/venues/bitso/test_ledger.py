"""The ledger: every execution and its fee, in pages, and their sum is what the balance moved by."""

from __future__ import annotations

from decimal import Decimal

from app.practice.venues.bitso.ledger import entries
from tests.practice.venues.bitso.test_server import BUY, practice


async def test_a_trade_and_its_fee_are_two_entries() -> None:
    async with practice() as client:
        locked, available = await client.balance("btc")
        order = client.server.find(BUY)
        assert order is not None
        client.server.fill_now(order, Decimal("0.25"))
        after = sum(await client.balance("btc"))
        rows = await client.ok("GET", "/v3/ledger/")
        assert [row["operation"] for row in rows[:2]] == ["fee", "trade"]
        assert rows[1]["details"]["oid"] == BUY
        moved = [
            Decimal(each["amount"]) for row in rows[:2] for each in row["balance_updates"] if each["currency"] == "btc"
        ]
        assert sum(moved) == after - locked - available
        assert entries(client.server.exchange, "offset", "fundings", {}) == []


async def test_the_ledger_comes_in_pages() -> None:
    async with practice() as client:
        order = client.server.find(BUY)
        assert order is not None
        for _ in range(3):
            client.server.fill_now(order, Decimal("0.1"))
        whole = [row["eid"] for row in await client.ok("GET", "/v3/ledger/trades/")]
        assert len(whole) == len(set(whole)) == 4
        assert [row["eid"] for row in await client.ok("GET", "/v3/ledger/trades?sort=asc")] == whole[::-1]
        page = await client.ok("GET", f"/v3/ledger/trades?limit=2&marker={whole[0]}")
        assert [row["eid"] for row in page] == whole[1:3]
        assert await client.ok("GET", "/v3/ledger/withdrawals") == []
        assert await client.refused("GET", "/v3/ledger/trades?marker=none") == "0304"
        assert await client.refused("GET", "/v3/ledger/nothing") == "1400"
