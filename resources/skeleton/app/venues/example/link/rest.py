"""Requests by REST: signed and public ones of one account, within the documented limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.ports import Clock
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.example.profile import REQUESTS, WINDOW_S
from app.venues.example.wire.answers import payload
from app.venues.example.wire.signing import Keys, signed
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.messages import Request, Response

#: Ways in which a question stays without an answer.
NO_ANSWER = (NotSent, Unanswered, ReadFailed, Malformed)
#: Places of each window that routine reading leaves to a person.
KEPT_FOR_A_PERSON = REQUESTS // 2
#: Seconds for which nothing leaves after the venue said that we were too fast.
PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class ExampleReply:
    """A successful reply: its payload, and when the request left, by our clock in nanoseconds."""

    payload: Any
    asked_at: int


class Rest:
    """The REST calls of one account.

    Attributes:
        http: carries the requests.
        limiter: the account's budget.
    """

    def __init__(self, http: HttpClient, keys: Keys, clock: Clock) -> None:
        self.http = http
        self.limiter = Limiter([Window(REQUESTS, WINDOW_S)], clock.monotonic)
        self._keys = keys
        self._clock = clock

    async def read(self, request: Request, *, routine: bool = False, private: bool = True) -> ExampleReply:
        """Send a request that changes nothing, when there is room for it; a routine one leaves room for others.

        Raises:
            NotSent, Unanswered: no reply. ReadFailed: an error. Malformed: an unreadable reply.
        """
        await self.limiter.acquire(KEPT_FOR_A_PERSON if routine else 0)
        leaving = self._signed(request) if private else request
        return self._success(await self.http.send(leaving, routine=routine, private=private))

    async def write(
        self, request: Request, amendment_id: str = "", written: Callable[[bytes], None] | None = None
    ) -> ExampleReply:
        """Send once, never again; the caller has taken its place in the budget. Raises as `read` does.

        Args:
            request: unsigned.
            amendment_id: goes into the wire record.
            written: told the exact body once its last byte was handed over.
        """
        tell = (lambda: written(request.body)) if written is not None else None
        reply = await self.http.send(self._signed(request), amendment_id=amendment_id, on_written=tell)
        return self._success(reply)

    def _signed(self, request: Request) -> Request:
        """Sign with the venue's time, right before it leaves."""
        return signed(request, self._keys, (self._clock.now() + self.http.offset.nanoseconds) // 1_000_000)

    def _success(self, reply: Response) -> ExampleReply:
        try:
            return ExampleReply(payload(reply.status, reply.body), reply.sent_at)
        except ReadFailed as error:
            if error.proof is Proof.LIMITED:
                self.limiter.pause(PAUSE)
            raise
