"""Connector that gathers amendments and sends them in one request of the venue's batch call.

The desk sends one amendment at a time. A connector that can send several in one request is drilled through this, with
the same desk, so that what the venue reports of a batch's rows is proven as well.
"""

from __future__ import annotations

import asyncio

from app.domain.account import Account
from app.domain.amendment import Command
from app.domain.order import Order
from app.domain.plan import WirePreview
from app.domain.ports import BatchConnector, Clock, Rulebook, Sink, Venue
from app.domain.profile import Profile


class BatchingConnector:
    """Gathers `size` amendments and sends them as one batch; all else is the connector's own."""

    def __init__(self, connector: BatchConnector, size: int) -> None:
        self._connector = connector
        self._size = size
        self._waiting: list[Command] = []
        self._sent = asyncio.Event()

    async def run(self) -> None:
        await self._connector.run()

    async def amend(self, command: Command) -> None:
        """Wait for the others, then leave with them."""
        self._waiting.append(command)
        if len(self._waiting) < self._size:
            await self._sent.wait()
            return
        try:
            await self._connector.amend_batch(self._waiting)
        finally:
            self._sent.set()

    async def cancel(self, order: Order) -> None:
        await self._connector.cancel(order)

    async def look_up(self, order: Order) -> None:
        await self._connector.look_up(order)

    async def refresh(self) -> None:
        await self._connector.refresh()

    def venue_ahead(self) -> int | None:
        return self._connector.venue_ahead()

    def preview(self, command: Command) -> WirePreview:
        return self._connector.preview(command)


class BatchingVenue:
    """The venue with its amendments leaving in batches of `size`."""

    def __init__(self, venue: Venue, size: int) -> None:
        self._venue, self._size = venue, size

    @property
    def profile(self) -> Profile:
        return self._venue.profile

    @property
    def rulebook(self) -> Rulebook:
        return self._venue.rulebook

    def connect(self, account: Account, sink: Sink, clock: Clock) -> BatchingConnector:
        connector = self._venue.connect(account, sink, clock)
        if not isinstance(connector, BatchConnector):
            raise TypeError(f"the connector of {self.profile.name} sends no batches")
        return BatchingConnector(connector, self._size)
