"""Whether a start would read a log: the same answer as SQLite's own, whichever byte of it is spoilt."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.desk.journal.frames import frames_counted, hold


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A file whose rows are all in its log; as a kill leaves it."""
    live, left = tmp_path / "live.db", tmp_path / "left.db"
    with closing(sqlite3.connect(live, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("CREATE TABLE t(x)")
        for number in range(5):
            db.execute("INSERT INTO t VALUES (?)", (str(number) * 3000,))
        for beside in ("", "-wal", "-shm"):
            shutil.copy(f"{live}{beside}", f"{left}{beside}")
    return left


def answers(path: Path) -> tuple[int, bool]:
    """Number of frames that the index counts, and whether they hold."""
    files = [os.open(f"{path}{beside}", os.O_RDONLY) for beside in ("-shm", "-wal")]
    try:
        count = frames_counted(files[0])
        return count, hold(files[1], count)
    finally:
        for file in files:
            os.close(file)


def read_by_a_start(path: Path) -> int:
    Path(f"{path}-shm").unlink()
    with closing(sqlite3.connect(path)) as db:
        try:
            return int(db.execute("SELECT count(*) FROM t").fetchone()[0])
        except sqlite3.Error:
            return 0


def test_a_whole_log_holds(made: Path) -> None:
    count, holds = answers(made)
    assert count == (Path(f"{made}-wal").stat().st_size - 32) // (24 + 4096)
    assert holds
    assert read_by_a_start(made) == 5


@pytest.mark.parametrize("at", [0, 5, 9, 17, 25, 31, 33, 40, 48, 52, 60, 2000, -1, -4097, -4110])
def test_a_spoilt_byte_is_found_wherever_it_costs_a_record(made: Path, at: int) -> None:
    log = Path(f"{made}-wal")
    content = bytearray(log.read_bytes())
    content[at] ^= 0x55
    log.write_bytes(content)
    assert answers(made)[1] is False
    assert read_by_a_start(made) < 5


def test_a_log_that_was_cut_short_does_not_hold_and_no_frame_needs_no_log(made: Path) -> None:
    log = Path(f"{made}-wal")
    os.truncate(log, log.stat().st_size - 1)
    assert answers(made)[1] is False
    os.truncate(log, 0)
    file = os.open(log, os.O_RDONLY)
    assert hold(file, 0)
    assert not hold(file, 1)
    os.close(file)
