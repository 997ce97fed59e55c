"""One segment of the journal: an SQLite file that only grows. Knows rows and hashes, nothing of what they mean."""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from app.desk.journal.chain import GENESIS, Row, link
from app.desk.journal.kinds import kind_of, not_a_file, odd_beside
from app.desk.journal.place import LogLostError, Place

#: Version of the schema, kept in the file's `user_version`. 1: records. 2: also which amendments a record mentions.
SCHEMA = 2

#: Marks the file as a journal of ours ("RdlJ"), so that a stray file is not taken for one.
APPLICATION = 0x52646C4A

#: Bodies longer than this are stored packed (zlib); the hash covers the text either way.
PACK_OVER = 2048

#: How much is logged before the idle writer folds it in, and about what one commit logs beside its rows, in bytes.
LOG_LIMIT, PAGE = 4_000_000, 8_192

#: How long a commit waits for somebody else's lock on the file, in seconds.
PATIENCE = 1.0

CHECKPOINT = "Checkpoint"

_RECORDS = f"""
CREATE TABLE record(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    body ANY NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX record_checkpoint ON record(seq) WHERE kind = '{CHECKPOINT}';
CREATE TRIGGER record_only_grows BEFORE INSERT ON record
    WHEN NEW.seq <= (SELECT max(seq) FROM record)
    BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER record_is_kept BEFORE DELETE ON record
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER record_is_final BEFORE UPDATE ON record
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""

COLUMNS = "SELECT seq, at, kind, account, body, hash FROM record"

# An index made from the records: it may be made again at any time, so no hash covers it.
_MENTIONS = """
CREATE TABLE mention(
    amendment TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY(amendment, seq)
) STRICT, WITHOUT ROWID;
"""


class StoreError(Exception):
    """A file that cannot be used as a journal; one sentence naming it."""


class Nature(Enum):
    """Nature of a file."""

    EMPTY = "nothing yet"
    JOURNAL = "a segment"
    DAMAGED = "a segment that cannot be read"
    FOREIGN = "something else"


def nature_of(path: Path) -> Nature:
    """Return what a file is; changes nothing in it, and opens nothing but a regular file."""
    if kind_of(path) or odd_beside(path):
        return Nature.FOREIGN
    if path.stat().st_size == 0:
        return Nature.EMPTY
    try:
        with closing(reading(path)) as db:
            (application,) = db.execute("PRAGMA application_id").fetchone()
            (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        with path.open("rb") as file:
            head = file.read(72)
        # https://www.sqlite.org/fileformat.html, section 1.3: the application id stands at byte 68.
        return Nature.DAMAGED if head[68:] == APPLICATION.to_bytes(4) else Nature.FOREIGN
    if tables == 0 and application == APPLICATION:
        return Nature.EMPTY
    return Nature.JOURNAL if application == APPLICATION else Nature.FOREIGN


def reading(path: Path) -> sqlite3.Connection:
    """Open a file for reading, beside the ticket that may be writing it; nothing in it changes.

    SQLite makes its index beside the file. Where it may not, a file without a log lies still and needs none.

    Raises:
        sqlite3.OperationalError: if it is no file: opening a pipe would wait for its other end, heedless of signals.
    """
    if odd := kind_of(path) or odd_beside(path):
        raise sqlite3.OperationalError(odd)
    still = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    address = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' * still}"
    # A reading that is left in its midst is closed by whichever thread comes to throw it away.
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def log_of(path: Path) -> int:
    """Return how many bytes SQLite has logged beside a file and not folded into it yet."""
    log = path.with_name(f"{path.name}-wal")
    return log.stat().st_size if log.exists() else 0


def not_ours(path: Path) -> str:
    """One sentence on why a file is no journal that this version reads, "" for one it does."""
    if kind := kind_of(path):
        return not_a_file(path, kind)
    if why := odd_beside(path):
        return why
    nature = nature_of(path)
    if nature is Nature.FOREIGN:
        return f"{path} is no journal of Redline; choose another file with --journal."
    if nature is Nature.JOURNAL:
        with closing(reading(path)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            return (
                f"The journal {path} was written by a newer Redline (schema {version}, this one reads up to {SCHEMA}); "
                "use that version, or another file with --journal."
            )
    return ""  # nothing yet, or damaged: whoever reads it tells


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A record before it has its place in the chain; `amendment` is the id of the one it is about, "" if none."""

    at: int
    kind: str
    account: str
    body: str
    amendment: str = ""


