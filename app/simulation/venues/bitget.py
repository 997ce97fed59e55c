"""Bitget's unified account as a modelled venue: amends in place, and tells by push what came of a request it took.

The behaviours follow "UTA: Modify Order" and "UTA WebSocket: Modify Order channel"
(https://www.bitget.com/api-doc/uta, read 2026-11-21): the reply is a receipt, a failure in the engine is told by no
message, and `autoCancel` cancels the order then (documented); the id stays (client code).
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.simulation.modelled.behaviour import Behaviour, VenueModel, Way, blank, dressed, reading, words

D = Decimal

MODEL = VenueModel(
    behaviour=Behaviour(
        ways={"modify": Way()},
        poll_every=15 * SECOND,
        fails_silently=True,
        cancels_by_rule=True,
        reads_when_down=True,
        patience=10 * SECOND,
    ),
    instrument=Instrument(
        symbol="BTCUSDT",
        base="BTC",
        quote="USDT",
        market="spot",
        tick=D("0.01"),
        lot=D("0.000001"),
        min_quantity=D("0.000001"),
        min_value=D(1),
        status="online",
        attributes=(("buy_limit_price_ratio", "0.02"), ("category", "SPOT"), ("sell_limit_price_ratio", "0.02")),
    ),
    mid=D(60000),
    stride=D("37.21"),
    size=D("0.25"),
    blank=blank("BTCUSDT", "limit", market="spot"),
    words=words("live", "partially_filled", "filled", "cancelled"),
    read=reading(price="price", quantity="qty", cancels=("autoCancel", "yes")),
    dress=dressed(category="SPOT", delegate_type="normal", time_in_force="gtc"),
    balances={"USDT": D(200000), "BTC": D(4)},
)
