"""Index of a journal family: by which words its orders are found. Made from the record, and made anew at any time.

It is no part of the record: no hash covers it, and whoever deletes it loses nothing but the time to make it again. It
is brought up to date row by row, so that a question to a journal of millions of records reads but what is new. What it
tells is where to look; what happened, the record tells.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.desk.finding.words import IDS, KINDS, Kind, Shown, Sighting, sightings
from app.desk.journal.chain import Row
from app.desk.journal.reading import ends, hash_at, of_kinds
from app.desk.journal.store import StoreError

#: Version of its schema: one of another version is made anew.
_SCHEMA = 1

#: Marks the file as an index of ours ("RdlF").
_APPLICATION = 0x52646C46

#: Rows that are taken in at a time: what is interrupted loses no more.
_BATCH = 2_000

#: How long another process that brings the same index up to date is waited for, in seconds.
_PATIENCE = 30.0

#: Orders that are remembered while rows are taken in.
_REMEMBERED = 200_000

#: A minute in nanoseconds: an order that changes all the time is found by time once a minute.
MINUTE = 60_000_000_000

_TABLES = """
CREATE TABLE segment(
    name TEXT PRIMARY KEY, began INTEGER NOT NULL, first BLOB NOT NULL, done INTEGER NOT NULL, last BLOB NOT NULL,
    stamp TEXT NOT NULL
) STRICT;
CREATE TABLE known(
    num INTEGER PRIMARY KEY,
    account TEXT NOT NULL, symbol TEXT NOT NULL, market TEXT NOT NULL, side TEXT NOT NULL, state TEXT NOT NULL,
    price TEXT NOT NULL, rest TEXT NOT NULL, is_over INTEGER NOT NULL,
    first_seq INTEGER NOT NULL, first_at INTEGER NOT NULL, last_seq INTEGER NOT NULL, last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX known_symbol ON known(symbol, last_at);
CREATE INDEX known_account ON known(account, last_at);
CREATE INDEX known_last ON known(last_at);
CREATE TABLE word(
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL, num INTEGER NOT NULL,
    seq INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX word_text ON word(text, kind, account, num);
CREATE INDEX word_num ON word(num);
CREATE TABLE touched(
    minute INTEGER NOT NULL, num INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY(minute, num)
) STRICT, WITHOUT ROWID;
"""

#: Every three letters of each id, and where they stand: a part of one is found without a look at all of them.
_PARTS = "CREATE VIRTUAL TABLE part USING fts5(text, content='', tokenize='trigram')"


@dataclass(slots=True)
class _Known:
    """Memory of an order while rows are taken in."""

    num: int
    shown: Shown | None
    words: set[tuple[str, str]]


def _is_of(path: Path, first: bytes, done: int, last: bytes) -> bool:
    """Return True if a segment is the one that was taken in as far as a row: by its first row and by that one."""
    beginning, _ = ends(path)
    return beginning is not None and beginning.hash == first and hash_at(path, done) == last


def _stamp(path: Path) -> str:
    """Size and time of a file: of one that does not grow any more, both stay."""
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def index_of(path: Path) -> Path:
    """Return where the index of a family lies, by its first segment's file."""
    return path.with_name(f"{path.name}.find")


class Index:
    """The index of one family."""

    def __init__(self, path: Path) -> None:
        """Open it, or make an empty one; one that is none of ours, or cannot be read, is replaced.

        Args:
            path: of its file; its folder must be one we may write to.

        Raises:
            OSError, sqlite3.Error: if there can be none here.
        """
        self._path = path
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            self._db = self._opened()
        self.has_parts = bool(self.ask("SELECT 1 FROM sqlite_master WHERE name = 'part'"))
        self._orders: dict[tuple[str, str, str], _Known] = {}
        self._by_num: dict[int, _Known] = {}

    def _opened(self) -> sqlite3.Connection:
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        db = sqlite3.connect(self._path, isolation_level=None, timeout=_PATIENCE)
        try:
            db.execute("PRAGMA synchronous = OFF")  # what a power cut spoils is made anew
            db.execute("BEGIN IMMEDIATE")
            (application,) = db.execute("PRAGMA application_id").fetchone()
            (version,) = db.execute("PRAGMA user_version").fetchone()
            (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not tables:
                for statement in _TABLES.strip().split(";\n"):
                    if statement.strip():
                        db.execute(statement)
                with suppress(sqlite3.OperationalError):  # an SQLite without it looks at all ids
                    db.execute(_PARTS)
                db.execute(f"PRAGMA application_id = {_APPLICATION}")
                db.execute(f"PRAGMA user_version = {_SCHEMA}")
            elif (application, version) != (_APPLICATION, _SCHEMA):
                raise sqlite3.DatabaseError("none of this version")
            db.execute("COMMIT")
        except BaseException:
            db.close()
            raise
        return db

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # -- bringing up to date -------------------------------------------------------------------------------------------

    def update(self, segments: Sequence[Path], names: Sequence[str], at_row: Callable[[Row], None]) -> list[str]:
        """Take in what is new.

        Args:
            segments: the files to read, oldest first.
            names: of the segments they are, where a file is but a copy of what can be read of one.
            at_row: called for each row that is taken in; what it raises ends this, and nothing taken in is lost.

        Returns:
            A sentence for each file that cannot be read to its end.
        """
        problems: list[str] = []
        whole = dict(self.ask("SELECT name, stamp FROM segment"))
        for path, name in zip(segments, names, strict=True):
            stamp = _stamp(path)
            if path is not segments[-1] and whole.get(name) == stamp:
                continue  # it was read to its end, and a later one goes on
            try:
                self._take(path, name, stamp, at_row)
            except StoreError as error:
                problems.append(str(error))
        return problems

    def _take(self, path: Path, name: str, stamp: str, at_row: Callable[[Row], None]) -> None:
        first, latest = ends(path)
        if first is None or latest is None:
            return
        known = self._db.execute("SELECT first, done, last FROM segment WHERE name = ?", (name,)).fetchone()
        if known is not None and not _is_of(path, *known):
            self._forget()  # another journal lies under this name now
            known = None
        done = known[1] if known is not None else first.seq - 1
        while done < latest.seq:
            last = min(done + _BATCH, latest.seq)
            self._db.execute("BEGIN IMMEDIATE")
            try:
                # Another process may have gone on with it meanwhile.
                found = self._db.execute("SELECT done FROM segment WHERE name = ?", (name,)).fetchone()
                if found is not None and found[0] > done:
                    done = found[0]
                    self._let_go()
                    self._db.execute("ROLLBACK")
                    continue
                for row in of_kinds(path, KINDS, done + 1, last):
                    at_row(row)
                    self._enter(row)
                self._db.execute(
                    "INSERT OR REPLACE INTO segment VALUES (?,?,?,?,?,?)",
                    (name, first.seq, first.hash, last, hash_at(path, last), stamp if last == latest.seq else ""),
                )
                self._db.execute("COMMIT")
            except BaseException:
                self._let_go()
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            done = last
        self._db.execute("UPDATE segment SET stamp = ? WHERE name = ? AND done = ?", (stamp, name, latest.seq))

    def _forget(self) -> None:
        self._let_go()
        self._db.execute("BEGIN IMMEDIATE")
        for table in ("segment", "known", "word", "touched"):
            self._db.execute(f"DELETE FROM {table}")
        if self.has_parts:
            self._db.execute("INSERT INTO part(part) VALUES ('delete-all')")
        self._db.execute("COMMIT")

    def _enter(self, row: Row) -> None:
        try:
            body = json.loads(row.body, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            return  # the check of the chain tells of it
        if isinstance(body, dict):
            for sighting in sightings(row.kind, row.account, body):
                self._see(sighting, row)

    def _see(self, sighting: Sighting, row: Row) -> None:
        key = (sighting.account, str(sighting.by[0]), sighting.by[1])
        order = self._orders.get(key) or self._looked_up(key, row)
        if order is None:
            return
        if sighting.shown == order.shown and order.words.issuperset(sighting.words):
            return  # listed again as it was
        for word in sighting.words:
            if word not in order.words:
                self._add(order, sighting.account, *word, row)
        if sighting.shown is not None and sighting.shown != order.shown:
            shown = order.shown = sighting.shown
            self._db.execute(
                "UPDATE known SET symbol=?, market=?, side=?, state=?, price=?, rest=?, is_over=? WHERE num=?",
                (
                    shown.symbol,
                    shown.market,
                    shown.side,
                    shown.state,
                    shown.price,
                    shown.left,
                    shown.is_over,
                    order.num,
                ),
            )
        self._db.execute("UPDATE known SET last_seq=?, last_at=? WHERE num=?", (row.seq, row.at, order.num))
        self._db.execute(
            "INSERT OR IGNORE INTO touched VALUES (?,?,?,?)", (row.at // MINUTE, order.num, row.seq, row.at)
        )

    def _looked_up(self, key: tuple[str, str, str], row: Row) -> _Known | None:
        account, kind, text = key
        if len(self._orders) > _REMEMBERED:
            self._let_go()
        found = self._db.execute(
            "SELECT num FROM word WHERE text=? AND kind=? AND account=?", (text, kind, account)
        ).fetchone()
        if found is not None:
            order = self._remembered(found[0])
        elif kind == Kind.ORDER:
            num = self._db.execute(
                "INSERT INTO known(account, symbol, market, side, state, price, rest, is_over, first_seq, first_at, "
                "last_seq, last_at) VALUES (?,'','','','','','',0,?,?,?,?)",
                (account, row.seq, row.at, row.seq, row.at),
            ).lastrowid
            assert num is not None
            order = self._by_num[num] = _Known(num, None, set())
            self._add(order, account, kind, text, row)
            self._db.execute("INSERT OR IGNORE INTO touched VALUES (?,?,?,?)", (row.at // MINUTE, num, row.seq, row.at))
        else:
            return None  # an amendment whose intent is not there any more
        self._orders[key] = order
        return order

    def _remembered(self, num: int) -> _Known:
        if num in self._by_num:
            return self._by_num[num]
        columns = "symbol, market, side, state, price, rest, is_over"
        found = self._db.execute(f"SELECT {columns} FROM known WHERE num = ?", (num,)).fetchone()
        words = set(self._db.execute("SELECT kind, text FROM word WHERE num = ?", (num,)))
        symbol, market, side, state, price, rest, is_over = found
        shown = Shown(symbol, market, side, state, price, rest, bool(is_over)) if state else None
        known = self._by_num[num] = _Known(num, shown, words)
        return known

    def _add(self, order: _Known, account: str, kind: str, text: str, row: Row) -> None:
        """Let a word lead to an order; one that led to another order of the account ties the two together."""
        if kind == Kind.ORDER:
            other = self._db.execute(
                "SELECT num FROM word WHERE text=? AND kind=? AND account=? AND num<>?",
                (text, kind, account, order.num),
            ).fetchone()
            if other is not None:
                self._join(other[0], order.num)
        made = self._db.execute(
            "INSERT OR IGNORE INTO word(text, kind, account, num, seq, at) VALUES (?,?,?,?,?,?)",
            (text, kind, account, order.num, row.seq, row.at),
        )
        order.words.add((kind, text))
        if made.rowcount and kind in IDS and self.has_parts:
            self._db.execute("INSERT INTO part(rowid, text) VALUES (?,?)", (made.lastrowid, text))

    def _join(self, other: int, num: int) -> None:
        """Make one order of two: what was known as the other one is known as this one."""
        db = self._db
        db.execute("UPDATE OR IGNORE word SET num=? WHERE num=?", (num, other))
        db.execute("DELETE FROM word WHERE num=?", (other,))
        db.execute("INSERT OR IGNORE INTO touched SELECT minute, ?, seq, at FROM touched WHERE num=?", (num, other))
        db.execute("DELETE FROM touched WHERE num=?", (other,))
        db.execute(
            "UPDATE known SET (first_seq, first_at) = (SELECT min(first_seq), min(first_at) FROM known WHERE num IN "
            "(?,?)) WHERE num=?",
            (num, other, num),
        )
        db.execute("DELETE FROM known WHERE num=?", (other,))
        self._let_go()

    def _let_go(self) -> None:
        """Forget what is remembered: the file has it, or another process changed it."""
        self._orders.clear()
        self._by_num.clear()

    def files(self) -> list[tuple[int, str]]:
        """Return the segments that were taken in: number of the first row and name of the file, oldest first."""
        return self.ask("SELECT began, name FROM segment ORDER BY began")

    # -- asking --------------------------------------------------------------------------------------------------------

    def ask(self, question: str, *values: str | int) -> list[Any]:
        """Ask a question in SQL; `searching` knows which."""
        return self._db.execute(question, values).fetchall()
