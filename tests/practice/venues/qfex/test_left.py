"""`quantity_remaining` is what is not filled, in every order response: who counts the rest as filled counts right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.practice.venues.qfex import rows
from tests.practice.venues.qfex.test_server import Client, practice

IOC = {"symbol": "AAPL-USD", "side": "BUY", "order_type": "LIMIT", "order_time_in_force": "IOC"}


class Counter:
    """Counts fills as public clients do: by how much less is left of an id than was told before."""

    def __init__(self) -> None:
        self.filled = Decimal(0)
        self._left: dict[str, Decimal] = {}

    def see(self, row: dict[str, Any]) -> dict[str, Any]:
        quantity = Decimal(row.get("quantity", 0))
        left = Decimal(row.get("quantity_remaining", quantity))
        self.filled += max(Decimal(0), self._left.get(row["order_id"], quantity) - left)
        self._left[row["order_id"]] = left
        return row


async def until(client: Client, counter: Counter, status: str) -> dict[str, Any]:
    while True:
        row = counter.see(await client.response())
        if row["status"] == status:
            return row


@pytest.mark.parametrize(
    "change, status",
    [
        ({"price": 200.013}, "INVALID_TICK_SIZE_PRECISION_PRICE"),
        ({"quantity": 0.0001}, "INVALID_TICK_SIZE_PRECISION_QUANTITY"),
        ({"quantity": 1000000000}, "QUANTITY_GREATER_THAN_MAX_QUANTITY"),
        ({"price": 150.00}, "CANCELLED"),
    ],
)
async def test_an_order_that_comes_to_nothing_is_not_filled(change: dict[str, object], status: str) -> None:
    async with practice() as client:
        counter = Counter()
        await client.send("add_order", **{**IOC, "quantity": 0.2, "price": 150.0, "client_order_id": "c-1", **change})
        row = await until(client, counter, status)
        assert row["quantity_remaining"] == row["quantity"] > 0
        assert counter.filled == 0


async def test_the_acknowledgement_of_a_taker_comes_before_its_fills() -> None:
    async with practice() as client:
        counter = Counter()
        await client.send("add_order", **IOC, quantity=500, price=203.0, client_order_id="c-2")
        first = counter.see(await client.response())
        assert (first["status"], first["quantity_remaining"]) == ("ACK", 500)
        last = await until(client, counter, "CANCELLED")
        done = client.server.exchange.order(last["order_id"])
        assert 0 < counter.filled == done.filled < 500
        assert last["quantity_remaining"] == done.remaining


async def test_each_fill_says_what_was_left_after_it() -> None:
    async with practice() as client:
        await client.send("add_order", **{**IOC, "order_type": "MARKET"}, quantity=40, client_order_id="c-3")
        assert (await client.response())["status"] == "ACK"
        left = [(await client.response())["quantity_remaining"]]
        while left[-1] > 0:
            left.append((await client.response())["quantity_remaining"])
        assert left == sorted(set(left), reverse=True)
        assert len(left) > 1


async def test_cancels_and_their_refusals_keep_what_is_left() -> None:
    async with practice() as client:
        counter = Counter()
        row = await client.order(symbol="AAPL-USD", type="LIMIT", side="BUY")
        counter.see(row)
        client.server.fill_now(client.server.exchange.order(row["order_id"]), Decimal("0.5"))
        assert counter.see(await client.response())["quantity_remaining"] == row["quantity"] - Decimal("0.5")
        for status in ("CANCELLED", "NO_SUCH_ORDER"):
            await client.send(
                "cancel_order", symbol="AAPL-USD", order_id=row["order_id"], cancel_order_id_type="order_id"
            )
            answer = await until(client, counter, status)
            assert answer["quantity_remaining"] == row["quantity"] - Decimal("0.5")
        assert counter.filled == Decimal("0.5")


async def test_a_modification_fills_nothing() -> None:
    async with practice() as client:
        client.server.switches.set("emit_old_cancelled", "true")
        counter = Counter()
        row = counter.see(await client.order(symbol="AAPL-USD", type="LIMIT", side="BUY"))
        half = row["quantity"] / 2
        counter.see(await client.modify(row, quantity=float(half)))
        new = await until(client, counter, "MODIFIED")
        assert new["quantity_remaining"] == half
        counter.see(await client.modify(row, quantity=9))  # under the id it has no more
        counter.see(await client.modify(new, price=200.013))
        assert counter.filled == 0
        order = client.server.exchange.order(new["order_id"])
        assert (rows.left_of(order, row["order_id"]), rows.left_of(order, new["order_id"])) == (row["quantity"], half)
