"""The door for this venue's orders: beside `OrderDoor`, an id that speaks of two orders and figures beyond what was
submitted are turned away before the bookkeeping of replacements believes them."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from app.domain.amendment import Source
from app.domain.money import tidy
from app.domain.order import Order
from app.domain.plausible import why_another, why_implausible
from app.venues.alphapoint.wire.rows import read_order
from app.venues.alphapoint.wire.values import maybe
from app.venues.common.failures import Contradiction, Malformed
from app.venues.common.reporter import Reporter
from app.venues.common.rows import SHOWN, OrderDoor
from app.venues.transport.jsonx import whole, whole_or_none

#: Orders whose identity is remembered; the longest unseen are forgotten first.
_KEPT = 5_000


class Door(OrderDoor):
    """Reads every order of one account, whoever shows it.

    Attributes:
        account_id: the venue's number of the account, None before the first login.
    """

    def __init__(self, reporter: Reporter, symbols: MutableMapping[int, str]) -> None:
        """Args: reporter: tells of rows that are turned away. symbols: symbol by instrument id, as it becomes known."""
        super().__init__(reporter, self.read, "OrderId", anew=self.read_anew)
        self.account_id: int | None = None
        self._name = reporter.account
        self._symbols = symbols
        self._known: dict[str, Order] = {}

    def read(self, row: Any) -> Order:
        """Return one row as an order that is possible, of this account, and the one known by its id.

        Raises:
            Malformed: one clause on why it cannot be believed. Contradiction: it is another order than is known.
        """
        order = self.read_anew(row)
        known = self._known.get(order.order_id)
        if known is not None and (text := why_another(order, known)):
            raise Contradiction(f"order {order.order_id}: {text}")
        if known is None:
            self._known[order.order_id] = order
            # A market keeps the name it was first shown under: the symbol is part of what an order is.
            self._symbols.setdefault(whole(order.attribute("instrument_id")), order.symbol)
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
        return order

    def overrule(self, order: Order) -> None:
        """Take an order for what is known by its id from now on."""
        self._known[order.order_id] = order

    def read_anew(self, row: Any) -> Order:
        order = read_order(row, self._name, self._symbols)
        text = why_implausible(order) or self._why_foreign(order) or _why_beyond(order)
        if text:
            raise Malformed(f"order {order.order_id}: {text}")
        return order

    def strictly(self, row: Any, source: Source, asked_at: int | None) -> Order:
        """Return one row as an order; one that cannot be believed is reported, too.

        Raises:
            Malformed: one clause on why it cannot be believed.
        """
        try:
            return self.believed(row, asked_at)
        except Exception as error:
            text = fault_of(error)
            self._reporter.order_unreadable(self.id_of(row), text, str(row)[:SHOWN], source, asked_at=asked_at)
            raise Malformed(text) from error

    def id_of(self, row: Any) -> str:
        """Return the order id of a row as text, "" where it has none that can be read, or 0."""
        number = whole_or_none(super().id_of(row).strip())
        return str(number) if number else ""

    def _why_foreign(self, order: Order) -> str:
        account = whole_or_none(order.attribute("account_id"))
        if account is None or self.account_id is None or account == self.account_id:
            return ""
        return f"it is of account {account}, and account {self.account_id} was asked for"


def fault_of(error: Exception) -> str:
    """An error as one clause: of the venue's words in its own, of ours with its kind."""
    text = str(error) if isinstance(error, Malformed) else f"{type(error).__name__}: {error}"
    return text.rstrip(".")


def _why_beyond(order: Order) -> str:
    """Return in which figure an order has more than was submitted of it, "" where it has not.

    `OrigQuantity` is the quantity as submitted (NDAX HTTP documentation, documented); a reduction may rewrite it.
    """
    submitted = maybe(order.attribute("orig_quantity"))
    if submitted is None or order.filled <= submitted:
        return ""
    return f"{tidy(order.filled)} of {tidy(submitted)} submitted are said to be executed"
