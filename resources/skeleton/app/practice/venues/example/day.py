"""The day a practice account wakes up to. FILL IN: markets as the venue has them, and orders that meet every rule."""

from __future__ import annotations

from decimal import Decimal

from app.practice.exchange.market import MarketSpec
from app.practice.exchange.orders import Side, SimInstrument
from app.practice.server.faults import Switch
from app.practice.server.seeds import StartingBook, StartingOrder

KEY = "practiceexample"
SECRET = "practice-example-secret-0001"

#: One for each thing the documents leave open, so that drills can have it either way.
SWITCHES = (Switch("clock_window_ms", 60_000, "How far the time of a request may be off."),)

MARKET = SimInstrument(
    "ABC-USD",
    "ABC",
    "USD",
    tick=Decimal("0.5"),
    step=Decimal("0.001"),
    mid=Decimal(1000),
    attributes={
        "min_price": Decimal("0.5"),
        "max_price": Decimal(1000000),
        "min_size": Decimal("0.001"),
        "max_size": Decimal(10000),
    },
)
CROWD = MarketSpec(Decimal(20), half_spread=4, gap=2, step=2, range=60, reach=100)

DAY = StartingBook(
    balances={"USD": Decimal(10000), "ABC": Decimal(8)},
    orders=(
        StartingOrder("ABC-USD", Side.BUY, Decimal(4), Decimal(900), client_id="first", still=True),
        StartingOrder("ABC-USD", Side.SELL, Decimal(2), Decimal(1100), client_id="second", still=True),
        StartingOrder("ABC-USD", Side.BUY, Decimal(2), Decimal(920), filled=Decimal("0.5"), still=True),
    ),
)
