"""The day a practice AlphaPoint account wakes up to: users, instruments, orders, and what the documents leave open.

The orders cover what a change can meet: the worked reduction 1 -> 0.6 of order 6507, one that has executed 0.2 of 1.2,
an iceberg, an untriggered stop, a quote, a post-only order on another instrument, one that replaced another, and one
another user of the account entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.market import MarketSpec
from app.practice.exchange.orders import SimInstrument, SimKind
from app.practice.server.faults import Switch
from app.practice.server.seeds import StartingBook, starting
from app.practice.venues.alphapoint.auth import User

OMS_ID = 1
ACCOUNT_ID = 9
#: Another account of the same users, where the switch `second_account` says that there is one.
SECOND_ID = 15

MAIN = User(
    96,
    "practice@redline.example",
    "practice-password",
    "28c68ac3fcfafc3d4e8d653fe57e5baf",
    "practice-alphapoint-secret-0001",
    ACCOUNT_ID,
)
#: Somebody else with access to the same account; foreign changes are theirs.
COLLEAGUE = User(
    97,
    "colleague@redline.example",
    "colleague-password",
    "5d1c7f0ab2e94e6b8f3a6c2d90417e58",
    "practice-alphapoint-secret-0002",
    ACCOUNT_ID,
)
#: May look and not trade.
READER = User(
    98,
    "reader@redline.example",
    "reader-password",
    "c0ffee5a41d24c9fb7e2a8d3f6105b97",
    "practice-alphapoint-secret-0003",
    ACCOUNT_ID,
    may_trade=False,
)
USERS = (MAIN, COLLEAGUE, READER)

SWITCHES = (
    Switch("effect_delay_ms", 150, "From receipt to effect: 0 takes effect before the answer, -1 never does."),
    Switch("quantity_means", "remaining", "What ModifyOrder's Quantity is; not documented.", ("remaining", "total")),
    Switch("size_check", "pre_ack", "Where a size that is no reduction is found.", ("pre_ack", "engine_silent")),
    Switch("revision", "ignored", "What PreviousOrderRevision does; documents differ.", ("ignored", "strict")),
    Switch("orig_quantity", "kept", "Whether ModifyOrder rewrites it; not documented.", ("kept", "rewritten")),
    Switch("second_account", False, "The user has an account 15 beside 9, with no orders in it."),
    Switch("running_word", "Running", "The session of a market that trades.", ("Running", "RunningPostOnly")),
    Switch("market_rules", "full", "What GetInstruments tells of a market's steps.", ("full", "no_grid", "none")),
    Switch("account_id", "required", "Whether ModifyOrder needs it; documents differ.", ("required", "optional")),
    Switch("below_minimum", "refuse", "ModifyOrder below MinimumQuantity; not documented.", ("refuse", "cancel")),
    Switch("modify_any_type", False, "Whether ModifyOrder works on stops and quotes too; not documented."),
    Switch(
        "replace_mode",
        "atomic",
        "What CancelReplaceOrder does when it takes effect; not documented.",
        ("atomic", "cancel_first", "new_rejected", "old_kept", "both_kept"),
    ),
    Switch("replace_hold", "freed_first", "When the old order's hold is freed.", ("freed_first", "after")),
    Switch("replace_gap_ms", 100, "From the old order's end to the new one's start under replace_mode cancel_first."),
    Switch("instrument_scope", "ignored", "Whether CancelAllOrders minds the instrument.", ("honoured", "ignored")),
    Switch("decimals", "padded", "Prices and sizes at 29 digits, as captured, or not.", ("padded", "plain")),
    Switch("state_words", "joined", "FullyExecuted or Fully Executed; both were seen.", ("joined", "spaced")),
    Switch("null_strings", False, "Whether empty reasons are null instead of empty texts; both were seen."),
    Switch("status_shape", "object", "What GetOrderStatus answers; the 3.5 text prints an array.", ("object", "array")),
    Switch("event_shape", "full", "OrderStateEvent as in v4 (full) or with the fields of 3.x.", ("full", "short")),
    Switch("history_limit", 100, "How many rows GetOrderHistory has at most."),
    Switch("nonce_rule", "unique", "Which nonces are good; no rule is documented.", ("any", "unique", "increasing")),
    Switch("nonce_window_ms", 0, "How far a nonce's time in ms may be off; 0 does not look, as none is documented."),
    Switch("lock_after", 10, "Failed logins in a minute that lock a user; 0 never locks and unlocks."),
    Switch("session_ms", 3_600_000, "How long a session lives after its last call; one hour is documented."),
    Switch("token_name", "SessionToken", "What the HTTP login calls the token.", ("SessionToken", "Token")),
    Switch("http_denied", "body", "A private HTTP call without a session.", ("body", "404")),
    Switch("ws_per_minute", 500, "Calls a minute over the websocket; one operator's support gave the number."),
    Switch("ws_logins_per_minute", 50, "Logins a minute over the websocket; from the same source."),
    Switch("http_per_minute", 600, "Calls a minute over HTTP; from the same source."),
    Switch("http_logins_per_minute", 50, "Logins a minute over HTTP; from the same source."),
)

#: Product id and decimal places by symbol.
PRODUCTS: Mapping[str, tuple[int, str, str, int]] = {
    "USD": (1, "US Dollar", "NationalCurrency", 2),
    "BTC": (2, "Bitcoin", "CryptoCurrency", 8),
    "ETH": (3, "Ethereum", "CryptoCurrency", 8),
}


def _instrument(number: int, base: str, quote: str, tick: str, mid: str, least: str, floor: str) -> SimInstrument:
    attributes: dict[str, Any] = {
        "id": number,
        "minimum_quantity": Decimal(least),
        "minimum_price": Decimal(floor),
    }
    return SimInstrument(base + quote, base, quote, Decimal(tick), Decimal("0.00000001"), Decimal(mid), attributes)


INSTRUMENTS: tuple[tuple[SimInstrument, MarketSpec], ...] = (
    (
        _instrument(9, "BTC", "USD", "0.01", "97250.00", "0.0001", "1000"),
        MarketSpec(Decimal("0.6"), half_spread=150, gap=250, step=300, range=30_000, reach=260_000),
    ),
    (
        _instrument(10, "ETH", "USD", "0.01", "3412.50", "0.001", "10"),
        MarketSpec(Decimal("6"), half_spread=10, gap=15, step=15, range=2_000, reach=30_000),
    ),
    (
        _instrument(11, "ETH", "BTC", "0.000001", "0.035090", "0.001", "0.0001"),
        MarketSpec(Decimal("4"), half_spread=4, gap=3, step=2, range=60, reach=2_000),
    ),
)

#: Orders of the account before today's: one filled, one cancelled when 6534 replaced it.
PAST = (
    starting("BTCUSD", "buy 0.05 96000", 300, filled="0.05", order_id="6502", attributes={"user": MAIN}),
    starting("BTCUSD", "sell 0.4 99200", 42, order_id="6529", client_id="42016"),
)

_STOP = SimKind.STOP_LIMIT
_QUOTE, _COLLEAGUE = {"is_quote": True}, {"user": COLLEAGUE}
_ICEBERG, _REPLACES = {"display": Decimal("0.5")}, {"replaces": ("6529", "42016")}

DAY = StartingBook(
    balances={"USD": Decimal(160_000), "BTC": Decimal(3), "ETH": Decimal(12)},
    orders=(
        starting("BTCUSD", "buy 1 95000", 180, order_id="6507", ahead="0.4", still=True),
        starting("BTCUSD", "sell 1.2 99500", 150, order_id="6511", client_id="42011", ahead="0.25", filled="0.2"),
        starting("ETHUSD", "sell 5 3650.00", 120, order_id="6514", still=True, attributes=_ICEBERG),
        starting("ETHUSD", "sell 2 3190", 110, order_id="6518", still=True, kind=_STOP, stop="3200"),
        starting("ETHUSD", "buy 0.5 3300", 90, order_id="6523", client_id="42023", still=True, attributes=_QUOTE),
        starting("ETHBTC", "buy 10 0.034800", 60, order_id="6526", client_id="42026", ahead="2.5", post_only=True),
        starting("BTCUSD", "sell 0.4 98900", 40, order_id="6534", client_id="42017", ahead="0.3", attributes=_REPLACES),
        starting("ETHUSD", "buy 0.75 3350", 20, order_id="6541", attributes=_COLLEAGUE),
    ),
)
