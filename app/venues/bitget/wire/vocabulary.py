"""Bitget's words and ours: categories, order states, times in force. Shared by the rulebook and the codec."""

from __future__ import annotations

from app.domain.order import OrderKind, OrderStatus, TimeInForce

#: The venue's name in sentences.
TITLE = "Bitget"

#: The account's switch for how many amendments of one order may be without an outcome at a time.
QUEUED_AMENDMENTS = "queued_amendments"

#: Codes of a reply, or of a row in a batch, that say it was taken.
SUCCESS = frozenset({"00000", "0"})

#: Code of a frame that asks to connect anew, up to a minute before the connection ends (change log of 2026-02-04, read
#: 2026-11-30).
SERVICE_UPGRADE = "30033"

SPOT = "SPOT"
MARGIN = "MARGIN"
USDT_FUTURES = "USDT-FUTURES"
COIN_FUTURES = "COIN-FUTURES"
USDC_FUTURES = "USDC-FUTURES"

#: The venue's category (upper case, as REST writes it) to what a person calls the market. One to one, because one
#: symbol names a spot, a margin and a futures market.
MARKETS: dict[str, str] = {
    SPOT: "spot",
    MARGIN: "margin",
    USDT_FUTURES: "perp",
    USDC_FUTURES: "usdc perp",
    COIN_FUTURES: "coin perp",
}
CATEGORIES: tuple[str, ...] = tuple(MARKETS)

#: By the venue's exact word; every other one, in other letters too, is a state nobody knows. `live` and `new` are the
#: same thing to us: the documents' own samples mix them for resting orders.
STATUSES: dict[str, OrderStatus] = {
    "init": OrderStatus.PENDING,
    "live": OrderStatus.WORKING,
    "new": OrderStatus.WORKING,
    "partially_filled": OrderStatus.PARTIALLY_FILLED,
    "partial_fill": OrderStatus.PARTIALLY_FILLED,
    "filled": OrderStatus.FILLED,
    "cancelled": OrderStatus.CANCELLED,
    "canceled": OrderStatus.CANCELLED,
}

KINDS: dict[str, OrderKind] = {"limit": OrderKind.LIMIT, "market": OrderKind.MARKET}

#: `post_only` and `rpi` rest until filled or cancelled; their own meaning is kept in flags and attributes.
TIMES_IN_FORCE: dict[str, TimeInForce] = {
    "gtc": TimeInForce.GTC,
    "ioc": TimeInForce.IOC,
    "fok": TimeInForce.FOK,
    "post_only": TimeInForce.GTC,
    "rpi": TimeInForce.GTC,
}

#: Names of `Order.attributes` and `Instrument.attributes`.
CATEGORY = "category"
TIME_IN_FORCE = "time_in_force"
#: Of an order of whose end only executions tell: its terms are those it was last seen with.
BY_EXECUTIONS = "by_executions"
DELEGATE_TYPE = "delegate_type"
TRADE_SIDE = "trade_side"
#: Parts of a trade side's word that say that a position is closed or made smaller.
CLOSING = ("close", "reduce", "burst", "offset")
POSITION_SIDE = "position_side"
MARGIN_MODE = "margin_mode"
LEVERAGE = "leverage"
MARGIN_COIN = "margin_coin"
#: Of a row just read: which of these terms it tells; a push may leave each of them out.
TOLD = "told"
TAKE_PROFIT, STOP_LOSS, SIZE = "takeProfit", "stopLoss", "qty"
#: Of a market whose category does not list it: the category whose rules are shown for it.
RULES_OF = "rules_of"
BUY_BAND = "buy_limit_price_ratio"
SELL_BAND = "sell_limit_price_ratio"
CONTRACT = "contract_type"

#: An order that was amended may carry the second word; both are ordinary limit orders.
ORDINARY_DELEGATES = frozenset({"", "normal", "modify_limit_order"})

#: The choice field `on_failure` and what it becomes on the wire (`autoCancel`).
KEEP = "keep"
CANCEL = "cancel"
AUTO_CANCEL: dict[str, str] = {KEEP: "no", CANCEL: "yes"}


def category_of(market: str) -> str:
    """The venue's category of a market as a person calls it; "" for a market Bitget does not have."""
    return next((category for category, name in MARKETS.items() if name == market), "")


def market_of(category: str) -> str:
    """Return the market of a category in any case, as a person calls it; an unknown one keeps its own word."""
    return MARKETS.get(category.upper(), category.lower())
