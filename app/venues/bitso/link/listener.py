"""The list of open orders, read and turned into events, with the stop data and fills that it leaves out.

The list carries no stop data, so orders are looked up in batches to learn them; the value of fills comes from trades.
Sources: "List Open Orders", "Look Up Orders" (https://docs.bitso.com, read 2026-11-21, documented).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.money import ZERO
from app.domain.order import Fill, Order
from app.domain.plausible import why_implausible
from app.venues.bitso.link.pages import Pages
from app.venues.bitso.link.rest import Rest, Use
from app.venues.bitso.link.trades import Trades
from app.venues.bitso.wire.rows import StopData, read_order, stop_data, with_stop
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rows import OrderDoor
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.jsonx import JsonError, array

#: Ids in one look-up, and orders whose trades are read in one round.
BATCH = 50
TRADES_AT_ONCE = 8

#: How much longer than since the last list an order must have been there before it is missed in it.
SPARE = 5 * SECOND

#: Faults of a look-up that are faults of the whole link.
_ENDING = frozenset({Proof.AUTH, Proof.PERMISSION, Proof.LIMITED})


def order_door(reporter: Reporter, *, stop_read: bool) -> OrderDoor:
    """Return the door for rows of look-ups, or of lists, which carry no dependable stop data."""
    return OrderDoor(reporter, partial(read_order, account=reporter.account, stop_read=stop_read), "oid")


@dataclass(frozen=True, slots=True)
class Listing:
    """One reading of the open orders.

    Attributes:
        asked_at: when the request left.
        orders: the readable ones, by id.
        present: ids of those that are open and were not read, or cannot be believed.
        complete: the end of the list was seen, and every row has a readable id.
        new_fills: executions seen for the first time.
        faults: a sentence for each list that was cut.
    """

    asked_at: int
    orders: dict[str, Order]
    present: frozenset[str]
    complete: bool
    new_fills: tuple[Fill, ...]
    faults: tuple[str, ...]


class Listener:
    """Lists the open orders of one account and reports them.

    Attributes:
        orders: open orders as last listed, by id.
        left: ids of those that the last list no longer had.
        seen_at: when the last reading that shows an order was asked for, by id.
        complete: the last list was whole.
        asked_at: when the last list was asked for.
    """

    def __init__(self, rest: Rest, trades: Trades, reporter: Reporter, pages: Pages) -> None:
        self.orders: dict[str, Order] = {}
        self.left: frozenset[str] = frozenset()
        self.seen_at: dict[str, int] = {}
        self.complete = False
        self._rest = rest
        self._trades = trades
        self._reporter = reporter
        self._pages = pages
        self._in_list = order_door(reporter, stop_read=False)
        self._looked_up = order_door(reporter, stop_read=True)
        self._present: frozenset[str] = frozenset()
        self.asked_at = 0
        self._stops: dict[str, StopData] = {}

    async def list_open(self) -> Listing:
        """Read the open orders, their stop data and the value of their fills.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: the list itself could not be read.
        """
        page = await self._pages.read({order.symbol for order in self.orders.values()})
        rows = self._in_list.listing(page.rows, page.asked_at)
        listed, unread = self._one_each(rows.orders, page.asked_at)
        unread |= set(rows.unreadable)
        details, faulty, unasked = await self._look_up_stops([each for each in listed if each.order_id not in unread])
        # Whatever an untriggered stop was read as before may have changed; it is as old as that reading.
        unread |= faulty | (unasked & self._stops.keys())
        orders = [
            details.get(each.order_id) or self._with_known_stop(each) for each in listed if each.order_id not in unread
        ]
        await self._read_trades(orders)
        # Stop data of orders that are gone are of no use; their trades are, until they have been told.
        self._stops = {name: data for name, data in self._stops.items() if name in {each.order_id for each in listed}}
        return Listing(
            asked_at=page.asked_at,
            orders={order.order_id: self._trades.with_fills(order) for order in orders},
            present=frozenset(unread),
            complete=page.whole and not rows.nameless,
            new_fills=self._trades.take_new(),
            faults=page.faults,
        )

    def report(self, listing: Listing) -> bool:
        """Report a list; return True where it differs from the last one."""
        reporter = self._reporter
        reporter.open_orders(
            listing.orders.values(), listing.asked_at, complete=listing.complete, unreadable=sorted(listing.present)
        )
        # After the list, because an execution of an order nobody knows yet would have no row to go to.
        for fill in listing.new_fills:
            reporter.fill(fill, Source.HISTORY)
        for fault in listing.faults:
            reporter.notice_once(fault)
        changed = listing.orders != self.orders
        self.left = frozenset((self.orders.keys() | self._present) - listing.orders.keys() - listing.present)
        self.orders, self._present = listing.orders, listing.present
        self.complete, self.asked_at = listing.complete, listing.asked_at
        self.seen_at = dict.fromkeys(listing.orders, listing.asked_at)
        return changed

    @property
    def is_whole(self) -> bool:
        """True where the last list was whole and every order in it can be read."""
        return self.complete and not self._present

    def looked_up(self, order: Order, asked_at: int) -> Order:
        """Take in an order that was looked up: remember its stop data, and return it with its fills."""
        self._stops[order.order_id] = stop_data(order)
        is_listed = order.order_id in self.orders or order.order_id in self._present
        if order.is_open and self.complete and not is_listed and self._was_there(order) and asked_at > self.asked_at:
            self._pages.left_one_out()
        return self._trades.with_fills(order)

    def _was_there(self, order: Order) -> bool:
        """Return True for an order that is older than the last list, with a moment to spare between two clocks."""
        return order.created_at is not None and order.created_at + SPARE < self.asked_at

    def _one_each(self, listed: Iterable[Order], asked_at: int) -> tuple[list[Order], set[str]]:
        """Return one order an id, as it was read last, and the ids under which two different ones are listed."""
        orders: dict[str, Order] = {}
        twice: set[str] = set()
        for order in listed:
            before = orders.setdefault(order.order_id, order)
            text = why_implausible(order, before)
            if text and order.order_id not in twice:
                twice.add(order.order_id)
                raw = " and ".join(f"{each.side.value} {each.symbol}" for each in (before, order))
                self._reporter.order_unreadable(order.order_id, text, raw, Source.LISTING, asked_at=asked_at)
            orders[order.order_id] = order
        return list(orders.values()), twice

    async def _read_trades(self, orders: Iterable[Order]) -> None:
        """Read the trades of some orders whose fills have no value yet, as long as that makes nobody wait."""
        without_value = [order for order in orders if order.filled > ZERO and self._trades.value(order) is None]
        for order in without_value[:TRADES_AT_ONCE]:
            if self._rest.has_room:
                await self._trades.read_if_possible(order)

    async def _look_up_stops(self, listed: list[Order]) -> tuple[dict[str, Order], set[str], set[str]]:
        """Look up the orders whose stop data are not known or may have changed (untriggered stops).

        Returns:
            The open ones by id; ids of those that are not believed; ids of those that could not be asked about.
        """
        wanted = {order.order_id: order for order in listed if self._must_look_up(order)}
        orders: dict[str, Order] = {}
        faulty: set[str] = set()
        unasked: set[str] = set()
        ids = list(wanted)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            try:
                reply = await self._rest.read(self._rest.endpoints.orders(batch), Use.ROWS)
                rows = array(reply.payload)
            except (NotSent, Unanswered, ReadFailed, Malformed, JsonError) as error:
                if isinstance(error, ReadFailed) and error.proof in _ENDING:
                    raise
                self._reporter.notice_once(f"Stop prices cannot be read, and are as old as they were: {error}")
                unasked |= set(batch)
                continue
            for row in rows:
                order = self._looked_up.one(row, Source.LOOKUP, reply.asked_at)
                if order is None:
                    faulty.add(self._looked_up.id_of(row))
                elif order.order_id in wanted:
                    text = why_implausible(order, wanted[order.order_id])
                    if text:
                        faulty.add(order.order_id)
                        self._reporter.order_unreadable(
                            order.order_id, text, str(row)[:200], Source.LOOKUP, asked_at=reply.asked_at
                        )
                        continue
                    self._stops[order.order_id] = stop_data(order)
                    if order.is_open:
                        orders[order.order_id] = order
        return orders, faulty - {""}, unasked

    def _must_look_up(self, order: Order) -> bool:
        known = self._stops.get(order.order_id)
        return known is None or order.price is None or (known.stop is not None and not known.triggered)

    def _with_known_stop(self, order: Order) -> Order:
        known = self._stops.get(order.order_id)
        return with_stop(order, known) if known is not None else order
