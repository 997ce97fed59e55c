"""The turns of tickets: of two that want to change one order at a time, only one sends.

No ticket can look and send in one step, so each does three: its intent is on the disk, then it reads the journals of
the others, then it sends. Of two intents whoever read later has seen the other, because both were written before either
read. Whoever sees an intent of the same order without an outcome does not send. What is left to arrange is that not
both yield, when both have seen the other:

- who is later by (time, id, file) yields at once and records that;
- who is earlier waits until the later one has recorded what it did: if it yielded, the turn is ours; if it went on,
  because it had read before our intent was there, we yield.

Whether nobody sends twice does not depend on any clock, for it needs no order at all: an intent that is seen without an
outcome is never passed by. The order only decides who yields first, and every ticket reads the same one.
"""

from __future__ import annotations

import asyncio
import shlex
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.desk.journal.elsewhere import Elsewhere, InFlight, others
from app.desk.journal.records import marks_of, words_of
from app.domain.account import Account
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import Finding, judge_terms
from app.domain.ports import Rulebook

#: How long an earlier intent waits for what a later one does, and how long between two looks, in seconds.
PATIENCE, AGAIN = 3.0, 0.02

#: Stages in which an intent may still yield: nothing says that it has gone on.
_UNDECIDED = (AmendmentStage.DRAFT, AmendmentStage.CHECKED)

_CHANGED = (AmendmentStage.CONFIRMED, AmendmentStage.DIFFERENT)


class Turn(Enum):
    """Next step of an intent."""

    GO = "send"
    WAIT = "look again"
    YIELD = "send nothing"


@dataclass(frozen=True, slots=True)
class Claim:
    """An intent of ours that is on the disk.

    Attributes:
        path: the first file of our journal.
        seen_at: since when the order was known as the person saw it; see `Lineage`.
        despite: keys of amendments, and sentences about journals that cannot be read, that the person was told of and
            goes on in spite of.
    """

    path: Path
    amendment: Amendment
    seen_at: int
    despite: frozenset[str] = frozenset()


def turn_of(claim: Claim, seen: Iterable[InFlight]) -> tuple[Turn, InFlight | None]:
    """Return what an intent has to do, given all amendments of its order elsewhere, and because of which of them."""
    waits: InFlight | None = None
    for other in seen:
        if other.key in claim.despite:
            continue
        if _is_behind(claim, other):
            return Turn.YIELD, other
        if other.amendment.is_open:
            if other.amendment.stage not in _UNDECIDED or _rank(other.path, other.amendment) < _rank_of(claim):
                return Turn.YIELD, other
            waits = waits or other
    return (Turn.GO, None) if waits is None else (Turn.WAIT, waits)


def _is_behind(claim: Claim, other: InFlight) -> bool:
    """Return True if the other one changed the order and what we know of it is from before that."""
    there = other.amendment
    if there.stage not in _CHANGED or there.latest.at < claim.seen_at:
        return False
    command = claim.amendment.command
    known = command.order if command.behind is None else command.behind.shown
    return judge_terms(there.command, known).finding is Finding.UNCHANGED


def _rank_of(claim: Claim) -> tuple[int, str, str]:
    return _rank(claim.path, claim.amendment)


def _rank(path: Path, amendment: Amendment) -> tuple[int, str, str]:
    """Place in an order that all tickets read alike; two may have taken the same id in the same millisecond."""
    return amendment.rungs[0].at, amendment.amendment_id, str(path)


def sentence(other: InFlight, own: Path | None = None) -> str:
    """Reason why an intent yields to another one, and what to do; `own` is the first file of our own journal."""
    name, path = other.amendment.amendment_id, other.path
    if own == path:
        return (
            f"{name}, an amendment that account {other.account} has in this ticket's own journal, has this order in "
            "flight, and that account is not in the configuration any more. Give the account that name again to settle "
            "it, then send again."
        )
    if other.amendment.stage.is_settled:
        return (
            f"{name}, an amendment in the journal {path}, changed this order after it was read here. It is read again; "
            "look at its terms, and send again."
        )
    return (
        f"{name}, an amendment in the journal {path}, has this order in flight. Wait for its outcome there, then send "
        f"again; `redline journal {name} --journal {shlex.quote(str(path))}` tells what is known, and a start on that "
        "journal looks it up where no ticket is running on it."
    )


