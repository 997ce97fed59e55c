"""A long list of orders at rest in one market, for benchmarks of the list."""

from __future__ import annotations

from dataclasses import replace

from app.domain.order import Order
from tests.helpers.paper_desk import T0, D, resting

#: Prices there are: fewer than orders, so that many share one.
_PRICES = 997


def many_orders(count: int) -> list[Order]:
    """Return so many orders on Bitso, numbered from 0, whose prices go round."""
    base = resting("bitso", "one", "btc_usd", "120000.00", "0.5")
    return [
        replace(base, order_id=f"id{number:07}", price=D(100_000 + number % _PRICES), created_at=T0, updated_at=T0)
        for number in range(count)
    ]
