"""One order read from Bitget: its details, else the history of ended orders, else its executions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from app.domain.amendment import Source
from app.domain.evidence import MILLISECOND
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Fill, Order, OrderStatus
from app.domain.plausible import why_implausible, why_implausible_fill
from app.venues.bitget.link.listener import MOST_PAGES, Listener
from app.venues.bitget.link.rest import Rest
from app.venues.bitget.wire import codec
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.rows import fill_of
from app.venues.bitget.wire.values import object_of
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter

#: Pages of history searched for an order that is neither open nor known by its id.
_HISTORY_PAGES = 6

_THIRTY_DAYS_MS = 30 * 86_400_000


class LookUp:
    """Reads single orders of one account and reports them."""

    def __init__(self, rest: Rest, listener: Listener, reporter: Reporter) -> None:
        self._rest = rest
        self._listener = listener
        self._reporter = reporter

    async def fetch(self, order: Order, *, person: bool = False) -> Order:
        """Read one order by its id, report it, and return the newest of it that is known.

        Args:
            order: asked about.
            person: it is read for an amendment.

        Raises:
            ReadFailed: with proof GONE if Bitget knows no such order; otherwise if nothing is proven.
        """
        asked_at = self._reporter.now()
        reply = await self._rest.read(codec.order_info(order.order_id), urgent=True, person=person)
        if not reply.data:
            raise ReadFailed("Bitget knows no such order.", Proof.GONE, reply.code)
        named = self._listener.door.id_of(reply.data)
        if named != order.order_id:
            what = "another order" if named else "no order that can be read"
            raise ReadFailed(f"Bitget answered with {what} for {order.order_id}; nothing is known about it.")
        seen = self._listener.door.one(reply.data, Source.LOOKUP, asked_at)
        if seen is None:
            raise ReadFailed(f"What Bitget sent of order {order.order_id} cannot be read; nothing of it is believed.")
        current = self._listener.admit(seen, asked_at)
        if current is None:
            known = self._listener.newest.known(seen)
            if person and known is not None:
                return known.order  # pushed a moment ago, and newer than the answer
            raise ReadFailed(
                f"Bitget's answer about order {order.order_id} is older than what it pushed; asking again."
            )
        self._reporter.order_seen(current, Source.LOOKUP, asked_at=asked_at)
        if text := why_implausible(current, order):
            raise ReadFailed(f"Bitget shows order {order.order_id} as another one than before: {text}.")
        return current

    async def look_up(self, order: Order) -> None:
        """Find out what became of an order: its details, else the history, else its executions."""
        asked_at = self._reporter.now()
        try:
            await self.fetch(order)
        except ReadFailed as error:
            if error.proof is not Proof.GONE:
                self._reporter.look_up_failed(order.order_id, str(error))
                return
            await self.search(order, asked_at)

    async def search(self, order: Order, asked_at: int) -> None:
        """Look for an order that Bitget no longer knows by its id: in the history, then by its executions."""
        try:
            ended = await self._ended(order, asked_at)
            fills = await self._fills(order) if ended is None else []
        except (ReadFailed, Malformed) as error:
            text = str(error) if isinstance(error, ReadFailed) else f"Bitget sent {error} in its history; asking again."
            self._reporter.look_up_failed(order.order_id, text)
            return
        if ended is not None:
            current = self._listener.admit(ended, asked_at)
            if current is None and ended.is_open:
                text = f"Bitget's history of order {order.order_id} is older than what it pushed; asking again."
                self._reporter.look_up_failed(order.order_id, text)
            else:
                self._reporter.order_seen(current or ended, Source.HISTORY, asked_at=asked_at)
            return
        for fill in fills:
            self._reporter.fill(fill, Source.HISTORY)
        with exact():
            filled = sum((fill.quantity for fill in fills), ZERO)
        if text := next((text for each in fills if (text := why_implausible_fill(each, order))), ""):
            text = f"Of order {order.order_id} Bitget shows what cannot be: {text}; nothing is concluded from it."
            self._reporter.look_up_failed(order.order_id, text)
            return
        size = self._largest_size(order)
        if size is not None and filled == size > ZERO:
            marked = (*order.attributes, (words.BY_EXECUTIONS, "yes"))
            gone = replace(
                order, status=OrderStatus.FILLED, raw_status="filled", filled=filled, quantity=filled, attributes=marked
            )
            self._reporter.order_seen(self._listener.admit(gone, asked_at) or gone, Source.HISTORY, asked_at=asked_at)
            return
        # More than it ever had is no proof of its end: it was made larger elsewhere, or the executions are wrong.
        text = f"Bitget finds no such order, open or among those that ended last{_filled_words(filled)}."
        self._reporter.order_missing(order.order_id, asked_at, text)

    def _largest_size(self, order: Order) -> Decimal | None:
        """Return the largest size the order may have had, had changes that were sent taken effect; None if not known.

        An order that was never seen since the start may have been made larger by a change that left before.
        """
        known = self._listener.newest.known(order)
        if known is None:
            return None
        return max(order.quantity, known.order.quantity, self._listener.sizes.get(order.order_id, ZERO))

    async def _ended(self, order: Order, asked_at: int) -> Order | None:
        """Return the order as the history has it, None if it is not there as far as that is read.

        Raises:
            ReadFailed, Malformed: if Bitget gave no usable answer.
        """

        def is_it(row: Any) -> bool:
            return self._listener.door.id_of(row) == order.order_id

        created = order.created_at // MILLISECOND if order.created_at is not None else None
        windows = [(None, None)] if created is None else [(created - 1000, created + _THIRTY_DAYS_MS), (None, None)]
        for start, end in windows:
            call = partial(codec.history, order.attribute(words.CATEGORY), order.symbol, start, end)
            rows, _ = await self._rest.rows(call, "orderId", _HISTORY_PAGES, until=is_it, urgent=True)
            row = next((row for row in rows if is_it(row)), None)
            if row is not None:
                ended = self._listener.door.one(row, Source.HISTORY, asked_at)
                if ended is None:
                    text = f"What Bitget's history has of order {order.order_id} cannot be read; nothing is believed."
                    raise ReadFailed(text)
                return ended
        return None

    async def _fills(self, order: Order) -> list[Fill]:
        call = partial(codec.fills, order.attribute(words.CATEGORY), order.order_id)
        rows, _ = await self._rest.rows(call, "execId", MOST_PAGES, urgent=True)
        fills = [fill_of(self._reporter.account, object_of(row, "an execution"), order.side) for row in rows]
        return list({fill.fill_id: fill for fill in fills if fill.order_id == order.order_id}.values())


def _filled_words(filled: Decimal) -> str:
    return f"; its executions come to {tidy(filled)}" if filled > ZERO else ""
