"""Comparison of the locked balances with what the open orders explain: proof, or not, of the preview's lock model.

What partly filled orders, untriggered stops and repriced buys really lock is not documented, so each reading of list
and balances is compared with the sum the previews are made of. Two readings are never of the same instant; a difference
counts only when it stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app.domain.market import Balance
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order
from app.venues.bitso.rules.amounts import lock_of
from app.venues.bitso.rules.consequence import lock_currency

#: Readings in a row that must show a difference before it is told.
LASTING_READINGS = 3
#: Each derived figure may be off by one in the eighth decimal.
_LAST_DIGIT = Decimal("0.00000001")


def explained(orders: Iterable[Order]) -> dict[str, tuple[Decimal | None, int]]:
    """Sum what open orders lock, by currency: the sum (None where one of them is not known), and of how many orders."""
    sums: dict[str, tuple[Decimal | None, int]] = {}
    with exact():
        for order in orders:
            currency = lock_currency(order, None)
            total, count = sums.get(currency, (ZERO, 0))
            lock = lock_of(order)
            sums[currency] = (None if total is None or lock is None else total + lock, count + 1)
    return sums


class LockCheck:
    """Compares reading after reading, and tells a lasting difference once."""

    def __init__(self) -> None:
        self._off: dict[str, int] = {}

    def compare(self, orders: Iterable[Order], balances: Iterable[Balance]) -> list[str]:
        """Take one reading of both; return a sentence for each currency whose difference has just become lasting."""
        sums = explained(orders)
        sentences: list[str] = []
        for balance in balances:
            total, count = sums.get(balance.currency, (ZERO, 0))
            if total is None:
                continue
            with exact():
                difference = balance.locked - total
            if abs(difference) <= _LAST_DIGIT * count:
                self._off.pop(balance.currency, None)
                continue
            times = self._off.get(balance.currency, 0) + 1
            self._off[balance.currency] = times
            if times == LASTING_READINGS:
                sentences.append(
                    f"Bitso locks {tidy(balance.locked)} {balance.currency} and the open orders explain {tidy(total)}; "
                    f"previews of locked {balance.currency} may be off by {tidy(abs(difference))}."
                )
        return sentences
