"""Bitso as a modelled venue: amends in place, tells by reading only, and derives sizes from values.

The behaviours follow "Modify an Order" and "Look Up Orders" (https://docs.bitso.com, read 2026-11-21): a buy keeps
its value when its price changes, a sell its amount (documented with examples); no private push exists, and an ended
order is known by its trades (documented). That the id could change is what the older call does (documented for v3).
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.simulation.modelled.behaviour import (
    Behaviour,
    EndRecord,
    LockRule,
    VenueModel,
    Way,
    blank,
    dressed,
    reading,
    words,
)

D = Decimal

MODEL = VenueModel(
    behaviour=Behaviour(
        ways={"modify": Way(may_rename=True)},
        ended=EndRecord.TRADES,
        lock=LockRule.VALUE,
        pushes=False,
        poll_every=5 * SECOND,
        anchors_value=True,
        cancels_by_rule=True,
        limit_is_refusal=False,
        patience=10 * SECOND,
    ),
    instrument=Instrument(
        symbol="btc_usd",
        base="btc",
        quote="usd",
        tick=D("0.01"),
        lot=D("0.00000001"),
        min_price=D(500),
        max_price=D(10000000),
        min_quantity=D("0.00005"),
        max_quantity=D(500),
        min_value=D(5),
        max_value=D(10000000),
        attributes=(("taker_percent", "0.65"),),
    ),
    mid=D(140000),
    stride=D("81.07"),
    size=D("0.4"),
    blank=blank("btc_usd", "limit"),
    words=words("open", "partially filled", "completed", "cancelled"),
    read=reading(price="price", quantity="major", value="minor", stop="stop", cancels=("cancel", "1")),
    dress=dressed(stop_read="yes", time_in_force="goodtillcancelled"),
    balances={"usd": D(600000), "btc": D(5)},
)
