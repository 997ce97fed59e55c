"""Bitso's REST side: signed and public requests of one account, within the documented limits."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from app.domain.ports import Clock
from app.venues.bitso.profile import PRIVATE_PER_MINUTE, PUBLIC_PER_MINUTE
from app.venues.bitso.wire.answers import payload
from app.venues.bitso.wire.codec import Endpoints
from app.venues.bitso.wire.signing import Keys, Nonces, signed
from app.venues.common.failures import Proof, ReadFailed
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.limits import Complaints, wait_asked
from app.venues.transport.messages import Request, Response

#: Places of each minute that background reading leaves to a person.
KEPT_FOR_A_PERSON = PRIVATE_PER_MINUTE // 2
#: Places of each minute that only reads of open orders may take, whatever else is sent: a list every two seconds, as
#: many look-ups of stop prices, and some for single rows.
KEPT_FOR_ROWS = 75
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


class Use(Enum):
    """Purpose of a private read, which decides whose places of the budget it takes.

    PERSON: somebody waits for it, so it takes the next place. ROWS: it keeps shown orders true; it leaves room for a
    person and has a share that nobody else can use up. ROUTINE: it can wait, and leaves room for a person.
    """

    PERSON = "person"
    ROWS = "rows"
    ROUTINE = "routine"


class Rest:
    """The REST calls of one account.

    Attributes:
        http: carries the requests.
        endpoints: makes them.
        private: the account's budget; cancels do not count.
        public: this machine's budget.
    """

    def __init__(
        self,
        http: HttpClient,
        keys: Keys,
        endpoints: Endpoints,
        clock: Clock,
        *,
        waits: Callable[[float], None] = lambda seconds: None,
        paused: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        """Start with nothing sent.

        Args:
            http: towards the account's address.
            keys: to sign with.
            endpoints: of the same address.
            clock: ours.
            waits: told for how many seconds a list of open orders has to wait.
            paused: told for how many seconds nothing private leaves, because Bitso said that we were too fast.
        """
        self.http = http
        self._complaints = Complaints(clock.monotonic)
        self.endpoints = endpoints
        self.private = Limiter([Window(PRIVATE_PER_MINUTE, _MINUTE)], clock.monotonic, share=KEPT_FOR_ROWS)
        self.public = Limiter([Window(PUBLIC_PER_MINUTE, _MINUTE)], clock.monotonic)
        self._keys = keys
        self._clock = clock
        self._waits = waits
        self._paused = paused
        self._nonces = Nonces(secrets.randbelow(900_000))

    @property
    def has_room(self) -> bool:
        """Return True if a routine read could leave now, without waiting."""
        return self.private.delay(KEPT_FOR_A_PERSON) <= 0

    async def read(self, request: Request, use: Use = Use.PERSON, *, lists: bool = False) -> Success:
        """Send a private request that changes nothing, when there is room for it.

        A refused nonce is tried once more with a new one, which is safe because nothing was done and nothing changes.

        Args:
            request: unsigned.
            use: what for.
            lists: it is a list of open orders: a wait for it is told.

        Raises:
            NotSent, Unanswered: no reply. ReadFailed: an error. Malformed: an unreadable reply.
        """
        keep, shared = 0 if use is Use.PERSON else KEPT_FOR_A_PERSON, use is Use.ROWS
        for attempt in (1, 2):
            if lists:
                self._waits(self.private.delay(keep, shared=shared))
            await self.private.acquire(keep, shared=shared)
            reply = await self.http.send(self._signed(request), routine=use is not Use.PERSON)
            try:
                return self._success(reply, is_public=False)
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
        return self._success(await self.http.send(request, private=False), is_public=True)

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
        return self._success(reply, is_public=False)

    def _signed(self, request: Request) -> Request:
        """Sign a request with a fresh nonce, right before it leaves."""
        return signed(request, self._keys, self._nonces.next(self._clock.now() + self.http.offset.nanoseconds))

    def _success(self, reply: Response, *, is_public: bool) -> Success:
        """Read a reply; one that says that we are too fast, in whatever dress, pauses for what it asks."""
        seconds, of_its_own = wait_asked(reply, LOCKED_OUT), False
        try:
            return Success(payload(reply.status, reply.body), reply.sent_at, reply.received_at)
        except ReadFailed as error:
            if error.proof is Proof.LIMITED:
                seconds, of_its_own = seconds or LOCKED_OUT, error.code != ""
            raise
        finally:
            if seconds > 0:
                self._slow_down(self._complaints.wait(seconds), only_public=is_public and of_its_own)

    def _slow_down(self, seconds: float, *, only_public: bool) -> None:
        """Let nothing leave but cancels, which do not count.

        Bitso counts public requests by themselves, and says so in an error of its own. Whatever stands before it and
        answers in another dress counts everything.
        """
        self.public.pause(seconds)
        if not only_public:
            self.private.pause(seconds)
            self._paused(seconds)
