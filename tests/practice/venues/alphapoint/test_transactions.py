"""What an execution moves, by side."""

from __future__ import annotations

import pytest

from app.practice.venues.alphapoint.transactions import transactions
from tests.practice.venues.alphapoint.client import D, practice


@pytest.mark.parametrize("order_id, came", [("6507", "BTC"), ("6534", "USD")])
async def test_a_buy_brings_the_base_and_a_sell_the_quote(order_id: str, came: str) -> None:
    async with practice() as venue:
        order = venue.server.find(order_id)
        assert order is not None
        venue.server.fill_now(order, D("0.1"))
        done = venue.server.exchange.executions_of(order.owner, order.uid)[-1]
        inward, outward, fee = transactions(venue.server.writer, done, order)
        products = venue.server.writer.products
        assert (inward["ProductId"], inward["DR"], outward["CR"]) == (products[came], 0, 0)
        assert fee["ProductId"] == products[came]
        assert fee["DR"] > 0
