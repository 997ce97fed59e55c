"""QFEX as a modelled venue: an amended order gets a new id, and the reply names that one only.

The behaviours follow "Order Entry - Modify Order" (https://docs.qfex.com/websocket/channels/trade/modify_order, read
2026-11-21): one reply that is the result, a new id, 100 ms in which the old terms may still trade (documented). A
partly filled order is not amended (documented on one page, contradicted by another). The list is the way to look up.
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.simulation.modelled.behaviour import (
    MILLISECOND,
    AnswerKind,
    Behaviour,
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
        ways={"modify": Way(new_id=True)},
        answer=AnswerKind.RESULT,
        lock=LockRule.MARGIN,
        tells_list=True,
        locks_partly_filled=True,
        late_answers=True,
        doubts_refusals=True,
        marks_new=True,
        socket_replies=True,
        bump=100 * MILLISECOND,
        patience=3 * SECOND,
        leverage=20,
    ),
    instrument=Instrument(
        symbol="AAPL-USD",
        base="AAPL",
        quote="USD",
        tick=D("0.05"),
        lot=D("0.001"),
        min_price=D(120),
        max_price=D(310),
        min_quantity=D("0.001"),
        max_quantity=D(100000),
        status="ACTIVE",
        attributes=(("margin_asset", "USD"), ("default_max_leverage", "20")),
    ),
    mid=D(202),
    stride=D("0.35"),
    size=D(12),
    blank=blank("AAPL-USD", "LIMIT", reduce_only=None),
    words=words("ACK", "FILLED", "FILLED", "CANCELLED"),
    read=reading(price="price", quantity="quantity", take_profit="take_profit", stop_loss="stop_loss"),
    dress=dressed(),
    balances={"USD": D(20000)},
)
