"""Facts about what rests at a venue: the order, its fills, and the words for its state."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.money import ZERO


class Side(StrEnum):
    """Direction of the order."""

    BUY = "buy"
    SELL = "sell"


class OrderKind(StrEnum):
    """The order type in the field's common words; the venue's own word stays in `Order.raw_kind`."""

    LIMIT = "limit"
    MARKET = "market"
    STOP_LIMIT = "stop-limit"
    STOP_MARKET = "stop-market"
    TAKE_PROFIT = "take-profit"
    STOP_LOSS = "stop-loss"
    TRAILING_STOP = "trailing-stop"
    OTHER = "other"


class TimeInForce(StrEnum):
    """Lifetime of the order. UNKNOWN where the venue does not say (some never do)."""

    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"
    GTD = "gtd"
    UNKNOWN = "unknown"


class OrderStatus(StrEnum):
    """The venue's truth, one of the two axes; a wish of ours never changes it.

    ENDED: it no longer works, and nobody tells whether it was filled or cancelled.
    """

    PENDING = "pending"
    WORKING = "working"
    PARTIALLY_FILLED = "partially_filled"
    UNTRIGGERED = "untriggered"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    ENDED = "ended"
    UNRECOGNISED = "unrecognised"

    @property
    def is_terminal(self) -> bool:
        """Return True if the venue will never change or fill this order again."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        OrderStatus.FILLED,
        OrderStatus.CANCELLED,
        OrderStatus.EXPIRED,
        OrderStatus.REJECTED,
        OrderStatus.ENDED,
    }
)


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the venue described it at one moment.

    Attributes:
        account: name of the configured account it belongs to.
        order_id: the venue's id, always text.
        symbol: the venue's own symbol, such as "BTCUSDT" or "btc_usd".
        market: what a person calls the market: "spot", "perp", "equity" … ("" if the venue has one market only).
        side, kind, time_in_force: common words; `raw_kind` and `raw_status` hold the venue's.
        price: limit price in quote currency per unit of base; None where the order has none.
        quantity: total size in base units, fills included.
        filled: size filled so far, in base units, by this order id and those it replaced in place.
        status: the venue's state in common words.
        value: the order's value in quote currency where the venue keeps one as a state of its own.
        filled_value: quote value of the fills, where known.
        stop: trigger price of a stop order; `triggered` tells whether it has fired.
        take_profit, stop_loss: attached exit prices; None where none is attached or the venue has no such thing.
        display_quantity: the shown part of an iceberg order.
        post_only, reduce_only: None where the venue does not report the flag.
        average_price: of the fills, where known.
        client_id: the client's own id, "" if none.
        created_at, updated_at: venue time in nanoseconds since 1970 UTC, None where not reported.
        reason: the venue's words on why it reached this state (cancel or reject reason), "" if none.
        attributes: venue facts its own rulebook and codec need, as (name, text) pairs.
    """

    account: str
    order_id: str
    symbol: str
    side: Side
    kind: OrderKind
    quantity: Decimal
    filled: Decimal
    status: OrderStatus
    price: Decimal | None = None
    market: str = ""
    time_in_force: TimeInForce = TimeInForce.GTC
    raw_kind: str = ""
    raw_status: str = ""
    value: Decimal | None = None
    filled_value: Decimal | None = None
    stop: Decimal | None = None
    triggered: bool = False
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    display_quantity: Decimal | None = None
    post_only: bool | None = False
    reduce_only: bool | None = False
    average_price: Decimal | None = None
    client_id: str = ""
    created_at: int | None = None
    updated_at: int | None = None
    reason: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def remaining(self) -> Decimal:
        """Return what may still fill, in base units; never below zero, and nothing of an order that has ended."""
        return self.unfilled if self.is_open else ZERO

    @property
    def unfilled(self) -> Decimal:
        """Return what was never filled, in base units: of an order that has ended, what was left when it did."""
        return max(ZERO, self.quantity - self.filled)

    @property
    def is_open(self) -> bool:
        """Return True if the order may still trade, as far as the venue said."""
        return self.status not in _TERMINAL

    def attribute(self, name: str, default: str = "") -> str:
        """A venue fact by name, or `default` where the venue did not give it."""
        for key, value in self.attributes:
            if key == name:
                return value
        return default


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution of one of our orders; `fill_id` is the venue's id and makes a repeat harmless."""

    account: str
    fill_id: str
    order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    at: int
    value: Decimal | None = None
    fee: Decimal | None = None
    fee_currency: str = ""
    maker: bool | None = None
