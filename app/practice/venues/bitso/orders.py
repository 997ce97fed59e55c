"""Find and cancel orders on a practice Bitso."""

from __future__ import annotations

from collections.abc import Sequence

from app.practice.exchange.orders import TRADER, SimOrder
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.venues.bitso import errors as code
from app.practice.venues.bitso.errors import BitsoError, scripted


class Orders:
    """The orders of one account."""

    def __init__(self, server: VenueServer) -> None:
        self._exchange = server.exchange
        self._gate = server.gate

    def find(self, oid: str) -> SimOrder:
        """Our order of that id.

        Raises:
            BitsoError: 0312.
        """
        order = self._exchange.order_of(TRADER, oid)
        if order is None:
            raise BitsoError(code.UNKNOWN_OID, "Invalid Order OID.")
        return order

    def by_origin(self, origin_id: str) -> SimOrder:
        """Our active order of that client id; it is unique among active orders only.

        Raises:
            BitsoError: 0357.
        """
        for order in self._exchange.by_client_id(TRADER, origin_id):
            if order.is_open:
                return order
        raise BitsoError(code.UNKNOWN_ORIGIN_ID, "Invalid origin_id.")

    async def cancel(self, orders: Sequence[SimOrder]) -> list[str]:
        """Cancel what is open; the answer names only what was really cancelled."""
        done = []
        for order in orders:
            planned = await self._gate.before_apply(Operation.CANCEL, order)
            if planned.refuse is not None:
                raise scripted(planned)
            if order.is_open:
                self._exchange.cancel(order)
                done.append(order.order_id)
        return done
