"""The day a practice Bitso account wakes up to: books, money, orders, and what the documents leave open.

The orders cover what an amendment can meet: the documentation's worked buy before and after its first step, its worked
sell, a partly filled order, a postonly one, an untriggered and a triggered stop-limit, and one still queued.
"""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.market import MarketSpec
from app.practice.exchange.orders import TRADER, NewOrder, Side, SimInstrument, SimKind
from app.practice.server.faults import Switch
from app.practice.server.seeds import StartingBook, starting

KEY = "practicebitso"
SECRET = "practice-bitso-secret-0001"

SWITCHES = (
    Switch("accept_nonce_v1", True, "Take old nonces too; their end was announced for November 2025 and is not seen."),
    Switch("nonce_window_ms", 60_000, "How far a nonce's time may be off; Bitso documents no number."),
    Switch("partial_semantics", "total", "What major and minor mean on a partly filled order.", ("total", "remaining")),
    Switch("rounding", "half_up", "How derived amounts are rounded to eight places.", ("half_up", "side")),
    Switch("post_only_cross", "cancel", "A postonly order modified through the book.", ("cancel", "refuse")),
    Switch("modify_codes", "older", "Codes of a refused modify: families 03 to 10, or 17.", ("older", "17")),
    Switch("books_told", "all", "What available_books tells; older rows lack the tick.", ("all", "no_tick", "none")),
    Switch("value_known", True, "Whether original_value is filled in."),
    Switch("time_style", "offset", "How times are printed; the docs show all three.", ("offset", "compact", "zulu")),
    Switch("numeric_codes", False, "Error codes as JSON numbers, as an old example shows them."),
    Switch("terminal_lookup_ms", 0, "How long a look-up still shows an ended order; up to one hour is documented."),
    Switch("private_per_minute", 300, "Private requests a minute; one more locks the key out for a minute."),
    Switch("public_per_minute", 600, "Public requests a minute; 60 at Bitso, but here many programs share one IP."),
    Switch("list_rows", 500, "Open orders in one list at most; 500 is documented, fewer cut it without a word."),
    Switch("keep_alive_ms", 10_000, "How often the websocket says ka; Bitso documents no number."),
)

#: Payload of `GET /v3/account_status`, an account that may trade.
ACCOUNT_STATUS = {
    "client_id": "700001",
    "first_name": "Practice",
    "last_name": "Trader",
    "status": "active",
    "daily_limit": "5300.00",
    "monthly_limit": "32000.00",
    "daily_remaining": "5300.00",
    "monthly_remaining": "32000.00",
    "cash_deposit_allowance": "5300.00",
    "cellphone_number": "verified",
    "cellphone_number_stored": "+525500000000",
    "email_stored": "trader@example.com",
    "official_id": "submitted",
    "proof_of_residency": "submitted",
    "signed_contract": "unsubmitted",
    "origin_of_funds": "unsubmitted",
}


def _book(symbol: str, tick: str, mid: str, low: str, high: str, least: str, most: str, value: str) -> SimInstrument:
    base, _, quote = symbol.partition("_")
    limits = {
        "minimum_price": Decimal(low),
        "maximum_price": Decimal(high),
        "minimum_amount": Decimal(least),
        "maximum_amount": Decimal(most),
        "minimum_value": Decimal(value),
        "maximum_value": Decimal("10000000"),
    }
    return SimInstrument(symbol, base, quote, Decimal(tick), Decimal("0.00000001"), Decimal(mid), limits)


#: Books and how lively each is.
BOOKS: tuple[tuple[SimInstrument, MarketSpec], ...] = (
    (
        _book("btc_usd", "0.01", "133400.00", "100", "10000000", "0.00001", "500", "1"),
        MarketSpec(Decimal("0.4"), half_spread=450, gap=300, step=400, range=40_000, reach=100_000),
    ),
    (
        _book("btc_usdt", "0.01", "94800.00", "100", "10000000", "0.00001", "500", "1"),
        MarketSpec(Decimal("0.4"), half_spread=400, gap=300, step=400, range=40_000, reach=100_000),
    ),
    (
        _book("btc_mxn", "10", "2405000", "500", "100000000", "0.00005", "500", "5"),
        MarketSpec(Decimal("0.2"), half_spread=30, gap=20, step=25, range=1_500, reach=12_000),
    ),
    (
        _book("eth_mxn", "0.01", "64120.00", "10", "10000000", "0.0001", "5000", "5"),
        MarketSpec(Decimal("3"), half_spread=800, gap=500, step=700, range=60_000, reach=400_000),
    ),
)

_STOP = SimKind.STOP_LIMIT

DAY = StartingBook(
    balances={
        "usd": Decimal("242400"),
        "usdt": Decimal("25000"),
        "mxn": Decimal("700000.00100210"),
        "btc": Decimal("2.6"),
        "eth": Decimal("12"),
    },
    orders=(
        starting("btc_usd", "buy 1 100000", 8, value="100000", order_id="qlbga6b600n3xta7", still=True),
        starting(
            "btc_usd", "buy 0.83333333 120000", 24, value="100000", ahead="0.35", client_id="desk-0017", still=True
        ),
        starting("btc_usdt", "sell 1 100000", 16, value="100000", still=True),
        starting("btc_mxn", "buy 0.1 2350000", 48, filled="0.04", ahead="0.02"),
        starting("btc_mxn", "sell 0.25 2480000", 8, post_only=True, client_id="po_1"),
        starting("eth_mxn", "sell 3.2 61200", 120, kind=_STOP, stop="61500", still=True),
        starting("eth_mxn", "buy 2.5 62900", 160, kind=_STOP, stop="64500", triggered=True),
    ),
)

#: Known to the venue, not in the book yet: it stays queued until somebody admits it.
QUEUED = NewOrder(
    TRADER,
    "btc_usdt",
    Side.SELL,
    SimKind.LIMIT,
    Decimal("0.15"),
    Decimal("101250.00"),
    value=Decimal("15187.5"),
    client_id="q-1",
    queued=True,
)
