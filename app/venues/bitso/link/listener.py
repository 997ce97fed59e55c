"""Reading orders: the list with what it leaves out, one order, and what became of an order that is gone.

The list of open orders carries no stop data, so orders are looked up in batches to learn them. An order that has
ended is no longer returned by a look-up (for up to an hour it may be, with its last state), so its fills come from its
trades; `gone` says what tells how it ended.
Sources: "List Open Orders", "Look Up Orders", "List User Trades" (https://docs.bitso.com, read 2026-11-21, documented).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial

from app.domain.amendment import Command
from app.domain.money import ZERO, exact
from app.domain.order import Fill, Order, OrderStatus
from app.venues.bitso.link.rest import Answer, Session
from app.venues.bitso.rules import judge
from app.venues.bitso.rules.amounts import q8
from app.venues.bitso.wire import rows as parsing
from app.venues.bitso.wire.answers import Meaning
from app.venues.bitso.wire.codec import LIST_LIMIT, ErrorReply, Malformed
from app.venues.bitso.wire.rows import StopData, rows, stop_data, with_stop
from app.venues.transport.failures import NotSent, Unanswered

#: Ids in one look-up, and orders whose trades are read in one round.
BATCH = 50
TRADES_AT_ONCE = 8
#: Trades may be recorded a moment after the order is gone.
RECORDED_WITHIN = 0.7

#: Of an order that is said to have filled, so many readings without a full record tell nothing but that.
PATIENCE = 3

#: Ends of orders remembered; beyond that the oldest is forgotten.
KEPT = 2000

#: Nothing matched, or the records are not there yet.
_NOT_MATCHED = "0378"


class Record(StrEnum):
    """What a reading of an order's trades was: those READ, NONE yet, PENDING ones, or an order UNKNOWN to Bitso."""

    READ = "read"
    NONE = "none"
    PENDING = "pending"
    UNKNOWN = "unknown"


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
    """What became of an order that is gone.

    Attributes:
        order: its last state; None where nothing can be said of it yet, or it left no trace.
        new_fills: seen the first time.
        missing: one sentence on what nobody tells (yet), "" if nothing is missing.
        final: whether asking again can bring nothing more.
    """

    order: Order | None
    new_fills: tuple[Fill, ...]
    missing: str = ""
    final: bool = False


