"""One order looked up: what it shows now and, once it is gone, how it ended, asked again until that is told.

An order that has ended is no longer returned by a look-up (for up to an hour it may be, with its last state), so its
fills come from its trades; `rules.gone` says what tells how it ended.
Source: "Look Up Orders" (https://docs.bitso.com, read 2026-11-21, documented).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.domain.amendment import Command, Source
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus
from app.venues.bitso.link.background import error_text
from app.venues.bitso.link.listener import Listener, order_door
from app.venues.bitso.link.rest import Rest, Use
from app.venues.bitso.link.trades import Trades, TradesRead
from app.venues.bitso.rules import judge
from app.venues.bitso.rules.gone import GoneOrder, GoneOrders
from app.venues.bitso.wire import vocabulary as words
from app.venues.bitso.wire.answers import ENDS
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.jsonx import JsonError, array

log = logging.getLogger("redline.venues")

#: Seconds between two questions about orders that are gone, however many there are. Each takes two requests.
ASK_EVERY = 2.0
#: Seconds after which trades are read again: they may be recorded a moment after the order is gone.
RECORDED_WITHIN = 0.7
#: Readings to make of a filled order whose trades are incomplete before reporting it filled without them.
INCOMPLETE_READINGS = 3
#: Ends of orders remembered; beyond that the oldest is forgotten.
KEPT = 2000

#: Seconds after a change or a cancel of an order in which somebody waits for what becomes of it.
AWAITED = 60.0

#: Ways in which a question stays without an answer.
NO_ANSWER = (NotSent, Unanswered, ReadFailed, Malformed)


@dataclass(frozen=True, slots=True)
class Ended:
    """End of an order that is gone, as far as it is known.

    Attributes:
        order: its last state; None where nothing can be said of it yet, or it left no trace.
        missing: one sentence on what nobody tells (yet), "" if nothing is missing.
        final: asking again can bring nothing more.
    """

    order: Order | None
    missing: str = ""
    final: bool = False


class LookUp:
    """Answers the desk's questions about single orders, and goes on asking about those that are gone."""

    def __init__(self, rest: Rest, listener: Listener, trades: Trades, reporter: Reporter) -> None:
        self._rest = rest
        self._listener = listener
        self._trades = trades
        self._reporter = reporter
        self._door = order_door(reporter, stop_read=True)
        self._awaited: dict[str, float] = {}
        self._gone = GoneOrders()
        self._ends: dict[str, tuple[OrderStatus, int]] = {}
        self._incomplete: dict[str, int] = {}
        self._sizes: dict[str, dict[str, Decimal]] = {}

    async def run(self) -> None:
        """Ask about orders that are gone, one at a time, until cancelled."""
        while True:
            await asyncio.sleep(ASK_EVERY)
            gone = self._gone.next_due(self._reporter.clock.monotonic())
            if gone is None or not self._reporter.is_live:
                continue
            try:
                await as_error(self._ask(gone.order, Use.ROUTINE))
            except Exception as error:
                # Whether Bitso can be reached is the lists' business; this question is asked again.
                self._gone.asked(gone, self._reporter.clock.monotonic(), final=False)
                if not isinstance(error, NO_ANSWER):
                    log.exception("asking how order %s ended failed", gone.order.order_id)
                    text = f"How order {gone.order.order_id} ended cannot be worked out ({error_text(error)})."
                    self._reporter.notice_once(text)

    # -- what is learnt elsewhere ----------------------------------------------------------------------------------

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._gone

    def listed(self, order_ids: Iterable[str], asked_at: int) -> None:
        """Take back the end of orders that a list asked for at `asked_at` shows, where the list is the newer news."""
        for order_id in order_ids:
            self._gone.shown(order_id, asked_at)
            if asked_at > self._ends.get(order_id, (None, asked_at))[1]:
                del self._ends[order_id]

    def hint_end(self, order_id: str, word: str, at: int) -> None:
        """Remember how an order ended by the venue's word, and ask again about one that is gone.

        It only tells a filled order from a cancelled one once it is gone. Whether a modification shows as cancelled and
        open again is not documented, so a later word takes an earlier one back, and so does a later list that still has
        the order.

        Args:
            order_id: of the order.
            word: "completed", "cancelled", anything else for an order that goes on, "" where nothing was said.
            at: when it was said, nanoseconds UTC.
        """
        if word:
            self._ends.pop(order_id, None)
        if word in (words.COMPLETED, words.CANCELLED):
            self._ended_as(order_id, words.STATUSES[word], at)
        self._gone.hurry(order_id, self._reporter.clock.monotonic())

    def said_ended(self, order_id: str, code: str) -> None:
        """Take an error's code: some say how the order has ended."""
        if code in ENDS:
            self._ended_as(order_id, ENDS[code], self._reporter.now())
            self._gone.hurry(order_id, self._reporter.clock.monotonic())

    def _ended_as(self, order_id: str, status: OrderStatus, at: int) -> None:
        self._ends[order_id] = (status, at)
        if len(self._ends) > KEPT:
            del self._ends[next(iter(self._ends))]

    def sent(self, command: Command) -> None:
        """Note that a change is about to leave: from now on the order may be of the size it asks for."""
        self.awaited(command.order.order_id)
        size = command.target.quantity
        if size is not None:
            self._sizes.setdefault(command.order.order_id, {})[command.amendment_id] = size

    def awaited(self, order_id: str) -> None:
        """Note that somebody waits for what becomes of an order now."""
        now = self._reporter.clock.monotonic()
        self._awaited = {name: until for name, until in self._awaited.items() if until > now}
        self._awaited[order_id] = now + AWAITED

    def void(self, command: Command) -> None:
        """Note that a change was not made, for certain: the order is not of the size it asked for."""
        self._sizes.get(command.order.order_id, {}).pop(command.amendment_id, None)

    # -- asking ----------------------------------------------------------------------------------------------------

    async def fetch(self, order_id: str, use: Use = Use.PERSON) -> tuple[Order, int] | None:
        """Read one order, and when that was asked for; None for an order that is gone.

        Args:
            order_id: of the order.
            use: what for.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: nothing is known; what cannot be believed was told.
        """
        try:
            reply = await self._rest.read(self._rest.endpoints.order(order_id), use)
            listed = array(reply.payload)
        except JsonError as error:
            raise Malformed(f"Bitso answered the look-up of order {order_id} without a list: {error}") from error
        except ReadFailed as error:
            if error.proof is Proof.GONE:
                self.said_ended(order_id, error.code)
                return None
            raise
        rows = [row for row in listed if self._door.id_of(row) in (order_id, "")]
        if not rows and listed:
            raise Malformed(f"Bitso answered the look-up of order {order_id} with another order.")
        orders = [self._door.one(row, Source.LOOKUP, reply.asked_at) for row in rows]
        if not orders:
            return None
        order = orders[0]
        if order is None or any(each != order for each in orders):
            raise Malformed(f"Bitso shows order {order_id} in a way that cannot be read; nothing of it is believed.")
        return self._listener.looked_up(order, reply.asked_at), reply.asked_at

    async def look_up(self, order: Order) -> None:
        """Read one order; one that is gone comes back with how it ended, and is asked about until that is told."""
        is_awaited = self._awaited.get(order.order_id, 0.0) > self._reporter.clock.monotonic()
        try:
            await self._ask(order, Use.PERSON if is_awaited else Use.ROWS)
        except NO_ANSWER as error:
            self._reporter.look_up_failed(order.order_id, str(error))

    async def _ask(self, order: Order, use: Use) -> None:
        asked_at, began, again = self._reporter.now(), self._reporter.clock.monotonic(), use is Use.ROUTINE
        reading = await self.fetch(order.order_id, use)
        if reading is not None:
            seen, shown_at = reading
            self._gone.shown(order.order_id, shown_at)
            self._reporter.order_seen(seen, Source.LOOKUP, asked_at=shown_at)
            if not again:
                self._listener.seen_at[order.order_id] = shown_at
            return
        gone = self._gone.missed(order, asked_at, began)
        ended = await self._ended(gone.order, settled=gone.is_settled(began), use=use)
        for fill in self._trades.take_new():
            self._reporter.fill(fill, Source.HISTORY)
        self._report(gone, ended, asked_at, again=again)
        self._gone.asked(gone, self._reporter.clock.monotonic(), final=ended.final)

    def _report(self, gone: GoneOrder, ended: Ended, asked_at: int, *, again: bool) -> None:
        """Report the end as far as it is known; an answer to a question of our own only where it is news."""
        order_id = gone.order.order_id
        if ended.order is not None:
            if not again or ended.order != gone.end:
                self._reporter.order_seen(ended.order, Source.HISTORY, asked_at=asked_at)
            gone.end = ended.order
        elif not ended.missing and not again:
            text = "Bitso no longer shows this order and has no trades of it."
            self._reporter.order_missing(order_id, asked_at, text)
        if ended.missing and (ended.order is None or ended.missing != gone.missing):
            self._reporter.look_up_failed(order_id, ended.missing)
            gone.missing = ended.missing

    async def _ended(self, order: Order, *, settled: bool, use: Use) -> Ended:
        """Read how an order ended that a look-up no longer shows; it has ended for certain.

        How much filled is read from its trades, and so is how it ended where nobody said so.

        Args:
            order: as last seen.
            settled: it has been gone so long that its trades are all recorded.
            use: what it is asked for; where that is routine, nobody waits for it.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: the trades could not be read.
        """
        trades = self._trades
        result = await trades.read(order, use)
        size = max(order.quantity, *self._sizes.get(order.order_id, {}).values(), ZERO)
        is_known = self._hint(order) is OrderStatus.CANCELLED or judge.is_full(self._done(order), size)
        if use is not Use.ROUTINE and not is_known:
            await asyncio.sleep(RECORDED_WITHIN)
            result = await trades.read(order, use)
        hint, done = self._hint(order), self._done(order)
        settled = settled and result is not TradesRead.PENDING
        if result is TradesRead.UNKNOWN and done == ZERO and hint is None:
            return Ended(None, final=settled)
        unrecorded = hint is OrderStatus.FILLED or result is TradesRead.PENDING
        if unrecorded and not settled and not judge.is_full(done, size) and self._waits(order.order_id):
            return Ended(None, f"Bitso has not recorded all trades of order {order.order_id} yet.")
        end = trades.with_fills(judge.ended(order, trades.of(order.order_id), hint, size, settled=settled))
        missing = judge.missing(end, hint, settled=settled)
        contradicted = hint is OrderStatus.FILLED and end.status is OrderStatus.ENDED
        is_full = judge.is_full(done, size) and not judge.is_too_much(done, size)
        final = is_full or (settled and not contradicted)
        return Ended(end, missing, final)

    def _hint(self, order: Order) -> OrderStatus | None:
        """Return how an order ended by the venue's word, if any; what a row shows as cancelled stays so."""
        if order.order_id in self._ends:
            return self._ends[order.order_id][0]
        return OrderStatus.CANCELLED if order.status is OrderStatus.CANCELLED else None

    def _waits(self, order_id: str) -> bool:
        """Return True while the venue gets another moment to record the trades of an order; counts the readings."""
        readings = self._incomplete[order_id] = self._incomplete.get(order_id, 0) + 1
        return readings <= INCOMPLETE_READINGS

    def _done(self, order: Order) -> Decimal:
        """Return what has filled as far as is known: never less than the order showed, whatever its trades tell."""
        return max(order.filled, self._trades.filled(order.order_id))
