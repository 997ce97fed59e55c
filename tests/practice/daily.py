"""A small spot venue and a small margin venue for the tests of the core."""

from __future__ import annotations

import hashlib
import random
from decimal import Decimal

from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.exchange import Exchange
from app.practice.exchange.market import MarketSpec
from app.practice.exchange.orders import (
    TRADER,
    BalanceChanged,
    BookChanged,
    ExchangeEvent,
    NewOrder,
    OrderChanged,
    OrdersTraded,
    PriceChanged,
    SessionChanged,
    Side,
    SimInstrument,
    SimKind,
    SimOrder,
)
from app.practice.exchange.policy import Policy, SpotPolicy
from app.practice.server.seeds import StartingBook, StartingOrder
from app.practice.server.server import VenueServer
from tests.helpers.virtual_clock import VirtualClock

D = Decimal
SYMBOL = "btc_mxn"

INSTRUMENT = SimInstrument(SYMBOL, "btc", "mxn", tick=D("0.5"), step=D("0.01"), mid=D(1000))

BOOK = StartingBook(
    balances={"btc": D(100), "mxn": D(100_000)},
    orders=(
        StartingOrder(SYMBOL, Side.BUY, D(2), D(990), ahead=D(3)),
        StartingOrder(SYMBOL, Side.BUY, D(1), D(900), filled=D("0.25")),
        StartingOrder(SYMBOL, Side.SELL, D(2), D(1010), still=True),
        StartingOrder(SYMBOL, Side.SELL, D(1), D(940), kind=SimKind.STOP_LIMIT, stop=D(950)),
    ),
)


class Day:
    """A world of one venue, in virtual time."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.clock = VirtualClock()

    def make_clock(self) -> PracticeClock:
        return self.clock


class Daily(VenueServer):
    """The smallest complete venue."""

    def __init__(self, day: Day, policy: Policy | None = None, fill_every: int = 30) -> None:
        super().__init__(
            day, name="daily", title="Daily practice", policy=policy or SpotPolicy(), fill_every=fill_every
        )
        spec = MarketSpec(D(4), half_spread=4, gap=2, levels=5, step=2, range=30, reach=60)
        self.add_instrument(INSTRUMENT, spec)
        self.seeded = self.seed(BOOK)

    def addresses(self) -> dict[str, str]:
        return {}

    def credentials(self) -> dict[str, str]:
        return {"key": "k"}


class Diary:
    """Hashes everything that happens, and keeps the events."""

    def __init__(self, exchange: Exchange) -> None:
        self.events: list[ExchangeEvent] = []
        self._hash = hashlib.sha256()
        exchange.subscribe(self._write)

    def _write(self, event: ExchangeEvent) -> None:
        self.events.append(event)
        match event:
            case OrderChanged(order=order, revision=revision):
                text = f"{event.sequence} {order.uid} {revision}"
            case OrdersTraded(execution=execution):
                text = f"{event.sequence} {execution}"
            case BalanceChanged() | BookChanged() | PriceChanged() | SessionChanged():
                text = str(event)
        self._hash.update(text.encode())

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def bare(policy: Policy | None = None) -> Exchange:
    """An exchange with one instrument, nobody in it, and a rich trader."""
    exchange = Exchange(VirtualClock(), policy or SpotPolicy(), random.Random(1))
    exchange.add_instrument(INSTRUMENT)
    exchange.ledger.deposit(TRADER, "btc", D(100))
    exchange.ledger.deposit(TRADER, "mxn", D(100_000))
    return exchange


def limit(exchange: Exchange, owner: str, side: Side, price: str, quantity: str, **more: object) -> SimOrder:
    """Place a limit order."""
    new = NewOrder(owner, SYMBOL, side, SimKind.LIMIT, D(quantity), D(price), **more)  # type: ignore[arg-type]
    return exchange.place(new)