class Reader:
    """Reads orders and remembers what does not change."""

    def __init__(self, session: Session, account: str) -> None:
        """Args: session: carries the requests. account: name of the configured account."""
        self._session = session
        self._account = account
        self._stops: dict[str, StopData] = {}
        self._trades: dict[str, dict[str, Fill]] = {}
        self._fresh: list[Fill] = []
        self._ends: dict[str, tuple[OrderStatus, int]] = {}
        self._patience: dict[str, int] = {}
        self._sizes: dict[str, dict[str, Decimal]] = {}

    def hint_end(self, order_id: str, word: str, at: int) -> None:
        """The venue said how an order ended; used only to tell a filled one from a cancelled one once it is gone.

        Whether a modification shows as cancelled and open again is not documented, so a later word takes an earlier one
        back, and so does a list asked for later that still has the order.

        Args:
            order_id, word: "completed", "cancelled", or anything else for an order that goes on.
            at: when it was said, nanoseconds UTC.
        """
        status = {"completed": OrderStatus.FILLED, "cancelled": OrderStatus.CANCELLED}.get(word)
        if word:
            self._ends.pop(order_id, None)
        if status is not None:
            self._ends[order_id] = (status, at)
            if len(self._ends) > KEPT:
                del self._ends[next(iter(self._ends))]

    def sent(self, command: Command) -> None:
        """A change is about to leave: from now on the order may be of the size it asks for."""
        size = command.target.quantity
        if size is not None:
            self._sizes.setdefault(command.order.order_id, {})[command.amendment_id] = size

    def void(self, command: Command) -> None:
        """A change was not made, for certain: the order is not of the size it asked for."""
        self._sizes.get(command.order.order_id, {}).pop(command.amendment_id, None)

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
        stale = [order for order in orders if order.filled > ZERO and self._value(order) is None]
        for order in stale[:TRADES_AT_ONCE]:
            await self._read_trades_if_possible(order)
        for order in orders:
            if answer.asked_at > self._ends.get(order.order_id, (None, answer.asked_at))[1]:
                del self._ends[order.order_id]
        self._forget_all_but(order.order_id for order in orders)
        return Listing(
            asked_at=answer.asked_at,
            orders=tuple(self._with_fills(order) for order in orders),
            complete=len(listed) + len(faults) < LIST_LIMIT and not faults,
            new_fills=self._new_fills(),
            faults=tuple(faults),
        )

    async def one(self, order_id: str, *, routine: bool = False) -> tuple[Order | None, Answer | None]:
        """Look one order up; None for an order that is gone, with the answer that says so where it was no error.

        Args:
            order_id: of the order.
            routine: whether nobody waits for it, so that it leaves room for a person's requests.

        Raises:
            NotSent, Unanswered, ErrorReply, Malformed: nothing is known.
        """
        try:
            answer = await self._session.read(self._session.calls.order(order_id), routine=routine)
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

    async def became(self, order: Order, *, settled: bool = False, again: bool = False) -> Ended:
        """What became of an order that a look-up no longer shows; it has ended for certain.

        How much filled is read from its trades, and so is how it ended where nobody said so.

        Args:
            order: as last seen.
            settled: whether it has been gone so long that its trades are all recorded.
            again: whether this is asked once more and nobody waits for it.

        Raises:
            NotSent, Unanswered, ErrorReply, Malformed: the trades could not be read.
        """
        record = await self._read_trades(order, routine=again)
        size = max(order.quantity, *self._sizes.get(order.order_id, {}).values(), ZERO)
        is_told = self._hint(order) is OrderStatus.CANCELLED or judge.is_full(self._done(order), size)
        if not (again or is_told):
            await asyncio.sleep(RECORDED_WITHIN)
            record = await self._read_trades(order)
        hint, done = self._hint(order), self._done(order)
        settled = settled and record is not Record.PENDING
        if record is Record.UNKNOWN and done == ZERO and hint is None:
            return Ended(None, self._new_fills(), final=settled)
        unrecorded = hint is OrderStatus.FILLED or record is Record.PENDING
        if unrecorded and not settled and not judge.is_full(done, size) and self._waits(order.order_id):
            text = f"Bitso has not recorded all trades of order {order.order_id} yet."
            return Ended(None, self._new_fills(), text)
        fills = self._trades.get(order.order_id, {}).values()
        end = self._with_fills(judge.ended(order, fills, hint, size, settled=settled))
        missing = judge.missing(end, hint, settled=settled)
        contradicted = hint is OrderStatus.FILLED and end.status is OrderStatus.ENDED
        final = judge.is_full(done, size) or (settled and not contradicted)
        return Ended(end, self._new_fills(), missing, final)

    def _hint(self, order: Order) -> OrderStatus | None:
        """How the venue said that an order ended, as far as it did; what a row shows as cancelled stays so."""
        if order.order_id in self._ends:
            return self._ends[order.order_id][0]
        return OrderStatus.CANCELLED if order.status is OrderStatus.CANCELLED else None

    def _waits(self, order_id: str) -> bool:
        """Whether to give the venue another moment to record the trades of an order."""
        left = self._patience.setdefault(order_id, PATIENCE)
        self._patience[order_id] = max(0, left - 1)
        return left > 0

    def _new_fills(self) -> tuple[Fill, ...]:
        """Executions nobody was told of yet; a reading that failed half-way leaves its own to the next one."""
        fresh, self._fresh = tuple(self._fresh), []
        return fresh

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

    async def _read_trades_if_possible(self, order: Order) -> None:
        """The value of fills is worth having in a list, and not worth losing the list for."""
        try:
            await self._read_trades(order)
        except (NotSent, Unanswered, Malformed):
            return
        except ErrorReply as error:
            if error.meaning in (Meaning.AUTH, Meaning.LIMITED):
                raise

    async def _read_trades(self, order: Order, *, routine: bool = False) -> Record:
        """Read an order's executions; those seen for the first time wait to be told."""
        try:
            answer = await self._session.read(self._session.calls.order_trades(order.order_id), routine=routine)
        except ErrorReply as error:
            if error.code == _NOT_MATCHED:
                return Record.NONE
            if error.meaning is Meaning.GONE:
                return Record.UNKNOWN
            if error.meaning is Meaning.PENDING:
                return Record.PENDING
            raise
        fills, faults = rows(answer.payload, "a trade", partial(parsing.fill, account=self._account))
        if faults:
            raise Malformed(faults[0])
        known = self._trades.setdefault(order.order_id, {})
        fresh = [fill for fill in fills if fill.order_id == order.order_id and fill.fill_id not in known]
        known.update({fill.fill_id: fill for fill in fresh})
        self._fresh += fresh
        return Record.READ

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
