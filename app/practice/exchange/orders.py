"""The values of a simulated exchange: instruments, orders with their whole history, executions and events.

Everything is Decimal. Names are neutral; each venue translates them into its own spelling at its edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

ZERO = Decimal(0)

#: The account whose orders `redline` amends.
TRADER = "trader"
#: Everybody else in the market; without limits, so that there is always somebody to trade with.
CROWD = "crowd"
#: The counterparty of profits and losses on margin, and of what never had an owner.
HOUSE = "house"
#: Account that receives fees.
FEES = "fees"


class Side(StrEnum):
    """Direction of an order."""

    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY


class SimKind(StrEnum):
    """Execution of an order; a stop waits for its trigger and then becomes a limit or a market order."""

    LIMIT = "limit"
    MARKET = "market"
    STOP_LIMIT = "stop_limit"
    STOP_MARKET = "stop_market"


class Force(StrEnum):
    """Time in force."""

    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class Status(StrEnum):
    """State of an order at the venue."""

    PENDING = "pending"
    UNTRIGGERED = "untriggered"
    WORKING = "working"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        return self in _OPEN


_OPEN = frozenset({Status.PENDING, Status.UNTRIGGERED, Status.WORKING, Status.PARTIALLY_FILLED})


class TriggerSource(StrEnum):
    """Price that wakes a stop."""

    LAST = "last"
    MARK = "mark"


class SelfTrade(StrEnum):
    """Treatment of an account that would trade with itself."""

    ALLOW = "allow"
    CANCEL_MAKER = "cancel_maker"


@dataclass(frozen=True, slots=True)
class SimInstrument:
    """Traded instrument.

    Attributes:
        symbol: the venue's own name of it.
        base: currency of the quantity.
        quote: currency of the price.
        tick: smallest price step.
        step: smallest quantity step.
        mid: price the market starts at.
        attributes: anything else the venue publishes about it (limits, precision, ids).
    """

    symbol: str
    base: str
    quote: str
    tick: Decimal
    step: Decimal
    mid: Decimal
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A request to place an order; the venue has already checked its own rules.

    Attributes:
        value: quote amount kept apart from price x quantity where a venue does so; None means price x quantity.
        order_id: None lets the policy make one.
        rising: whether the stop wakes when the price rises to it; None for the usual way: a buy stop rising, a sell
            stop falling (a take profit is the other way round).
        created_ns: when it was placed, for a book that starts with old orders; None for now.
        queued: True places it as PENDING: known to the venue, not yet in the book (see `Exchange.admit`).
        attributes: the venue's own fields, carried along untouched.
    """

    owner: str
    symbol: str
    side: Side
    kind: SimKind
    quantity: Decimal
    price: Decimal | None = None
    value: Decimal | None = None
    stop: Decimal | None = None
    trigger: TriggerSource = TriggerSource.LAST
    rising: bool | None = None
    force: Force = Force.GTC
    post_only: bool = False
    reduce_only: bool = False
    client_id: str = ""
    order_id: str | None = None
    queued: bool = False
    created_ns: int | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SimChange:
    """Fields an amendment sets; None leaves a field as it is.

    Attributes:
        quantity: the new TOTAL, fills included.
        value: the new quote amount; None means price x quantity when either of them changes.
        keep_place: keep the place in the queue although price stays and quantity grows. A pure reduction always keeps
            it; a new price always loses it.
        complete: a new total equal to what is filled closes the order as FILLED instead of being refused.
        order_id: the id the order has from now on; the old one is dead but still found by `Exchange.find`.
        attributes: merged into the order's own.
        cause: what the history calls it.
    """

    price: Decimal | None = None
    quantity: Decimal | None = None
    value: Decimal | None = None
    stop: Decimal | None = None
    keep_place: bool = False
    complete: bool = False
    order_id: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    cause: str = "amended"


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of an order's history: what it was after something happened to it."""

    number: int
    time_ns: int
    cause: str
    order_id: str
    status: Status
    price: Decimal | None
    quantity: Decimal
    filled: Decimal
    value: Decimal
    stop: Decimal | None


