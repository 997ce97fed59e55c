"""The base class of every practice venue: an exchange, a market, switches, faults and listeners, ready to be dressed.

A venue subclasses `VenueServer`, describes its instruments and starting book, and hands its protocol handlers to
`listen`. What the control endpoint and the fault gate can do to any venue is here; a venue overrides `foreign_amend`,
`foreign_cancel` and `truth` where its own way differs.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.exchange import Exchange
from app.practice.exchange.market import MarketSpec, SimMarket
from app.practice.exchange.numbers import exact
from app.practice.exchange.orders import SimChange, SimInstrument, SimOrder
from app.practice.exchange.policy import Policy
from app.practice.server.faults import FaultPlan, Switch, Switches
from app.practice.server.gate import Gate
from app.practice.server.http import HttpHandler, Listener
from app.practice.server.seeds import StartingBook, plant
from app.practice.server.socket import ServerSocketHandler

MARKET_SWITCH = Switch("market", "live", "whether the market moves and trades by itself", ("live", "quiet"))


class VenueWorld(Protocol):
    """Surroundings a venue is made in (`world.PracticeWorld`, or a test's own stand-in)."""

    @property
    def seed(self) -> int:
        """The day: the same seed gives the same one."""

    def make_clock(self) -> PracticeClock:
        """A clock of the venue's own, so that it can be skewed alone."""


@dataclass(frozen=True, slots=True)
class TourStep:
    """One amendment a tour of the window makes on a practice venue.

    Attributes:
        title: what it shows, for the summary.
        order_id: the order, by an id it has or had.
        changes: text to type by common field name.
        expect: the stage it must end in, such as "confirmed" or "refused".
        route: route to choose; "" for the default.
        fault: planned for this amendment, as the control endpoint takes it; empty for none.
    """

    title: str
    order_id: str
    changes: Mapping[str, str]
    expect: str
    route: str = ""
    fault: Mapping[str, Any] = field(default_factory=dict)


class VenueServer:
    """One practice venue.

    Args:
        name: the venue's folder and the `venue` of its configuration.
        title: the `name` of its account, what a person reads.
        fill_every: see `SimMarket`.

    Attributes:
        clock, exchange, market, switches, faults, gate: see their modules.
        random: a seeded generator for anything else the venue makes up.
    """

    def __init__(
        self,
        world: VenueWorld,
        *,
        name: str,
        title: str,
        policy: Policy,
        switches: Iterable[Switch] = (),
        fill_every: int = 300,
    ) -> None:
        self.name = name
        self.title = title
        self.clock = world.make_clock()
        self.random = random.Random(f"{world.seed}:{name}:venue")
        self.exchange = Exchange(self.clock, policy, random.Random(f"{world.seed}:{name}:ids"))
        self.market = SimMarket(self.exchange, random.Random(f"{world.seed}:{name}:market"), fill_every)
        self.switches = Switches([MARKET_SWITCH, *switches])
        self.faults = FaultPlan()
        self.gate = Gate(self.faults, self.clock, self)
        self._listeners: dict[str, Listener] = {}

    # -- for the subclass ----------------------------------------------------------------------------------------------

    def add_instrument(self, instrument: SimInstrument, spec: MarketSpec | None = None) -> None:
        """List an instrument, and with a spec let the crowd in."""
        self.exchange.add_instrument(instrument)
        if spec is not None:
            self.market.open(instrument.symbol, spec)

    def seed(self, book: StartingBook) -> list[SimOrder]:
        """Bring the starting book about (see `seeds.plant`)."""
        return plant(self.exchange, self.market, book)

    def listen(
        self, name: str, http: HttpHandler | None = None, sockets: Mapping[str, ServerSocketHandler] | None = None
    ) -> Listener:
        """Declare a port; it opens with `start` and its url is known then."""
        listener = Listener(name, self.gate, self.clock, http, sockets)
        self._listeners[name] = listener
        return listener

    def addresses(self) -> dict[str, str]:
        """The account's addresses in the configuration, once started."""
        raise NotImplementedError

    def credentials(self) -> dict[str, str]:
        """The account's credentials in the configuration."""
        raise NotImplementedError

    def login(self) -> dict[str, str]:
        """Name and password of the same user, where the venue has such a login beside its keys; empty elsewhere."""
        return {}

    def tour(self) -> Sequence[TourStep]:
        """Steps of a tour of the window; each should end as it expects, whatever the market does."""
        return ()

    # -- life ----------------------------------------------------------------------------------------------------------

    @property
    def listeners(self) -> tuple[Listener, ...]:
        return tuple(self._listeners.values())

    async def start(self) -> None:
        """Open every port."""
        for listener in self.listeners:
            await listener.start()

    async def stop(self) -> None:
        """Cut every connection and close every port."""
        for listener in self.listeners:
            await listener.stop()

    def config(self) -> dict[str, Any]:
        """The venue's `[[account]]` table, once started."""
        return {
            "name": self.title,
            "venue": self.name,
            "environment": "practice",
            "addresses": self.addresses(),
            "credentials": self.credentials(),
        }

    def tick(self) -> None:
        """One beat of the market, unless the switch `market` says quiet."""
        if self.switches.choice("market") == "live":
            self.market.tick()

    # -- what drills and faults can do ---------------------------------------------------------------------------------

    def find(self, order_id: str) -> SimOrder | None:
        """The order that has or once had this id."""
        return self.exchange.find(order_id)

    def fill_now(self, order: SimOrder, quantity: Decimal | None) -> None:
        """Somebody trades with this order now; half of what is left (on the step) for None."""
        amount = quantity
        if amount is None:
            step = self.exchange.instrument(order.symbol).step
            with exact():
                amount = max(step, order.remaining / 2 // step * step)
        self.market.fill(order, min(amount, order.remaining))

    def foreign_amend(self, order: SimOrder, price: Decimal | None, quantity: Decimal | None) -> None:
        """Somebody else with access to the account amends the order; the quantity is the new total."""
        self.exchange.amend(order, SimChange(price=price, quantity=quantity, cause="foreign_amend"))

    def foreign_cancel(self, order: SimOrder) -> None:
        """Somebody else with access to the account cancels the order."""
        self.exchange.cancel(order, "foreign")

    def trigger_now(self, order: SimOrder) -> None:
        """The stop wakes now."""
        self.market.trigger(order)

    def expire_now(self, order: SimOrder, reason: str) -> None:
        """The order expires now."""
        self.exchange.expire(order, reason)

    def move_price(self, symbol: str, price: Decimal) -> None:
        """The market moves to the price."""
        self.market.move(symbol, price)

    def set_session(self, symbol: str, is_open: bool) -> None:
        """Trading in the instrument opens or closes."""
        self.exchange.set_session(symbol, is_open)

    def truth(self, order: SimOrder) -> dict[str, Any]:
        """All the exchange knows about an order, in neutral words, for tests and drills to compare with."""
        entry = self.exchange.book(order.symbol).entry(order.uid)
        place = self.exchange.book(order.symbol).place(order.uid) if entry else None
        ids = dict.fromkeys(line.order_id for line in order.history if line.order_id != order.order_id)
        return {
            "uid": order.uid,
            "order_id": order.order_id,
            "former_ids": list(ids),
            "client_id": order.client_id,
            "owner": order.owner,
            "symbol": order.symbol,
            "side": str(order.side),
            "kind": str(order.kind),
            "status": str(order.status),
            "reason": order.reason,
            "price": order.price,
            "quantity": order.quantity,
            "filled": order.filled,
            "remaining": order.remaining,
            "value": order.value,
            "filled_value": order.filled_value,
            "stop": order.stop,
            "triggered": order.triggered_ns is not None,
            "post_only": order.post_only,
            "reduce_only": order.reduce_only,
            "orders_ahead": place.orders_ahead if place else None,
            "quantity_ahead": place.quantity_ahead if place else None,
            "history": [
                {
                    "number": line.number,
                    "time_ns": line.time_ns,
                    "cause": line.cause,
                    "order_id": line.order_id,
                    "status": str(line.status),
                    "price": line.price,
                    "quantity": line.quantity,
                    "filled": line.filled,
                    "value": line.value,
                    "stop": line.stop,
                }
                for line in order.history
            ],
        }
