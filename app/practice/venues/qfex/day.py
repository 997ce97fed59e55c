"""The day a practice QFEX account wakes up to: instruments, money, orders, and what the documents leave open."""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.market import MarketSpec
from app.practice.exchange.orders import Side, SimInstrument, SimKind, TriggerSource
from app.practice.server.faults import Switch
from app.practice.server.seeds import StartingBook, StartingOrder

PUBLIC_KEY = "qfex_pub_practice"
SECRET = "qfex_secret_practice_0001"
USER_ID = "5f0c6a3e-0000-4000-8000-0000000000aa"

SWITCHES = (
    Switch("bump_ms", 100, "The speed bump of every limit order and modification; cancels have none."),
    Switch("skew_s", 60, "How far unix_ts may be off; not documented."),
    Switch("login_s", 60, "How long a connection may stay without login."),
    Switch("keep_id", False, "A modification keeps the order id, as the 2025 documents showed."),
    Switch("drop_client_id", False, "A modification loses the client id."),
    Switch("emit_old_cancelled", False, "A modification also reports the old id as CANCELLED."),
    Switch("require_reduce_only", False, "A modification must repeat reduce_only; seen in one public client only."),
    Switch("strip_omitted_tpsl", False, "Attached exits that a modification leaves out are removed."),
    Switch("allow_partial_modify", False, "Partly filled orders may be modified above what is filled."),
    Switch("auth_shape", "auth", "How a login is answered.", ("auth", "authenticated", "type_authenticated")),
    Switch("cancel_all_reply", "per_order", "How cancel_all_orders is answered.", ("per_order", "ack")),
    Switch("null_incoming_message", False, "Error frames do not echo the request."),
    Switch("pulse_ms", 1000, "How often positions and balances are pushed."),
    Switch("bbo_ms", 250, "How often the best bid and offer are pushed."),
)

_HOURS = {"tz": "America/New_York", **{day: {"open": "00:00", "close": "23:59"} for day in ("monday", "friday")}}


def _listed(
    symbol: str, tick: str, lot: str, mid: str, low: str, high: str, category: str, band: str, most: str = "100000000"
) -> SimInstrument:
    base, _, quote = symbol.partition("-")
    attributes = {
        "min_price": Decimal(low),
        "max_price": Decimal(high),
        "min_quantity": Decimal(lot),
        "max_quantity": Decimal(most),
        "category": category,
        "band": Decimal(band),
        "hours": _HOURS,
    }
    return SimInstrument(symbol, base, quote, Decimal(tick), Decimal(lot), Decimal(mid), attributes)


#: Instruments and how lively each is.
INSTRUMENTS: tuple[tuple[SimInstrument, MarketSpec], ...] = (
    (
        _listed("AAPL-USD", "0.01", "0.001", "202.45", "120", "310", "EQUITY", "0.10"),
        MarketSpec(Decimal(40), half_spread=2, gap=2, step=3, range=90, reach=700),
    ),
    (
        _listed("GOOG-USD", "0.05", "0.001", "165.10", "112", "209", "EQUITY", "0.10"),
        MarketSpec(Decimal(30), half_spread=1, gap=1, step=1, range=30, reach=150),
    ),
    (
        _listed("US100-USD", "0.5", "0.001", "25242", "18000", "32000", "INDEX", "0.05", "500"),
        MarketSpec(Decimal("0.4"), half_spread=2, gap=2, step=3, range=120, reach=900),
    ),
)

_MINUTES = 60_000

DAY = StartingBook(
    balances={"USD": Decimal("25000")},
    positions={"US100-USD": (Decimal("0.05"), Decimal("25010")), "GOOG-USD": (Decimal("5"), Decimal("158.20"))},
    orders=(
        StartingOrder("AAPL-USD", Side.BUY, Decimal(2), Decimal("200.00"), ahead=Decimal("6.5"), age_ms=3 * _MINUTES),
        StartingOrder(
            "AAPL-USD",
            Side.BUY,
            Decimal(3),
            Decimal("199.50"),
            post_only=True,
            client_id="alo-1",
            age_ms=25 * _MINUTES,
            still=True,
        ),
        StartingOrder(
            "AAPL-USD", Side.SELL, Decimal("1.5"), Decimal("207.00"), filled=Decimal("0.5"), age_ms=50 * _MINUTES
        ),
        StartingOrder(
            "GOOG-USD",
            Side.BUY,
            Decimal(4),
            Decimal("160.00"),
            client_id="swing-7",
            age_ms=90 * _MINUTES,
            still=True,
            attributes={"take_profit": Decimal("175.00"), "stop_loss": Decimal("150.00")},
        ),
        StartingOrder(
            "GOOG-USD", Side.SELL, Decimal(2), Decimal("172.00"), reduce_only=True, age_ms=91 * _MINUTES, still=True
        ),
        StartingOrder(
            "US100-USD",
            Side.SELL,
            Decimal("0.05"),
            kind=SimKind.STOP_MARKET,
            stop=Decimal("24800"),
            trigger=TriggerSource.MARK,
            reduce_only=True,
            age_ms=200 * _MINUTES,
            still=True,
            attributes={"stop_type": "STOP_LOSS"},
        ),
    ),
)
