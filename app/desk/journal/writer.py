"""The journal: every event in order, on the disk before an amendment leaves. One thread writes it.

The event loop hands records over and never waits, except where it asks `durable`: then the writer commits at once.
Whatever has gathered meanwhile goes into the same commit, so a thousand waiting records cost one flush of the disk.
Records nobody waits for are committed within `LINGER`.

Market data is not journalled: it decides no outcome and would be nearly all of the volume. What a sent amendment was
judged by is: the quote it was checked against is written right before its intent.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.desk.journal import files as files
from app.desk.journal.chain import Row
from app.desk.journal.codec import dumps
from app.desk.journal.place import LostError
from app.desk.journal.reading import EMPTIED, highest, rows, verify_family, verify_tail
from app.desk.journal.records import Previous
from app.desk.journal.replay import Checkpoint, Folded, state_hash
from app.desk.journal.store import JournalEntry, Nature, Store, StoreError, log_of, nature_of, not_ours
from app.domain.amendment import Amendment

log = logging.getLogger(__name__)

#: How long a record may wait for company before it is committed, in seconds, if nobody waits for it.
LINGER = 0.02

#: How long after a failed write the next attempt is made, in seconds.
RETRY = 1.0

#: How long a writer that has nothing to write goes without a look at where its file lies, in seconds.
LOOK_EVERY = 2.0

#: Records that may wait for the disk before whoever hands over more waits for it: what it takes in a tenth of a second.
MOST_WAITING = 2_000

#: Seconds after which a disk that takes nothing is waited for no more.
STUCK = 0.5


#: Said of every journal that cannot be had.
_NONE = "With --no-journal none is kept."


class JournalError(Exception):
    """The journal cannot be opened or written; one sentence."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes in bytes at which the journal closes a file and begins another.

    Attributes:
        segment: beyond this a new segment begins, with a checkpoint that repeats all that is not over.
        total: beyond this, over all segments, the oldest are removed.
        checkpoint: text written since the last checkpoint after which the next is due; bounds the time a start takes.
    """

    segment: int = 32_000_000
    total: int = 1_000_000_000
    checkpoint: int = 4_000_000

    @property
    def full(self) -> int:
        """At how many bytes a segment takes no further checkpoint: what may come before the next has its room."""
        return self.segment - self.segment // 10


class _Stopped(Exception):
    """A check was ended before its end."""


@dataclass(frozen=True, slots=True)
class _Due:
    """A checkpoint at its place in the queue."""

    folded: Folded


def _broken(path: Path, text: str, *, keep: bool = True) -> str:
    advice = " Keep the file; `redline journal` tells what it has." if keep else ""
    return f"The journal {path} does not hold: {text}{advice}"


def entry_of(value: Any) -> JournalEntry:
    """The record of an event, a session, a clock reading: of anything with a time."""
    intent = getattr(value, "amendment", None)
    about = intent.amendment_id if isinstance(intent, Amendment) else getattr(value, "amendment_id", "")
    return JournalEntry(value.at, type(value).__name__, getattr(value, "account", ""), dumps(value), about)


class Journal:
    """A family of segments open for writing.

    Attributes:
        path: the first segment's file of the family; `asked` that of the one that was asked for.
        shared: whether another ticket has the family that was asked for, and this is a separate one.
        tail: what is to be folded at the start: the rows from the last checkpoint on.
        fresh: whether the segment is new, so that a checkpoint has to be its first record.
        beside: one sentence on that other ticket, "" if there is none.
        problem: what is wrong with what was found, in sentences; "" if nothing is.
        failed: one sentence while records cannot be written, "" otherwise.
        wants_checkpoint: whether it is time for one.
    """

    def __init__(self, path: Path, sizes: Sizes | None = None, *, exactly: bool = False) -> None:
        """Open the journal, or make it.

        Args:
            path: the first segment's file. If another ticket writes there, a separate family beside it is taken.
            sizes: when files end.
            exactly: take the family asked for or none.

        Raises:
            JournalError: if it cannot be written here, is no journal, was written by a newer version, or is in use.
        """
        self._sizes = sizes or Sizes()
        self.tail: list[Row] = []
        self._continues: Previous | None = None
        self.problem = self.failed = ""
        try:
            asked = files.followed(path)
            self.path, self._lock = files.claim(asked, 1) if exactly else files.claim(asked)
            try:
                self._store = self._open()
            except BaseException:
                self._lock.release()
                raise
        except StoreError as error:
            raise JournalError(f"{error} {_NONE}") from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise JournalError(
                f"The journal {path} cannot be written: {reason}. Name another with --journal. {_NONE}"
            ) from error
        self.asked = path
        self.shared = self.path != asked
        self.beside = (
            f"Another ticket is running on {path}; this one writes {self.path}. Neither sends a change of an order of "
            "which the other has one in flight."
            if self.shared
            else ""
        )
        self.fresh = self._store.is_empty
        # A new segment gets its first record only after this; the check is of what was there.
        self._checked = [each for each in files.segments(self.path) if not self.fresh or each != self._store.path]
        self._stop = threading.Event()
        self.wants_checkpoint = False
        self._given = self._durable = self._store.seq
        #: Up to which record the disk had everything when it was waited for in vain, None if it never was.
        self._stuck_at: int | None = None
        self._queue: list[JournalEntry | _Due] = []
        self._waiters: list[tuple[int, asyncio.Future[None]]] = []
        self._wake = threading.Condition()
        self._urgent = self._closing = False
        self._since = sum(len(row.body) for row in self.tail[1:])
        self._repeated = len(self.tail[0].body) if self.tail else 0
        self._thread = threading.Thread(target=self._run, name=f"journal {self.path.name}", daemon=True)
        self._thread.start()

    def _open(self) -> Store:
        """The segment to write to: the last one, or a new one after it if that one is damaged."""
        found = files.segments(self.path)
        number = files.number_of(self.path, found[-1]) if found else 0
        for path in reversed(found):
            if why := not_ours(path):
                raise StoreError(why)
            whole = self._read_tail(path)
            if self.tail and whole:
                return Store(path)
            if self.tail:
                break
            if whole:
                # It holds nothing, not even in its log; the one before it goes on, or it is made anew.
                if nature_of(path) is Nature.EMPTY:
                    self._say(_broken(path, f"{EMPTIED} What it may have held is lost.", keep=False))
                files.remove(path)
                number -= 1
        fresh = files.unused(self.path, number + 1)
        if not self.tail:
            return Store(fresh)
        last = self.tail[-1]
        self._continues = Previous(path.name, last.seq, last.hash.hex())
        return Store(fresh, after=(last.seq, last.hash))

    def _read_tail(self, path: Path) -> bool:
        """Read a segment from its last checkpoint on, as far as it can be read, and follow its chain.

        Returns:
            Whether nothing was found to be wrong with it, beside that it may hold no record at all.
        """
        whole, lost = False, not path.stat().st_size and log_of(path)
        try:
            for row in rows(path, since_checkpoint=True):
                self.tail.append(row)
            if not self.tail:
                self.tail.extend(rows(path))  # none, or its checkpoints were taken out: what is left is worth having
            broken = verify_tail(path, self.tail) if self.tail else None
            emptied = not self.tail and highest(path) > 0
        except StoreError as error:
            self._say(str(error))
        else:
            if emptied:
                self._say(_broken(path, "All its rows were taken out."))
            elif broken is not None:
                self._say(_broken(path, broken.text))
            elif lost:
                # Its log may still tell something; a file made in its place would be given that log, and spoilt.
                self._say(_broken(path, f"{EMPTIED} Its log still lies beside it."))
            else:
                whole = True
        return whole

    def _say(self, sentence: str) -> None:
        self.problem = f"{self.problem} {sentence}".strip()

    # -- for the event loop --------------------------------------------------------------------------------------

    @property
    def written(self) -> int:
        """The number of the last record handed over."""
        return self._given

    def append(self, value: Any, *, urgent: bool = False) -> int:
        """Hand over an event or another record; returns its number at once. The caller sees to it that it is masked."""
        return self.write(entry_of(value), urgent=urgent)

    def write(self, *entries: JournalEntry, urgent: bool = False) -> int:
        """Hand over records that are text already; returns the last one's number at once. After `close` none is taken.

        Args:
            entries: the records, in order.
            urgent: whether somebody is about to wait for them, so that the writer begins right away.
        """
        self._since += sum(len(entry.body) for entry in entries)
        # A state that is itself large is repeated more rarely, so that checkpoints stay a part of the whole.
        sizes = self._sizes
        is_full = self._store.size >= sizes.full and self._since > max(self._repeated, sizes.checkpoint // 4)
        self.wants_checkpoint = is_full or self._since > max(sizes.checkpoint, 3 * self._repeated)
        return self._hand_over(entries, urgent)

    def checkpoint(self, folded: Folded) -> int:
        """Hand over a checkpoint of the state as it is now; a new segment begins with it if the last one is full."""
        self._since, self.wants_checkpoint = 0, False
        return self._hand_over([_Due(folded.copied())], urgent=False)

    def _hand_over(self, items: Sequence[JournalEntry | _Due], urgent: bool) -> int:
        with self._wake:
            if not self._closing:
                idle = not self._queue
                self._given += len(items)
                self._queue += items
                self._urgent = self._urgent or urgent
                # Waking the writer twice for one thing costs more than the disk does.
                if idle or urgent:
                    self._wake.notify()
                self._wait_for_room()
            return self._given

    def _wait_for_room(self) -> None:
        """Wait, with the lock held, while more is handed over than the disk takes: no queue grows for hours.

        A disk that takes nothing at all is waited for once, and not again before it goes on: the window stays alive.
        """
        if self._given - self._durable <= MOST_WAITING or self._durable == self._stuck_at:
            return
        self._urgent = True
        self._wake.notify()
        has_room = self._wake.wait_for(
            lambda: self._given - self._durable <= MOST_WAITING or bool(self.failed) or self._closing, STUCK
        )
        self._stuck_at = None if has_room and not self.failed else self._durable

    async def durable(self, number: int | None = None) -> None:
        """Wait until a record (by default the last one handed over), and so all before it, is on the disk.

        Raises:
            JournalError: if it cannot be written.
        """
        with self._wake:
            wanted = self._given if number is None else number
            if self._durable >= wanted:
                return
            if self._closing:
                raise JournalError(f"The journal {self.path} is closed.")
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append((wanted, waiter))
            if not self._urgent:
                self._urgent = True
                self._wake.notify()
        await waiter

    def flush(self) -> bool:
        """Block until all that was handed over is on the disk; False if it cannot be. For a start or an end only."""
        with self._wake:
            self._urgent = True
            self._wake.notify()
            self._wake.wait_for(lambda: self._durable >= self._given or bool(self.failed))
            return self._durable >= self._given

    def check(self) -> str:
        """Follow the chain through all segments there were at the start. Blocks, for a thread of its own.

        Returns:
            One sentence about the first broken row, "" if the chain holds or the check was stopped.
        """
        try:
            broken = verify_family(self._checked, self._politely)
        except StoreError as error:
            return str(error)
        except _Stopped:
            return ""
        return _broken(broken[0][0], broken[0][1].text) if broken else ""

    def stop_checking(self) -> None:
        """End a check that runs; safe to call without one."""
        self._stop.set()

    def _politely(self, row: Row) -> None:
        # The window draws meanwhile, and only one thread at a time runs Python.
        if row.seq % 50 == 0 and self._stop.wait(0.001):
            raise _Stopped

    def close(self) -> None:
        """Write what is left, let go of the file and of the lock; safe to call twice."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._store.close()
        self._lock.release()

    # -- the writer ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._write_until_closed()
        finally:
            # However the writer ends, nobody may wait for it for ever.
            self._closing = True
            done = self._durable == self._given
            self._told(self.failed if done else self.failed or "The journal was closed.", self._durable)

    def _write_until_closed(self) -> None:
        while True:
            with self._wake:
                idle_for = RETRY if self.failed else LOOK_EVERY
                self._wake.wait_for(lambda: self._queue or self._urgent or self._closing, idle_for)
                if self._queue:
                    self._wake.wait_for(lambda: self._urgent or self._closing, LINGER)
                batch, self._queue, self._urgent = self._queue, [], False
                closing = self._closing
            done = 0
            try:
                while done < len(batch):
                    done += self._commit(batch[done:])
                    self._store.check_place()
                if not batch:
                    self._store.check_place()
            except LostError as error:
                # What was written just now may be where nobody will look for it.
                self._missed(batch[done:], str(error), self._durable)
            except (sqlite3.Error, StoreError, OSError) as error:
                text = f"The journal {self._store.path} cannot be written ({error}); nothing can be sent until it can."
                self._missed(batch[done:], text, self._store.seq)
            else:
                self._told("", self._store.seq)
                # A log that could not be folded in now is folded in later; a disk in trouble shows at the next commit.
                with contextlib.suppress(sqlite3.Error, OSError):
                    self._store.tidy()
            if closing:
                return

    def _commit(self, batch: list[JournalEntry | _Due]) -> int:
        """Write the records up to the next checkpoint in one commit, or the checkpoint; returns how many that were."""
        first = batch[0]
        if isinstance(first, _Due):
            self._write_checkpoint(first.folded)
            count = 1
        else:
            count = next((place for place, item in enumerate(batch) if isinstance(item, _Due)), len(batch))
            self._store.append(item for item in batch[:count] if isinstance(item, JournalEntry))
        return count

    def _write_checkpoint(self, folded: Folded) -> None:
        store = self._store
        if store.is_empty or store.size < self._sizes.full:
            store.append([self._checkpoint_of(folded, self._continues if store.is_empty else None)])
            return
        path = files.unused(self.path, files.number_of(self.path, store.path) + 1)
        fresh = Store(path, after=(store.seq, store.hash))
        try:
            fresh.append([self._checkpoint_of(folded, Previous(store.path.name, store.seq, store.hash.hex()))])
        except BaseException:
            fresh.close()
            files.remove(path)
            raise
        self._store = fresh
        store.close()
        for removed in files.trim(self.path, self._sizes.total):
            log.info("removed %s, the oldest part of the journal", removed.name)

    def _checkpoint_of(self, folded: Folded, previous: Previous | None) -> JournalEntry:
        entry = entry_of(Checkpoint(folded.last_at, previous, state_hash(folded.state), folded))
        self._repeated = len(entry.body)
        return entry

    def _told(self, failed: str, durable: int) -> None:
        """Tell who waits how it went, and up to which record."""
        with self._wake:
            self._durable, self.failed = durable, failed
            met = [waiter for wanted, waiter in self._waiters if failed or wanted <= self._durable]
            self._waiters = [] if failed else [each for each in self._waiters if each[0] > self._durable]
            self._wake.notify_all()
        by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for waiter in met:
            by_loop.setdefault(waiter.get_loop(), []).append(waiter)
        for loop, waiters in by_loop.items():
            with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
                loop.call_soon_threadsafe(_answer, waiters, failed)

    def _missed(self, batch: list[JournalEntry | _Due], sentence: str, durable: int) -> None:
        """Keep what could not be written, say so, and try again a little later or when somebody waits for it."""
        if sentence != self.failed:
            log.error(sentence)
        with self._wake:
            self._queue[:0] = batch
        self._told(sentence, durable)
        with self._wake:
            self._wake.wait_for(lambda: self._closing or self._urgent, RETRY)


def _answer(waiters: list[asyncio.Future[None]], failed: str) -> None:
    for waiter in waiters:
        if waiter.done():
            continue
        if failed:
            waiter.set_exception(JournalError(failed))
        else:
            waiter.set_result(None)
