"""Both gateways as one: a question goes over the socket, and over HTTP while the socket is down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.plan import WireValue
from app.venues.alphapoint.link.rest import Rest
from app.venues.alphapoint.link.socket import GatewaySocket
from app.venues.alphapoint.profile import KEPT_FOR_AMENDS, KEPT_FOR_CANCELS
from app.venues.alphapoint.wire.answers import failure_of, read_answer
from app.venues.alphapoint.wire.codec import Frame, GatewaySession
from app.venues.alphapoint.wire.events import rows_of
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import Answer, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.limiter import Limiter, Window


class Gateways:
    """Every call of one account but its amendments and its login.

    Attributes:
        limiter: budget of everything but cancels.
    """

    def __init__(self, socket: GatewaySocket, rest: Rest | None, reporter: Reporter, calls: int) -> None:
        """Start with nothing asked.

        Args:
            socket: towards the venue.
            rest: the HTTP gateway; None where the account has none.
            reporter: for the clock.
            calls: budget of a minute.
        """
        # Two budgets, because a cancel must not queue behind an amendment that waits.
        self.limiter = Limiter((Window(calls - KEPT_FOR_CANCELS, 60.0),), reporter.clock.monotonic)
        self._cancels = Limiter((Window(KEPT_FOR_CANCELS, 60.0),), reporter.clock.monotonic)
        self._socket = socket
        self._rest = rest
        self._reporter = reporter

    async def session(self) -> GatewaySession:
        """Return the socket's last session, else one of HTTP.

        Raises:
            ReadFailed: if there is none.
        """
        if self._socket.session is not None:
            return self._socket.session
        if self._rest is None:
            raise ReadFailed(f"{TITLE} is not connected; waiting for the connection.")
        return await self._rest.session()

    async def ask(self, name: str, payload: Mapping[str, WireValue]) -> tuple[int, Frame]:
        """Ask one question; return when it left, and the reply.

        Raises:
            ReadFailed: nothing usable came back.
        """
        await self.limiter.acquire(KEPT_FOR_AMENDS)
        asked_at = self._reporter.now()
        if self._socket.ready:
            frame = await self._socket.call(name, payload)
        elif self._rest is not None:
            frame = await self._rest.ask(name, payload)
        else:
            raise ReadFailed(f"{TITLE} is not connected; waiting for the connection.")
        failure = failure_of(frame)
        if failure is not None and failure.pause:
            self.limiter.pause(failure.pause)
        return asked_at, frame

    async def rows(self, name: str, payload: Mapping[str, WireValue]) -> tuple[int, Sequence[Any]]:
        """Ask for a list; return when the question left, and the rows of the reply.

        Raises:
            ReadFailed: the venue does not answer it, or nothing usable came back.
        """
        asked_at, frame = await self.ask(name, payload)
        failure = failure_of(frame)
        if failure is not None:
            raise ReadFailed(f"{name}: {failure.text}")
        return asked_at, rows_of(frame.payload)

    async def cancel(self, payload: Mapping[str, WireValue]) -> Answer:
        """Ask for the cancel of one order, once.

        Raises:
            ReadFailed: nothing left, or nothing usable came back.
        """
        await self._cancels.acquire()
        if self._socket.ready:
            return read_answer(await self._socket.call("CancelOrder", payload))
        if self._rest is None:
            raise ReadFailed(f"{TITLE} is not connected; cancel on the venue's site.")
        return read_answer(await self._rest.command("CancelOrder", payload))

    async def aclose(self) -> None:
        """Close HTTP for good."""
        rest, self._rest = self._rest, None
        if rest is not None:
            await rest.aclose()
