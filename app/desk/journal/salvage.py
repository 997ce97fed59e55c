"""Salvage of a segment that SQLite refuses: cut short, or overwritten from some place on.

Rows are only ever added, so their pages lie in the file in the order they were written, and what is left of the file
holds the earliest of them. A copy is filled up to the size its own header names, and read to the first row that is not
there. The file itself is never written to. https://www.sqlite.org/fileformat.html, section 1.3: the page size stands at
byte 16 of the header, the number of pages at byte 28.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.desk.journal.store import COLUMNS, Store, mentioned, row_of

#: No digest is that; a page that is not there reads as zeros.
_NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Outcome of salvaging a segment.

    Attributes:
        copy: a segment with the rows that could be read, None if none could.
        text: one sentence on what is lost.
        lost: number of the first row that could not be read.
    """

    copy: Path | None
    text: str
    lost: int


def salvage(path: Path, folder: Path) -> Salvaged:
    """Read what can be read of a damaged segment.

    Args:
        path: the segment; it is not changed.
        folder: an empty place for copies, which the caller removes.

    Raises:
        OSError: if it cannot be copied.
    """
    folder.mkdir()
    size = path.stat().st_size
    whole = _copied(path, folder / "padded")
    fresh = folder / path.name
    store = Store(fresh)
    store.close()
    with closing(sqlite3.connect(fresh)) as kept:
        first, last, highest, why = 0, 0, 0, ""
        try:
            with closing(sqlite3.connect(folder / "padded")) as db:
                highest = max((seq for (seq,) in db.execute("SELECT seq FROM sqlite_sequence")), default=0)
                for found in _there(db):
                    kept.execute("INSERT INTO record(seq, at, kind, account, body, hash) VALUES (?,?,?,?,?,?)", found)
                    if name := mentioned(row_of(found).body):
                        kept.execute("INSERT INTO mention(amendment, seq) VALUES (?,?)", (name, found[0]))
                    first, last = first or found[0], found[0]
        except sqlite3.Error as error:
            why = str(error)
        kept.commit()
    what = f"The file is cut short, {size:,} of {whole:,} bytes are there" if size < whole else "The file is damaged"
    reason = f" ({why})" if why and size >= whole else ""
    if not last:
        return Salvaged(None, f"{what}{reason}, and none of its rows can be read; restore it from a backup.", 1)
    lost = f"rows {last + 1} to {highest} are" if highest > last + 1 else "what follows is"
    return Salvaged(fresh, f"{what}{reason}: rows {first} to {last} were read from a copy, {lost} lost.", last + 1)


def _copied(path: Path, copy: Path) -> int:
    """Copy a segment with its log, and fill the copy up to the size its header names; returns that size."""
    shutil.copyfile(path, copy)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
    with copy.open("rb") as file:
        head = file.read(32)
    page = int.from_bytes(head[16:18])
    whole = (65_536 if page == 1 else page) * int.from_bytes(head[28:32])
    size = copy.stat().st_size
    # A header that was overwritten may name any size; a segment is never that much larger than what is left of it.
    if size < whole <= 1_000 * size:
        os.truncate(copy, whole)
        return whole
    return size


def _there(db: sqlite3.Connection) -> Iterator[Any]:
    """The rows in order, up to the first of which a part is not there."""
    last = 0
    for found in db.execute(f"{COLUMNS} NOT INDEXED ORDER BY seq"):
        row = row_of(found)
        if row.seq <= last or row.hash == _NO_HASH or row.body == "unreadable" or "\0" in row.body:
            return
        last = row.seq
        yield found
