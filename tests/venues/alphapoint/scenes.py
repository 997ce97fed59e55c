"""Orders, surroundings and drafts that between them meet every rule of AlphaPoint's; for the walk over the rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.market import LinkState
from app.venues.alphapoint.rules.form import UNDESCRIBED
from tests.venues.alphapoint.samples import around, instrument, order, partly

D = Decimal
ORDERS = (
    order(),
    order(Side="Buy", Price=D(50000)),
    partly("0.8", "0.2"),
    partly("0.0001", "0.2"),
    order(OrderFlag="AddedToBook, PostOnly"),
    order(DisplayQuantity=D("0.1")),
    order(IsQuote=True),
    order(IsLockedIn=True),
    order(Side="Short"),
    replace(order(), price=None),
    replace(order(), attributes=(*order().attributes, ("short", "true"))),
    *(order(OrderType=each, StopPrice=D(80000)) for each in ("Market", "StopLimit", "StopMarket", "TrailingStopLimit")),
    *(order(OrderType=each) for each in ("BlockTrade", "Novelty")),
    *(order(OrderState=each) for each in ("Unknown", "Novelty", "Canceled", "Expired", "Rejected", "FullyExecuted")),
    *(order(ChangeReason=each) for each in ("Novelty", "Trade", None)),
)
AROUND = (
    around(),
    around(instrument=None, quote=None, balances={}),
    around(instrument=replace(instrument(), tick=None, lot=None, min_quantity=None, min_price=None)),
    around(instrument=replace(instrument(), attributes=((UNDESCRIBED, "true"),))),
    around(instrument=instrument(PriceCeilingLimit=84150, PriceCeilingLimitEnabled=True, PriceCollarEnabled=True)),
    around(instrument=instrument(PriceCollarPercent=1, PriceCollarEnabled=True)),
    *(around(instrument=instrument(SessionStatus=each)) for each in ("Paused", "Stopped", "RunningPostOnly", None)),
    *(
        around(instrument=replace(instrument(), attributes=(each,)))
        for each in (("risk_type", "NoTrading"), ("frozen", "true"))
    ),
    around(balances={}),
    around(amending=True),
    around(cancelling=True),
    around(link=LinkState.DOWN),
)
DRAFTS = (
    *(
        {"price": D(each)}
        for each in ("84200", "84110", "84200.005", "0", "-1", "500", "84000", "95000", "1e10", "1e30")
    ),
    *({"quantity": D(each)} for each in ("0.6", "1", "2", "0.60005", "0.0005", "0", "-1", "3.5", "1e10")),
    {"price": D(84200), "quantity": D("0.0005")},
    {"price": D(84200), "quantity": D(9)},
    {"price": "cheap", "take_profit": D(1)},
    {"stop": D(70000)},
    {},
)
ROUTES = (None, "replace", "modify")
