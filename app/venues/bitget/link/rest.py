"""Bitget's REST side: signed by the venue's clock, budgets per call; reads may be repeated, writes may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.domain.evidence import MILLISECOND
from app.domain.ports import Clock
from app.venues.bitget.link.pace import Pace, is_too_many
from app.venues.bitget.wire import codec
from app.venues.bitget.wire.answers import meaning_of
from app.venues.bitget.wire.codec import Call, Reply
from app.venues.bitget.wire.signing import Keys
from app.venues.bitget.wire.values import object_of
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.transport.failures import NotSent, Unanswered
from app.venues.transport.http import HttpClient
from app.venues.transport.jsonx import instant
from app.venues.transport.limiter import Limiter
from app.venues.transport.messages import Response

_ATTEMPTS = 3


class _NoSuchCall(Exception):
    """The venue does not know a call."""


class Rest:
    """The REST calls of one account.

    Attributes:
        skew: the venue's clock minus ours in nanoseconds, as last measured.
    """

    def __init__(self, http: HttpClient, keys: Keys, clock: Clock, pace: Pace) -> None:
        """Start with nothing measured.

        Args:
            http: towards the account's address; tells `pace` of too many requests.
            keys: to sign with.
            clock: ours.
            pace: when requests may leave.
        """
        self.skew: int | None = None
        self._http = http
        self._keys = keys
        self._clock = clock
        self._pace = pace
        #: Calls that tell the venue's time, as long as none of them has answered.
        self._clocks: tuple[str, ...] = (codec.SERVER_TIME, codec.OLDER_SERVER_TIME)

    def limiter(self, path: str) -> Limiter:
        """The budget of one call."""
        return self._pace.limiter(path)

    def paused_for(self) -> float:
        """Seconds for which nothing leaves because Bitget said that there were too many requests; 0.0 for none."""
        return self._pace.left()

    def timestamp_ms(self) -> int:
        """Unix time in milliseconds by the venue's clock, as well as it is known."""
        offset = self.skew if self.skew is not None else self._http.offset.nanoseconds
        return (self._clock.now() + offset) // MILLISECOND

    async def measure_clock(self) -> int:
        """Ask the venue for its time and return how far its clock is ahead of ours, in nanoseconds.

        Raises:
            ReadFailed: if it gave no usable answer.
        """
        for path in self._clocks:
            try:
                self.skew = await self._ask_time(path)
            except _NoSuchCall:
                continue
            self._clocks = (path,)
            return self.skew
        raise ReadFailed("Bitget knows no call that tells its time; check the REST address.")

    async def _ask_time(self, path: str) -> int:
        """Return how far the venue's clock is ahead by one of its calls.

        Raises:
            ReadFailed: if it gave no usable answer. _NoSuchCall: it does not know the call.
        """
        await self._pace.turn(path, urgent=True, person=False)
        try:
            response, reply = await self._once(codec.server_time(path), private=False, routine=False)
        except ReadFailed as error:
            if path != self._clocks[-1] and isinstance(error.__cause__, Malformed) and not self.paused_for():
                raise _NoSuchCall from error
            raise
        if reply.code == codec.NO_SUCH_CALL:
            raise _NoSuchCall
        data = object_of(reply.data, "a time") if isinstance(reply.data, dict) else {}
        theirs = instant(data.get("serverTime") or reply.at, MILLISECOND)
        if theirs is None:
            raise ReadFailed("Bitget sent a time that cannot be read.")
        return theirs - (response.sent_at + response.received_at) // 2

    async def read(
        self,
        call: Call,
        *,
        private: bool = True,
        routine: bool = False,
        urgent: bool = False,
        person: bool = False,
    ) -> Reply:
        """Send a read and return its successful reply; repeated only where the venue says that it did nothing.

        Args:
            call: a GET.
            private: report it on the wire record.
            routine: report it only when its answer changed.
            urgent: a person waits for it: it may use the places that lists leave free.
            person: it serves an amendment: it may not use the share of the reads that keep rows true.

        Raises:
            ReadFailed: if there was no usable, successful answer.
        """
        for attempt in range(_ATTEMPTS):
            await self._pace.turn(call.path, urgent=urgent, person=person)
            _, reply = await self._once(call, private, routine)
            if reply.ok:
                return reply
            proof = meaning_of(reply.code).proof
            last = attempt == _ATTEMPTS - 1
            if proof is Proof.CLOCK and not last:
                await self.measure_clock()
            elif proof is not Proof.LIMITED or last:
                raise ReadFailed(f"Bitget answered {_words(reply)} to {call.method} {call.path}.", proof, reply.code)
        raise AssertionError("unreachable")

    async def rows(
        self,
        page: Callable[[str], Call],
        id_name: str,
        most: int,
        *,
        until: Callable[[Any], bool] = lambda row: False,
        routine: bool = False,
        urgent: bool = False,
    ) -> tuple[list[Any], bool]:
        """Read a list page by page, and return its rows and whether that is all of them.

        It is where Bitget's own end was seen: a page without rows or without a cursor, or one with nothing but the row
        that the page before ended with. How many rows a page has says nothing, and a page or a cursor that comes again
        says that the list goes on where it cannot be followed.

        Args:
            page: makes the call for one page from the cursor of the one before, "" for the first.
            id_name: the field that names a row.
            most: pages read at the most.
            until: a row that ends the search.
            routine: as of `read`.
            urgent: as of `read`.

        Raises:
            ReadFailed: if Bitget gave no usable answer. Malformed: if a page cannot be read.
        """
        rows: list[Any] = []
        seen: set[str] = set()
        cursor, cursors, last = "", {""}, ""
        for _ in range(most):
            new, following = codec.page_of(await self.read(page(cursor), routine=routine, urgent=urgent))
            ids = [str(row.get(id_name)) if isinstance(row, dict) else str(row) for row in new]
            if cursor and seen.issuperset(ids):
                return rows, set(ids) <= {last}
            rows += new
            if not new or not following:
                return rows, True
            if following in cursors or any(until(row) for row in new):
                break
            seen.update(ids)
            cursors.add(following)
            cursor, last = following, ids[-1]
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
        async with self._pace.careful():
            # The signature tells the time at which it was made: not the one from before the wait.
            request = codec.encode(call, self._keys, self.timestamp_ms())
            try:
                response = await self._http.send(request, private=private, routine=routine)
            except (NotSent, Unanswered) as error:
                raise ReadFailed(f"Bitget: {error}") from error
        try:
            reply = codec.read_reply(response.body)
        except Malformed as error:
            text = f"Bitget sent {error} to {call.method} {call.path} (HTTP {response.status}); try again later."
            raise ReadFailed(text) from error
        if meaning_of(reply.code).proof is Proof.LIMITED:
            self.limited(response, reply.code)
        elif not is_too_many(response):
            self._pace.answered()
        return response, reply

    def limited(self, response: Response, code: str) -> None:
        """Take a reply whose code says that there were too many requests; one whose status does was taken before."""
        if not is_too_many(response):
            self._pace.too_many_by_code(code)


def _words(reply: Reply) -> str:
    return f"{reply.code} (“{reply.text[:200]}”)" if reply.text else reply.code
