"""Reading segments of the journal beside the thread that writes them, and following their chain."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.desk.journal.chain import GENESIS, Broken, Row, RowFault, check, explain
from app.desk.journal.records import Session
from app.desk.journal.store import CHECKPOINT, COLUMNS, Nature, StoreError, mentioned, nature_of, reading, row_of

#: Beyond the last row of any segment.
END = 2**63 - 1

#: What is said of a file without a single row, not even a lost one.
EMPTIED = "It holds nothing, and a journal is never made so; it was emptied."


@dataclass(frozen=True, slots=True)
class Extent:
    """Contents of a segment: how many rows, and the times of the first and last of them that is no checkpoint."""

    records: int
    first_at: int | None
    last_at: int | None


def rows(path: Path, *, since_checkpoint: bool = False, first: int = 0, last: int = END) -> Iterator[Row]:
    """The rows of a segment in order: all, those between two numbers, or those from the last checkpoint on.

    Reads beside the writer.

    Raises:
        StoreError: if the file cannot be read.
    """
    latest = f"AND seq >= (SELECT max(seq) FROM record WHERE kind = '{CHECKPOINT}')" if since_checkpoint else ""
    yield from _read(path, f"{COLUMNS} WHERE seq BETWEEN ? AND ? {latest} ORDER BY seq", first, last)


def heads(path: Path) -> list[Row]:
    """The rows of a segment that name accounts: its last checkpoint and the starts of sessions since then.

    Where there is no checkpoint, the starts of all sessions. What is between them is not read, so this is quick; what
    is no journal, or cannot be read, has none.
    """
    latest = f"(SELECT max(seq) FROM record WHERE kind = '{CHECKPOINT}')"
    where = f"seq >= coalesce({latest}, 0) AND kind IN ('{CHECKPOINT}', ?)"
    try:
        with closing(reading(path)) as db:
            return [row_of(found) for found in db.execute(f"{COLUMNS} WHERE {where} ORDER BY seq", (Session.__name__,))]
    except sqlite3.Error:
        return []


def timeline(path: Path, amendment: str) -> Iterator[Row]:
    """The records of a segment that are about one amendment, raw messages included, in order.

    Raises:
        StoreError: if the file cannot be read.
    """
    if list(_asked(path, "SELECT 1 FROM sqlite_master WHERE name = 'mention'")):
        yield from _read(path, f"{COLUMNS} JOIN mention USING (seq) WHERE amendment = ? ORDER BY seq", amendment)
    else:  # schema 1, and nobody has written here since
        yield from (row for row in rows(path) if amendment in row.body and mentioned(row.body) == amendment)


def around(path: Path, account: str, first: int, last: int, until: int) -> Iterator[Row]:
    """The records of a segment about one account and about sessions, in order.

    Args:
        path: the segment.
        account: its name.
        first: the lowest number.
        last, until: a row is in if its number is up to the one, or its time (nanoseconds) up to the other.

    Raises:
        StoreError: if the file cannot be read.
    """
    where = "seq >= ? AND (seq <= ? OR at <= ?) AND account IN (?, '') AND kind <> ?"
    yield from _read(path, f"{COLUMNS} WHERE {where} ORDER BY seq", first, last, until, account, CHECKPOINT)


def nearest(segments: Sequence[Path], kind: str, account: str, seq: int, *, after: bool = False) -> Row | None:
    """The last record of a kind before a row of a family, or the first one after it; None if there is none.

    Raises:
        StoreError: if a file cannot be read.
    """
    where, order = ("seq > ?", "ASC") if after else ("seq < ?", "DESC")
    for path in segments if after else reversed(segments):
        question = f"{COLUMNS} WHERE {where} AND kind = ? AND account = ? ORDER BY seq {order} LIMIT 1"
        for found in _read(path, question, seq, kind, account):
            return found
    return None


def marks(path: Path, kinds: Iterable[str]) -> list[tuple[int, str]]:
    """Number and kind of a segment's rows of these kinds, in order. Their contents are not read, so this is quick.

    Raises:
        StoreError: if the file cannot be read.
    """
    wanted = tuple(kinds)
    places = ", ".join("?" * len(wanted))
    return list(_asked(path, f"SELECT seq, kind FROM record WHERE kind IN ({places}) ORDER BY seq", *wanted))


def ends(path: Path) -> tuple[Row | None, Row | None]:
    """The first and the last row of a segment, None where it has none.

    Raises:
        StoreError: if the file cannot be read.
    """
    found = [next(_read(path, f"{COLUMNS} ORDER BY seq {order} LIMIT 1"), None) for order in ("ASC", "DESC")]
    return found[0], found[1]


def hash_at(path: Path, seq: int) -> bytes:
    """Hash of a segment's row, empty where it has no such row.

    Raises:
        StoreError: if the file cannot be read.
    """
    found: bytes = next(_asked(path, "SELECT hash FROM record WHERE seq = ?", seq), (b"",))[0]
    return found


def of_kinds(path: Path, kinds: Iterable[str], first: int, last: int) -> Iterator[Row]:
    """The rows of a segment between two numbers that are of these kinds, in order.

    Raises:
        StoreError: if the file cannot be read.
    """
    wanted = tuple(kinds)
    places = ", ".join("?" * len(wanted))
    yield from _read(
        path, f"{COLUMNS} WHERE seq BETWEEN ? AND ? AND kind IN ({places}) ORDER BY seq", first, last, *wanted
    )


def index(path: Path) -> list[tuple[int, int, str, str]]:
    """Number, time (nanoseconds UTC), kind and account of each row of a segment, in order; contents are not read.

    Raises:
        StoreError: if the file cannot be read.
    """
    return list(_asked(path, "SELECT seq, at, kind, account FROM record ORDER BY seq"))


def extent(path: Path) -> Extent:
    """Return what a segment holds.

    Raises:
        StoreError: if the file cannot be read.
    """
    count = next(_asked(path, "SELECT count(*) FROM record"), (0,))[0]
    ends = [
        next(_asked(path, f"SELECT at FROM record WHERE kind <> ? ORDER BY seq {order} LIMIT 1", CHECKPOINT), (None,))
        for order in ("ASC", "DESC")
    ]
    return Extent(count, ends[0][0], ends[1][0])


def verify(
    path: Path, at_row: Callable[[Row], None] | None = None, follows: tuple[int, bytes] | None = None
) -> Broken | None:
    """Follow a segment's chain from its first row to the first broken one; None for a chain that holds.

    Args:
        path: the segment.
        at_row: called for each row; what it raises ends the check.
        follows: number and hash of the row before it, for a segment that has no row left to tell.

    Raises:
        StoreError: if the file cannot be read.
    """
    last = highest(path)
    first = next(rows(path), None)
    seq, digest = follows if first is None and follows is not None else _anchor(first)
    broken = check(_shown(rows(path), at_row), seq + 1, digest, last)
    return None if broken is None else explain(broken, list(rows(path)), seq + 1, digest)


def _shown(records: Iterable[Row], at_row: Callable[[Row], None] | None) -> Iterator[Row]:
    for row in records:
        if at_row is not None:
            at_row(row)
        yield row


def verify_tail(path: Path, tail: Sequence[Row]) -> Broken | None:
    """Follow a segment's chain through its last rows, which were read before.

    Raises:
        StoreError: if the file cannot be read.
    """
    first = tail[0].seq
    before = list(_read(path, f"{COLUMNS} WHERE seq < {first} ORDER BY seq DESC LIMIT 1"))
    seq, digest = (before[0].seq, before[0].hash) if before else _anchor(tail[0])
    return check(tail, seq + 1, digest, highest(path))


def verify_family(segments: Sequence[Path], at_row: Callable[[Row], None] | None = None) -> list[tuple[Path, Broken]]:
    """Follow the chain through all segments of a journal, oldest first, from the oldest that is left.

    Args:
        segments: of one family.
        at_row: called for each row; what it raises ends the check.

    Returns:
        The first broken row of each segment that does not hold, each segment that does not continue the one before, and
        each that was emptied. One without a row is whole: its ticket was killed before it wrote the first.
    """
    found: list[tuple[Path, Broken]] = []
    follows: tuple[int, bytes] | None = None
    for path in segments:
        reached = 0

        def passed(row: Row) -> None:
            nonlocal reached
            reached = row.seq
            if at_row is not None:
                at_row(row)

        try:
            first = next(rows(path), None)
            broken = verify(path, passed, follows)
            if first is not None and follows is not None and _anchor(first) != follows:
                text = f"Row {first.seq} does not continue row {follows[0]}, the last of the segment before."
                found.append((path, Broken(first.seq, RowFault.MISSING, text)))
            if broken is not None:
                found.append((path, broken))
            elif first is None and nature_of(path) is Nature.EMPTY:
                found.append((path, Broken(1, RowFault.EMPTIED, EMPTIED)))
            follows = _end(path) or follows
        except StoreError as error:
            follows = None
            if path.exists():  # else it was removed meanwhile, the oldest, to make room
                text = f"From row {reached + 1} on it cannot be read: {error.__cause__ or error}."
                found.append((path, Broken(reached + 1, RowFault.UNREADABLE, text)))
    return found


def _end(path: Path) -> tuple[int, bytes] | None:
    """Number and hash of a segment's last row."""
    return next(_asked(path, "SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1"), None)


