"""Reading orders: the list with what it leaves out, one order, and what became of an order that is gone.

The list of open orders carries no stop data, so orders are looked up in batches to learn them. An order that has
ended is no longer returned by a look-up (for up to an hour it may be, with its last state), so its fills come from its
trades.
Sources: "List Open Orders", "Look Up Orders", "List User Trades" (https://docs.bitso.com, read 2026-11-21, documented).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from app.domain.amendment import Command
from app.domain.money import ZERO, exact
from app.domain.order import Fill, Order, OrderStatus
from app.venues.bitso import endings, parsing
from app.venues.bitso.amounts import q8
from app.venues.bitso.codec import LIST_LIMIT, ErrorReply, Malformed
from app.venues.bitso.errors import Meaning
from app.venues.bitso.parsing import StopData, rows, stop_data, with_stop
from app.venues.bitso.session import Answer, Session
from app.venues.transport.http import NotSent, Unanswered

#: Ids in one look-up, and orders whose trades are read in one round.
BATCH = 50
TRADES_AT_ONCE = 8
#: Trades may be recorded a moment after the order is gone.
RECORDED_WITHIN = 0.7

#: After so many readings without a full record, what there is is believed (the order may have become smaller).
PATIENCE = 3

#: Nothing matched, or the records are not there yet.
_NOT_MATCHED = "0378"


@dataclass(frozen=True, slots=True)
class Listing:
    """One reading of the open orders.

    Attributes:
        asked_at: when the request left.
        complete: False if it was cut short or a row could not be read.
        new_fills: executions seen for the first time. faults: a sentence for each row that could not be read.
    """

    asked_at: int
    orders: tuple[Order, ...]
    complete: bool
    new_fills: tuple[Fill, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an order that is gone: its last state (None: it left no trace) and fills seen the first time."""

    order: Order | None
    new_fills: tuple[Fill, ...]


class NotRecordedYet(Exception):
    """The order is gone and its trades are not all recorded; the message is one sentence for the person."""


