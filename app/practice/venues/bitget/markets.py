"""Markets of a practice Bitget: instruments, and the liveliness of each.

A symbol alone names nothing (BTCUSDT is a spot pair and a perpetual), so the exchange knows every market as
`CATEGORY:SYMBOL`. SPOT and MARGIN share one market, as at the venue. Source of the published fields: Bitget unified
account documentation, "Get Instruments", read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.practice.exchange.market import MarketSpec
from app.practice.exchange.numbers import exact
from app.practice.exchange.orders import ZERO, SimInstrument

SPOT, MARGIN = "SPOT", "MARGIN"
USDT, COIN, USDC = "USDT-FUTURES", "COIN-FUTURES", "USDC-FUTURES"
CATEGORIES = (SPOT, MARGIN, USDT, COIN, USDC)

#: Of every futures position.
LEVERAGE = Decimal(10)


#: Fields of an instrument that tell on which steps prices and quantities lie.
GRID = frozenset({"pricePrecision", "priceMultiplier", "quantityPrecision", "quantityMultiplier"})


class Sizing(StrEnum):
    """Unit of a quantity, and currency of margin and profit."""

    SPOT = "spot"
    #: Base coin, settled in the quote coin.
    LINEAR = "linear"
    #: Base coin, settled in the base coin.
    COIN = "coin"
    #: Quote coin, settled in the base coin: the `_CM` line, whose orders cannot be modified.
    COIN_IN_QUOTE = "coin_in_quote"


@dataclass(frozen=True, slots=True)
class MarketListing:
    """Published facts about a market; amounts are Decimal, ZERO means no limit."""

    category: str
    symbol: str
    base: str
    quote: str
    price_places: int
    quantity_places: int
    min_qty: Decimal
    max_qty: Decimal
    min_amount: Decimal
    band: Decimal
    leverage: Decimal
    sizing: Sizing

    @property
    def key(self) -> str:
        """Symbol of the market in the practice exchange."""
        return f"{self.category}:{self.symbol}"

    @property
    def is_spot(self) -> bool:
        return self.sizing is Sizing.SPOT

    @property
    def tick(self) -> Decimal:
        return Decimal(1).scaleb(-self.price_places)

    @property
    def step(self) -> Decimal:
        return Decimal(1).scaleb(-self.quantity_places)

    def on_tick(self, price: Decimal | None) -> Decimal | None:
        """The same price with as many decimals as the market writes; one off the tick is left alone."""
        return None if price is None else _spelled(price, self.tick)

    def on_step(self, quantity: Decimal | None) -> Decimal | None:
        """The same quantity with as many decimals as the market writes; one off the step is left alone."""
        return None if quantity is None else _spelled(quantity, self.step)

    def value(self, price: Decimal, quantity: Decimal) -> Decimal:
        """Quote amount of a quantity."""
        return quantity if self.sizing is Sizing.COIN_IN_QUOTE else price * quantity


def _spelled(value: Decimal, unit: Decimal) -> Decimal:
    with exact():
        spelled = value.quantize(unit)
    return spelled if spelled == value else value


def listing_of(instrument: SimInstrument) -> MarketListing:
    """The listing an instrument was made from."""
    found = instrument.attributes["listing"]
    if not isinstance(found, MarketListing):
        raise TypeError(f"{instrument.symbol} has no listing.")
    return found


def key_for(category: str, symbol: str) -> str:
    """The core's name of a market; MARGIN trades in the spot market."""
    return f"{SPOT if category == MARGIN else category}:{symbol}"


def listed_as(listing: MarketListing, category: str) -> MarketListing:
    """The listing as a category has it: MARGIN trades in the spot market and counts quantities in larger steps.

    Source: samples of the instruments call for MARGIN in public clients (ccxt 4.5.90, read 2026-11-30); how much
    larger is our choice.
    """
    if category != MARGIN:
        return listing
    places = max(0, listing.quantity_places - 2)
    return replace(listing, quantity_places=places, min_qty=Decimal(1).scaleb(-places))


