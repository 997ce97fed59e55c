"""Amendments that leave in one request: each waits until the others may leave, too, or do not leave at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from app.domain.amendment import Command


class Gathering:
    """The amendments of one request, until it leaves.

    Attributes:
        request: carries them, once it was begun; whoever is told first that all are here begins it.
    """

    def __init__(self, amendment_ids: Iterable[str]) -> None:
        """Wait for all of these.

        Args:
            amendment_ids: of amendments of different orders that the connector takes in one request.
        """
        self._missing = set(amendment_ids)
        self._commands: list[Command] = []
        self._complete = asyncio.Event()
        self.request: asyncio.Task[None] | None = None

    @property
    def commands(self) -> Sequence[Command]:
        """Those that are here."""
        return tuple(self._commands)

    def leave_out(self, amendment_id: str) -> None:
        """Wait no longer for an amendment: it does not leave, or it is here."""
        self._missing.discard(amendment_id)
        if not self._missing:
            self._complete.set()

    async def come(self, command: Command) -> None:
        """Wait until nobody is missing; who is cancelled meanwhile is left out."""
        self._commands.append(command)
        self.leave_out(command.amendment_id)
        try:
            await self._complete.wait()
        except asyncio.CancelledError:
            if self.request is None:
                self._commands.remove(command)
            raise