@dataclass(slots=True, eq=False)
class SimOrder:
    """An order as the exchange holds it. Only the exchange changes it.

    Attributes:
        uid: identity that never changes, whatever becomes of `order_id`: one uid is one lineage.
        kind: how it executes now; a triggered stop has become a limit or market order. `placed_as` remembers.
        quantity: total, fills included; `remaining` is what is left.
        value: quote amount of the whole order, independent of price x quantity where the venue keeps it so.
        filled_value: quote amount of the fills.
        reason: why it was cancelled or expired; empty otherwise.
        updated_ns: last change of any kind.
        triggered_ns: when the stop woke, None before.
        attributes: the venue's own fields.
        history: one revision per change, oldest first.
    """

    uid: int
    order_id: str
    client_id: str
    owner: str
    symbol: str
    side: Side
    kind: SimKind
    placed_as: SimKind
    price: Decimal | None
    quantity: Decimal
    value: Decimal
    stop: Decimal | None
    trigger: TriggerSource
    rising: bool | None
    force: Force
    post_only: bool
    reduce_only: bool
    created_ns: int
    updated_ns: int
    status: Status = Status.PENDING
    filled: Decimal = ZERO
    filled_value: Decimal = ZERO
    reason: str = ""
    triggered_ns: int | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    history: list[Revision] = field(default_factory=list)

    @property
    def remaining(self) -> Decimal:
        """Total less filled. A cancelled order keeps a remainder although nothing of it can trade any more."""
        return self.quantity - self.filled

    @property
    def is_open(self) -> bool:
        return self.status.is_open

    @property
    def average_price(self) -> Decimal:
        """Average price of the fills, exact to the context's precision; zero without fills."""
        return self.filled_value / self.filled if self.filled else ZERO


@dataclass(frozen=True, slots=True)
class Fee:
    """Fee one side of a trade paid."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Execution:
    """One trade between two orders, with the ids they had at that moment."""

    trade_id: str
    sequence: int
    time_ns: int
    symbol: str
    price: Decimal
    quantity: Decimal
    taker_side: Side
    maker_uid: int
    taker_uid: int
    maker_order_id: str
    taker_order_id: str
    maker_owner: str
    taker_owner: str
    maker_fee: Fee
    taker_fee: Fee

    @property
    def value(self) -> Decimal:
        """Quote amount, price x quantity."""
        return self.price * self.quantity

    def is_maker(self, uid: int) -> bool:
        return uid == self.maker_uid

    def fee_of(self, uid: int) -> Fee:
        return self.maker_fee if uid == self.maker_uid else self.taker_fee


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order (anybody's) appeared or changed; `revision` is the new last line of its history."""

    sequence: int
    order: SimOrder
    revision: Revision
    former_id: str


@dataclass(frozen=True, slots=True)
class OrdersTraded:
    """Two orders traded. Comes after the OrderChanged of both."""

    sequence: int
    execution: Execution
    maker: SimOrder
    taker: SimOrder


@dataclass(frozen=True, slots=True)
class BalanceChanged:
    """Total or locked of one currency of one account changed; the amounts are those after the whole operation."""

    sequence: int
    account: str
    currency: str
    total: Decimal
    locked: Decimal


@dataclass(frozen=True, slots=True)
class BookChanged:
    """A price level of a book changed: what rests there now, and how many orders (0 means the level is gone)."""

    sequence: int
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    orders: int


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """The last or the mark price of an instrument changed."""

    sequence: int
    symbol: str
    source: TriggerSource
    price: Decimal


@dataclass(frozen=True, slots=True)
class SessionChanged:
    """Trading in an instrument opened or closed."""

    sequence: int
    symbol: str
    is_open: bool


ExchangeEvent = OrderChanged | OrdersTraded | BalanceChanged | BookChanged | PriceChanged | SessionChanged