def _anchor(first: Row | None) -> tuple[int, bytes]:
    """Number and hash of the row that a segment's first row follows: the checkpoint in it names them."""
    if first is not None and first.kind == CHECKPOINT:
        try:
            previous = json.loads(first.body, parse_float=str)["previous"]
            if previous is not None:
                return int(previous["seq"]), bytes.fromhex(previous["hash"])
        except (ValueError, TypeError, KeyError):
            return first.seq - 1, b"unreadable"
    return 0, GENESIS


def highest(path: Path) -> int:
    """The highest number a segment ever gave, also where its last rows were taken away; 0 for an empty one."""
    found = list(_asked(path, "SELECT seq FROM sqlite_sequence WHERE name = 'record'"))
    return found[0][0] if found else 0


def _read(path: Path, question: str, *values: str | int) -> Iterator[Row]:
    for found in _asked(path, question, *values):
        try:
            row = row_of(found)
        except sqlite3.Error as error:
            raise StoreError(f"The journal {path} cannot be read: {error}.") from error
        yield row


def _asked(path: Path, question: str, *values: str | int) -> Iterator[Any]:
    if nature_of(path) is Nature.EMPTY:
        return  # its making was interrupted
    try:
        with closing(reading(path)) as db:
            yield from db.execute(question, values)
    except sqlite3.Error as error:
        raise StoreError(f"The journal {path} cannot be read: {error}.") from error
