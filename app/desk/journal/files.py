"""Files of a journal: a family of segment files beside a lock, one family for each running ticket.

`journal.db` is the first segment; `journal.0002.db`, `journal.0003.db` … continue it, and the highest number is the one
being written. A ticket that finds the family in use takes `journal-2.db`, then `journal-3.db`: two processes never
write one chain. A segment is never renamed while it lives, so its write-ahead log can never end up beside another file.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from app.desk.journal.kinds import LOOSE, is_beside, kind_of, name_beside, not_a_file, odd_beside, odd_index, strange
from app.desk.journal.place import is_written
from app.desk.journal.store import Nature, StoreError, nature_of, not_ours, put_in_place

#: Name of the first segment of a journal that nobody named.
NAME = "journal.db"

#: How many tickets may run on one journal at a time before opening it is an error.
MOST_FAMILIES = 64

#: Text of a lock's file: tells that what lies beside it was made by us, even where it holds nothing any more.
_MARK = b"The lock of a journal of Redline.\n"


class FamilyLock:
    """An exclusive hold on a family; the system ends it with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        """Take the lock of the family of this first segment.

        Raises:
            BlockingIOError: if another process (or another journal of this one) has it.
            StoreError: if something else lies under its name.
        """
        beside = lock_of(path)
        if kind := "a link" if beside.is_symlink() else kind_of(beside):
            raise StoreError(f"{beside}, where the lock of a journal belongs, is {kind}; move it away.")
        with suppress(FileExistsError):
            if not os.path.lexists(beside):
                put_in_place(beside, _MARK)
        self._file = os.open(beside, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._check(beside, is_known=bool(segments(path)))
        except BaseException:
            os.close(self._file)
            raise

    def _check(self, beside: Path, *, is_known: bool) -> None:
        """See to it that the file that is locked is ours, and still lies under its name.

        Args:
            beside: its name.
            is_known: whether a segment says that the family is ours; early versions left their locks empty.

        Raises:
            BlockingIOError: if it was removed meanwhile, by a ticket that needed it no more.
            StoreError: if it is somebody else's.
        """
        head = os.pread(self._file, len(_MARK) + 1, 0)
        if not head and is_known:
            os.pwrite(self._file, _MARK, 0)
        elif head != _MARK:
            raise StoreError(strange(beside))
        there = os.stat(beside, follow_symlinks=False) if os.path.lexists(beside) else None
        if there is None or not os.path.samestat(os.fstat(self._file), there):
            raise BlockingIOError(f"{beside} was removed meanwhile")

    def release(self) -> None:
        """Let go; safe to call twice."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


def lock_of(path: Path) -> Path:
    """The lock's file of the family of this first segment."""
    return path.with_name(f"{path.name}.lock")


def followed(path: Path) -> Path:
    """The file that a name leads to, links followed: a regular file, or a name that is free.

    Only the file's own name is followed; a folder that is a link stays one, so that what it leads to may move.

    Raises:
        StoreError: if it leads to something else, or nowhere.
        OSError: if that cannot be known.
    """
    if (kind := kind_of(path)) not in ("", LOOSE):
        raise StoreError(not_a_file(path, kind))
    real = path
    while real.is_symlink():  # a link that leads to itself was an error above
        real = real.parent / os.readlink(real)
    known, there = (os.stat(each) if each.exists() else None for each in (path, real))
    is_same = known is None or (there is not None and os.path.samestat(known, there))
    if not is_same or (real != path and not real.parent.is_dir()):
        raise StoreError(f"{path} is a link to {real}, where no file can be made; choose another with --journal.")
    if why := name_beside(path) or name_beside(real):
        raise StoreError(why)
    return real


def somebodys(path: Path) -> str:
    """One sentence on why a family may not be written: a file of it is not ours, or nothing says that it is; else "".

    An empty file is ours if the lock beside it says so: nothing in the file itself could.
    """
    if not os.path.lexists(path) and not _left_behind(path) and (why := odd_beside(path)):
        return why
    is_free = not _is_held(path)
    for each in segments(path):
        if why := odd_beside(each) or (odd_index(each) if is_free else "") or not_ours(each):
            return why
        if nature_of(each) is Nature.EMPTY and not _is_marked(path):
            return f"{each} is an empty file, which no journal of Redline ever is; choose another file with --journal."
    return ""


def is_of_nobody(path: Path) -> bool:
    """Return True for an empty file that nothing says is ours: no lock beside it, no other segment, and no log."""
    if not path.is_file() or path.stat().st_size > 0 or _is_marked(path):
        return False
    return segments(path) == [path] and not os.path.lexists(path.with_name(f"{path.name}-wal"))


def _is_held(path: Path) -> bool:
    """Return True if a ticket has the lock of a family, this process's own included."""
    try:
        file = os.open(lock_of(path), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _is_marked(path: Path) -> bool:
    """Return True if the lock's file of a family was made by us."""
    try:
        file = os.open(lock_of(path), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        return stat.S_ISREG(os.fstat(file).st_mode) and os.read(file, len(_MARK)) == _MARK
    finally:
        os.close(file)


def claim(path: Path, most: int = MOST_FAMILIES) -> tuple[Path, FamilyLock]:
    """Take the first family of that name that nobody writes and that is ours.

    Args:
        path: the first segment's path of the family wanted.
        most: how many families may be tried; 1 takes this one or none.

    Returns:
        The first segment's path of the family taken, and its lock.

    Raises:
        BlockingIOError: if all of them are in use.
        StoreError: if the one asked for is not ours.
        OSError: if the folder cannot be written.
    """
    for folder in reversed([each for each in path.parents if not each.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)  # `parents` would give those above the rights of the umask
    for number in range(1, most + 1):
        family = sibling(path, number)
        why = somebodys(family)
        if why and number == 1:
            raise StoreError(why)
        if why:
            continue
        try:
            lock = FamilyLock(family)
        except BlockingIOError:
            continue
        except StoreError:
            if number == 1:
                raise
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


def kept_under(folder: Path) -> list[Path]:
    """The first segments of the families that tickets keep in the folders of this one, in order of their names.

    Only those of the name that a ticket gives by itself: any other file there is somebody else's.
    """
    stem, suffix = NAME.rsplit(".", 1)
    name = re.compile(rf"{stem}(?:-([1-9]\d?))?(?:\.\d{{4,}})?\.{suffix}")
    found: list[Path] = []
    for each in sorted(_folders(folder)):
        with suppress(OSError):  # gone meanwhile, or not ours to read: no ticket of this user keeps it
            matches = [name.fullmatch(file) for file in os.listdir(each) if not kind_of(Path(each, file))]
            numbers = {int(match[1] or 1) for match in matches if match is not None}
            first = Path(os.path.realpath(each), NAME)
            found += [sibling(first, number) for number in sorted(numbers)]
    return list(dict.fromkeys(found))


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if entry.is_dir()]
    except OSError:
        return []


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
    first = [path] if os.path.lexists(path) else []
    return first + sorted(later, key=lambda each: number_of(path, each))


def unused(path: Path, number: int) -> Path:
    """The first free segment of a family from that number on.

    Where a segment was removed and its log was not, a new one is not made in its place: SQLite would give it that log.
    """
    while _left_behind(segment(path, number)):
        number += 1
    return segment(path, number)


def _left_behind(path: Path) -> bool:
    beside = {end: path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")}
    there = {end: each for end, each in beside.items() if os.path.lexists(each)}
    return bool(there) and not os.path.lexists(path) and all(is_beside(each, end) for end, each in there.items())


def remove(path: Path) -> None:
    """Remove a segment with what SQLite keeps beside it; what else bears such a name stays."""
    path.unlink(missing_ok=True)
    for end in ("-wal", "-shm"):
        beside = path.with_name(f"{path.name}{end}")
        if is_beside(beside, end):
            beside.unlink(missing_ok=True)


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
