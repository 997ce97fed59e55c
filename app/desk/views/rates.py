"""Rough worth of one currency in another, from the quotes at hand: to put amounts in order, for nothing else.

No amount made with these rates is ever shown or sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from decimal import Decimal

from app.desk.state import AccountState
from app.domain.market import Quote
from app.domain.money import ZERO, exact


def common_rates(accounts: Iterable[AccountState]) -> dict[str, Decimal]:
    """Every currency that the quoted markets connect with the most quoted one, and what one unit is worth in that.

    Currencies are compared by name without regard to case, because venues spell them differently.
    """
    ways: dict[str, dict[str, Decimal]] = {}
    for account in accounts:
        for key, quote in account.quotes.items():
            instrument, price = account.instruments.get(key), _price(quote)
            if instrument is None or price is None or not instrument.base or not instrument.quote:
                continue
            base, counter = instrument.base.upper(), instrument.quote.upper()
            with exact():
                ways.setdefault(counter, {}).setdefault(base, price)
                ways.setdefault(base, {}).setdefault(counter, 1 / price)
    if not ways:
        return {}
    first = min(ways, key=lambda name: (-len(ways[name]), name))
    rates = {first: Decimal(1)}
    waiting = deque([first])
    while waiting:
        here = waiting.popleft()
        for there, worth in sorted(ways[here].items()):
            if there not in rates:
                with exact():
                    rates[there] = rates[here] * worth
                waiting.append(there)
    return rates


def _price(quote: Quote) -> Decimal | None:
    price = quote.mid or quote.last
    return price if price is not None and price > ZERO else None
