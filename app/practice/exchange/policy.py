"""Hooks of the exchange for a venue's rules about money and ids, and two ready-made policies.

`SpotPolicy` swaps base against quote; `MarginPolicy` keeps positions against margin in one currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.practice.exchange.book import Book
from app.practice.exchange.ids import IdSource
from app.practice.exchange.ledger import Ledger
from app.practice.exchange.numbers import EIGHT_PLACES
from app.practice.exchange.orders import FEES, HOUSE, ZERO, Fee, SelfTrade, Side, SimInstrument, SimOrder, TriggerSource


class PolicyView(Protocol):
    """Parts of the exchange a policy may use."""

    @property
    def ids(self) -> IdSource: ...
    @property
    def ledger(self) -> Ledger: ...
    def instrument(self, symbol: str) -> SimInstrument: ...
    def book(self, symbol: str) -> Book: ...
    def price(self, symbol: str, source: TriggerSource = TriggerSource.LAST) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class FundsLock:
    """Amount an open order holds back of its owner's money."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Trade:
    """Two orders meeting, as the policy settles it; `filled` and `filled_value` of both are up to date already."""

    price: Decimal
    quantity: Decimal
    maker: SimOrder
    taker: SimOrder

    @property
    def value(self) -> Decimal:
        return self.price * self.quantity

    @property
    def buyer(self) -> SimOrder:
        return self.maker if self.maker.side is Side.BUY else self.taker

    @property
    def seller(self) -> SimOrder:
        return self.taker if self.maker.side is Side.BUY else self.maker


@dataclass(frozen=True, slots=True)
class Settled:
    """Fees both sides paid for the trade."""

    maker_fee: Fee
    taker_fee: Fee


class Policy:
    """The hooks; a venue subclasses `SpotPolicy` or `MarginPolicy` and overrides what differs.

    Attributes:
        self_trade: what happens when an account meets itself.
        maker_rate, taker_rate: fees as fractions of what is charged on.
    """

    self_trade: SelfTrade = SelfTrade.CANCEL_MAKER
    maker_rate: Decimal = ZERO
    taker_rate: Decimal = ZERO

    def order_id(self, exchange: PolicyView) -> str:
        """The id of the next order."""
        return str(exchange.ids.count())

    def trade_id(self, exchange: PolicyView) -> str:
        """The id of the next trade."""
        return str(exchange.ids.count())

    def lock_for(self, exchange: PolicyView, order: SimOrder) -> FundsLock | None:
        """Total the order must lock as it stands; None or zero for nothing."""
        raise NotImplementedError

    def settle(self, exchange: PolicyView, trade: Trade) -> Settled:
        """Move the money of one trade. The order's lock (key `order.uid`) may be spent; it is renewed afterwards."""
        raise NotImplementedError

    def on_trigger(self, exchange: PolicyView, order: SimOrder) -> None:
        """A stop has just been triggered and is about to enter the book; change its attributes here."""


def fee(rate: Decimal, amount: Decimal) -> Decimal:
    """A fee to eight places, half up."""
    return (amount * rate).quantize(EIGHT_PLACES)


class SpotPolicy(Policy):
    """Base against quote. A buy locks price x remaining of the quote, a sell the remaining base; fees come out of what
    is received, so a lock holds no fee."""

    def lock_for(self, exchange: PolicyView, order: SimOrder) -> FundsLock | None:
        instrument = exchange.instrument(order.symbol)
        if order.side is Side.SELL:
            return FundsLock(instrument.base, order.remaining)
        if order.price is not None:
            return FundsLock(instrument.quote, order.price * order.remaining)
        _, value = exchange.book(order.symbol).fillable(order.side, None, order.remaining)
        return FundsLock(instrument.quote, value)

    def settle(self, exchange: PolicyView, trade: Trade) -> Settled:
        instrument = exchange.instrument(trade.maker.symbol)
        ledger = exchange.ledger
        buyer, seller = trade.buyer, trade.seller
        if not ledger.is_unlimited(buyer.owner):
            # A derived quantity rounded up can cost a last digit more than was locked; a trade cannot be undone.
            has = ledger.lock_of(buyer.owner, instrument.quote, buyer.uid)
            has += ledger.balance(buyer.owner, instrument.quote).available
            ledger.transfer(HOUSE, buyer.owner, instrument.quote, max(ZERO, trade.value - has))
        ledger.transfer(buyer.owner, seller.owner, instrument.quote, trade.value, key=buyer.uid)
        ledger.transfer(seller.owner, buyer.owner, instrument.base, trade.quantity, key=seller.uid)
        fees: dict[int, Fee] = {}
        for order, currency, amount in (
            (buyer, instrument.base, trade.quantity),
            (seller, instrument.quote, trade.value),
        ):
            rate = self.maker_rate if order is trade.maker else self.taker_rate
            due = fee(rate, amount)
            ledger.transfer(order.owner, FEES, currency, due)
            fees[order.uid] = Fee(currency, due)
        return Settled(fees[trade.maker.uid], fees[trade.taker.uid])


@dataclass(frozen=True, slots=True)
class SimPosition:
    """A net position: signed quantity, average price of what is open, and what closing has brought so far."""

    quantity: Decimal = ZERO
    average: Decimal = ZERO
    realised: Decimal = ZERO


