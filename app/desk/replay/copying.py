"""Copy of a journal's files in a folder of our own, so that no byte of the journal changes while it is looked at.

SQLite would make its index beside a file it only reads, and note in it that it reads. So the journal is never opened as
a database: its bytes are copied, beside a ticket that may be writing it, and the copy is read.

Rows are only ever added to the log beside the file, and the log is folded into the file now and then. A copy is that of
one moment if the file did not change while file and log were copied, and the log was not begun anew.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from filecmp import cmp
from pathlib import Path

from app.desk.journal import files as files
from app.desk.journal.store import APPLICATION, SCHEMA

#: How often a copy is begun again where the ticket that writes the journal comes in between.
_TRIES = 20

#: Bytes at the beginning of a log that change when it is begun anew; of a file, that tell what it is.
_LOG_HEAD, _HEAD = 32, 100

_MAGIC = b"SQLite format 3\x00"


class NotReplayed(Exception):
    """A file that cannot be looked at as a journal; one sentence that says what to do."""


def refusal(path: Path) -> str:
    """One sentence on why a file cannot be looked at as a journal, "" if nothing in its first bytes is against it.

    The file is opened for reading alone, and nothing but a regular file is opened at all.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
            return f"{path} is {what}; name the journal's file, such as journal.db."
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError:
        return f"There is no file {path}; name a journal, such as the journal.db in a ticket's state directory."
    except PermissionError:
        return f"{path} may not be read by this user; ask its owner for a copy, or for the right to read it."
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        return f"{path} cannot be read ({why}); check its name, or name another journal."
    # https://www.sqlite.org/fileformat.html, section 1.3: user version at byte 60, application id at byte 68.
    if not head:
        return f"{path} is an empty file, which no journal of Redline ever is; name another."
    if not head.startswith(_MAGIC):
        return (
            f"{path} is no journal of Redline, or one that was encrypted or packed; decrypt or unpack it first, or "
            "name another."
        )
    if head[68:72] != APPLICATION.to_bytes(4):
        return f"{path} is a database of another program and no journal of Redline; name another."
    version = int.from_bytes(head[60:64])
    if version > SCHEMA:
        return (
            f"{path} was written by a newer Redline (schema {version}, this one reads up to {SCHEMA}); open it with "
            "that version."
        )
    return ""


def copied(path: Path, folder: Path, going_on: Callable[[], None] = lambda: None) -> list[tuple[Path, Path]]:
    """Copy a journal's segments with their logs.

    Args:
        path: its first segment, or a later one to begin there.
        folder: an empty place for the copies; they have the names of what they are copies of.
        going_on: called between files; what it raises ends the copying.

    Returns:
        Each segment and its copy, oldest first.

    Raises:
        NotReplayed: if a file is no journal, or changes all the time.
        OSError: if a file cannot be read, or the folder is full.
    """
    for _ in range(_TRIES):
        pairs: list[tuple[Path, Path]] = []
        segments = files.segments(path)
        try:
            for each in segments:
                going_on()
                if why := refusal(each):
                    raise NotReplayed(why)
                copy = folder / each.name
                if not _copied_whole(each, copy):
                    break
                pairs.append((each, copy))
        except FileNotFoundError:
            continue  # the oldest segment was removed meanwhile, to make room
        if len(pairs) == len(segments) and pairs:
            return pairs
    if why := refusal(path):
        raise NotReplayed(why)
    raise NotReplayed(f"{path} is written to without a pause, so that no copy is of one moment; try again.")


def _copied_whole(path: Path, copy: Path) -> bool:
    """Copy a segment and its log; False if they changed in between in a way that leaves no copy of one moment."""
    log, log_copy = (each.with_name(f"{each.name}-wal") for each in (path, copy))
    head = _log_head(log)
    shutil.copyfile(path, copy)
    if head is None:
        log_copy.unlink(missing_ok=True)
    else:
        shutil.copyfile(log, log_copy)
    return _log_head(log) == head and cmp(path, copy, shallow=False)


def _log_head(log: Path) -> bytes | None:
    """The first bytes of a log, which name its generation; None where there is no log."""
    try:
        with log.open("rb") as file:
            return file.read(_LOG_HEAD)
    except FileNotFoundError:
        return None
