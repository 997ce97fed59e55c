"""Money on a practice unified account: spot swaps, linear futures pay in the quote coin, coin futures in the base.

A spot order locks what it sells. An opening futures order locks its initial margin (value / leverage) in the coin the
contract settles in; a reduce-only order locks nothing. Borrowing, funding and liquidation are not modelled.
"""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.numbers import EIGHT_PLACES
from app.practice.exchange.orders import FEES, HOUSE, ZERO, Fee, SelfTrade, Side, SimOrder
from app.practice.exchange.policy import (
    FundsLock,
    MarginPolicy,
    PolicyView,
    Settled,
    SimPosition,
    SpotPolicy,
    Trade,
    fee,
)
from app.practice.venues.bitget.markets import MarketListing, Sizing, listing_of

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
        super().__init__(Decimal("0.1"))
        self._spot = _Spot()

    def order_id(self, exchange: PolicyView) -> str:
        return str(_FIRST_ID + _ID_STRIDE * exchange.ids.count())

    def trade_id(self, exchange: PolicyView) -> str:
        return self.order_id(exchange)

    def margin_currency(self, exchange: PolicyView, symbol: str) -> str:
        listing = listing_of(exchange.instrument(symbol))
        return listing.quote if listing.sizing is Sizing.LINEAR else listing.base

    def margin(self, listing: MarketListing, quantity: Decimal, price: Decimal) -> Decimal:
        """Initial margin of a quantity, in the coin the contract settles in."""
        return (_settled(listing, quantity, price) / listing.leverage).quantize(EIGHT_PLACES)

    def lock_for(self, exchange: PolicyView, order: SimOrder) -> FundsLock | None:
        listing = listing_of(exchange.instrument(order.symbol))
        if listing.is_spot:
            return self._spot.lock_for(exchange, order)
        if order.reduce_only:
            return None
        price = order.price if order.price is not None else exchange.price(order.symbol)
        return FundsLock(self.margin_currency(exchange, order.symbol), self.margin(listing, order.remaining, price))

    def settle(self, exchange: PolicyView, trade: Trade) -> Settled:
        listing = listing_of(exchange.instrument(trade.maker.symbol))
        if listing.is_spot:
            return self._spot.settle(exchange, trade)
        if listing.sizing is Sizing.LINEAR:
            return super().settle(exchange, trade)
        due = [
            self._settle_coin(exchange, listing, order, trade, rate)
            for order, rate in ((trade.maker, self.maker_rate), (trade.taker, self.taker_rate))
        ]
        return Settled(due[0], due[1])

    def _settle_coin(
        self, exchange: PolicyView, listing: MarketListing, order: SimOrder, trade: Trade, rate: Decimal
    ) -> Fee:
        """One side of a trade in a contract that pays in the base coin."""
        due = fee(rate, _settled(listing, trade.quantity, trade.price))
        ledger, owner = exchange.ledger, order.owner
        if not ledger.is_unlimited(owner):
            ledger.unlock(owner, listing.base, order.uid)
            before = self.position(owner, order.symbol)
            signed = trade.quantity if order.side is Side.BUY else -trade.quantity
            after = before.quantity + signed
            closed = ZERO if before.quantity * signed >= 0 else min(abs(signed), abs(before.quantity))
            gain = self.gain(listing, before, closed, trade.price)
            if closed == 0:
                average = (abs(before.quantity) * before.average + abs(signed) * trade.price) / abs(after)
            else:
                average = before.average if before.quantity * after > 0 else trade.price if after else ZERO
            ledger.set_lock(owner, listing.base, ("position", order.symbol), ZERO)
            free = max(ZERO, ledger.balance(owner, listing.base).available)
            if gain > 0:
                ledger.transfer(HOUSE, owner, listing.base, gain)
            else:
                ledger.transfer(owner, HOUSE, listing.base, min(-gain, free))
            due = min(due, max(ZERO, ledger.balance(owner, listing.base).available))
            self.set_position(exchange, owner, order.symbol, after, average.quantize(EIGHT_PLACES))
        ledger.transfer(owner, FEES, listing.base, due)
        return Fee(listing.base, due)

    @staticmethod
    def gain(listing: MarketListing, position: SimPosition, closed: Decimal, price: Decimal) -> Decimal:
        """Gain of closing so much of a position at a price, in the coin the contract settles in."""
        if not closed:
            return ZERO
        difference = price - position.average if position.quantity > 0 else position.average - price
        amount = difference * closed
        if listing.sizing is Sizing.COIN:
            amount /= price
        elif listing.sizing is Sizing.COIN_IN_QUOTE:
            amount /= price * position.average
        return amount.quantize(EIGHT_PLACES)

    def _keep(self, exchange: PolicyView, account: str, symbol: str, position: SimPosition) -> None:
        """Store a position and lock its margin in the right coin, or as much of it as is available."""
        self._positions[account, symbol] = position
        currency = self.margin_currency(exchange, symbol)
        key = ("position", symbol)
        listing = listing_of(exchange.instrument(symbol))
        wanted = self.margin(listing, abs(position.quantity), position.average) if position.quantity else ZERO
        free = exchange.ledger.balance(account, currency).available + exchange.ledger.lock_of(account, currency, key)
        exchange.ledger.set_lock(account, currency, key, min(wanted, max(ZERO, free)))


def _settled(listing: MarketListing, quantity: Decimal, price: Decimal) -> Decimal:
    """Value of a quantity in the coin the contract settles in."""
    if listing.sizing is Sizing.COIN:
        return quantity
    return quantity / price if listing.sizing is Sizing.COIN_IN_QUOTE else quantity * price
