"""Kinds of what a name may lead to: a journal is a regular file and nothing else."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

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


def odd_beside(path: Path) -> str:
    """One sentence on what lies where SQLite keeps its log or its index and is no file; "" for files, and for nothing.

    SQLite would write into whatever it is, or wait for its other end.
    """
    for name in (f"{path.name}-wal", f"{path.name}-shm"):
        beside = path.with_name(name)
        kind = "a link" if beside.is_symlink() else kind_of(beside)
        if kind:
            return f"{beside}, where a part of the journal belongs, is {kind}; move it away."
    return ""
