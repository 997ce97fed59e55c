"""Money and ids on a practice QFEX."""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.policy import MarginPolicy, PolicyView


class QfexPolicy(MarginPolicy):
    """Margin in USD at a twentieth; ids are random UUIDs."""

    maker_rate = Decimal("0.0001")
    taker_rate = Decimal("0.0003")

    def __init__(self) -> None:
        super().__init__(Decimal("0.05"))

    def order_id(self, exchange: PolicyView) -> str:
        return exchange.ids.uuid()

    def trade_id(self, exchange: PolicyView) -> str:
        return exchange.ids.uuid()
