"""Name of one order, whole: the same words wherever a person is asked about it, or about to act on it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.account import Account
from app.domain.order import Order
from app.domain.plain import named, one_line
from app.ui.look.numbers import as_digits

#: Said for a market where the venue has one only, so that nobody takes the missing word for another one's.
ONE_MARKET = "the venue's one market"


@dataclass(frozen=True, slots=True)
class OrderName:
    """Name of an order in its parts.

    Attributes:
        what: side, size that remains, symbol, market, and prices; of an order that has ended its whole size, and how.
        where: world, venue and account.
        order_id: its id now.
    """

    what: str
    where: str
    order_id: str

    @property
    def sentence(self) -> str:
        """All of it in one line, the parts that tell two orders apart first."""
        return f"{self.what} · {self.where} · order {self.order_id}"


def order_name(order: Order, account: Account, venue: str) -> OrderName:
    """Return the name of an order.

    Args:
        order: as the venue showed it last.
        account: its account.
        venue: what a person calls the account's venue, as our own profile has it.
    """
    market = named(order.market) if order.market else ONE_MARKET
    parts = [order.side.value, as_digits(order.remaining if order.is_open else order.quantity)]
    if order.filled and order.is_open:
        parts.append(f"(of {as_digits(order.quantity)})")
    elif order.filled and order.unfilled:
        parts.append(f"({as_digits(order.filled)} filled)")
    parts += [named(order.symbol), f"({market})"]
    parts.append(f"at {as_digits(order.price)}" if order.price is not None else "without a price")
    if order.stop is not None:
        parts.append(f"stop {as_digits(order.stop)}")
    if not order.is_open:
        parts.append(f"({order.status.value})")
    where = f"{account.world} · {one_line(venue, 80)} · account {named(account.name)}"
    return OrderName(" ".join(parts), where, named(order.order_id))
