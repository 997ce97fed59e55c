"""A desk on the real rulebooks with connectors of paper: nothing leaves, and the test says what the venue answers."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.domain import events as ev
from app.domain.account import Account, Environment
from app.domain.amendment import Command, Source
from app.domain.limits import Limits
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import WirePreview
from app.domain.ports import Clock, Rulebook, Sink
from app.domain.profile import Profile
from app.venues import registry

D = Decimal
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
T0 = 1_795_256_000 * SECOND


class PaperClock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.at = T0

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.at / SECOND

    def pass_time(self, seconds: float) -> None:
        self.at += int(seconds * SECOND)


@dataclass
class PaperConnector:
    """Remembers what it was asked to do."""

    account: Account
    sink: Sink
    clock: Clock
    sent: list[Command] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    refreshed: int = 0

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def amend(self, command: Command) -> None:
        self.sent.append(command)
        body = self.preview(command).body.encode()
        name, now = self.account.name, self.clock.now()
        digest = hashlib.sha256(body).hexdigest()
        self.sink(ev.AmendmentWritten(name, now, command.amendment_id, len(body), digest))

    async def cancel(self, order: Order) -> None:
        self.cancelled.append(order.order_id)

    async def look_up(self, order: Order) -> None:
        self.looked_up.append(order.order_id)

    async def refresh(self) -> None:
        self.refreshed += 1

    def venue_ahead(self) -> int | None:
        return None

    def preview(self, command: Command) -> WirePreview:
        body = ",".join(f'"{name}":"{value}"' for name, value in command.fields)
        head = f"POST /{self.account.venue}/amend/{command.order.order_id}"
        return WirePreview("http", head, f"{{{body}}}", (("Authorization", "••••"),))


@dataclass(frozen=True)
class PaperVenue:
    """A venue's own profile and rules, without its wires."""

    profile: Profile
    rulebook: Rulebook
    connectors: dict[str, PaperConnector]

    def connect(self, account: Account, sink: Sink, clock: Clock) -> PaperConnector:
        self.connectors[account.name] = PaperConnector(account, sink, clock)
        return self.connectors[account.name]


class PaperDesk:
    """The desk and what a test does to it."""

    def __init__(
        self, *venues: str, environment: Environment = Environment.PRACTICE, limits: Limits | None = None
    ) -> None:
        names = venues or tuple(registry.PACKAGES)
        self.clock = PaperClock()
        self.connectors: dict[str, PaperConnector] = {}
        real = registry.load(set(names))
        paper = {name: PaperVenue(each.profile, each.rulebook, self.connectors) for name, each in real.items()}
        accounts = [Account(name, name, environment) for name in names]
        self.desk = Desk(accounts, paper, self.clock, Ids(), limits)
        for name in names:
            self.happen(ev.LinkChanged(name, self.clock.now(), LinkState.UP, "Connected."))

    def happen(self, *events: ev.Event) -> None:
        for event in events:
            self.desk.dispatch(event)

    def market(self, account: str, instrument: Instrument, bid: str, ask: str) -> None:
        """Make a market known with a touch."""
        now = self.clock.now()
        quote = Quote(instrument.symbol, instrument.market, D(bid), D(ask), D(bid), now)
        self.happen(ev.InstrumentsLoaded(account, now, (instrument,)), ev.QuoteSeen(account, now, quote))

    def quote(self, account: str, symbol: str, bid: str, ask: str, market: str = "") -> None:
        """Move the touch."""
        self.clock.pass_time(0.2)
        now = self.clock.now()
        self.happen(ev.QuoteSeen(account, now, Quote(symbol, market, D(bid), D(ask), D(bid), now)))

    def balance(self, account: str, currency: str, total: str, available: str) -> None:
        """Make a balance known."""
        now = self.clock.now()
        locked = D(total) - D(available)
        self.happen(ev.BalancesSeen(account, now, (Balance(currency, D(total), D(available), locked, now),)))

    def order(self, order: Order) -> str:
        """The venue shows an order; returns the lineage's key."""
        now = self.clock.now()
        seen = replace(order, created_at=order.created_at or now - 12 * MINUTE, updated_at=now)
        self.happen(ev.OrderSeen(order.account, now, seen, Source.PUSH))
        return self.desk.state.by_id[(order.account, order.order_id)]

    def change(self, key: str, **terms: object) -> None:
        """The venue shows an order again with other terms."""
        self.clock.pass_time(0.05)
        now = self.clock.now()
        lineage = self.desk.state.lineages[key]
        order = replace(lineage.order, updated_at=now, **terms)  # type: ignore[arg-type]
        self.happen(ev.OrderSeen(order.account, now, order, Source.PUSH))

    def acknowledge(self, account: str, note: str = "") -> None:
        """The venue takes the last amendment."""
        self.clock.pass_time(0.063)
        command = self.connectors[account].sent[-1]
        self.happen(ev.AmendmentAcknowledged(account, self.clock.now(), command.amendment_id, note=note))

    def refuse(self, account: str, code: str, text: str) -> None:
        """The venue refuses the last amendment."""
        self.clock.pass_time(0.063)
        command = self.connectors[account].sent[-1]
        self.happen(ev.AmendmentRefused(account, self.clock.now(), command.amendment_id, code, text))


def resting(account: str, order_id: str, symbol: str, price: str, quantity: str, **more: object) -> Order:
    """A working limit buy; name what is different."""
    base = Order(
        account=account,
        order_id=order_id,
        symbol=symbol,
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        quantity=D(quantity),
        filled=D(0),
        status=OrderStatus.WORKING,
        price=D(price),
        raw_kind="limit",
        raw_status="working",
    )
    return replace(base, **more)  # type: ignore[arg-type]


BTC_USD = Instrument(
    "btc_usd",
    "btc",
    "usd",
    tick=D("0.01"),
    lot=D("0.00000001"),
    min_price=D("0.01"),
    max_price=D("10000000"),
    min_quantity=D("0.0001"),
    max_quantity=D("1000"),
    min_value=D("1"),
    max_value=D("100000000"),
)


def bitso_buy(paper: PaperDesk) -> str:
    """The buy of the worked examples, after its first amendment: 0.83333333 at 120 000."""
    paper.market("bitso", BTC_USD, "119990.00", "120050.00")
    paper.balance("bitso", "usd", "142400.00", "42400.00")
    order = resting("bitso", "qlbga6b600n3xta7", "btc_usd", "120000.00", "0.83333333", raw_status="open")
    return paper.order(replace(order, value=D("100000.00")))
