"""Asking after one order: what it shows now, open or ended."""

from __future__ import annotations

from app.domain.amendment import Source
from app.domain.order import Order
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.example.link.listener import Listener
from app.venues.example.link.rest import NO_ANSWER, Rest
from app.venues.example.wire import codec
from app.venues.example.wire.rows import read_fills, read_order, rows


class LookUp:
    """Answers the desk's questions about single orders."""

    def __init__(self, rest: Rest, listener: Listener, reporter: Reporter) -> None:
        self._rest = rest
        self._listener = listener
        self._reporter = reporter

    async def fetch(self, order_id: str) -> Order | None:
        """Read and report one order; None where the venue knows none of that id.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: nothing is known.
        """
        asked_at = self._reporter.now()
        try:
            reply = await self._rest.read(codec.order(order_id))
        except ReadFailed as error:
            if error.proof is not Proof.GONE:
                raise
            self._reporter.order_missing(order_id, asked_at, str(error))
            return None
        account = self._reporter.account
        values, faults = rows([reply.payload], lambda row: (read_order(row, account), read_fills(row, account)))
        if faults or values[0][0].order_id != order_id:
            raise Malformed(faults[0] if faults else f"The look-up of order {order_id} brought another order.")
        order, fills = values[0]
        self._reporter.order_seen(order, Source.LOOKUP, asked_at=reply.asked_at)
        self._listener.report_fills(fills)
        return order

    async def look_up(self, order: Order) -> None:
        """Read one order, and report that it could not be asked about where that is so."""
        try:
            await self.fetch(order.order_id)
        except NO_ANSWER as error:
            self._reporter.look_up_failed(order.order_id, str(error))