def published(listing: MarketListing, category: str, *, trading: bool, max_orders: int = 400) -> dict[str, Any]:
    """One row of `GET /api/v3/market/instruments`."""
    listing = listed_as(listing, category)
    row: dict[str, Any] = {
        "symbol": listing.symbol,
        "category": category,
        "baseCoin": listing.base,
        "quoteCoin": listing.quote,
        "buyLimitPriceRatio": listing.band,
        "sellLimitPriceRatio": listing.band,
        "minOrderQty": listing.min_qty,
        "maxOrderQty": listing.max_qty,
        "pricePrecision": str(listing.price_places),
        "quantityPrecision": str(listing.quantity_places),
        "quotePrecision": "8" if listing.is_spot else "",
        "minOrderAmount": listing.min_amount,
        "maxProductOrderNum": str(max_orders),
        "status": "online" if trading else "offline",
        "maintainTime": "",
    }
    if listing.is_spot:
        row["maxSymbolOrderNum"] = str(max_orders)
        return row
    return {
        **row,
        "priceMultiplier": listing.tick,
        "quantityMultiplier": listing.step,
        "maxMarketOrderQty": (listing.max_qty / 4).quantize(listing.step),
        "type": "perpetual",
        "symbolType": "crypto",
        "offTime": "-1",
        "limitOpenTime": "-1",
        "minLeverage": "1",
        "maxLeverage": "100",
        "fundInterval": "8",
    }


def _spot(base: str, price_places: int, quantity_places: int) -> MarketListing:
    return MarketListing(
        SPOT,
        f"{base}USDT",
        base,
        "USDT",
        price_places,
        quantity_places,
        min_qty=Decimal(1).scaleb(-quantity_places),
        max_qty=ZERO,
        min_amount=Decimal(1),
        band=Decimal("0.02"),
        leverage=Decimal(1),
        sizing=Sizing.SPOT,
    )


def _future(
    category: str, symbol: str, base: str, quote: str, price_places: int, quantity_places: int, sizing: Sizing
) -> MarketListing:
    step = Decimal(1).scaleb(-quantity_places)
    quoted = sizing is Sizing.COIN_IN_QUOTE
    return MarketListing(
        category,
        symbol,
        base,
        quote,
        price_places,
        quantity_places,
        min_qty=step,
        max_qty=Decimal(5_000_000) if quoted else Decimal(1200),
        min_amount=Decimal(5),
        band=Decimal("0.05"),
        leverage=LEVERAGE,
        sizing=sizing,
    )


def _instrument(listing: MarketListing, mid: str) -> SimInstrument:
    return SimInstrument(
        listing.key, listing.base, listing.quote, listing.tick, listing.step, Decimal(mid), {"listing": listing}
    )


_BTC_CENTS = MarketSpec(Decimal("0.6"), half_spread=150, gap=100, step=150, range=6_000, reach=20_000)
_BTC_TENTHS = MarketSpec(Decimal("1.5"), half_spread=10, gap=10, step=15, range=600, reach=1_500)
_ETH = MarketSpec(Decimal("12"), half_spread=15, gap=10, step=12, range=150, reach=500)

#: The markets and the crowds in them.
MARKETS: tuple[tuple[SimInstrument, MarketSpec], ...] = (
    (_instrument(_spot("BTC", 2, 6), "60002.00"), _BTC_CENTS),
    (_instrument(_spot("ETH", 2, 4), "3408.40"), _ETH),
    (_instrument(_future(USDT, "BTCUSDT", "BTC", "USDT", 1, 4, Sizing.LINEAR), "60011.5"), _BTC_TENTHS),
    (_instrument(_future(USDT, "ETHUSDT", "ETH", "USDT", 2, 4, Sizing.LINEAR), "3409.00"), _ETH),
    (_instrument(_future(COIN, "BTCUSD", "BTC", "USD", 1, 4, Sizing.COIN), "60005.0"), _BTC_TENTHS),
    (
        _instrument(_future(COIN, "BTCUSD_CM", "BTC", "USD", 1, 0, Sizing.COIN_IN_QUOTE), "60006.0"),
        MarketSpec(Decimal(60_000), half_spread=10, gap=10, step=15, range=600, reach=1_500),
    ),
    (_instrument(_future(USDC, "BTCPERP", "BTC", "USDC", 1, 4, Sizing.LINEAR), "60008.0"), _BTC_TENTHS),
    (_instrument(_future(USDC, "ETHPERP", "ETH", "USDC", 2, 4, Sizing.LINEAR), "3408.90"), _ETH),
)
