"""Example as a modelled venue. FILL IN: every behaviour that differs from `Behaviour`'s defaults, with its document."""

from __future__ import annotations

from decimal import Decimal

from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.domain.order import OrderStatus
from app.simulation.modelled.behaviour import (
    AnswerKind,
    Behaviour,
    EndRecord,
    LockRule,
    VenueModel,
    Way,
    blank,
    dressed,
    reading,
)

D = Decimal


MODEL = VenueModel(
    behaviour=Behaviour(
        ways={"amend": Way()},
        answer=AnswerKind.RECEIPT,
        ended=EndRecord.ROW,
        lock=LockRule.SPOT,
        pushes=False,
        poll_every=2 * SECOND,
        patience=10 * SECOND,
    ),
    instrument=Instrument(
        symbol="ABC-USD",
        base="ABC",
        quote="USD",
        tick=D("0.5"),
        lot=D("0.001"),
        min_price=D("0.5"),
        max_price=D(1000000),
        min_quantity=D("0.001"),
        max_quantity=D(10000),
    ),
    mid=D(1000),
    stride=D("1.5"),
    size=D(4),
    blank=blank("ABC-USD", "limit"),
    words={
        OrderStatus.WORKING: "open",
        OrderStatus.PARTIALLY_FILLED: "partly_filled",
        OrderStatus.FILLED: "filled",
        OrderStatus.CANCELLED: "cancelled",
    },
    read=reading(price="price", quantity="size"),
    dress=dressed(),
    balances={"USD": D(20000), "ABC": D(20)},
)