class _Stopped(Exception):
    """The reading was ended before its end."""


class Turns:
    """Turns of one ticket's intents."""

    def __init__(
        self,
        own: Path,
        journals: Sequence[Path],
        rulebooks: Mapping[str, Rulebook],
        accounts: Mapping[str, Account],
        everywhere: Callable[[], Sequence[Path]] | None = None,
        aside: Callable[[], Sequence[InFlight]] = tuple,
    ) -> None:
        """Read nothing yet.

        Args:
            own: first file of the journal this ticket writes.
            journals: names of journals; those of the tickets that run beside them are read too.
            rulebooks: by venue name.
            accounts: by name, addresses completed.
            everywhere: finds the journals of other configurations, which may have the same accounts under any name;
                asked before each intent, as a ticket may have begun one since. None where there are none.
            aside: gives what our own journal has in flight on accounts that are not configured any more.
        """
        self._own = own.resolve()
        self._journals = tuple(dict.fromkeys(each.resolve() for each in journals))
        self._marks = {name: marks_of(account) for name, account in accounts.items()}
        words = frozenset[str]().union(*map(words_of, accounts.values()))
        self._elsewhere = Elsewhere(rulebooks, words)
        self._everywhere, self._aside = everywhere, aside
        self._thread: ThreadPoolExecutor | None = None
        self._stop = threading.Event()

    async def come(
        self, account: str, ids: Sequence[str], amendment: Amendment, seen_at: int, despite: frozenset[str]
    ) -> str:
        """Wait until it is an intent's turn, which is at once where no other ticket is about.

        Args:
            account: name of the account.
            ids: every order id its order has had.
            amendment: the intent, which must be on the disk.
            seen_at, despite: see `Claim`.

        Returns:
            "" if it may be sent; else why not, and what to do.
        """
        claim = Claim(self._own, amendment, seen_at, despite)
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        while True:
            unread: list[str] = []
            marks = self._marks[account]
            seen = await self._read(marks, tuple(ids), unread)
            seen += (each for each in self._aside() if each.is_of(marks, ids))
            turn, other = turn_of(claim, seen)
            doubts = [each for each in unread if each not in despite]
            if turn is Turn.YIELD and other is not None:
                return sentence(other, self._own)
            if turn is Turn.GO and not doubts:
                return ""
            if loop.time() > until:
                return sentence(other, self._own) if other is not None else f"{doubts[0]} {_UNREAD}"
            await asyncio.sleep(AGAIN)

    async def look(self) -> None:
        """Read the other journals once, so that the first intent has little to read."""
        await self._read(frozenset(), (), [])

    def close(self) -> None:
        """End a reading that runs; safe to call twice."""
        self._stop.set()
        if self._thread is not None:
            self._thread.shutdown()

    async def _read(self, marks: frozenset[str], ids: Sequence[str], unread: list[str]) -> list[InFlight]:
        if self._everywhere is None and not others(self._journals, self._own):
            return []  # the folder was listed and no more: nobody waits for a thread
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "other journals")
        reading = self._thread.submit(self._read_now, marks, ids, unread)
        return await asyncio.wrap_future(reading)

    def _read_now(self, marks: frozenset[str], ids: Sequence[str], unread: list[str]) -> list[InFlight]:
        paths = others(self._journals, self._own, self._everywhere() if self._everywhere is not None else ())
        return self._elsewhere.of(paths, marks, ids, unread, self._at_row)

    def _at_row(self) -> None:
        if self._stop.is_set():
            raise _Stopped


_UNREAD = "Whether it has this order in flight cannot be known; move that file away, then send again."
