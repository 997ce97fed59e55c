"""Files of a journal: a family of segment files beside a lock, one family for each running ticket.

`journal.db` is the first segment; `journal.0002.db`, `journal.0003.db` … continue it, and the highest number is the one
being written. A ticket that finds the family in use takes `journal-2.db`, then `journal-3.db`: two processes never
write one chain. A segment is never renamed while it lives, so its write-ahead log can never end up beside another file.
"""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path

from app.desk.journal.place import is_written

#: How many tickets may run on one journal at a time before opening it is an error.
MOST_FAMILIES = 64


class FamilyLock:
    """An exclusive hold on a family; the system ends it with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock of the family of this first segment.

        Raises:
            BlockingIOError: if another process (or another journal of this one) has it.
        """
        self._file = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Let go; safe to call twice."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


def claim(path: Path, most: int = MOST_FAMILIES) -> tuple[Path, FamilyLock]:
    """Take the first family of that name that nobody writes.

    Args:
        path: the first segment's path of the family wanted.
        most: how many families may be tried; 1 takes this one or none.

    Returns:
        The first segment's path of the family taken, and its lock.

    Raises:
        BlockingIOError: if all of them are in use.
        OSError: if the folder cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, most + 1):
        family = sibling(path, number)
        try:
            lock = FamilyLock(family)
        except BlockingIOError:
            continue
        # The lock's own file may have been removed since another ticket took it; the segment itself is locked too.
        there = segments(family)
        if not there or not is_written(there[-1]):
            return family, lock
        lock.release()
    raise BlockingIOError(f"{most} running tickets write it")


def sibling(path: Path, number: int) -> Path:
    """The first segment of the family a ticket takes that finds `number - 1` others in use."""
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def siblings(path: Path) -> list[Path]:
    """The other families of that name that have a segment, in order."""
    name = re.compile(re.escape(path.stem) + r"-([1-9]\d?)(?:\.\d{4,})?" + re.escape(path.suffix))
    matches = [name.fullmatch(each) for each in os.listdir(path.parent)] if path.parent.is_dir() else []
    numbers = {int(match[1]) for match in matches if match is not None}
    return [sibling(path, number) for number in sorted(numbers) if 2 <= number <= MOST_FAMILIES]


def families(path: Path) -> list[Path]:
    """The first segments of all families that tickets on that name write, this one's included, in order.

    Args:
        path: the first segment of one of them, the first of the name or another.
    """
    stem, _, number = path.stem.rpartition("-")
    is_sibling = bool(stem) and number.isdecimal() and 2 <= int(number) <= MOST_FAMILIES
    names = [path.with_name(f"{stem}{path.suffix}"), path] if is_sibling else [path]
    known = [each for name in names for each in ([name] if segments(name) else []) + siblings(name)]
    return list(dict.fromkeys(known))


def segment(path: Path, number: int) -> Path:
    """The file of a family's segment of that number, counted from 1."""
    return path if number == 1 else path.with_name(f"{path.stem}.{number:04}{path.suffix}")


def number_of(path: Path, part: Path) -> int:
    """Return the number of a family's segment."""
    return 1 if part == path else int(part.stem.rsplit(".", 1)[1])


def segments(path: Path) -> list[Path]:
    """The segments of a family that exist, oldest first."""
    name = re.compile(re.escape(path.stem) + r"\.\d{4,}" + re.escape(path.suffix))
    later = [each for each in path.parent.iterdir() if name.fullmatch(each.name)] if path.parent.is_dir() else []
    first = [path] if path.exists() else []
    return first + sorted(later, key=lambda each: number_of(path, each))


def remove(path: Path) -> None:
    """Remove a segment with what SQLite keeps beside it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def trim(path: Path, total: int) -> list[Path]:
    """Remove the oldest segments until a family is within its size; the one being written always stays.

    Returns:
        What was removed.
    """
    found = segments(path)
    size = sum(each.stat().st_size for each in found)
    removed: list[Path] = []
    for each in found[:-1]:
        if size <= total:
            break
        size -= each.stat().st_size
        remove(each)
        removed.append(each)
    return removed
