"""Reading segments of the journal beside the thread that writes them, and following their chain."""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from app.desk.journal_chain import GENESIS, Broken, Fault, Row, check, explain
from app.desk.journal_store import CHECKPOINT, COLUMNS, Nature, StoreError, nature_of, row_of


def rows(path: Path, *, since_checkpoint: bool = False) -> Iterator[Row]:
    """The rows of a segment in order, all or from the last checkpoint on. Reads beside the writer.

    Raises:
        StoreError: if the file cannot be read.
    """
    where = f"seq >= (SELECT max(seq) FROM record WHERE kind = '{CHECKPOINT}')" if since_checkpoint else "1"
    for found in _asked(path, f"{COLUMNS} WHERE {where} ORDER BY seq"):
        yield row_of(found)


def timeline(path: Path, amendment: str) -> Iterator[Row]:
    """The records of a segment that are about one amendment, raw messages included, in order.

    Raises:
        StoreError: if the file cannot be read, or was never opened for writing by this version.
    """
    for found in _asked(path, f"{COLUMNS} JOIN mention USING (seq) WHERE amendment = ? ORDER BY seq", amendment):
        yield row_of(found)


def verify(path: Path, at_row: Callable[[Row], None] | None = None) -> Broken | None:
    """Follow a segment's chain from its first row to the first broken one; None for a chain that holds.

    Args:
        path: the segment.
        at_row: called for each row; what it raises ends the check.

    Raises:
        StoreError: if the file cannot be read.
    """
    last = _highest(path)
    seq, digest = _anchor(next(rows(path), None))
    broken = check(_shown(rows(path), at_row), seq + 1, digest, last)
    return None if broken is None else explain(broken, list(rows(path)), seq + 1, digest)


def _shown(found: Iterable[Row], at_row: Callable[[Row], None] | None) -> Iterator[Row]:
    for row in found:
        if at_row is not None:
            at_row(row)
        yield row


def verify_tail(path: Path, tail: Sequence[Row]) -> Broken | None:
    """Follow a segment's chain through its last rows, which were read before.

    Raises:
        StoreError: if the file cannot be read.
    """
    first = tail[0].seq
    before = [row_of(found) for found in _asked(path, f"{COLUMNS} WHERE seq < {first} ORDER BY seq DESC LIMIT 1")]
    seq, digest = (before[0].seq, before[0].hash) if before else _anchor(tail[0])
    return check(tail, seq + 1, digest, _highest(path))


def verify_family(segments: Sequence[Path]) -> list[tuple[Path, Broken]]:
    """Follow the chain through all segments of a journal, oldest first, from the oldest that is left.

    Returns:
        The first broken row of each segment that does not hold.
    """
    found: list[tuple[Path, Broken]] = []
    last: Row | None = None
    for path in segments:
        first = next(rows(path), None)
        if first is None:
            continue
        if last is not None and _anchor(first) != (last.seq, last.hash):
            text = f"Row {first.seq} does not continue row {last.seq}, the last of the segment before."
            found.append((path, Broken(first.seq, Fault.MISSING, text)))
        elif (broken := verify(path)) is not None:
            found.append((path, broken))
        last = deque(rows(path, since_checkpoint=True), maxlen=1).pop()
    return found


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


def _highest(path: Path) -> int:
    """The highest number a segment ever gave, also where its last rows were taken away; 0 for an empty one."""
    found = list(_asked(path, "SELECT seq FROM sqlite_sequence WHERE name = 'record'"))
    return found[0][0] if found else 0


def _asked(path: Path, question: str, *values: str) -> Iterator[Any]:
    if nature_of(path) is Nature.EMPTY:
        return  # its making was interrupted
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            yield from db.execute(question, values)
    except sqlite3.Error as error:
        raise StoreError(f"The journal {path} cannot be read: {error}.") from error
