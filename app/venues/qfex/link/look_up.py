"""Look-ups of one order: the open list, then the history of closed orders, then executions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.amendment import Source
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, OrderStatus
from app.domain.plausible import why_implausible_fill
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.questions import Questions
from app.venues.qfex.link.rest import Rest
from app.venues.qfex.wire import vocabulary as words
from app.venues.transport.socket import SocketFault

#: State of an order that is neither open nor closed, as a person reads it, and what that means.
GONE = "not listed any more"
AMENDED_AWAY = "QFEX has it neither as open nor as closed: it was amended elsewhere, and under which id is not told"


class LookUp:
    """Finds out what became of an order, and reports it."""

    def __init__(self, questions: Questions, rest: Rest, listener: Listener, reporter: Reporter) -> None:
        self._questions = questions
        self._rest = rest
        self._listener = listener
        self._reporter = reporter

    async def look_up(self, order: Order) -> None:
        """Read one order, and report it as it is or as it ended, as missing, or that QFEX could not be asked.

        One that is neither open nor closed has been amended away, under an id that nothing tells: once a second list
        shows it no more, it has left the open orders, and is reported so.
        """
        try:
            asked_at = await self._list(order)
            text = await self._search_history(order, asked_at) if asked_at is not None else ""
            if not text or asked_at is None:
                return
            self._reporter.order_missing(order.order_id, asked_at, text)
            if self._may_still_be_bound(order):
                return
            asked_at = await self._list(order)
        except (SocketFault, ReadFailed, Malformed) as error:
            self._reporter.look_up_failed(order.order_id, f"QFEX could not be asked: {error}")
            return
        if asked_at is not None and not self._may_still_be_bound(order):
            ended = replace(order, status=OrderStatus.ENDED, raw_status=GONE, reason=AMENDED_AWAY, updated_at=None)
            self._reporter.order_seen(ended, Source.LOOKUP, asked_at=asked_at)

    async def _list(self, order: Order) -> int | None:
        """List the open orders and report what concerns this one; when they were asked for, None if that settles it."""
        listed = await self._questions.open_orders()
        settled = self._listener.looked_up(order, listed.rows, listed.asked_at, whole=listed.whole)
        return None if settled else listed.asked_at

    def _may_still_be_bound(self, order: Order) -> bool:
        """Return True if an answer may still tell what became of it, or lists do not show orders of its kind."""
        waiting = any(sent.waiting for sent in self._listener.orders.inflight.of(order.order_id))
        return waiting or order.kind in words.STOP_KINDS

    async def _search_history(self, order: Order, asked_at: int) -> str:
        """Report how an order that is no longer open ended, or return what is known if that cannot be established.

        Raises:
            SocketFault: if executions cannot be asked for.
            Malformed: if they cannot be read.
            ReadFailed: if neither they nor the history tell the end.
        """
        failure: Exception | None = None
        ended: Order | None = None
        filled, value = ZERO, ZERO
        try:
            ended = await self._rest.ended(order)
        except ReadFailed as error:
            failure = error
        try:
            filled, value = await self._executed(order)
        except (SocketFault, Malformed):
            if ended is None:
                raise
        if ended is None and filled >= order.quantity:
            # Every unit is accounted for by executions.
            ended = replace(order, status=OrderStatus.FILLED, raw_status=words.FILLED, filled=order.quantity)
            ended = replace(ended, filled_value=value, updated_at=None)
        if ended is not None:
            ended = replace(ended, filled=max(ended.filled, min(filled, order.quantity)))
            self._reporter.order_seen(ended, Source.HISTORY, asked_at=asked_at)
            return ""
        if failure is not None:
            raise failure
        partly = f"; {tidy(filled)} of it was filled" if filled else ""
        return f"QFEX lists order {order.order_id} neither as open nor as closed{partly}."

    async def _executed(self, order: Order) -> tuple[Decimal, Decimal]:
        """Report the executions of an order, and return how much they come to, and what that is worth.

        Raises:
            SocketFault: if they cannot be asked for.
            Malformed: if one of them cannot be read, or cannot be.
        """
        filled, value = ZERO, ZERO
        seen: set[str] = set()
        for row in await self._questions.trades(order.order_id):
            fill = self._listener.fill(row, Source.HISTORY)
            if fill.order_id != order.order_id or fill.fill_id in seen:
                continue
            if text := why_implausible_fill(fill, order):
                raise Malformed(text)
            seen.add(fill.fill_id)
            with exact():
                filled, value = filled + fill.quantity, value + (fill.value or ZERO)
        return filled, value
