"""Look-ups of one order: the open list, then the history of closed orders, then executions."""

from __future__ import annotations

from dataclasses import replace

from app.domain.amendment import Source
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, OrderStatus
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.questions import Questions
from app.venues.qfex.link.rest import Rest
from app.venues.qfex.wire import vocabulary as words
from app.venues.transport.socket import SocketFault


class LookUp:
    """Finds out what became of an order, and reports it."""

    def __init__(self, questions: Questions, rest: Rest, listener: Listener, reporter: Reporter) -> None:
        self._questions = questions
        self._rest = rest
        self._listener = listener
        self._reporter = reporter

    async def look_up(self, order: Order) -> None:
        """Read one order, and report it as it is or as it ended, as missing, or that QFEX could not be asked."""
        try:
            rows, asked_at = await self._questions.open_orders()
            if self._listener.looked_up(order, rows, asked_at):
                return
            text = await self._search_history(order, asked_at)
        except (SocketFault, ReadFailed, Malformed) as error:
            self._reporter.look_up_failed(order.order_id, f"QFEX could not be asked: {error}")
            return
        if text:
            self._reporter.order_missing(order.order_id, asked_at, text)

    async def _search_history(self, order: Order, asked_at: int) -> str:
        """Report how an order that is no longer open ended, or return what is known if that cannot be established.

        Raises:
            SocketFault: if executions cannot be asked for.
            Malformed: if they cannot be read.
            ReadFailed: if neither they nor the history tell the end.
        """
        failure, ended = None, None
        try:
            ended = await self._rest.ended(order)
        except ReadFailed as error:
            failure = error
        filled, value = ZERO, ZERO
        for row in await self._questions.trades(order.order_id):
            fill = self._listener.fill(row, Source.HISTORY)
            if fill.order_id == order.order_id:
                with exact():
                    filled, value = filled + fill.quantity, value + (fill.value or ZERO)
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
