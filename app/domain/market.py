"""Surroundings of an order: its instrument, the market's touch, the account's balances, the state of the link."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.money import exact
from app.domain.order import Side


@dataclass(frozen=True, slots=True)
class Instrument:
    """One tradable market of one account's venue.

    Attributes:
        symbol: the venue's own symbol. `key` (symbol plus market) is unique within an account.
        base, quote: what is bought and what it is paid in.
        tick: smallest price step, in quote; None where the venue states none.
        lot: smallest quantity step, in base.
        min_price … max_value: bounds, None where the venue states none. Values are price × quantity in quote.
        trading: whether the venue says orders may be changed now; `status` is its own word.
        attributes: venue facts its own rulebook needs, as (name, text) pairs.
    """

    symbol: str
    base: str
    quote: str
    market: str = ""
    tick: Decimal | None = None
    lot: Decimal | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    min_quantity: Decimal | None = None
    max_quantity: Decimal | None = None
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    trading: bool = True
    status: str = ""
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """(symbol, market): one symbol may name both a spot and a perpetual market."""
        return (self.symbol, self.market)

    def attribute(self, name: str, default: str = "") -> str:
        """A venue fact by name, or `default` where the venue did not give it."""
        for key, value in self.attributes:
            if key == name:
                return value
        return default


def units_of(instrument: Instrument | None) -> tuple[str, str]:
    """Base and quote of a market; two empty texts while it is not loaded."""
    return (instrument.base, instrument.quote) if instrument else ("", "")


@dataclass(frozen=True, slots=True)
class Balance:
    """One currency of one account: total = available + locked; `as_of` is when we read it, in nanoseconds."""

    currency: str
    total: Decimal
    available: Decimal
    locked: Decimal
    as_of: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Best bid and offer of a market, prices in quote currency; a side with no orders is None."""

    symbol: str
    market: str
    bid: Decimal | None
    ask: Decimal | None
    last: Decimal | None
    as_of: int
    mark: Decimal | None = None
    low_band: Decimal | None = None
    high_band: Decimal | None = None

    @property
    def mid(self) -> Decimal | None:
        """Half-way between bid and offer, exact; None where a side is empty."""
        if self.bid is None or self.ask is None:
            return None
        with exact():
            return (self.bid + self.ask) / 2

    def own(self, side: Side) -> Decimal | None:
        """The best price on an order's own side: the bid for a buy, the offer for a sell."""
        return self.bid if side is Side.BUY else self.ask

    def opposite(self, side: Side) -> Decimal | None:
        """The best price an order of that side could trade with at once: the offer for a buy, the bid for a sell."""
        return self.ask if side is Side.BUY else self.bid


class LinkState(StrEnum):
    """State of the connection to one account's venue."""

    DOWN = "down"
    CONNECTING = "connecting"
    SYNCING = "syncing"
    UP = "up"
    STALE = "stale"
    REFUSED = "refused"
