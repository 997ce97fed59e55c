"""A paper desk on four venues with orders that can be amended, and anything a venue may say of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from app.domain import events as ev
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from tests.helpers.paper_desk import BTC_USD, PaperDesk, resting
from tests.venues.alphapoint.samples import order as alphapoint_order
from tests.venues.bitget.samples import PERP_BTC, SPOT_BTC
from tests.venues.bitget.samples import order as bitget_order
from tests.venues.bitget.samples import perp as bitget_perp
from tests.venues.qfex.samples import APPLE
from tests.venues.qfex.samples import order as qfex_order

D = Decimal
_FEWEST, _MOST = 9, 16
_HALF = D("0.5")


class RandomMarket:
    """Orders come, change and go as the dice fall."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._number = 1000
        self.paper = PaperDesk()
        self.paper.market("bitso", BTC_USD, "119990.00", "120050.00")
        self.paper.market("bitget", SPOT_BTC, "59900.00", "60100.00")
        self.paper.market("bitget", PERP_BTC, "59900.0", "60100.0")
        self.paper.market("qfex", APPLE, "201.95", "202.05")
        for account, currency in (("bitso", "usd"), ("bitget", "USDT"), ("qfex", "USD")):
            self.paper.balance(account, currency, "90000000", "80000000")
        for _ in range(_MOST - 3):
            self.comes()

    def _open(self) -> list[str]:
        return [row.key for row in self.paper.desk.state.open_lineages()]

    def anything(self) -> str:
        """Let something happen, and return what."""
        acts: tuple[Callable[[], None], ...] = (
            self.comes, self.goes, self.changes, self.fills, self.moves, self.moves, self.answers, self.refuses,
            self.is_said, self.breaks,
        )  # fmt: skip
        act = self._dice.choice(acts)
        act()
        return act.__name__

    def comes(self) -> None:
        """An order comes."""
        if len(self._open()) >= _MOST:
            return
        self._number += self._dice.randrange(1, 9)
        name, cents = str(self._number), D(self._dice.randrange(1, 500))
        orders: tuple[Order, ...] = (
            resting("bitso", f"bso{name}", "btc_usd", f"{118000 + cents}.00", "0.5", raw_status="open"),
            replace(bitget_order(order_id=f"12047{name}", price=59000 + cents), account="bitget"),
            replace(bitget_perp(order_id=f"12048{name}", price=60200 + cents), account="bitget"),
            replace(qfex_order(order_id=f"8888-{name}", price=200 + cents / 100), account="qfex"),
            replace(alphapoint_order(OrderId=int(name), Price=84000 + cents), account="alphapoint"),
        )
        self.paper.order(replace(self._dice.choice(orders), client_id=f"mine-{name}"))

    def goes(self) -> None:
        """An order ends."""
        if len(self._open()) > _FEWEST:
            states = (OrderStatus.CANCELLED, OrderStatus.FILLED, OrderStatus.EXPIRED)
            self.paper.change(self._dice.choice(self._open()), status=self._dice.choice(states))

    def changes(self) -> None:
        """Somebody else moves an order."""
        key = self._dice.choice(self._open())
        price = self.paper.desk.state.lineages[key].order.price
        if price is not None:
            self.paper.change(key, price=price + self._dice.choice((-1, 1)))

    def fills(self) -> None:
        """An order is filled in part."""
        key = self._dice.choice(self._open())
        order = self.paper.desk.state.lineages[key].order
        self.paper.change(key, filled=order.filled + order.remaining * _HALF, status=OrderStatus.PARTIALLY_FILLED)

    def moves(self) -> None:
        """A market moves."""
        step = D(self._dice.randrange(-40, 40))
        self.paper.quote("bitso", "btc_usd", f"{119990 + step}.00", f"{120050 + step}.00")
        self.paper.quote("bitget", "BTCUSDT", f"{59900 + step}.00", f"{60100 + step}.00", "spot")

    def answers(self) -> None:
        """A venue takes what was sent last and shows the order so."""
        for connector in self.paper.connectors.values():
            if connector.sent:
                command = connector.sent.pop()
                key = self.paper.desk.state.by_id.get((command.order.account, command.order.order_id))
                if key is None:
                    continue
                now = self.paper.clock.now()
                self.paper.happen(ev.AmendmentAcknowledged(command.order.account, now, command.amendment_id, note=""))
                target, order = command.target, self.paper.desk.state.lineages[key].order
                self.paper.change(key, price=target.price or order.price, quantity=target.quantity or order.quantity)

    def refuses(self) -> None:
        """A venue refuses what was sent last."""
        for account, connector in self.paper.connectors.items():
            if connector.sent:
                command, now = connector.sent.pop(), self.paper.clock.now()
                self.paper.happen(ev.AmendmentRefused(account, now, command.amendment_id, "1", "Too far."))

    def is_said(self) -> None:
        """A venue says something, which becomes a banner."""
        self._number += 1
        serious = self._dice.random() < 0.5
        self.paper.happen(ev.Noticed("bitso", self.paper.clock.now(), f"Something {self._number % 5}.", serious))

    def breaks(self) -> None:
        """A link breaks or is back."""
        account = self._dice.choice(list(self.paper.connectors))
        up = self._dice.random() < 0.7
        state = LinkState.UP if up else LinkState.DOWN
        self.paper.happen(ev.LinkChanged(account, self.paper.clock.now(), state, "Connected." if up else "No route."))
