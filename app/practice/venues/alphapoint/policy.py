"""Money and ids of the practice AlphaPoint: spot, fees out of what is received, one counter of order ids.

A resting buy holds price x remaining of product 2, a sell the remaining of product 1. Source: AlphaPoint API
documentation, "GetAccountPositions" and "GetOrderFee", read 2026-11-21; the rates are ours.
"""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.orders import ZERO, NewOrder, Side, SimInstrument, SimKind
from app.practice.exchange.policy import PolicyView, SpotPolicy

#: Ids grow from here; they pass what 32 bits hold, as the ids seen on live venues do.
FIRST_ORDER_ID = 2_543_565_231
FIRST_TRADE_ID = 14_476_351


class AlphaPointPolicy(SpotPolicy):
    """Spot with whole-number ids."""

    maker_rate = Decimal("0.0015")
    taker_rate = Decimal("0.0020")

    def __init__(self) -> None:
        self._next_order = FIRST_ORDER_ID
        self._next_trade = FIRST_TRADE_ID

    def order_id(self, exchange: PolicyView) -> str:
        self._next_order += 1
        return str(self._next_order - 1)

    def trade_id(self, exchange: PolicyView) -> str:
        self._next_trade += 1
        return str(self._next_trade - 1)


def hold_of(exchange: PolicyView, new: NewOrder) -> tuple[str, Decimal]:
    """Currency and amount a new order would hold."""
    instrument: SimInstrument = exchange.instrument(new.symbol)
    if new.side is Side.SELL:
        return instrument.base, new.quantity
    if new.price is not None:
        return instrument.quote, new.price * new.quantity
    if new.kind is SimKind.MARKET:
        return instrument.quote, exchange.book(new.symbol).fillable(new.side, None, new.quantity)[1]
    return instrument.quote, (new.stop or ZERO) * new.quantity
