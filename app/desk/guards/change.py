"""Change a plan makes of an order, as the guards see it: price, size and value, and whether it adds risk. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.form import FieldName
from app.domain.limits import Limits
from app.domain.money import ZERO, exact
from app.domain.order import Order, Side
from app.domain.plan import Caution, Plan, Problem

#: What a guard says: it refuses, or it asks.
Finding = Problem | Caution

#: Fields of price and size, and of how they go together; an edit of any other is never taken for a harmless one.
_PRICE_AND_SIZE = frozenset({FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE, FieldName.WHEN_REPRICED})


@dataclass(frozen=True, slots=True)
class Change:
    """Difference that a plan makes to an order.

    Attributes:
        order: as it is now.
        price: the new price, None where the order has none, or none is known yet.
        total: the size after, fills included.
        remaining: what is left to trade after.
        means_total, means_remaining: which of the two the venue's request says.
        others: whether anything beside price and size is edited.
        known: whether the plan says what the order becomes; while it does not, only a typed price is known.
    """

    order: Order
    price: Decimal | None
    total: Decimal
    remaining: Decimal
    means_total: bool
    means_remaining: bool
    others: bool
    known: bool

    @property
    def prices(self) -> bool:
        """Return True if the price changes."""
        return self.price is not None and self.price != self.order.price

    @property
    def grows(self) -> bool:
        """Return True if more could be traded than now."""
        return self.total > self.order.quantity or self.remaining > self.order.remaining

    @property
    def reduces(self) -> bool:
        """Return True if it adds no risk: no more to trade, at the same price or at one further from the market."""
        if not self.known or self.grows or self.others:
            return False
        if not self.prices:
            return True
        before = self.order.price
        if before is None or self.price is None:
            return False
        return self.price < before if self.order.side is Side.BUY else self.price > before

    def notional(self) -> Decimal | None:
        """Value of what is left to trade after, None where there is no price to tell it by."""
        return _value(self.price or self.order.price or self.order.stop, self.remaining)

    def notional_now(self) -> Decimal | None:
        """The same of the order as it is now."""
        return _value(self.order.price or self.order.stop, self.order.remaining)


def change_of(plan: Plan, order: Order) -> Change:
    """Return the change that a plan makes."""
    target = plan.target
    if target is None:
        typed = plan.draft.number(FieldName.PRICE)
        return Change(order, typed, order.quantity, order.remaining, False, False, others=False, known=False)
    total, remaining = target.quantity, target.remaining
    means_total, means_remaining = total is not None, remaining is not None
    with exact():
        if total is None:
            total = order.quantity if remaining is None else order.filled + remaining
        if remaining is None:
            remaining = max(ZERO, total - order.filled) if means_total else order.remaining
    others = any(name not in _PRICE_AND_SIZE for name, _ in plan.draft.values)
    return Change(order, target.price, total, remaining, means_total, means_remaining, others, known=True)


def tiers(
    limits: Limits, name: str, passes: tuple[bool, bool], text: str, refusal: str, field: FieldName | None
) -> list[Finding]:
    """Return what the two tiers of a limit say.

    Args:
        limits: those in force.
        name: the limit without its tier, such as "size".
        passes: whether the change is beyond the soft and beyond the hard one.
        text: what is so, without its full stop.
        refusal: what to do instead where it is refused.
        field: the field it is about.
    """
    beyond_soft, beyond_hard = passes
    hard, soft = getattr(limits, f"hard_{name}"), getattr(limits, f"soft_{name}")
    if hard is not None and beyond_hard:
        return [Problem(f"{text}; {refusal}.", field)]
    if soft is not None and beyond_soft:
        return [Caution(f"{text}.", field, confirm=True, limit=f"soft_{name}")]
    return []


def _value(price: Decimal | None, size: Decimal) -> Decimal | None:
    if price is None:
        return None
    with exact():
        return price * size
