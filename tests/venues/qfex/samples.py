"""Rows, orders and surroundings as QFEX has them, for the tests of this folder."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.amendment import Command
from app.domain.form import FieldName, IdAfter
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Order
from app.domain.plan import Draft, Line, Plan, Surroundings, Terms
from app.venues.qfex.rules.rulebook import QfexRulebook
from app.venues.qfex.wire.rows import read_order

ACCOUNT = "desk"
OLD = "510333ac-3f7b-4d88-934a-4396d48824cc"
NEW = "88888888-4444-4444-4444-1234567890ab"
OTHER = "11111111-2222-4333-8444-555555555555"
NOW = 1_795_000_000_000_000_000
D = Decimal

APPLE = Instrument(
    symbol="AAPL-USD",
    base="AAPL",
    quote="USD",
    tick=D("0.05"),
    lot=D("0.001"),
    min_price=D("120"),
    max_price=D("310"),
    min_quantity=D("0.001"),
    max_quantity=D("100000"),
    status="ACTIVE",
    attributes=(("margin_asset", "USD"), ("default_max_leverage", "20")),
)
QUOTE = Quote("AAPL-USD", "", D("201.95"), D("202.05"), None, NOW, D("202"), D("181.80"), D("222.20"))
USD = Balance("USD", D("1000"), D("800"), D("200"), NOW)


def row(**changes: Any) -> dict[str, Any]:
    """An `order_response`: a buy of 1 at 201, untouched."""
    return {
        "order_id": OLD,
        "symbol": "AAPL-USD",
        "status": "ACK",
        "quantity": D("1.0"),
        "price": D("201.0"),
        "take_profit": D("0.0"),
        "stop_loss": D("0.0"),
        "side": "BUY",
        "type": "LIMIT",
        "time_in_force": "GTC",
        "user_id": "0020ce8e-eaee-480e-8d7f-b9241d756ee5",
        "client_order_id": "",
        "quantity_remaining": D("1.0"),
        "update_time": D("1758208770.5512846"),
        "trade_id": None,
        **changes,
    }


def order(**changes: Any) -> Order:
    """The same as a domain order, as a list shows it; `changes` are those of the row."""
    return read_order(row(**changes), ACCOUNT, listed=True)


def around(**changes: Any) -> Surroundings:
    """A calm market, an up link, money enough."""
    calm = Surroundings(now=NOW, instrument=APPLE, quote=QUOTE, balances={"USD": USD}, link=LinkState.UP)
    return replace(calm, **changes)


def draft(base: Order, **values: str) -> Draft:
    """A draft of numbers by field name."""
    return Draft(base, tuple((FieldName(name), D(text)) for name, text in values.items()))


def command(base: Order | None = None, amendment_id: str = "A1", **values: str) -> Command:
    """What the desk would send for such a draft; by default 201 × 1 becomes 200 × 2."""
    base = base or order()
    plan = QfexRulebook().plan(draft(base, **(values or {"price": "200", "quantity": "2"})), around())
    assert plan.target is not None, plan.verdict
    return Command(amendment_id, 1, base, "modify", plan.fields, plan.target, IdAfter.NEW)


def terms(**changes: str) -> Terms:
    """All four terms, exits none."""
    given = {"price": "201", "quantity": "1", "take_profit": "0", "stop_loss": "0", **changes}
    return Terms(**{name: D(text) for name, text in given.items()})


def plan(base: Order | None = None, surroundings: Surroundings | None = None, **values: str) -> Plan:
    """The plan of a draft of numbers by field name; by default of a buy of 1 at 201 in a calm market."""
    return QfexRulebook().plan(draft(base or order(), **values), surroundings or around())


def problems(made: Plan) -> list[str]:
    """What stops the draft."""
    return [problem.text for problem in made.verdict.problems]


def cautions(made: Plan) -> list[str]:
    """What a person must know."""
    return [caution.text for caution in made.verdict.cautions]


def lines(made: Plan) -> dict[str, Line]:
    """The lines of the consequence by their labels."""
    assert made.consequence is not None
    return {line.label: line for line in made.consequence.lines}
