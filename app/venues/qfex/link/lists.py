"""Lists of open orders, turned into events: what is open, what replaced what, and what became of one order.

It does no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from app.domain.amendment import Source
from app.domain.money import ZERO
from app.domain.order import Order
from app.domain.plausible import why_implausible
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from app.venues.common.rows import Listing, OrderDoor
from app.venues.qfex.link.outcomes import Outcomes
from app.venues.qfex.rules.inflight import Sent
from app.venues.qfex.rules.known import KnownOrders, as_untied
from app.venues.qfex.wire.values import maybe_number
from app.venues.transport.jsonx import JsonError


class Lists:
    """Takes in the lists of one account."""

    def __init__(
        self,
        door: OrderDoor,
        orders: KnownOrders,
        outcomes: Outcomes,
        reporter: Reporter,
        *,
        watch: Callable[[Iterable[str]], None],
        after: Callable[[Order], None],
        answered: Callable[[Sent, Order], None],
    ) -> None:
        """Know nothing yet.

        Args:
            door: reads rows of lists.
            orders: what is known of every order.
            outcomes: has the refusals that a list may settle.
            reporter: tells what is listed.
            watch: asks for market data of these symbols.
            after: reports what waited for an order.
            answered: takes an order for the result of an amendment.
        """
        self._door = door
        self._orders = orders
        self._outcomes = outcomes
        self._reporter = reporter
        self._watch = watch
        self._after = after
        self._answered = answered

    def listed(self, rows: Iterable[Any], asked_at: int, *, whole: bool = True) -> None:
        """Take in a list of open orders and report it.

        Args:
            rows: as received. One that cannot be read is told, and is not absent where its id can be read.
            asked_at: when the first page was asked for.
            whole: QFEX's own end of the list was seen.
        """
        listing = self._read(rows, asked_at)
        orders = {order.order_id: order for order in listing.orders}
        self._outcomes.listed(orders, asked_at)
        complete = whole and not listing.nameless
        if complete:
            present = {*orders, *listing.unreadable}
            _, untied = self._follow(orders, asked_at, present)
            orders = {order_id: as_untied(each) if order_id in untied else each for order_id, each in orders.items()}
            self._orders.remove_unlisted(present, asked_at)
        for order in orders.values():
            self._orders.keep(order, asked_at)
        self._watch({order.symbol for order in orders.values()})
        # One id listed as two different orders is a contradiction, which the desk has to see.
        twice = [each for each in listing.orders if why_implausible(each, orders[each.order_id])]
        told = [*orders.values(), *twice]
        self._reporter.open_orders(told, asked_at, complete=complete, unreadable=listing.unreadable)
        for order in orders.values():
            self._after(order)

    def looked_up(self, order: Order, rows: Iterable[Any], asked_at: int, *, whole: bool = True) -> bool:
        """Report what a list says of one order: the order itself, and orders nobody knew, which may be its new form.

        Returns:
            True if the list settles what became of it.

        Raises:
            Malformed: if the order is not in it and the list is not whole, for then nothing is proven.
        """
        listing = self._read(rows, asked_at, Source.LOOKUP)
        orders = {each.order_id: each for each in listing.orders}
        self._outcomes.listed(orders, asked_at)
        if not whole or listing.nameless:
            if order.order_id in orders:
                self._looked(orders[order.order_id], asked_at)
                return True
            if order.order_id in listing.unreadable:
                return True
            missing = "a row without a readable id" if listing.nameless else "no end that could be seen"
            raise Malformed(
                f"the list of open orders has {missing}, so nothing tells that order {order.order_id} ended"
            )
        heirs, untied = self._follow(orders, asked_at, {*orders, *listing.unreadable})
        # The order itself first: what stands beside it in one list is not what it became.
        for seen in sorted(orders.values(), key=lambda each: each.order_id != order.order_id):
            if seen.order_id == order.order_id or seen.order_id not in self._orders:
                self._looked(as_untied(seen) if seen.order_id in untied else seen, asked_at)
        return order.order_id in orders or order.order_id in heirs or order.order_id in listing.unreadable

    def _follow(
        self, orders: Mapping[str, Order], asked_at: int, present: Collection[str]
    ) -> tuple[Mapping[str, Order], Collection[str]]:
        """Report the orders of a whole list that replaced others.

        Returns:
            Them by the ids they replaced, and the ids of those of which nobody can say what they replaced.
        """
        found = self._orders.replaced(orders, asked_at, present)
        for old_id, order in found.heirs.items():
            self._looked(order, asked_at, replaces=old_id)
            self._orders.remove(old_id)
            if old_id in found.made:
                self._answered(found.made[old_id], order)
        return found.heirs, found.untied

    def _looked(self, seen: Order, asked_at: int, replaces: str = "") -> None:
        self._orders.keep(seen, asked_at)
        self._watch((seen.symbol,))
        self._reporter.order_seen(seen, Source.LOOKUP, asked_at=asked_at, replaces=replaces)
        self._after(seen)

    def _read(self, rows: Iterable[Any], asked_at: int, source: Source = Source.LISTING) -> Listing:
        """Read the rows of a list; one with nothing left is not open, whatever else it says."""
        return self._door.listing((row for row in rows if not _is_done(row)), asked_at, source)


def _is_done(row: Any) -> bool:
    """Return True if a row of a list has nothing left."""
    try:
        return isinstance(row, dict) and maybe_number(row.get("quantity_remaining")) == ZERO
    except JsonError:
        return False
