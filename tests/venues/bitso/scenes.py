"""Orders, surroundings and drafts that between them meet every rule of Bitso's; for the walk over the rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.market import LinkState
from app.domain.order import OrderKind, OrderStatus, Side
from app.venues.bitso.wire.vocabulary import TICK_UNKNOWN
from tests.venues.bitso.samples import BOOK, around, order, partly, stop_limit

D = Decimal
UNREAD = (("stop_read", "no"),)
ORDERS = (
    *(make(side) for make in (order, partly, stop_limit) for side in Side),
    partly(filled_value=None),
    order(post_only=True),
    order(kind=OrderKind.MARKET, price=None),
    order(kind=OrderKind.OTHER, raw_kind="twap"),
    order(kind=OrderKind.OTHER, raw_kind="twap", price=None),
    order(kind=OrderKind.OTHER, attributes=UNREAD),
    order(attributes=UNREAD),
    stop_limit(triggered=True),
    stop_limit(kind=OrderKind.STOP_MARKET, raw_kind="market", price=None),
    stop_limit(Side.BUY, kind=OrderKind.STOP_MARKET, raw_kind="market", price=None, value=None),
    *(order(status=each, raw_status="odd") for each in OrderStatus),
)
AROUND = (
    around(),
    around(instrument=None, quote=None, balances={}),
    around(instrument=replace(BOOK, tick=None, min_price=None, max_price=None)),
    around(instrument=replace(BOOK, attributes=((TICK_UNKNOWN, "true"),))),
    around(quote=None, switches={"native_minor": "yes"}),
    around(rivals=(order(order_id="other"),)),
    around(now=around().now + 10**11),
    around(amending=True),
    around(cancelling=True),
    around(link=LinkState.DOWN),
)
DRAFTS = (
    *({"price": D(each)} for each in ("99000", "100000", "99000.001", "0", "-1", "140200", "1", "1e9", "1e30")),
    *({"quantity": D(each)} for each in ("0.9", "0.3", "0", "-1", "1.5", "9", "0.123456789", "0.00001", "501")),
    *({"value": D(each)} for each in ("90000", "100000.000000001", "0", "2", "30000")),
    *({"stop": D(each)} for each in ("91000", "91000.001", "0", "1", "1e9")),
    {"price": D(120000), "when_repriced": "keep_spend"},
    {"price": D(120000), "quantity": D("0.9"), "value": D(7), "when_repriced": "keep_spend"},
    {"price": D(99000), "on_failure": "cancel"},
    {"on_failure": "cancel"},
    {"price": "cheap", "on_failure": "maybe", "take_profit": D(1)},
    {},
)
ROUTES = (None, "replace")
