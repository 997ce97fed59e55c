"""The practice Bitget speaks as the venue does now where a switch tells it to."""

from __future__ import annotations

import pytest

from tests.practice.venues.bitget.desk import PARTLY, REDUCE_ONLY, SPOT, practice, private, public, until

PRESET, MARGIN = "1312345660000471877", "1312345640000471850"


async def test_a_classic_account_gets_the_same_code_for_every_private_call() -> None:
    async with practice(account_mode="classic") as client:
        for path in ("trade/unfilled-orders", "account/assets", "account/info"):
            assert await client.refused("GET", f"/api/v3/{path}") == "40084"
        assert await client.get("/api/v3/public/time")


async def test_one_category_is_refused_and_the_others_are_served() -> None:
    async with practice(refused_category="SPOT") as client:
        for path in ("trade/unfilled-orders", "market/instruments"):
            assert await client.refused("GET", f"/api/v3/{path}?category=SPOT") == "40000"
        assert (await client.get("/api/v3/trade/unfilled-orders", category="USDT-FUTURES"))["list"]


async def test_pages_are_as_short_as_they_are_told_to_be() -> None:
    async with practice(page_rows="2") as client:
        page = await client.get("/api/v3/trade/unfilled-orders", category="USDT-FUTURES", limit="100")
        assert len(page["list"]) == 2
        more = await client.get("/api/v3/trade/unfilled-orders", category="USDT-FUTURES", cursor=page["cursor"])
        assert len(more["list"]) == 1


async def test_margin_counts_in_larger_steps_than_spot() -> None:
    async with practice() as client:
        places = {}
        for category in ("SPOT", "MARGIN"):
            rows = await client.get("/api/v3/market/instruments", category=category, symbol="ETHUSDT")
            places[category] = rows[0]["quantityPrecision"]
        assert places == {"SPOT": "4", "MARGIN": "2"}
        assert await client.modify_refused(MARGIN, qty="0.8001") == "25610"
        assert await client.modify(MARGIN, qty="0.81")


@pytest.mark.parametrize("told, grid", [("full", {"2"}), ("no_grid", {""}), ("none", set())])
async def test_a_market_tells_of_its_grid_what_it_is_told_to(told: str, grid: set[str]) -> None:
    async with practice(market_rules=told) as client:
        rows = await client.get("/api/v3/market/instruments", category="SPOT")
        assert {row["pricePrecision"] for row in rows} == grid


async def test_trade_sides_in_the_words_seen_live() -> None:
    async with practice(trade_side="long") as client:
        sides = {order_id: (await client.info(order_id))["tradeSide"] for order_id in (SPOT, PARTLY, REDUCE_ONLY)}
        assert sides == {SPOT: "", PARTLY: "sell_single", REDUCE_ONLY: "reduce_sell_single"}
        client.server.switches.set("hold_mode", "hedge_mode")
        assert (await client.info(PARTLY))["tradeSide"] == "sell_open_short"
        assert (await client.info(REDUCE_ONLY))["tradeSide"] == "sell_close_long"


async def test_pushes_tell_exits_in_lower_case_and_ends_without_a_size() -> None:
    async with practice(push_presets="true", end_qty="empty") as client, private(client, "order") as wire:
        await client.modify(PRESET, price="59101")
        await until(client.idle)
        client.release()
        (row,) = (await wire.until(action="snapshot"))["data"]
        assert (row["takeprofit"], row["stoploss"], row["qty"]) == ("61500.0", "58200.0", "0.0200")
        assert "takeProfit" not in row
        client.server.foreign_cancel(client.truth(PRESET))
        push = await wire.until(action="snapshot")
        assert (push["data"][0]["orderStatus"], push["data"][0]["qty"]) == ("cancelled", "")


async def test_a_service_upgrade_is_said_at_the_next_message() -> None:
    async with practice() as client, public(client) as wire:
        client.server.faults.add("venue", "ping", point="request_received", name="service_upgrade")
        await wire.socket.send("ping")
        said = await wire.next()
        assert (said["event"], said["code"]) == ("error", 30033)
