"""Bitso's REST side: signed and public requests of one account, within the documented limits."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.ports import Clock
from app.venues.bitso.profile import PRIVATE_PER_MINUTE, PUBLIC_PER_MINUTE
from app.venues.bitso.wire.answers import payload
from app.venues.bitso.wire.codec import Endpoints
from app.venues.bitso.wire.signing import Keys, Nonces, signed
from app.venues.common.failures import Proof, ReadFailed
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.messages import Request, Response

#: Places of each minute that background reading leaves to a person.
KEPT_FOR_A_PERSON = PRIVATE_PER_MINUTE // 2
#: A minute by the venue's clock, with a second to spare for requests that overtake each other on the way.
_MINUTE = 61.0
#: Seconds for which Bitso locks an account out that went over its limit.
LOCKED_OUT = 60.0


@dataclass(frozen=True, slots=True)
class Success:
    """A successful reply: its payload, when the request left and when the reply came, by our clock in nanoseconds."""

    payload: Any
    asked_at: int
    at: int


class Rest:
    """The REST calls of one account.

    Attributes:
        http: carries the requests.
        endpoints: makes them.
        private: the account's budget; cancels do not count.
        public: this machine's budget.
    """

    def __init__(self, http: HttpClient, keys: Keys, endpoints: Endpoints, clock: Clock) -> None:
        """Start with nothing sent.

        Args:
            http: towards the account's address.
            keys: to sign with.
            endpoints: of the same address.
            clock: ours.
        """
        self.http = http
        self.endpoints = endpoints
        self.private = Limiter([Window(PRIVATE_PER_MINUTE, _MINUTE)], clock.monotonic)
        self.public = Limiter([Window(PUBLIC_PER_MINUTE, _MINUTE)], clock.monotonic)
        self._keys = keys
        self._clock = clock
        self._nonces = Nonces(secrets.randbelow(900_000))

    async def read(self, request: Request, *, routine: bool = False) -> Success:
        """Send a private request that changes nothing, when there is room for it.

        A refused nonce is tried once more with a new one, which is safe because nothing was done and nothing changes.

        Args:
            request: unsigned.
            routine: nobody waits for it, so that it leaves room for a person's requests.

        Raises:
            NotSent, Unanswered: no reply. ReadFailed: an error. Malformed: an unreadable reply.
        """
        for attempt in (1, 2):
            await self.private.acquire(KEPT_FOR_A_PERSON if routine else 0)
            reply = await self.http.send(self._signed(request), routine=routine)
            try:
                return self._success(reply, self.private)
            except ReadFailed as error:
                if attempt == 2 or error.proof is not Proof.CLOCK:
                    raise
        raise AssertionError("unreachable")

    async def look(self, request: Request) -> Success:
        """Send a public request, when there is room for it.

        Raises:
            NotSent, Unanswered: no reply. ReadFailed: an error. Malformed: an unreadable reply.
        """
        await self.public.acquire()
        return self._success(await self.http.send(request, private=False), self.public)

    async def write(
        self, request: Request, *, amendment_id: str = "", on_written: Callable[[bytes], None] | None = None
    ) -> Success:
        """Send once, never again, whatever happens.

        Args:
            request: unsigned; the caller has taken its place in the budget.
            amendment_id: goes into the wire record.
            on_written: told the exact body once its last byte was handed over.

        Raises:
            NotSent: nothing left. Unanswered: it may have left and no whole answer came. ReadFailed: an error.
            Malformed: an unreadable reply.
        """
        tell = (lambda: on_written(request.body)) if on_written is not None else None
        reply = await self.http.send(self._signed(request), amendment_id=amendment_id, on_written=tell)
        return self._success(reply, self.private)

    def _signed(self, request: Request) -> Request:
        """Sign a request with a fresh nonce, right before it leaves."""
        return signed(request, self._keys, self._nonces.next(self._clock.now() + self.http.offset.nanoseconds))

    @staticmethod
    def _success(reply: Response, limiter: Limiter) -> Success:
        """Read a reply; one that says we are too fast stops all of its budget for a minute."""
        try:
            return Success(payload(reply.status, reply.body), reply.sent_at, reply.received_at)
        except ReadFailed as error:
            if error.proof is Proof.LIMITED:
                limiter.pause(LOCKED_OUT)
            raise
