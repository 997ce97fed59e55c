"""The write-ahead log of a journal whose tickets are killed again and again stays short."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.desk.journal_reading import rows, verify
from app.desk.journal_store import LOG_LIMIT, Entry, Store


def killed(folder: Path, before: Path | None, number: int) -> Path:
    """The files as a ticket leaves them that wrote about a third of the limit and was killed."""
    folder.mkdir()
    path = folder / "journal.db"
    if before is not None:
        shutil.copytree(before.parent, folder, dirs_exist_ok=True)
    store = Store(path)
    # Digits that cannot be packed away, in many commits.
    for _ in range(30):
        store.append([Entry(number, "Text", "", "x" * 2000, "") for _ in range(LOG_LIMIT // 3 // 2000 // 30)])
    left = folder.with_name(f"{folder.name}-left")
    shutil.copytree(folder, left)
    store.close()
    return left / "journal.db"


def test_what_killed_tickets_leave_is_folded_in(tmp_path: Path) -> None:
    path: Path | None = None
    for number in range(12):
        path = killed(tmp_path / str(number), path, number)
        log = path.with_name("journal.db-wal").stat().st_size
        assert log < 3 * LOG_LIMIT, f"{log} bytes of log after {number} kills"
    assert path is not None
    whole = sum(len(row.body) for row in rows(path))
    assert whole > 3 * LOG_LIMIT
    assert verify(path) is None


def test_a_file_counts_as_large_as_it_is_after_kills(tmp_path: Path) -> None:
    """Else a new segment would never begin."""
    path: Path | None = None
    for number in range(6):
        path = killed(tmp_path / str(number), path, number)
    assert path is not None
    store = Store(path)
    whole = sum(len(row.body) for row in rows(path))
    assert store.size > whole - 2 * LOG_LIMIT
    assert store.size > LOG_LIMIT
    store.close()
