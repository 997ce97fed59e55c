"""Objects of the venue for the tests, shaped like replies recorded on a live deployment, with invented values."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.amendment import Command
from app.domain.form import FieldName, IdAfter
from app.domain.market import Balance, Instrument, Quote
from app.domain.order import Order
from app.domain.plan import Draft, Surroundings, Terms
from app.venues.alphapoint.rules.rulebook import AlphaPointRulebook
from app.venues.alphapoint.wire.markets import read_instrument
from app.venues.alphapoint.wire.rows import read_order

RULES = AlphaPointRulebook()
SYMBOLS = {8: "BTCCAD", 75: "ETHCAD"}
NOW = 1_700_000_000_000_000_000


#: The keys of an order event of the older versions.
SHORT_KEYS = frozenset(
    {
        "Side",
        "OrderId",
        "Price",
        "Quantity",
        "Instrument",
        "Account",
        "OrderType",
        "ClientOrderId",
        "OrderState",
        "ReceiveTime",
        "OrigQuantity",
        "QuantityExecuted",
        "AvgPrice",
        "ChangeReason",
    }
)


def raw_order(**changes: Any) -> dict[str, Any]:
    """One order as in GetOpenOrders: sell 1 BTC at 84110, untouched."""
    order: dict[str, Any] = {
        "Side": "Sell",
        "OrderId": 15067,
        "Price": Decimal("84110.0000000000000000000000000000"),
        "Quantity": Decimal("1.0000000000000000000000000000"),
        "DisplayQuantity": Decimal("1.0000000000000000000000000000"),
        "Instrument": 8,
        "Account": 9,
        "AccountName": "trader",
        "OrderType": "Limit",
        "ClientOrderId": 0,
        "OrderState": "Working",
        "ReceiveTime": 1607579326003,
        "ReceiveTimeTicks": 637431761260028981,
        "LastUpdatedTime": 1607579326005,
        "LastUpdatedTimeTicks": 637431761260054714,
        "OrigQuantity": Decimal("1.0000000000000000000000000000"),
        "QuantityExecuted": Decimal("0.0000000000000000000000000000"),
        "GrossValueExecuted": Decimal("0.0000000000000000000000000000"),
        "AvgPrice": Decimal("0.0000000000000000000000000000"),
        "CounterPartyId": 0,
        "ChangeReason": "NewInputAccepted",
        "OrigOrderId": 15067,
        "OrigClOrdId": 0,
        "EnteredBy": 96,
        "UserName": "trader",
        "IsQuote": False,
        "InsideAsk": Decimal("9223372036.854775807"),
        "RejectReason": None,
        "IsLockedIn": False,
        "CancelReason": None,
        "OrderFlag": "AddedToBook",
        "UseMargin": False,
        "StopPrice": Decimal("0.0000000000000000000000000000"),
        "PegPriceType": "Last",
        "OMSId": 1,
    }
    return {**order, **changes}


def order(**changes: Any) -> Order:
    """The same as a domain value; changes are of the raw order."""
    return read_order(raw_order(**changes), "ap", SYMBOLS)


def partly(remaining: str, executed: str, **changes: Any) -> Order:
    """The order after fills."""
    return order(Quantity=Decimal(remaining), QuantityExecuted=Decimal(executed), **changes)


def raw_instrument(**changes: Any) -> dict[str, Any]:
    """One instrument as in GetInstruments."""
    instrument: dict[str, Any] = {
        "OMSId": 1,
        "InstrumentId": 8,
        "Symbol": "BTCCAD",
        "Product1": 3,
        "Product1Symbol": "BTC",
        "Product2": 6,
        "Product2Symbol": "CAD",
        "InstrumentType": "Standard",
        "VenueInstrumentId": 8,
        "SessionStatus": "Running",
        "QuantityIncrement": Decimal("0.0001"),
        "PriceIncrement": Decimal("0.01"),
        "MinimumQuantity": Decimal("0.001"),
        "MinimumPrice": Decimal("1000"),
        "IsDisable": False,
        "PriceCollarPercent": 0,
        "PriceFloorLimitEnabled": False,
        "PriceCeilingLimitEnabled": False,
    }
    return {**instrument, **changes}


def instrument(**changes: Any) -> Instrument:
    """The same as a domain value."""
    return read_instrument(raw_instrument(**changes))


def around(**changes: Any) -> Surroundings:
    """A calm market around the order, the account well funded."""
    calm = Surroundings(
        now=NOW,
        instrument=instrument(),
        quote=Quote("BTCCAD", "", Decimal(84000), Decimal(84050), Decimal(84020), NOW),
        balances={
            "BTC": Balance("BTC", Decimal(3), Decimal(2), Decimal(1), NOW),
            "CAD": Balance("CAD", Decimal(200000), Decimal(150000), Decimal(50000), NOW),
        },
    )
    return replace(calm, **changes)


def draft(base: Order, route: str | None = None, **values: str) -> Draft:
    """A draft of number fields by their common names."""
    return Draft(base, tuple((FieldName(name), Decimal(text)) for name, text in values.items()), route)


def reduction(base: Order, to: str, request_id: int = 1_700_000_000_000) -> Command:
    """A command that lowers the remaining amount."""
    q = Decimal(to)
    target = Terms(quantity=base.filled + q, remaining=q)
    fields = (("PreviousOrderRevision", 0), ("Quantity", q))
    return Command(f"A{request_id}", request_id, base, "reduce", fields, target, IdAfter.SAME)


def replacement(base: Order, price: str, remaining: str, request_id: int = 1_700_000_000_000) -> Command:
    """A command that cancels and replaces, as the rulebook plans it."""
    plan = RULES.plan(draft(base, "replace", price=price, quantity=remaining), around())
    assert plan.target is not None, plan.verdict
    return Command(f"A{request_id}", request_id, base, "replace", plan.fields, plan.target, IdAfter.NEW)
