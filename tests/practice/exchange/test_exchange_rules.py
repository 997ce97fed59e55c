"""Whatever is done to the exchange, money and quantities stay right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.practice.exchange.errors import Refused
from app.practice.exchange.orders import (
    CROWD,
    TRADER,
    Force,
    NewOrder,
    Side,
    SimChange,
    SimKind,
    SimOrder,
    Status,
    TriggerSource,
)
from app.practice.exchange.policy import Policy, SpotPolicy
from tests.practice.daily import SYMBOL, bare

pytestmark = pytest.mark.slow

D = Decimal
sides = st.sampled_from(Side)
prices = st.integers(960, 1040).map(D)
quantities = st.integers(1, 400).map(lambda number: D(number) / 100)
owners = st.sampled_from([TRADER, TRADER, CROWD])


class Costly(SpotPolicy):
    """A spot policy with fees."""

    maker_rate = D("0.0005")
    taker_rate = D("0.001")


class Machine(RuleBasedStateMachine):
    """Random orders, amendments, fills, stops and cancels."""

    policy: type[Policy] = Costly

    def __init__(self) -> None:
        super().__init__()
        self.exchange = bare(self.policy())
        # Poor enough for refusals, and for everything being locked.
        self.exchange.ledger.transfer(TRADER, CROWD, "btc", D(94))
        self.exchange.ledger.transfer(TRADER, CROWD, "mxn", D(94_000))

    def pick(self, number: int) -> SimOrder | None:
        orders = self.exchange.open_orders(TRADER)
        return orders[number % len(orders)] if orders else None

    @rule(owner=owners, side=sides, price=prices, quantity=quantities, force=st.sampled_from(Force), post=st.booleans())
    def send(self, owner: str, side: Side, price: Decimal, quantity: Decimal, force: Force, post: bool) -> None:
        before = self.exchange.ledger.balances(TRADER)
        new = NewOrder(owner, SYMBOL, side, SimKind.LIMIT, quantity, price, force=force, post_only=post)
        try:
            order = self.exchange.place(new)
        except Refused:
            assert self.exchange.ledger.balances(TRADER) == before
        else:
            assert force is Force.GTC or not order.is_open

    @rule(side=sides, quantity=quantities)
    def market(self, side: Side, quantity: Decimal) -> None:
        try:
            order = self.exchange.place(NewOrder(TRADER, SYMBOL, side, SimKind.MARKET, quantity))
        except Refused:
            return
        assert not order.is_open

    @rule(side=sides, price=prices, stop=prices, quantity=quantities)
    def stop(self, side: Side, price: Decimal, stop: Decimal, quantity: Decimal) -> None:
        try:
            self.exchange.place(NewOrder(TRADER, SYMBOL, side, SimKind.STOP_LIMIT, quantity, price, stop=stop))
        except Refused:
            return

    @rule(number=st.integers(0, 20), price=st.none() | prices, quantity=st.none() | quantities, keep=st.booleans())
    def amend(self, number: int, price: Decimal | None, quantity: Decimal | None, keep: bool) -> None:
        order = self.pick(number)
        if order is None:
            return
        before = (order.price, order.quantity, order.value, len(order.history), self.exchange.ledger.balances(TRADER))
        try:
            self.exchange.amend(order, SimChange(price=price, quantity=quantity, keep_place=keep))
        except Refused:
            after = (
                order.price,
                order.quantity,
                order.value,
                len(order.history),
                self.exchange.ledger.balances(TRADER),
            )
            assert after == before

    @rule(number=st.integers(0, 20), share=st.integers(1, 100))
    def fill(self, number: int, share: int) -> None:
        order = self.pick(number)
        if order is not None and order.status in (Status.WORKING, Status.PARTIALLY_FILLED):
            self.exchange.deal(order, order.remaining * share / 100)

    @rule(number=st.integers(0, 20))
    def cancel(self, number: int) -> None:
        order = self.pick(number)
        if order is not None:
            self.exchange.cancel(order)

    @rule(price=prices)
    def last(self, price: Decimal) -> None:
        self.exchange.set_price(SYMBOL, TriggerSource.LAST, price)

    @invariant()
    def money_is_neither_made_nor_lost(self) -> None:
        self.exchange.ledger.check()

    @invariant()
    def locks_are_those_of_the_open_orders(self) -> None:
        expected: dict[str, dict[object, Decimal]] = {"btc": {}, "mxn": {}}
        for order in self.exchange.open_orders(TRADER):
            lock = self.exchange.policy.lock_for(self.exchange, order)
            if lock is not None and lock.amount:
                expected[lock.currency][order.uid] = lock.amount
        for currency, locks in expected.items():
            assert self.exchange.ledger.locks(TRADER, currency) == locks

    @invariant()
    def no_order_is_overfilled(self) -> None:
        for order in self.exchange.orders_of(TRADER):
            fills = self.exchange.executions_of(TRADER, order.uid)
            assert sum((fill.quantity for fill in fills), D(0)) == order.filled <= order.quantity
            assert sum((fill.value for fill in fills), D(0)) == order.filled_value
            assert (order.status is Status.FILLED) is (order.remaining == 0)

    @invariant()
    def the_book_holds_what_works(self) -> None:
        book = self.exchange.book(SYMBOL)
        for order in self.exchange.orders_of(TRADER):
            entry = book.entry(order.uid)
            if order.status in (Status.WORKING, Status.PARTIALLY_FILLED):
                assert entry is not None
                assert (entry.price, entry.quantity) == (order.price, order.remaining)
            else:
                assert entry is None
        bid, ask = book.best(Side.BUY), book.best(Side.SELL)
        assert bid is None or ask is None or bid < ask

    @invariant()
    def the_history_ends_with_the_present(self) -> None:
        for order in self.exchange.orders_of(TRADER):
            last = order.history[-1]
            assert (last.status, last.price, last.quantity, last.filled) == (
                order.status,
                order.price,
                order.quantity,
                order.filled,
            )
            assert [line.number for line in order.history] == list(range(len(order.history)))


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=200, stateful_step_count=50)