class Reader:
    """Reads orders and remembers what does not change."""

    def __init__(self, session: Session, account: str) -> None:
        """Args: session: carries the requests. account: name of the configured account."""
        self._session = session
        self._account = account
        self._stops: dict[str, StopData] = {}
        self._trades: dict[str, dict[str, Fill]] = {}
        self._ends: dict[str, OrderStatus] = {}
        self._patience: dict[str, int] = {}
        self._sizes: dict[str, Decimal] = {}

    def hint_end(self, order_id: str, word: str) -> None:
        """The public feed said how an order ended; used only to tell a filled one from a cancelled one.

        Whether a modification shows as cancelled and open again is not documented, so a later word takes an earlier one
        back, and so does a list that still has the order.
        """
        status = {"completed": OrderStatus.FILLED, "cancelled": OrderStatus.CANCELLED}.get(word)
        if status is not None:
            self._ends[order_id] = status
        elif word:
            self._ends.pop(order_id, None)

    def sent(self, command: Command) -> None:
        """A change is about to leave: from now on the order may be of the size it asks for."""
        order_id, size = command.order.order_id, command.target.quantity
        if size is not None:
            self._sizes[order_id] = max(size, self._sizes.get(order_id, ZERO))

    async def list_open(self) -> Listing:
        """Read the open orders, their stop data and the value of their fills.

        Raises:
            NotSent, Unanswered, ErrorReply, Malformed: the list itself could not be read.
        """
        answer = await self._session.read(self._session.calls.open_orders(), routine=True)
        parse = partial(parsing.order, account=self._account, stop_read=False)
        listed, faults = rows(answer.payload, "an order", parse)
        looked_up = await self._look_up_stops(listed)
        orders = [looked_up.get(order.order_id) or self._with_known_stop(order) for order in listed]
        new_fills: list[Fill] = []
        stale = [order for order in orders if order.filled > ZERO and self._value(order) is None]
        for order in stale[:TRADES_AT_ONCE]:
            new_fills += await self._read_trades_if_possible(order)
        for order in orders:
            self._ends.pop(order.order_id, None)
        self._forget_all_but(order.order_id for order in orders)
        return Listing(
            asked_at=answer.asked_at,
            orders=tuple(self._with_fills(order) for order in orders),
            complete=len(listed) + len(faults) < LIST_LIMIT and not faults,
            new_fills=tuple(new_fills),
            faults=tuple(faults),
        )

    async def one(self, order_id: str) -> tuple[Order | None, Answer | None]:
        """Look one order up; None for an order that is gone, with the answer that says so where it was no error.

        Raises:
            NotSent, Unanswered, ErrorReply, Malformed: nothing is known.
        """
        try:
            answer = await self._session.read(self._session.calls.order(order_id))
        except ErrorReply as error:
            if error.meaning is Meaning.GONE:
                return None, None
            raise
        parse = partial(parsing.order, account=self._account, stop_read=True)
        found, faults = rows(answer.payload, "an order", parse)
        if faults:
            raise Malformed(faults[0])
        order = next((each for each in found if each.order_id == order_id), None)
        if order is None and found:
            raise Malformed(f"Bitso answered the look-up of order {order_id} with another order.")
        if order is not None:
            self._stops[order_id] = stop_data(order)
            order = self._with_fills(order)
        return order, answer

    async def became(self, order: Order) -> Ended:
        """What became of an order that a look-up no longer shows; it has ended for certain.

        How much filled is read from its trades. Filled or cancelled is told by the feed where it said so, else by
        whether the trades add up to the order; where neither tells, it has just ended.

        Raises:
            NotSent, Unanswered, ErrorReply, Malformed: the trades could not be read.
            NotRecordedYet: the feed said that it filled, and its trades do not add up to it yet.
        """
        new_fills, known = await self._read_trades(order)
        size = max(order.quantity, self._sizes.get(order.order_id, ZERO))
        if self._ends.get(order.order_id) is not OrderStatus.CANCELLED and self._done(order) < size:
            await asyncio.sleep(RECORDED_WITHIN)
            more, known = await self._read_trades(order)
            new_fills += more
        hint, done = self._ends.get(order.order_id), self._done(order)
        if not known and done == ZERO and hint is None:
            return Ended(None, tuple(new_fills))
        if hint is OrderStatus.FILLED and done < size:
            left = self._patience.setdefault(order.order_id, PATIENCE)
            if left > 0:
                self._patience[order.order_id] = left - 1
                raise NotRecordedYet(f"Bitso has not recorded all trades of order {order.order_id} yet.")
        fills = self._trades.get(order.order_id, {}).values()
        return Ended(self._with_fills(endings.ended(order, fills, hint, size)), tuple(new_fills))

    def _done(self, order: Order) -> Decimal:
        """What has filled as far as is known: never less than the order showed, whatever its trades tell so far."""
        return max(order.filled, self._filled(order.order_id))

    async def _look_up_stops(self, listed: list[Order]) -> dict[str, Order]:
        """Look up the orders whose stop data are not known or may have changed (untriggered stops)."""
        wanted = [order.order_id for order in listed if self._must_look_up(order.order_id)]
        found: dict[str, Order] = {}
        for start in range(0, len(wanted), BATCH):
            request = self._session.calls.orders(wanted[start : start + BATCH])
            answer = await self._session.read(request, routine=True)
            parse = partial(parsing.order, account=self._account, stop_read=True)
            for order in rows(answer.payload, "an order", parse)[0]:
                self._stops[order.order_id] = stop_data(order)
                if order.is_open:
                    found[order.order_id] = order
        return found

    def _must_look_up(self, order_id: str) -> bool:
        known = self._stops.get(order_id)
        return known is None or (known.stop is not None and not known.triggered)

    def _with_known_stop(self, order: Order) -> Order:
        known = self._stops.get(order.order_id)
        return with_stop(order, known) if known is not None else order

    async def _read_trades_if_possible(self, order: Order) -> list[Fill]:
        """The value of fills is worth having in a list, and not worth losing the list for."""
        try:
            return (await self._read_trades(order))[0]
        except (NotSent, Unanswered, Malformed):
            return []
        except ErrorReply as error:
            if error.meaning in (Meaning.AUTH, Meaning.LIMITED):
                raise
            return []

    async def _read_trades(self, order: Order) -> tuple[list[Fill], bool]:
        """Read an order's executions: those seen for the first time, and whether Bitso knows the order at all."""
        try:
            answer = await self._session.read(self._session.calls.order_trades(order.order_id))
        except ErrorReply as error:
            if error.code == _NOT_MATCHED:
                return [], True
            if error.meaning is Meaning.GONE:
                return [], False
            raise
        fills, faults = rows(answer.payload, "a trade", partial(parsing.fill, account=self._account))
        if faults:
            raise Malformed(faults[0])
        known = self._trades.setdefault(order.order_id, {})
        fresh = [fill for fill in fills if fill.order_id == order.order_id and fill.fill_id not in known]
        known.update({fill.fill_id: fill for fill in fresh})
        return fresh, True

    def _filled(self, order_id: str) -> Decimal:
        with exact():
            return sum((fill.quantity for fill in self._trades.get(order_id, {}).values()), ZERO)

    def _value(self, order: Order) -> Decimal | None:
        """The quote value of an order's fills, where its known trades add up to what it has filled."""
        if order.filled == ZERO:
            return ZERO
        if self._filled(order.order_id) != order.filled:
            return None
        with exact():
            return sum((fill.value or ZERO for fill in self._trades[order.order_id].values()), ZERO)

    def _with_fills(self, order: Order) -> Order:
        value = self._value(order)
        if value is None or order.filled == ZERO:
            return replace(order, filled_value=value)
        with exact():
            return replace(order, filled_value=value, average_price=q8(value / order.filled))

    def _forget_all_but(self, order_ids: Iterable[str]) -> None:
        """Stop data of orders that are gone are of no use; their trades are, until they have been told."""
        kept = set(order_ids)
        for known in [order_id for order_id in self._stops if order_id not in kept]:
            del self._stops[known]
