"""Orders that work, that have ended, and of which nobody knows: what the venue showed of each, and never took back."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.order import Order, OrderStatus


class Standing:
    """Knowledge of whether each order still works. Pure bookkeeping: no clock, no I/O.

    Attributes:
        working: ids of the orders that work.
        ended: ids of those that do not any more.
    """

    def __init__(self) -> None:
        self.working: set[str] = set()
        self.ended: set[str] = set()
        #: Orders that are there and of which nobody knows whether they work.
        self._unknown: set[str] = set()
        self._has_whole_list = False

    def note(self, order: Order) -> None:
        """Remember whether the order has ended; an end is never taken back."""
        self._unknown.discard(order.order_id)
        if order.status is OrderStatus.UNRECOGNISED:
            self._unknown.add(order.order_id)
        elif order.status.is_terminal:
            self.end(order.order_id)
        elif order.order_id not in self.ended:
            self.working.add(order.order_id)

    def end(self, order_id: str) -> None:
        """Remember that an order has ended."""
        self.ended.add(order_id)
        self.working.discard(order_id)

    def listed(self, unreadable: Iterable[str], *, complete: bool) -> None:
        """Remember that a list came, and the ids of those of its orders that nobody can read."""
        self._has_whole_list = self._has_whole_list or complete
        self._unknown.update(unreadable)

    def knows(self, order_id: str) -> bool:
        """Return True if the venue showed an order of this id."""
        return order_id in self.working or order_id in self.ended

    def has_gone(self, order_id: str) -> bool:
        """Return True if an order no longer works. Before the first whole list, one that nobody spoke of may well."""
        unheard = order_id not in self.working and order_id not in self._unknown
        return order_id in self.ended or (self._has_whole_list and unheard)
