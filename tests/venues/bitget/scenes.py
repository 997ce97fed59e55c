"""Orders, surroundings and drafts that between them meet every rule of Bitget's; for the walk over the rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.market import LinkState, Quote
from app.domain.order import OrderKind, OrderStatus
from app.domain.plan import Terms, Waiting
from tests.venues.bitget.samples import NOW, PERP_BTC, SPOT_BTC, around, order, perp

D = Decimal
ORDERS = (
    order(),
    order(take_profit=D(70000), stop_loss=D(50000)),
    order(filled=D("0.2"), status=OrderStatus.PARTIALLY_FILLED),
    order(post_only=True),
    order(kind=OrderKind.OTHER, raw_kind="iceberg"),
    order(kind=OrderKind.MARKET, price=None),
    order(symbol="BTCUSD_CM"),
    perp(),
    perp(reduce_only=True),
    perp(symbol="BTCUSD", attributes={"category": "COIN-FUTURES"}),
    *(order(attributes=each) for each in ({"category": "OPTIONS"}, {"delegate_type": "grid"})),
    *(order(attributes={"time_in_force": each}) for each in ("ioc", "fok", "rpi")),
    *(order(status=each, raw_status="odd") for each in OrderStatus),
)
AROUND = (
    around(),
    around(instrument=replace(PERP_BTC, symbol="BTCUSDT", max_price=D(61000))),
    around(instrument=None, quote=None, balances={}),
    around(instrument=replace(SPOT_BTC, tick=None, lot=None, min_quantity=None, min_value=None)),
    around(instrument=replace(SPOT_BTC, attributes=(*SPOT_BTC.attributes, ("rules_of", "SPOT")))),
    *(around(instrument=replace(SPOT_BTC, trading=False, status=each)) for each in ("offline", "limit_open", "")),
    around(quote=Quote("BTCUSDT", "spot", D(100), D(101), D(100), NOW)),
    around(amending=True),
    *(
        around(amending=True, switches={"queued_amendments": most}, waiting=waiting)
        for most in ("1", "2")
        for waiting in (None, Waiting(order(), ("A1",), (Terms(price=D(60100), quantity=D("0.5")),)))
    ),
    around(cancelling=True),
    around(link=LinkState.DOWN),
)
DRAFTS = (
    *({"price": D(each)} for each in ("59950", "60000", "59950.001", "0", "-1", "60200", "61199", "70000", "1e30")),
    *({"quantity": D(each)} for each in ("0.4", "0.2", "0.1", "0.0000001", "0", "2000", "0.000001")),
    {"price": D("60100"), "quantity": D("100000"), "on_failure": "cancel"},
    {"price": "cheap", "on_failure": "maybe", "value": D(1)},
    {"take_profit": D(70001), "stop_loss": D(1)},
    {},
)
ROUTES = (None, "replace")
