"""Money on a practice unified account: spot swaps, linear futures pay in the quote coin, coin futures in the base.

A spot order locks what it sells. An opening futures order locks its initial margin (value / leverage) in the coin the
contract settles in; a reduce-only order locks nothing. Borrowing, funding and liquidation are not modelled.
"""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.numbers import EIGHT_PLACES
from app.practice.exchange.orders import ZERO, SelfTrade, SimOrder
from app.practice.exchange.policy import FundsLock, MarginPolicy, PolicyView, Settled, SimPosition, SpotPolicy, Trade
from app.practice.venues.bitget.markets import LEVERAGE, Sizing, listing_of

#: Order and trade ids rise with time, because a page's cursor is the smallest order id on it.
_FIRST_ID = 1_312_400_000_000_000_000
_ID_STRIDE = 65_537


class _Spot(SpotPolicy):
    maker_rate = Decimal("0.001")
    taker_rate = Decimal("0.001")


class UnifiedPolicy(MarginPolicy):
    """One account for every category."""

    #: An order's `stpMode` is `none` unless it says otherwise.
    self_trade = SelfTrade.ALLOW
    maker_rate = Decimal("0.0002")
    taker_rate = Decimal("0.0006")

    def __init__(self) -> None:
        super().__init__(1 / LEVERAGE)
        self._spot = _Spot()

    def rates(self, *, is_spot: bool) -> dict[str, Decimal]:
        """Maker and taker fee, as fractions, by the venue's names."""
        policy = self._spot if is_spot else self
        return {"makerFeeRate": policy.maker_rate, "takerFeeRate": policy.taker_rate}

    def order_id(self, exchange: PolicyView) -> str:
        return str(_FIRST_ID + _ID_STRIDE * exchange.ids.count())

    def trade_id(self, exchange: PolicyView) -> str:
        return self.order_id(exchange)

    def margin_currency(self, exchange: PolicyView, symbol: str) -> str:
        listing = listing_of(exchange.instrument(symbol))
        return listing.quote if listing.sizing is Sizing.LINEAR else listing.base

    def worth(self, exchange: PolicyView, symbol: str, quantity: Decimal, price: Decimal) -> Decimal:
        match listing_of(exchange.instrument(symbol)).sizing:
            case Sizing.COIN:
                return quantity
            case Sizing.COIN_IN_QUOTE:
                return quantity / price
            case _:
                return quantity * price

    def gain(
        self, exchange: PolicyView, symbol: str, position: SimPosition, closed: Decimal, price: Decimal
    ) -> Decimal:
        if not closed:
            return ZERO
        difference = price - position.average if position.quantity > 0 else position.average - price
        sizing, amount = listing_of(exchange.instrument(symbol)).sizing, difference * closed
        if sizing is Sizing.COIN:
            amount /= price
        elif sizing is Sizing.COIN_IN_QUOTE:
            amount /= price * position.average
        return amount.quantize(EIGHT_PLACES)

    def lock_for(self, exchange: PolicyView, order: SimOrder) -> FundsLock | None:
        spot = listing_of(exchange.instrument(order.symbol)).is_spot
        return self._spot.lock_for(exchange, order) if spot else super().lock_for(exchange, order)

    def settle(self, exchange: PolicyView, trade: Trade) -> Settled:
        spot = listing_of(exchange.instrument(trade.maker.symbol)).is_spot
        return self._spot.settle(exchange, trade) if spot else super().settle(exchange, trade)
