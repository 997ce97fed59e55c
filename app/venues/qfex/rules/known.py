"""Bookkeeping of orders by their ids: what was pushed, listed and ended, and what replaced what. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.order import Order
from app.venues.qfex.rules.inflight import SentAmendments
from app.venues.qfex.rules.judge import successors


class KnownOrders:
    """The orders of one account, as far as QFEX has told of them. All times are nanoseconds of our clock.

    Attributes:
        rows: the open orders by id, as last seen.
        inflight: the amendments without an answer yet.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Order] = {}
        self.inflight = SentAmendments()
        self._ids: set[str] = set()
        #: Ids that were reported as ended, by the time we learnt it; a list asked for later may show them alive.
        self._dead: dict[str, int] = {}
        #: Results of amendments that are not known to be ours, by id with the time we learnt of them, until a list that
        #: was asked for later shows what they replaced.
        self._strangers: dict[str, int] = {}
        self._pushed_at: dict[str, int] = {}

    def __contains__(self, order_id: str) -> bool:
        """Return True if an order was seen under this id."""
        return order_id in self._ids

    def is_news(self, order: Order) -> bool:
        """Return True unless the order was reported as ended, or something newer is known of it."""
        known = self.rows.get(order.order_id)
        return order.order_id not in self._dead and (known is None or not _older(order, known))

    def push(self, order: Order, at: int) -> None:
        """Keep an order that was pushed at this time."""
        self._ids.add(order.order_id)
        if order.is_open:
            self.rows[order.order_id] = order
            self._pushed_at[order.order_id] = at
        else:
            self._dead[order.order_id] = at
            self.remove(order.order_id)

    def keep(self, order: Order, asked_at: int) -> None:
        """Keep an order of a list that was asked for at this time: the word of an earlier end was wrong."""
        known = self.rows.get(order.order_id)
        if known is None or not _older(order, known):
            self.rows[order.order_id] = order
        self._ids.add(order.order_id)
        if self._dead.get(order.order_id, asked_at) < asked_at:
            del self._dead[order.order_id]

    def remove(self, order_id: str) -> None:
        """Take an order off the open ones."""
        self.rows.pop(order_id, None)
        self._pushed_at.pop(order_id, None)

    def remove_unlisted(self, listed: Mapping[str, Order], asked_at: int) -> None:
        """Take the open orders off that a whole list does not show; what was pushed since it was asked for is newer."""
        for order_id in [each for each in self.rows if each not in listed]:
            if self._pushed_at.get(order_id, 0) < asked_at:
                self.remove(order_id)

    def add_stranger(self, order_id: str, at: int) -> None:
        """Remember an id as the result of an amendment that is not known to be ours."""
        self._strangers[order_id] = at

    def forget_strangers(self) -> None:
        """Let shape alone prove nothing: whatever ended meanwhile was not reported."""
        self._strangers.clear()

    def replaced(self, listed: Mapping[str, Order], asked_at: int) -> Mapping[str, Order]:
        """Find in a whole list what replaced what: amendments of other sessions, and ours with other terms than asked.

        Returns:
            The new orders by the id each replaced.
        """
        for order in listed.values():
            if order.order_id not in self._ids:
                self.inflight.shown(order)
        strangers = [order for order_id, order in listed.items() if self._is_strange(order_id)]
        self._strangers = {order_id: at for order_id, at in self._strangers.items() if at >= asked_at}
        gone = [
            order
            for order_id, order in self.rows.items()
            if order_id not in listed
            and self._pushed_at.get(order_id, 0) < asked_at
            and not any(sent.tentative for sent in self.inflight.of(order_id))
        ]
        return successors(gone, strangers)

    def _is_strange(self, order_id: str) -> bool:
        """Return True if it is the result of an amendment not known to be ours, or of one taken for refused."""
        return order_id in self._strangers or any(sent.refused for sent in self.inflight.shown_as(order_id))


def _older(order: Order, known: Order) -> bool:
    """Return True if this message is older than what is known: by QFEX's time, else by what was filled already."""
    if order.updated_at is not None and known.updated_at is not None and order.updated_at != known.updated_at:
        return order.updated_at < known.updated_at
    return order.is_open and order.filled < known.filled
