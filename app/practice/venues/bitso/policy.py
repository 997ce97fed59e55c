"""Locks of a practice Bitso order: a buy its value in the minor, a sell its amount in the major, no fee in either.

Source: Bitso API documentation, "Modify an order" (the worked examples lock exactly value and amount), read 2026-11-21.
"""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.orders import Side, SimKind, SimOrder
from app.practice.exchange.policy import FundsLock, PolicyView, SpotPolicy


class BitsoPolicy(SpotPolicy):
    """Spot, with the order's value as a state of its own."""

    maker_rate = Decimal("0.0050")
    taker_rate = Decimal("0.0065")

    def order_id(self, exchange: PolicyView) -> str:
        return exchange.ids.text(16)

    def lock_for(self, exchange: PolicyView, order: SimOrder) -> FundsLock | None:
        instrument = exchange.instrument(order.symbol)
        if order.side is Side.SELL:
            return FundsLock(instrument.base, order.remaining)
        if order.kind in (SimKind.LIMIT, SimKind.STOP_LIMIT):
            return FundsLock(instrument.quote, max(Decimal(0), order.value - order.filled_value))
        return super().lock_for(exchange, order)
