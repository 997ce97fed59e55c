"""The bound that many amendments keep: never more at stake than the larger of before and after. Pure.

Counted is what the orders of one batch can have traded since it began, plus what they can still trade: as a quantity by
market and side, and as a value by currency and side. An amendment on its way counts as the larger of its two terms, so
that fills meanwhile and answers that never come cannot break the bound; one that is not known to be over goes on
counting so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.money import ZERO, exact
from app.domain.order import Order
from app.domain.plan import Terms

#: What is counted: ("quantity", symbol, market, side) or ("value", currency, side).
Stake = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One order of a batch and what should become of it.

    Attributes:
        order: as it was when the batch began.
        target: the terms it should have; None where it is to be cancelled.
        currency: what its prices are in, "" where that is not known; its value is not counted then.
    """

    order: Order
    target: Terms | None
    currency: str = ""

    @property
    def before(self) -> dict[Stake, Decimal]:
        """Return what it can still trade now."""
        return self._counted(self.order.remaining, self.order.price)

    @property
    def after(self) -> dict[Stake, Decimal]:
        """Return what it can trade from now on under the new terms, fills at the old price first."""
        if self.target is None:
            return dict.fromkeys(self.before, ZERO)
        left, price = self._left_after(), self.target.price or self.order.price
        found = self._counted(left, price)
        with exact():
            for stake in found:
                if stake[0] == "value" and price is not None and self.order.price is not None:
                    # A part may trade at the old price before a larger size lands at the new one.
                    early = min(self.order.remaining, left)
                    found[stake] = max(found[stake], early * self.order.price + (left - early) * price)
        return found

    def actual(self, now: Order, earlier: Order | None) -> dict[Stake, Decimal]:
        """Return what it has traded since the batch began and can still trade, as the venue proved it.

        Args:
            now: the order as last proven.
            earlier: the last report under the id it had when the batch began, where it has another one now.
        """
        with exact():
            if earlier is not None:
                traded = earlier.filled - self.order.filled + now.filled
            else:
                traded = now.filled - self.order.filled
            traded = max(ZERO, traded)
            left = now.remaining if now.is_open else ZERO
            found = self._counted(traded + left, now.price)
            prices = [price for price in (self.order.price, now.price) if price is not None]
            for stake in found:
                if stake[0] == "value" and now.price is not None:
                    found[stake] = traded * max(prices) + left * now.price
        return found

    @property
    def reduces(self) -> bool:
        """Return True if it makes nothing larger and something smaller."""
        # Under the new terms alone: that a part may fill at the old price first makes no change a larger one.
        price = None if self.target is None else self.target.price or self.order.price
        after = self._counted(self._left_after(), price)
        return all(after[each] <= value for each, value in self.before.items()) and after != self.before

    def _left_after(self) -> Decimal:
        target = self.target
        if target is None:
            return ZERO
        if target.remaining is not None:
            return target.remaining
        if target.quantity is None:
            return self.order.remaining
        with exact():
            return max(ZERO, target.quantity - self.order.filled)

    def _counted(self, quantity: Decimal, price: Decimal | None) -> dict[Stake, Decimal]:
        order = self.order
        found: dict[Stake, Decimal] = {("quantity", order.symbol, order.market, order.side.value): quantity}
        if self.currency and order.price is not None:
            with exact():
                found[("value", self.currency, order.side.value)] = quantity * (price or order.price)
        return found


class Bound:
    """Sum that the orders of one account's batch count for, and the most they may."""

    def __init__(self, changes: Mapping[str, Change]) -> None:
        """Count all orders as they are.

        Args:
            changes: by key of the order.
        """
        self._changes = dict(changes)
        self._counted = {key: each.before for key, each in changes.items()}
        self._most = {key: _larger(each.before, each.after) for key, each in changes.items()}
        before = _sum(self._counted.values())
        after = _sum(each.after for each in changes.values())
        self.limit = _larger(before, after)

    def fits(self, key: str) -> bool:
        """Return True if an order's change may leave now, whatever becomes of those on their way."""
        most = self._most[key]
        with exact():
            for stake, value in most.items():
                others = sum((each.get(stake, ZERO) for name, each in self._counted.items() if name != key), ZERO)
                if others + value > self.limit[stake]:
                    return False
        return True

    def leaves(self, key: str) -> None:
        """Take in that an order's change is on its way: it counts for the larger of its two terms."""
        self._counted[key] = self._most[key]

    def is_over(self, key: str, actual: Mapping[Stake, Decimal] | None = None) -> None:
        """Take in what became of an order's change; None where it did not leave."""
        self._counted[key] = self._changes[key].before if actual is None else dict(actual)

    def counted(self) -> dict[Stake, Decimal]:
        """Return what all orders count for now."""
        return _sum(self._counted.values())


def in_order(changes: Mapping[str, Change]) -> list[str]:
    """The keys in the order to send them: cancels first, then what makes less of an order, then the rest as given."""

    def rank(key: str) -> int:
        change = changes[key]
        return 0 if change.target is None else 1 if change.reduces else 2

    return sorted(changes, key=rank)


def next_parcel(
    waiting: Sequence[str], bound: Bound, size: Callable[[str], int], group: Callable[[str], str]
) -> list[str]:
    """Choose what leaves next, and count it as on its way.

    Args:
        waiting: keys in the order to send them.
        bound: what all orders count for.
        size: how many changes a request of an order's kind may carry.
        group: what changes of one request have in common.

    Returns:
        The keys of one request; none if nothing can leave within the bound.
    """
    parcel: list[str] = []
    for key in waiting:
        if parcel and (len(parcel) >= size(parcel[0]) or group(key) != group(parcel[0])):
            continue
        if bound.fits(key):
            bound.leaves(key)
            parcel.append(key)
            if size(key) <= 1:
                break
    return parcel


def _larger(one: Mapping[Stake, Decimal], other: Mapping[Stake, Decimal]) -> dict[Stake, Decimal]:
    return {stake: max(one.get(stake, ZERO), other.get(stake, ZERO)) for stake in {**one, **other}}


def _sum(parts: Iterable[Mapping[Stake, Decimal]]) -> dict[Stake, Decimal]:
    found: dict[Stake, Decimal] = {}
    with exact():
        for part in parts:
            for stake, value in part.items():
                found[stake] = found.get(stake, ZERO) + value
    return found
