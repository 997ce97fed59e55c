"""Orders, surroundings and drafts that between them meet every rule of QFEX's; for the walk over the rules."""

from __future__ import annotations

from dataclasses import replace

from app.domain.market import LinkState
from tests.venues.qfex.samples import APPLE, OTHER, QUOTE, USD, D, around, order

ORDERS = (
    order(),
    order(side="SELL", price=D(210)),
    order(take_profit=D(210), stop_loss=D(190)),
    order(status="FILLED", quantity_remaining=D("0.6")),
    *(order(type=each) for each in ("ALO", "MARKET", "STOP_LOSS", "TAKE_PROFIT", "STOP_MARKET", "TWAP", None)),
    *(order(time_in_force=each) for each in ("IOC", "FOK", "GFD")),
    *(order(status=each) for each in ("MODIFIED", "CANCELLED", "FILLED", "NOVEL", "REJECTED")),
    replace(order(), reduce_only=True),
    replace(order(), price=None),
)
AROUND = (
    around(),
    around(instrument=None, quote=None, balances={}),
    around(instrument=replace(APPLE, tick=None, lot=None, min_quantity=None, max_quantity=None)),
    around(instrument=replace(APPLE, min_quantity=D("0.5"))),
    around(quote=replace(QUOTE, bid=None, ask=None)),
    *(around(instrument=replace(APPLE, trading=False, status=each)) for each in ("INACTIVE", "DELISTED", "HALTED", "")),
    around(balances={"USD": replace(USD, available=D(5))}),
    around(switches={"reduce_only": "omit"}),
    around(rivals=(order(order_id=OTHER, price=D(150)),)),
    around(amending=True),
    around(cancelling=True),
    around(link=LinkState.DOWN),
)
DRAFTS = (
    {"price": D(200), "quantity": D(2), "take_profit": D(200), "stop_loss": D(150)},
    *({"price": D(each)} for each in ("200", "200.03", "0", "-1", "202.05", "222.25", "150", "311", "1e30")),
    *({"quantity": D(each)} for each in ("2", "0.4", "1.00005", "0", "-1", "100000.001", "1.0000000000000000001")),
    *({"take_profit": D(each)} for each in ("210.01", "-1", "1", "0", "210")),
    *({"stop_loss": D(each)} for each in ("190.01", "-1", "900", "0", "190")),
    *({"price": D(200), "reduce_only": each} for each in ("yes", "no", "maybe")),
    {"price": "cheap", "value": D(1), "stop": D(1)},
    {},
)
ROUTES = (None, "replace")
