"""The list of open orders, read and turned into events, with the stop data and fills that it leaves out.

The list carries no stop data, so orders are looked up in batches to learn them; the value of fills comes from trades.
Sources: "List Open Orders", "Look Up Orders" (https://docs.bitso.com, read 2026-11-21, documented).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from app.domain.amendment import Source
from app.domain.money import ZERO
from app.domain.order import Fill, Order
from app.venues.bitso.link.rest import Rest
from app.venues.bitso.link.trades import Trades
from app.venues.bitso.wire.codec import LIST_LIMIT
from app.venues.bitso.wire.rows import StopData, read_order, rows, stop_data, with_stop
from app.venues.common.reporter import Reporter

#: Ids in one look-up, and orders whose trades are read in one round.
BATCH = 50
TRADES_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Listing:
    """One reading of the open orders.

    Attributes:
        asked_at: when the request left.
        orders: by id.
        complete: False if it was cut short or a row could not be read.
        new_fills: executions seen for the first time.
        faults: a sentence for each row that could not be read.
    """

    asked_at: int
    orders: dict[str, Order]
    complete: bool
    new_fills: tuple[Fill, ...]
    faults: tuple[str, ...]


class Listener:
    """Lists the open orders of one account and reports them.

    Attributes:
        orders: open orders as last listed, by id.
        left: ids of those that the last list no longer had.
        seen_at: when the last reading that shows an order was asked for, by id.
    """

    def __init__(self, rest: Rest, trades: Trades, reporter: Reporter) -> None:
        self.orders: dict[str, Order] = {}
        self.left: frozenset[str] = frozenset()
        self.seen_at: dict[str, int] = {}
        self._rest = rest
        self._trades = trades
        self._reporter = reporter
        self._stops: dict[str, StopData] = {}

    async def list_open(self) -> Listing:
        """Read the open orders, their stop data and the value of their fills.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: the list itself could not be read.
        """
        reply = await self._rest.read(self._rest.endpoints.open_orders(), routine=True)
        parse = partial(read_order, account=self._reporter.account, stop_read=False)
        listed, faults = rows(reply.payload, "an order", parse)
        looked_up = await self._look_up_stops(listed)
        orders = [looked_up.get(order.order_id) or self._with_known_stop(order) for order in listed]
        without_value = [order for order in orders if order.filled > ZERO and self._trades.value(order) is None]
        for order in without_value[:TRADES_AT_ONCE]:
            await self._trades.read_if_possible(order)
        # Stop data of orders that are gone are of no use; their trades are, until they have been told.
        self._stops = {order.order_id: self._stops[order.order_id] for order in orders if order.order_id in self._stops}
        return Listing(
            asked_at=reply.asked_at,
            orders={order.order_id: self._trades.with_fills(order) for order in orders},
            complete=len(listed) + len(faults) < LIST_LIMIT and not faults,
            new_fills=self._trades.take_new(),
            faults=tuple(faults),
        )

    def report(self, listing: Listing) -> bool:
        """Report a list; return True where it differs from the last one."""
        reporter = self._reporter
        reporter.open_orders(listing.orders.values(), listing.asked_at, complete=listing.complete)
        # After the list, because an execution of an order nobody knows yet would have no row to go to.
        for fill in listing.new_fills:
            reporter.fill(fill, Source.HISTORY)
        for fault in listing.faults[:1]:
            reporter.notice_once(fault)
        if not listing.complete and not listing.faults:
            reporter.notice_once("Bitso lists 500 open orders at most; orders beyond those are not shown.")
        changed = listing.orders != self.orders
        self.left = frozenset(self.orders.keys() - listing.orders.keys())
        self.orders = listing.orders
        self.seen_at = dict.fromkeys(listing.orders, listing.asked_at)
        return changed

    def looked_up(self, order: Order) -> Order:
        """Remember the stop data of an order that was looked up, and return it with its fills."""
        self._stops[order.order_id] = stop_data(order)
        return self._trades.with_fills(order)

    async def _look_up_stops(self, listed: list[Order]) -> dict[str, Order]:
        """Look up the orders whose stop data are not known or may have changed (untriggered stops)."""
        wanted = [order.order_id for order in listed if self._must_look_up(order.order_id)]
        orders: dict[str, Order] = {}
        for start in range(0, len(wanted), BATCH):
            request = self._rest.endpoints.orders(wanted[start : start + BATCH])
            reply = await self._rest.read(request, routine=True)
            parse = partial(read_order, account=self._reporter.account, stop_read=True)
            for order in rows(reply.payload, "an order", parse)[0]:
                self._stops[order.order_id] = stop_data(order)
                if order.is_open:
                    orders[order.order_id] = order
        return orders

    def _must_look_up(self, order_id: str) -> bool:
        known = self._stops.get(order_id)
        return known is None or (known.stop is not None and not known.triggered)

    def _with_known_stop(self, order: Order) -> Order:
        known = self._stops.get(order.order_id)
        return with_stop(order, known) if known is not None else order
