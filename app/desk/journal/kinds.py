"""Kinds of what a name may lead to: a journal is a regular file and nothing else."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path
from sys import byteorder

from app.desk.journal import frames as frames

#: Words for what is no regular file.
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

#: Words for a link whose file is not there.
LOOSE = "a link that leads nowhere"


def kind_of(path: Path) -> str:
    """Words for what a name leads to, links followed, where it is no regular file; "" for one, and where nothing is.

    It is looked at and not opened: opening a pipe waits for its other end, and opening a device may do something.

    Raises:
        OSError: if it cannot be known.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return LOOSE if path.is_symlink() else ""
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "a link that leads to itself"
        raise
    if stat.S_ISREG(mode):
        return ""
    return next((words for is_kind, words in _KINDS if is_kind(mode)), "no regular file")


def not_a_file(path: Path, kind: str) -> str:
    """One sentence on a name that leads to something of that kind."""
    return f"{path} cannot be read as a journal, it is {kind}; choose another file with --journal."


#: What SQLite keeps beside a file, by the ends of their names, and what each begins with unless it is still empty.
#: https://www.sqlite.org/fileformat2.html, sections 3 and 4; https://www.sqlite.org/walformat.html, section 2.1.
_BESIDE: dict[str, tuple[bytes, ...]] = {
    "-wal": tuple(frames.MAGIC),
    "-shm": ((3_007_000).to_bytes(4, byteorder),),
    "-journal": (b"\xd9\xd5\x05\xf9",),
}

#: SQLite makes its index longer by no less than this; who opens it first cuts it to so many bytes before that.
_INDEX_STEP, _INDEX_CUT = 4096, 3

#: Ends of names that belong to what lies beside another journal.
_ENDS = (*_BESIDE, ".lock")

#: Name of a later part of a journal.
_PART = re.compile(r"(.+)\.\d{4,}(\.[^.]*)?")

_MOVE = "move it away, or choose another journal with --journal"


def name_beside(path: Path) -> str:
    """One sentence on a name that belongs beside another journal, whether or not that is there; "" for any other."""
    if path.name.endswith(_ENDS):
        of = path.with_name(re.sub(r"(-[a-z]+|\.lock)$", "", path.name))
        return f"{path} is the name of what is kept beside a file {of.name}; choose another name with --journal."
    part = _PART.fullmatch(path.name)
    first = path.with_name(f"{part[1]}{part[2] or ''}") if part else path
    if first != path and os.path.lexists(first):
        return f"{path} is the name of a later part of {first}; name {first} with --journal, or another file."
    return ""


def odd_beside(path: Path) -> str:
    """One sentence on what lies where SQLite keeps its own of a segment and is not that; "" for what is.

    SQLite would write into whatever it is, remove it, or wait for its other end.

    Raises:
        OSError: if it cannot be known.
    """
    has_segment = os.path.lexists(path)
    for end in _BESIDE:
        beside = path.with_name(f"{path.name}{end}")
        kind = "a link" if beside.is_symlink() else kind_of(beside)
        if kind:
            return f"{beside}, where a part of the journal belongs, is {kind}; move it away."
        if not beside.exists():
            continue
        if not has_segment:
            return f"{beside} lies where a part of a new journal belongs; {_MOVE}."
        if not _looks_right(path, beside, end):
            return strange(beside)
    return ""


def strange(beside: Path) -> str:
    """One sentence on a file of somebody else under a name that belongs to a journal."""
    return f"{beside}, where a part of the journal belongs, is somebody else's file; {_MOVE}."


def _looks_right(path: Path, beside: Path, end: str) -> bool:
    if end == "-shm":
        # Not opened: the system drops the locks that SQLite has on it when this process closes it. See `odd_index`.
        return beside.stat().st_size % _INDEX_STEP in (0, _INDEX_CUT)
    if path.stat().st_size == 0:
        return True  # such a segment is left as it is, with all that lies beside it
    return _begins_right(beside, end)


def odd_index(path: Path) -> str:
    """One sentence on a file that is not the index of a segment; "" for one, and where nothing is.

    Only for who knows that this process has that segment not open.

    Raises:
        OSError: if it cannot be known.
    """
    beside = path.with_name(f"{path.name}-shm")
    return "" if _begins_right(beside, "-shm") else strange(beside)


def is_beside(path: Path, end: str) -> bool:
    """Return True if a file was made by SQLite to be beside another, as far as its first bytes tell."""
    return path.is_file() and not path.is_symlink() and _begins_right(path, end)


def _begins_right(beside: Path, end: str) -> bool:
    """Return True if a regular file begins as SQLite writes it, or with nothing: it was cut off while it was made."""
    try:
        file = os.open(beside, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return True
    try:
        head = os.read(file, 4)
    finally:
        os.close(file)
    return head in _BESIDE[end] or not head.strip(b"\0")
