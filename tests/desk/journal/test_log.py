"""The write-ahead log of a journal whose tickets are killed again and again stays short."""

from __future__ import annotations

import shutil
from pathlib import Path

from app.desk.journal.reading import rows, verify
from app.desk.journal.store import LOG_LIMIT, JournalEntry, Store


def killed(folder: Path, before: Path | None) -> Path:
    """The files as a ticket leaves them that wrote half the limit and was killed."""
    path = folder / "journal.db"
    if before is None:
        folder.mkdir()
    else:
        shutil.copytree(before.parent, folder)
    store = Store(path)
    for _ in range(10):
        store.append([JournalEntry(1, "Text", "", "x" * 2000) for _ in range(LOG_LIMIT // 2 // 2000 // 10)])
    left = folder.with_name(f"{folder.name} left")
    shutil.copytree(folder, left)
    store.close()
    return left / "journal.db"


def test_what_killed_tickets_leave_is_folded_in(tmp_path: Path) -> None:
    path: Path | None = None
    for number in range(6):
        path = killed(tmp_path / str(number), path)
        log = path.with_name("journal.db-wal").stat().st_size
        assert log < 2 * LOG_LIMIT, f"{log} bytes of log after {number + 1} kills"
    assert path is not None
    assert verify(path) is None
    whole = sum(len(row.body) for row in rows(path))
    assert whole > 2 * LOG_LIMIT
    store = Store(path)
    assert store.size > LOG_LIMIT, "it never counts as full, so no segment would follow it"
    store.close()