class MarginPolicy(Policy):
    """Positions against margin in the quote currency; `margin_currency`, `worth` and `gain` say otherwise.

    An order locks its worth x `initial_margin` unless it only reduces; a position locks its worth at its average x
    `initial_margin` under the key ("position", symbol). Profit and loss are settled against HOUSE when a position is
    reduced. A loss beyond the account's available money is borne by HOUSE: liquidation is not modelled.
    """

    def __init__(self, initial_margin: Decimal) -> None:
        self.initial_margin = initial_margin
        self._positions: dict[tuple[str, str], SimPosition] = {}

    def margin_currency(self, exchange: PolicyView, symbol: str) -> str:
        """The currency margin and profit are paid in."""
        return exchange.instrument(symbol).quote

    def worth(self, exchange: PolicyView, symbol: str, quantity: Decimal, price: Decimal) -> Decimal:
        """Value of a quantity at a price, in the currency of the margin."""
        return quantity * price

    def gain(
        self, exchange: PolicyView, symbol: str, position: SimPosition, closed: Decimal, price: Decimal
    ) -> Decimal:
        """Gain of closing so much of a position at a price, in the currency of the margin, to eight places."""
        difference = price - position.average if position.quantity > 0 else position.average - price
        return (difference * closed).quantize(EIGHT_PLACES)

    def position(self, account: str, symbol: str) -> SimPosition:
        """The account's position; flat if it never traded."""
        return self._positions.get((account, symbol), SimPosition())

    def positions(self, account: str) -> dict[str, SimPosition]:
        """The account's positions by symbol, flat ones included."""
        return {symbol: position for (owner, symbol), position in self._positions.items() if owner == account}

    def set_position(
        self, exchange: PolicyView, account: str, symbol: str, quantity: Decimal, average: Decimal
    ) -> None:
        """Give an account a position to start with, and lock its margin."""
        self._keep(exchange, account, symbol, SimPosition(quantity, average))

    def lock_for(self, exchange: PolicyView, order: SimOrder) -> FundsLock | None:
        if order.reduce_only:
            return None
        price = order.price if order.price is not None else exchange.price(order.symbol)
        amount = self._margin(exchange, order.symbol, order.remaining, price)
        return FundsLock(self.margin_currency(exchange, order.symbol), amount)

    def settle(self, exchange: PolicyView, trade: Trade) -> Settled:
        symbol = trade.maker.symbol
        currency = self.margin_currency(exchange, symbol)
        worth = self.worth(exchange, symbol, trade.quantity, trade.price)
        fees: list[Fee] = []
        for order, rate in ((trade.maker, self.maker_rate), (trade.taker, self.taker_rate)):
            exchange.ledger.set_lock(order.owner, currency, order.uid, ZERO)
            self._apply(exchange, order, currency, trade)
            due = fee(rate, worth)
            if not exchange.ledger.is_unlimited(order.owner):
                due = min(due, max(ZERO, exchange.ledger.balance(order.owner, currency).available))
            exchange.ledger.transfer(order.owner, FEES, currency, due)
            fees.append(Fee(currency, due))
        return Settled(fees[0], fees[1])

    def _margin(self, exchange: PolicyView, symbol: str, quantity: Decimal, price: Decimal) -> Decimal:
        return (self.worth(exchange, symbol, quantity, price) * self.initial_margin).quantize(EIGHT_PLACES)

    def _apply(self, exchange: PolicyView, order: SimOrder, currency: str, trade: Trade) -> None:
        """Fold one side of a trade into its owner's position and settle what it realised."""
        if exchange.ledger.is_unlimited(order.owner):
            return
        before = self.position(order.owner, order.symbol)
        signed = trade.quantity if order.side is Side.BUY else -trade.quantity
        after = before.quantity + signed
        realised = ZERO
        if before.quantity * signed >= 0:
            average = (abs(before.quantity) * before.average + trade.value) / abs(after)
        else:
            closed = min(abs(signed), abs(before.quantity))
            realised = self.gain(exchange, order.symbol, before, closed, trade.price)
            same_way = before.quantity * after > 0
            average = before.average if same_way else (trade.price if after else ZERO)
        exchange.ledger.set_lock(order.owner, currency, ("position", order.symbol), ZERO)
        if realised > 0:
            exchange.ledger.transfer(HOUSE, order.owner, currency, realised)
        elif realised < 0:
            loss = min(-realised, max(ZERO, exchange.ledger.balance(order.owner, currency).available))
            exchange.ledger.transfer(order.owner, HOUSE, currency, loss)
        position = SimPosition(after, average.quantize(EIGHT_PLACES), before.realised + realised)
        self._keep(exchange, order.owner, order.symbol, position)

    def _keep(self, exchange: PolicyView, account: str, symbol: str, position: SimPosition) -> None:
        """Store a position and lock its margin, or as much of it as is available."""
        self._positions[account, symbol] = position
        currency = self.margin_currency(exchange, symbol)
        key = ("position", symbol)
        wanted = self._margin(exchange, symbol, abs(position.quantity), position.average) if position.quantity else ZERO
        free = exchange.ledger.balance(account, currency).available + exchange.ledger.lock_of(account, currency, key)
        exchange.ledger.set_lock(account, currency, key, min(wanted, max(ZERO, free)))
