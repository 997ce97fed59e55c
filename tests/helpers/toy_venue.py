"""A toy rulebook with no venue behind it, so that the desk's fold can be tested without any venue's rules."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.amendment import Amendment, AmendmentStage, Command, Rung, Source
from app.domain.evidence import SECOND, EvidencePolicy, Judgement, judge_terms
from app.domain.form import FieldName, Form, IdAfter
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Draft, Plan, Surroundings, Terms, Verdict
from app.domain.rules import Confidence, Rule

RULE = Rule("toy", "A toy.", "none", "", "2026-11-21", Confidence.DOCUMENTED)
T0 = 1_700_000_000 * SECOND


class ToyRulebook:
    """Judges by comparing terms; claims an unknown id when side, symbol and the asked terms agree."""

    def __init__(self, both_legs: frozenset[str] = frozenset()) -> None:
        self.evidence = EvidencePolicy(
            settle_after=5 * SECOND,
            probe_after=(SECOND, 2 * SECOND, 6 * SECOND),
            probe_every=30 * SECOND,
            answer_within=4 * SECOND,
            acknowledged="Received, not confirmed.",
            rule=RULE,
            both_legs=both_legs,
        )

    def form(self, order: Order, around: Surroundings) -> Form:
        return Form(order, (), ())

    def plan(self, draft: Draft, around: Surroundings) -> Plan:
        return Plan(draft, None, Verdict())

    def judge(self, command: Command, seen: Order) -> Judgement:
        return judge_terms(command, seen)

    def claims(self, command: Command, seen: Order) -> bool:
        same = (command.order.symbol, command.order.side) == (seen.symbol, seen.side)
        return command.id_after is IdAfter.NEW and same and seen.price == command.target.price


def order(order_id: str = "o1", **changes: object) -> Order:
    """A resting buy of 2 at 100."""
    base = Order(
        account="toy",
        order_id=order_id,
        symbol="AB",
        side=Side.BUY,
        kind=OrderKind.LIMIT,
        quantity=Decimal(2),
        filled=Decimal(0),
        status=OrderStatus.WORKING,
        price=Decimal(100),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def amendment(
    base: Order,
    price: str = "101",
    number: int = 1,
    id_after: IdAfter = IdAfter.SAME,
    route: str = "modify",
    at: int = T0,
) -> Amendment:
    """A price change of that order."""
    target = Terms(price=Decimal(price), quantity=base.quantity)
    command = Command(f"A{number}", number, base, route, (("price", Decimal(price)),), target, id_after)
    return Amendment(
        command=command,
        lineage=f"{base.account}/{base.order_id}",
        asked=((FieldName.PRICE, base.price, Decimal(price)),),
        stage=AmendmentStage.DRAFT,
        rungs=(Rung(AmendmentStage.DRAFT, at, Source.YOU),),
    )
