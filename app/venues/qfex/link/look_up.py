"""One order read from QFEX: the list of open orders, else the history of closed ones, else its executions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.amendment import Source
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, OrderStatus
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.rest import ReadFailed, Rest
from app.venues.qfex.link.trade_socket import TradeSession
from app.venues.qfex.wire import vocabulary as words
from app.venues.transport.socket import SocketFault

#: Rows of a whole list of open orders, and when it was asked for.
Listing = tuple[tuple[Mapping[str, Any], ...], int]


class LookUp:
    """Reads single orders of one account and reports them."""

    def __init__(
        self,
        listed: Callable[[], Awaitable[Listing]],
        rest: Rest,
        session: TradeSession,
        listener: Listener,
        reporter: Reporter,
    ) -> None:
        """Know nothing yet.

        Args:
            listed: lists the open orders, or raises SocketFault.
            rest: reads the history of closed orders.
            session: lists executions.
            listener: takes in what is read.
            reporter: tells what was found out.
        """
        self._listed = listed
        self._rest = rest
        self._session = session
        self._listener = listener
        self._reporter = reporter

    async def look_up(self, order: Order) -> None:
        """Find out what became of one order: the open list, then the history of closed orders, then executions."""
        asked_at = self._reporter.now()
        try:
            rows, asked_at = await self._listed()
            if self._listener.looked_up(order, rows, asked_at):
                return
            text = await self._search_history(order, asked_at)
        except (SocketFault, Malformed) as error:
            self._reporter.look_up_failed(order.order_id, f"QFEX could not be asked: {error}")
            return
        if text:
            self._reporter.order_missing(order.order_id, asked_at, text)

    async def _search_history(self, order: Order, asked_at: int) -> str:
        """Report how an order that is no longer open ended; returns what was found out if it cannot be established.

        Raises:
            SocketFault, Malformed: if executions cannot be asked for or read.
        """
        failure, ended = "", None
        try:
            ended = await self._rest.ended(order)
        except ReadFailed as error:
            failure = str(error)
        filled, value = ZERO, ZERO
        for row in await self._session.list_trades(order.order_id):
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
        if failure:
            raise Malformed(failure)
        done = f"; {tidy(filled)} of it was filled" if filled else ""
        return f"QFEX lists order {order.order_id} neither as open nor as closed{done}."
