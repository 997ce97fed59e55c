"""Signs that a list of open orders was cut: nothing in this venue's answer says whether it is whole.

`GetOpenOrders` has no pages in any document, and none says how much it gives; `GetOrderHistory` gives 100 rows (NDAX
HTTP documentation, documented). So a list of the size of a page may be cut, and one that lacked an order which a later
look-up shows open was.
"""

from __future__ import annotations

from app.domain.order import Order, OrderStatus

#: Rows of a page of this venue.
PAGE = 100


class Cuts:
    """Lists of one account, and the size from which on they are cut."""

    def __init__(self) -> None:
        self._size: int | None = None
        self._last = 0
        self._absent: set[str] = set()

    def may_be(self, count: int) -> bool:
        """Return True if a list of so many rows may have been cut."""
        is_page = count > 0 and count % PAGE == 0
        return is_page or (self._size is not None and count >= self._size)

    def listed(self, count: int, absent: set[str]) -> None:
        """Take in a list; `absent` are orders shown open before it was asked for, which it lacks."""
        self._last, self._absent = count, absent

    def seen(self, order: Order) -> None:
        """Take in an order that was looked up: an order does not open again, so the last list left it out."""
        rests = order.status in (OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED, OrderStatus.UNTRIGGERED)
        if rests and self._last and order.order_id in self._absent:
            self._size = self._last if self._size is None else min(self._last, self._size)
