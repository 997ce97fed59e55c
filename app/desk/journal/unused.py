"""Journals that were made in vain: what was asked for could not be done, so there is nothing to look up in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from app.desk.journal.files import FamilyLock, lock_of, remove, segments
from app.desk.journal.place import is_written
from app.desk.journal.store import Nature, StoreError, nature_of, reading


def folders_missing(path: Path) -> list[Path]:
    """The folders above a file that are not there yet, the innermost first."""
    return [each for each in path.absolute().parents if not each.exists()]


def discard(path: Path, folders: Iterable[Path] = ()) -> bool:
    """Remove a closed journal in which no amendment is recorded, with its lock and the folders made for it.

    Args:
        path: its first segment.
        folders: those that were not there before it, the innermost first; one that holds anything stays.

    Returns:
        Whether it was removed. One that has an amendment, has gone on in a further file, cannot be read, or is written
        by a running ticket stays as it is.
    """
    try:
        lock = FamilyLock(path)
    except (OSError, StoreError):
        return False
    try:
        if segments(path) != [path] or is_written(path) or _is_used(path):
            return False
        remove(path)
        lock_of(path).unlink(missing_ok=True)
    except (OSError, sqlite3.Error):
        return False
    finally:
        lock.release()
    with suppress(OSError):
        for each in folders:
            each.rmdir()
    return True


def _is_used(path: Path) -> bool:
    if nature_of(path) is not Nature.JOURNAL:
        return True
    with closing(reading(path)) as db:
        return bool(db.execute("SELECT EXISTS(SELECT 1 FROM mention)").fetchone()[0])