class Store:
    """A segment open for appending."""

    def __init__(self, path: Path, *, after: tuple[int, bytes] = (0, GENESIS)) -> None:
        """Open a segment, or make it.

        Args:
            path: the file.
            after: number and hash of the last row of the segment before, for a new one.

        Raises:
            StoreError: if the file is no journal, is damaged, or was written by a newer version.
            OSError: if it cannot be opened, `BlockingIOError` if a running ticket writes it.
        """
        self.path = path
        try:
            if not os.path.lexists(path):
                if why := odd_beside(path):
                    raise StoreError(why)
                _make(path)
            elif why := not_ours(path):
                raise StoreError(why)
            self._place = Place(path)
            try:
                # The thread that opens a segment is not the one that writes it; they never use it at the same time.
                self._db = sqlite3.connect(
                    path.absolute(), isolation_level=None, check_same_thread=False, timeout=PATIENCE
                )
                try:
                    self._prepare()
                    head = self._head()
                    self._place.hold_log()
                except BaseException:
                    self._db.close()
                    raise
            except BaseException:
                self._place.release()
                raise
        except sqlite3.Error as error:
            raise StoreError(f"The journal {path} cannot be opened: {error}.") from error
        self.seq, self.hash = head or after
        self.is_empty = head is None
        self.size = path.stat().st_size
        self._logged = 0
        self._log_is_whole = True

    def _prepare(self) -> None:
        db = self._db
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version < 2:
            self._add_mentions()
        db.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit has reached the disk when it returns, which is what "durable" means here.
        db.execute("PRAGMA synchronous = FULL")
        # The log is folded into the file when the writer is idle, never within the commit of an intent.
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute(f"PRAGMA journal_size_limit = {LOG_LIMIT}")
        if log_of(self.path) > LOG_LIMIT:
            # Left by tickets that were killed. Nobody else would fold it in, and each start would read it anew.
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _add_mentions(self) -> None:
        """From schema 1 to 2. Records are never rewritten, so their chain is the same before and after."""
        self._db.executescript(f"BEGIN IMMEDIATE; {_MENTIONS}")
        found = self._db.execute(COLUMNS).fetchall()
        named = [(name, row.seq) for row in map(row_of, found) if (name := mentioned(row.body))]
        self._db.executemany("INSERT INTO mention(amendment, seq) VALUES (?,?)", named)
        self._db.execute("PRAGMA user_version = 2")
        self._db.execute("COMMIT")

    def _head(self) -> tuple[int, bytes] | None:
        row = self._db.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        return None if row is None else (row[0], row[1])

    def append(self, entries: Iterable[JournalEntry]) -> None:
        """Write records in one transaction; when it returns they are on the disk.

        Raises:
            sqlite3.Error, app.desk.journal.place.LostError: if they are not; then none of them is.
        """
        self.check_place()
        seq, previous, rows, named, size = self.seq, self.hash, [], [], 0
        for each in entries:
            seq += 1
            previous = link(previous, seq, each.at, each.kind, each.account, each.body)
            body = _packed(each.body)
            rows.append((seq, each.at, each.kind, each.account, body, previous))
            size += len(body) + 120
            if each.amendment:
                named.append((each.amendment, seq))
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT INTO record(seq, at, kind, account, body, hash) VALUES (?,?,?,?,?,?)", rows)
            if named:
                self._db.executemany("INSERT INTO mention(amendment, seq) VALUES (?,?)", named)
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        finally:
            self._place.note()
        self.seq, self.hash, self.is_empty = seq, previous, False
        self.size += size
        self._logged += size + PAGE

    def check_place(self) -> None:
        """See to it that what was written is where the next start will look for it.

        Raises:
            app.desk.journal.place.LostError: if it is not.
        """
        try:
            self._place.check(LOG_LIMIT, self._is_readable)
        except LogLostError as error:
            self._log_is_whole = error.whole
            if error.whole:
                # What SQLite still holds of the log is folded into the file, so that the next start has it.
                with suppress(sqlite3.Error):
                    self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            raise

    def _is_readable(self) -> bool:
        """Return True if a start would read this file, whatever somebody else wrote to it."""
        try:
            with closing(reading(self.path)) as beside:
                return bool(beside.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.Error:
            return False

    def tidy(self) -> None:
        """Fold the write-ahead log into the file once it has grown, as far as no reader stands in the way."""
        if self._logged > LOG_LIMIT:
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            self._place.note()
            self._logged = 0
            # Pages and indexes take more than the rows in them.
            self.size = max(self.size, self.path.stat().st_size)

    def close(self) -> None:
        """Fold the log in, unless it is spoilt, and let go of the file; safe to call twice."""
        self._place.mend_index()
        if self._log_is_whole:
            self._db.close()
        else:
            with closing(reading(self.path)) as beside:
                # Only who closes a file last folds its log in, and who only reads it cannot.
                with suppress(sqlite3.Error):
                    beside.execute("SELECT count(*) FROM sqlite_master").fetchone()
                self._db.close()
        self._place.release()


def _make(path: Path) -> None:
    """Make an empty segment in its place.

    Raises:
        FileExistsError: if somebody else was there first.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.executescript(f"BEGIN IMMEDIATE; {_RECORDS} {_MENTIONS} PRAGMA user_version = {SCHEMA}; COMMIT;")
        content = bytearray(db.serialize())
    # Section 1.3: the file is written through a log from the beginning. Else SQLite would have to make it so, with a
    # journal of its own beside it, and a kill meanwhile would leave a file that nobody who only reads can read.
    content[18:20] = b"\x02\x02"
    put_in_place(path, bytes(content))


def put_in_place(path: Path, content: bytes) -> None:
    """Make a file under its name, whole: a kill in between leaves none, not half a one. Nothing is replaced.

    Raises:
        FileExistsError: if somebody else was there first.
    """
    # Only its owner may read it, as `mkstemp` makes it; SQLite gives the files it keeps beside it the same rights.
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    try:
        with open(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
        try:
            os.link(name, path)
        except FileExistsError:
            raise
        except OSError:  # no hard links on this file system; the family's lock keeps others of us away
            if os.path.lexists(path):
                raise
            os.rename(name, path)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _packed(body: str) -> str | bytes:
    return zlib.compress(body.encode(), 1) if len(body) > PACK_OVER else body


def row_of(columns: tuple[Any, ...]) -> Row:
    """A row as `COLUMNS` asks for it.

    Raises:
        sqlite3.DatabaseError: if it is none of ours: a part of the file was overwritten or is not there.
    """
    seq, at, kind, account, body, digest = columns
    if not (isinstance(at, int) and isinstance(kind, str) and isinstance(account, str) and isinstance(digest, bytes)):
        raise sqlite3.DatabaseError("there is a row without content")
    try:
        text = zlib.decompress(body).decode() if isinstance(body, bytes) else str(body)
    except (zlib.error, UnicodeDecodeError):
        text = "unreadable"
    return Row(seq, at, kind, account, text, digest)


def mentioned(body: str) -> str:
    """The amendment a record is about, read from its text."""
    try:
        found = json.loads(body, parse_float=str)
        intent = found.get("amendment")
        return str(intent["command"]["amendment_id"] if isinstance(intent, dict) else found.get("amendment_id", ""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""  # not as we wrote it: the chain tells where
