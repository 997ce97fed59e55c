"""Orders, books and surroundings that the Bitso tests share."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.amendment import Command
from app.domain.form import FieldName
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Draft, Plan, Surroundings
from app.venues.bitso.rules.rulebook import BitsoRulebook

NOW = 1_795_262_400_000_000_000
BOOK = Instrument(
    symbol="btc_usd",
    base="btc",
    quote="usd",
    tick=Decimal("0.01"),
    lot=Decimal("0.00000001"),
    min_price=Decimal("500"),
    max_price=Decimal("10000000"),
    min_quantity=Decimal("0.00005"),
    max_quantity=Decimal("500"),
    min_value=Decimal("5"),
    max_value=Decimal("10000000"),
    attributes=(("taker_percent", "0.65"),),
)
RULES = BitsoRulebook()


def order(side: Side = Side.BUY, **changes: Any) -> Order:
    """The order of the published examples: 1 BTC at 100,000 USD, value 100,000."""
    base = Order(
        account="desk",
        order_id="qlbga6b600n3xta7",
        symbol="btc_usd",
        side=side,
        kind=OrderKind.LIMIT,
        quantity=Decimal(1),
        filled=Decimal(0),
        status=OrderStatus.WORKING,
        price=Decimal(100000),
        raw_kind="limit",
        raw_status="open",
        value=Decimal(100000),
        filled_value=Decimal(0),
        attributes=(("stop_read", "yes"), ("time_in_force", "goodtillcancelled")),
    )
    return replace(base, **changes)


def partly(side: Side = Side.BUY, **changes: Any) -> Order:
    """The same order with 0.4 BTC filled at 99,000."""
    terms: dict[str, Any] = {
        "filled": Decimal("0.4"),
        "filled_value": Decimal(39600),
        "status": OrderStatus.PARTIALLY_FILLED,
        "raw_status": "partially filled",
    }
    return order(side, **(terms | changes))


def stop_limit(side: Side = Side.SELL, **changes: Any) -> Order:
    """An untriggered stop-limit order."""
    terms: dict[str, Any] = {"kind": OrderKind.STOP_LIMIT, "stop": Decimal(90000), "status": OrderStatus.UNTRIGGERED}
    return order(side, **(terms | changes))


def around(**changes: Any) -> Surroundings:
    """A live link, fresh balances, a touch away from the order."""
    usual: dict[str, Any] = {
        "now": NOW,
        "instrument": BOOK,
        "quote": Quote("btc_usd", "", Decimal(140000), Decimal(140100), Decimal(140050), NOW),
        "balances": {
            "usd": Balance("usd", Decimal(142400), Decimal(42400), Decimal(100000), NOW),
            "btc": Balance("btc", Decimal(3), Decimal(2), Decimal(1), NOW),
        },
        "link": LinkState.UP,
    }
    return Surroundings(**(usual | changes))


def draft(base: Order, **values: str) -> Draft:
    """A draft from texts, as a person types them."""
    choices = (FieldName.ON_FAILURE, FieldName.WHEN_REPRICED)
    pairs = [(FieldName(name), text if FieldName(name) in choices else Decimal(text)) for name, text in values.items()]
    return Draft(base, tuple(pairs))


def plan(base: Order, surroundings: Surroundings | None = None, **values: str) -> Plan:
    """What a draft comes to."""
    return RULES.plan(draft(base, **values), surroundings or around())


def command(base: Order, found: Plan) -> Command:
    """The command of a plan without problems."""
    assert found.target is not None
    return Command("A1", 1, base, "modify", found.fields, found.target)


def line(found: Plan, label: str) -> Any:
    """One line of the consequence."""
    assert found.consequence is not None
    return next(each for each in found.consequence.lines if each.label == label)


def problems(found: Plan) -> list[str]:
    """What stops it, in words."""
    return [problem.text for problem in found.verdict.problems]


def cautions(found: Plan) -> list[str]:
    """What a person must know, in words."""
    return [caution.text for caution in found.verdict.cautions]


def confirms(found: Plan) -> list[FieldName | None]:
    """The fields of the cautions that ask for a yes."""
    return [caution.field for caution in found.verdict.cautions if caution.confirm]
