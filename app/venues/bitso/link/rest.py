"""Signed and public requests of one account, within the documented limits, each with its meaning when it fails."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from app.domain.account import Account
from app.domain.events import Event
from app.domain.form import InputError
from app.domain.ports import Clock
from app.venues.bitso.profile import API_KEY, PRIVATE_PER_MINUTE, PUBLIC_PER_MINUTE, REST, SECRET
from app.venues.bitso.wire.answers import Meaning
from app.venues.bitso.wire.codec import Calls, ErrorReply, payload, prefix_of, signed
from app.venues.bitso.wire.signing import Nonces
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.messages import Request, Response

#: Places of each minute that background reading leaves to a person.
KEPT_FOR_A_PERSON = PRIVATE_PER_MINUTE // 2
#: A minute by the venue's clock, with a second to spare for requests that overtake each other on the way.
_MINUTE = 61.0
#: How long Bitso locks an account out that went over its limit.
LOCKED_OUT = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful reply: its payload, when the request left and when the reply came, by our clock in nanoseconds."""

    payload: Any
    asked_at: int
    at: int


class Session:
    """What a connector sends its requests through.

    Attributes:
        calls: makes the requests. http: carries them. private: the account's budget. public: this machine's.
    """

    def __init__(
        self,
        account: Account,
        sink: Callable[[Event], None],
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet.

        Raises:
            InputError: if the account lacks an address or a credential, naming it.
        """
        address = account.addresses.get(REST, "")
        if not address.startswith(("http://", "https://")):
            text = f"account “{account.name}”: address {REST} is missing; write it as https://bitso.com/api."
            raise InputError(REST, text)
        for name in (API_KEY, SECRET):
            if name not in account.credentials or not account.credentials[name].reveal():
                raise InputError(name, f"account “{account.name}”: credential {name} is missing; add it.")
        self.key = account.credentials[API_KEY].reveal()
        self._secret = account.credentials[SECRET]
        self._clock = clock
        self._nonces = Nonces(secrets.randbelow(900_000))
        self.calls = Calls(prefix_of(address))
        self.http = HttpClient(address, account=account.name, sink=sink, clock=clock, transport=transport)
        self.private = Limiter([Window(PRIVATE_PER_MINUTE, _MINUTE)], clock.monotonic)
        self.public = Limiter([Window(PUBLIC_PER_MINUTE, _MINUTE)], clock.monotonic)

    def sign(self, request: Request) -> Request:
        """Sign a request with a fresh nonce; call it right before sending."""
        nonce = self._nonces.next(self._clock.now() + self.http.offset.nanoseconds)
        return signed(request, self.key, self._secret.reveal(), nonce)

    async def read(self, request: Request, *, routine: bool = False) -> Answer:
        """Send a private request that changes nothing, when there is room for it.

        A refused nonce is tried once more with a new one, which is safe because nothing was done and nothing changes.

        Raises:
            NotSent, Unanswered: no reply. ErrorReply: an error. Malformed: an unreadable reply.
        """
        for attempt in (1, 2):
            await self.private.acquire(KEPT_FOR_A_PERSON if routine else 0)
            reply = await self.http.send(self.sign(request), routine=routine)
            try:
                return self.answer(reply)
            except ErrorReply as error:
                if attempt == 2 or error.meaning is not Meaning.NONCE:
                    raise
        raise AssertionError("unreachable")

    async def look(self, request: Request) -> Answer:
        """Send a public request, when there is room for it.

        Raises:
            NotSent, Unanswered: no reply. ErrorReply: an error. Malformed: an unreadable reply.
        """
        await self.public.acquire()
        reply = await self.http.send(request, private=False)
        try:
            return Answer(payload(reply.status, reply.body), reply.sent_at, reply.received_at)
        except ErrorReply as error:
            if error.meaning is Meaning.LIMITED:
                self.public.pause(LOCKED_OUT)
            raise

    def answer(self, reply: Response) -> Answer:
        """Read a reply to a private request; one that says we are too fast stops all but cancels for a minute.

        Raises:
            ErrorReply: an error. Malformed: an unreadable reply.
        """
        try:
            return Answer(payload(reply.status, reply.body), reply.sent_at, reply.received_at)
        except ErrorReply as error:
            if error.meaning is Meaning.LIMITED:
                self.private.pause(LOCKED_OUT)
            raise
