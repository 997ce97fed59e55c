"""The day a practice QFEX account wakes up to: instruments, money, orders, and what the documents leave open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.practice.exchange.market import MarketSpec
from app.practice.exchange.orders import SimInstrument, SimKind, TriggerSource
from app.practice.server.faults import Switch
from app.practice.server.seeds import StartingBook, starting

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
    Switch("match_reduce_only", True, "A modification's reduce_only, false where left out, must be the order's."),
    Switch("require_reduce_only", False, "A modification must not leave reduce_only out; one public client says so."),
    Switch("strip_omitted_tpsl", False, "Attached exits that a modification leaves out are removed."),
    Switch("allow_partial_modify", False, "Partly filled orders may be modified above what is filled."),
    Switch(
        "auth_shape",
        "auth",
        "How a login is answered; all were seen.",
        ("auth", "authenticated", "type_authenticated", "authenticated_response", "ack"),
    ),
    Switch(
        "stop_answer",
        "order_response",
        "How the cancel of a stop order is answered; public clients differ.",
        ("order_response", "stop_order_response", "ack", "bare_ack"),
    ),
    Switch("null_lists", False, "Empty lists over REST are null, as the OpenAPI description allows."),
    Switch("bare_refdata", False, "Instruments come without tick and lot."),
    Switch("page_rows", 1000, "How many orders a page of get_user_orders has at most."),
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

_STOP: dict[str, Any] = {
    "kind": SimKind.STOP_MARKET,
    "trigger": TriggerSource.MARK,
    "attributes": {"stop_type": "STOP_LOSS"},
}
_EXITS = {"take_profit": Decimal("175.00"), "stop_loss": Decimal("150.00")}

DAY = StartingBook(
    balances={"USD": Decimal("25000")},
    positions={"US100-USD": (Decimal("0.05"), Decimal("25010")), "GOOG-USD": (Decimal("5"), Decimal("158.20"))},
    orders=(
        starting("AAPL-USD", "buy 2 200.00", 3, ahead="6.5"),
        starting("AAPL-USD", "buy 3 199.50", 25, post_only=True, client_id="alo-1", still=True),
        starting("AAPL-USD", "sell 1.5 207.00", 50, filled="0.5"),
        starting("GOOG-USD", "buy 4 160.00", 90, client_id="swing-7", still=True, attributes=_EXITS),
        starting("GOOG-USD", "sell 2 172.00", 91, reduce_only=True, still=True),
        starting("US100-USD", "sell 0.05", 200, stop="24800", reduce_only=True, still=True, **_STOP),
    ),
)
