"""The chain through a journal: each row's hash covers the hash before it and its own content.

Whoever changes, removes or exchanges a row has to rewrite every row after it, and the next segment's first row, which
names the last hash of the segment before. Only someone who rewrites all of that leaves no trace, or who takes away the
newest file as a whole: nothing beside it names what it held.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

#: What the first row of the first segment follows.
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it stands in a segment; `body` is JSON text, `at` nanoseconds UTC, `hash` as stored."""

    seq: int
    at: int
    kind: str
    account: str
    body: str
    hash: bytes


class RowFault(StrEnum):
    """Faults that a row can have."""

    EDITED = "edited"
    MISSING = "missing"
    REORDERED = "reordered"
    UNREADABLE = "unreadable"
    EMPTIED = "emptied"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row at which a chain does not hold: its number, what is wrong, and one sentence."""

    seq: int
    fault: RowFault
    text: str


def link(previous: bytes, seq: int, at: int, kind: str, account: str, body: str) -> bytes:
    """The hash of a row that follows another."""
    head = json.dumps([seq, at, kind, account], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(b"%s%s\n%s" % (previous, head.encode(), body.encode())).digest()


def check(rows: Iterable[Row], first: int, previous: bytes, last: int) -> Broken | None:
    """Follow a chain to its first broken row.

    Args:
        rows: by sequence number.
        first: the number the first row must have.
        previous: the hash it must follow.
        last: the highest number ever given in this segment.

    Returns:
        None for a chain that holds.
    """
    expected = first
    rows = iter(rows)
    for row in rows:
        if row.seq != expected:
            return _missing(expected, row.seq - 1)
        if row.hash != link(previous, row.seq, row.at, row.kind, row.account, row.body):
            return Broken(
                row.seq, RowFault.EDITED, f"Row {row.seq} was edited: its content is not what its hash covers."
            )
        previous, expected = row.hash, expected + 1
    return _missing(expected, last) if expected <= last else None


def _missing(first: int, last: int) -> Broken:
    text = f"Row {first} is missing." if first == last else f"Rows {first} to {last} are missing."
    return Broken(first, RowFault.MISSING, text)


def explain(broken: Broken, rows: Sequence[Row], first: int, previous: bytes) -> Broken:
    """Tell an exchanged row from an edited one: try whether it would be whole at another place of the segment.

    Args:
        broken: what `check` said.
        rows: the whole segment.
        first, previous: as given to `check`.
    """
    if broken.fault is not RowFault.EDITED:
        return broken
    row = next(each for each in rows if each.seq == broken.seq)
    stored = {first - 1: previous} | {each.seq: each.hash for each in rows}
    for seq, before in stored.items():
        whole = link(before, seq + 1, row.at, row.kind, row.account, row.body)
        if seq + 1 != row.seq and whole in (row.hash, stored.get(seq + 1)):
            text = f"Row {row.seq} is out of order: its content was recorded as row {seq + 1}."
            return Broken(row.seq, RowFault.REORDERED, text)
    return broken
