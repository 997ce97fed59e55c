"""Rows of the list of open orders, to its end: in one request, and book by book where that is cut.

The list takes a book and a limit of at most 500, and no marker; a list as long as the limit may have been cut
("List Open Orders", https://docs.bitso.com, read 2026-11-21, documented). A book's own list ends where it is shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.domain.ports import Clock
from app.venues.bitso.link.rest import Rest, Success, Use
from app.venues.bitso.wire.codec import LIST_LIMIT
from app.venues.bitso.wire.rows import books_of
from app.venues.common.failures import Malformed, Proof, ReadFailed
from app.venues.transport.jsonx import JsonError, array

#: Seconds after which a book without orders of ours is listed again, while lists are read book by book.
EMPTY_AGAIN = 60.0
#: Seconds for which lists are read book by book, or not taken for whole, after one that left out an open order.
DISTRUST = 600.0

#: Faults that end the reading of a whole list; others cost one book.
_ENDING = frozenset({Proof.AUTH, Proof.PERMISSION, Proof.LIMITED, Proof.CLOCK})


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one reading.

    Attributes:
        rows: as decoded, perhaps one order twice.
        whole: the end of every list that can hold an order of ours was seen.
        asked_at: when the first request left.
        faults: a sentence for each list that was cut or could not be read.
    """

    rows: list[Any]
    whole: bool
    asked_at: int
    faults: tuple[str, ...] = ()


class Pages:
    """Reads the rows of open orders."""

    def __init__(self, rest: Rest, clock: Clock, books: Callable[[], Iterable[str]]) -> None:
        """Read nothing yet.

        Args:
            rest: towards the venue.
            clock: ours.
            books: gives every book of the venue; none while they are not loaded.
        """
        self._rest = rest
        self._clock = clock
        self._books = books
        self._empty: dict[str, float] = {}
        self._by_book_until = self._doubted_until = float("-inf")

    def left_one_out(self) -> None:
        """Note that a list that looked whole lacked an open order: the venue cuts it without a word."""
        now = self._clock.monotonic()
        if now < self._by_book_until:
            self._doubted_until = now + DISTRUST
        self._by_book_until = now + DISTRUST

    async def read(self, held: Iterable[str]) -> Page:
        """Read all rows.

        Args:
            held: books that held orders of ours when they were last listed.

        Raises:
            NotSent, Unanswered, ReadFailed, Malformed: the list itself could not be read.
        """
        reply = await self._ask("")
        listed, now = _rows(reply), self._clock.monotonic()
        if len(listed) < LIST_LIMIT and now >= self._by_book_until:
            self._empty.clear()
            return Page(listed, True, reply.asked_at)
        return await self._by_book(listed, {*held, *books_of(listed)}, reply.asked_at, now)

    async def _by_book(self, listed: list[Any], held: set[str], asked_at: int, now: float) -> Page:
        """Read each book that may hold an order of ours; those found empty a moment ago are not asked again."""
        known = set(self._books())
        rows, faults = list(listed), [] if known else ["Bitso's books are not known yet, so its list may be cut."]
        asked = held | {book for book in known if now - self._empty.get(book, float("-inf")) > EMPTY_AGAIN}
        for book in sorted(asked):
            try:
                page = _rows(await self._ask(book))
            except (ReadFailed, Malformed) as error:
                if isinstance(error, ReadFailed) and error.proof in _ENDING:
                    raise
                faults.append(f"The open orders of {book} cannot be listed: {error}")
                continue
            if len(page) >= LIST_LIMIT:
                faults.append(
                    f"Bitso lists {LIST_LIMIT} open orders of a book at most; beyond them, those of {book} are "
                    f"looked up one by one if they are known, and not shown if they are not."
                )
            elif books_of(page) - {book}:
                faults.append(f"Bitso lists other books where {book} was asked for, so its list may be cut.")
            elif page:
                self._empty.pop(book, None)
            else:
                self._empty[book] = now
            rows += page
        if now < self._doubted_until:
            faults.append("Bitso's list leaves out orders that are open; those we know are looked up one by one.")
        return Page(rows, not faults, asked_at, tuple(faults))

    async def _ask(self, book: str) -> Success:
        return await self._rest.read(self._rest.endpoints.open_orders(book), Use.ROWS, lists=True)


def _rows(reply: Success) -> list[Any]:
    try:
        return array(reply.payload)
    except JsonError as error:
        raise Malformed(f"Bitso sent something else than a list where open orders were asked for: {error}") from error
