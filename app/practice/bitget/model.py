"""Bitget's unified account as a modelled venue: amends in place, and tells by push what came of a request it took.

The behaviours follow "UTA: Modify Order" and "UTA WebSocket: Modify Order channel"
(https://www.bitget.com/api-doc/uta, read 2026-11-21): the reply is a receipt, a failure in the engine is told by no
message, and `autoCancel` cancels the order then (documented); the id stays (client code).
"""

from __future__ import annotations

from decimal import Decimal

from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.practice.models.behaviour import Answer, Behaviour, Ended, Lock, Request, VenueModel, Way, Why

D = Decimal


def _read(command: Command) -> Request:
    fields = dict(command.fields)
    price, quantity = fields.get("price"), fields.get("qty")
    return Request(
        price=price if isinstance(price, Decimal) else None,
        total=quantity if isinstance(quantity, Decimal) else None,
        cancels_on_failure=fields.get("autoCancel") == "yes",
    )


def _blank(side: Side) -> Order:
    return Order(
        account="",
        order_id="",
        symbol="BTCUSDT",
        market="spot",
        side=side,
        kind=OrderKind.LIMIT,
        quantity=D(0),
        filled=D(0),
        status=OrderStatus.WORKING,
        raw_kind="limit",
    )


def _dress(order: Order, why: Why, replaced: str) -> tuple[tuple[str, str], ...]:
    return (("category", "SPOT"), ("delegate_type", "normal"), ("time_in_force", "gtc"))


MODEL = VenueModel(
    behaviour=Behaviour(
        ways={"modify": Way()},
        answer=Answer.RECEIPT,
        ended=Ended.ROW,
        lock=Lock.SPOT,
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
    blank=_blank,
    words={
        OrderStatus.WORKING: "live",
        OrderStatus.PARTIALLY_FILLED: "partially_filled",
        OrderStatus.FILLED: "filled",
        OrderStatus.CANCELLED: "cancelled",
    },
    read=_read,
    dress=_dress,
    balances={"USDT": D(200000), "BTC": D(4)},
)
