"""Bitget's REST side: signed by the venue's clock, budgets per call; reads may be repeated, writes may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.domain.evidence import MILLISECOND
from app.domain.ports import Clock
from app.venues.bitget.wire import codec
from app.venues.bitget.wire.answers import PAUSE, meaning_of
from app.venues.bitget.wire.codec import Call, Reply
from app.venues.bitget.wire.signing import Keys
from app.venues.bitget.wire.values import object_of
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.messages import Response

#: The documented budgets per second, of which four fifths are used.
_READS = 16
_WRITES = 8

#: Reads leave this many places free, so that a person's look-up never waits behind a list.
_KEEP = 4

_ATTEMPTS = 3


class Rest:
    """The REST calls of one account.

    Attributes:
        skew: the venue's clock minus ours in nanoseconds, as last measured.
    """

    def __init__(self, http: HttpClient, keys: Keys, clock: Clock) -> None:
        """Start with nothing measured.

        Args:
            http: towards the account's address.
            keys: to sign with.
            clock: ours.
        """
        self.skew: int | None = None
        self._http = http
        self._keys = keys
        self._clock = clock
        self._limiters: dict[str, Limiter] = {}

    def limiter(self, path: str) -> Limiter:
        """The budget of one call; the venue counts each on its own."""
        if path not in self._limiters:
            writes = path in (codec.MODIFY, codec.BATCH_MODIFY, codec.CANCEL)
            limit = 5 if path in (codec.ACCOUNT_INFO,) else _WRITES if writes else _READS
            self._limiters[path] = Limiter((Window(limit, 1.0),), self._clock.monotonic)
        return self._limiters[path]

    def timestamp_ms(self) -> int:
        """Unix time in milliseconds by the venue's clock, as well as it is known."""
        offset = self.skew if self.skew is not None else self._http.offset.nanoseconds
        return (self._clock.now() + offset) // MILLISECOND

    async def measure_clock(self) -> int:
        """Ask the venue for its time and return how far its clock is ahead of ours, in nanoseconds.

        Raises:
            ReadFailed: if it gave no usable answer.
        """
        response, reply = await self._once(codec.server_time(), private=False, routine=False)
        data = object_of(reply.data, "a time") if isinstance(reply.data, dict) else {}
        text = str(data.get("serverTime") or reply.at or "")
        if not text.isdecimal():
            raise ReadFailed("Bitget sent a time that cannot be read.")
        middle = (response.sent_at + response.received_at) // 2
        self.skew = int(text) * MILLISECOND - middle
        return self.skew

    async def read(self, call: Call, *, private: bool = True, routine: bool = False, urgent: bool = False) -> Reply:
        """Send a read and return its successful reply; repeated only where the venue says that it did nothing.

        Args:
            call: a GET.
            private: report it on the wire record.
            routine: report it only when its answer changed.
            urgent: a person waits for it: it may use the places that lists leave free.

        Raises:
            ReadFailed: if there was no usable, successful answer.
        """
        for attempt in range(_ATTEMPTS):
            await self.limiter(call.path).acquire(0 if urgent else _KEEP)
            _, reply = await self._once(call, private, routine)
            if reply.ok:
                return reply
            proof = meaning_of(reply.code).proof
            last = attempt == _ATTEMPTS - 1
            if proof is Proof.LIMITED and not last:
                self.limiter(call.path).pause(PAUSE)
            elif proof is Proof.CLOCK and not last:
                await self.measure_clock()
            else:
                raise ReadFailed(f"Bitget answered {_words(reply)} to {call.method} {call.path}.", proof, reply.code)
        raise AssertionError("unreachable")

    async def rows(
        self,
        page: Callable[[str], Call],
        most: int,
        *,
        until: Callable[[Any], bool] = lambda row: False,
        routine: bool = False,
        urgent: bool = False,
    ) -> tuple[list[Any], bool]:
        """Read a list page by page, and return its rows and whether that is all of them.

        Args:
            page: makes the call for one page from the cursor of the one before, "" for the first.
            most: pages read at the most.
            until: a row that ends the search.
            routine: as of `read`.
            urgent: as of `read`.

        Raises:
            ReadFailed: if Bitget gave no usable answer. Malformed: if a page cannot be read.
        """
        rows: list[Any] = []
        cursor = ""
        for _ in range(most):
            new, following = codec.page_of(await self.read(page(cursor), routine=routine, urgent=urgent))
            rows += new
            if len(new) < codec.PAGE or not following or following == cursor:
                return rows, True
            if any(until(row) for row in new):
                break
            cursor = following
        return rows, False

    async def write(
        self, call: Call, *, amendment_id: str = "", on_written: Callable[[bytes], None] | None = None
    ) -> Response:
        """Send once, never again, whatever happens.

        Args:
            call: a POST, whose place in the budget the caller has taken.
            amendment_id: goes into the wire record.
            on_written: told the exact body once its last byte was handed over.

        Raises:
            NotSent: nothing left. Unanswered: it may have left and no whole answer came.
        """
        request = codec.encode(call, self._keys, self.timestamp_ms())
        tell = (lambda: on_written(request.body)) if on_written is not None else None
        return await self._http.send(request, amendment_id=amendment_id, on_written=tell)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _once(self, call: Call, private: bool, routine: bool) -> tuple[Response, Reply]:
        request = codec.encode(call, self._keys, self.timestamp_ms())
        try:
            response = await self._http.send(request, private=private, routine=routine)
        except (NotSent, Unanswered) as error:
            raise ReadFailed(f"Bitget: {error}") from error
        try:
            return response, codec.read_reply(response.body)
        except Malformed as error:
            text = f"Bitget sent {error} to {call.method} {call.path} (HTTP {response.status}); try again later."
            raise ReadFailed(text) from error


def _words(reply: Reply) -> str:
    return f"{reply.code} (“{reply.text[:200]}”)" if reply.text else reply.code
