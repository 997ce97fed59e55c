"""The place of an open segment: whether what is written to it can be found again under its name.

A file stays writable after its folder was removed, after another file took its name, after its log was taken away:
whoever only writes never notices. So the file and its log are held open, and what their names lead to is compared with
what is held. A folder that is a symbolic link is followed: only where the names lead in the end counts.

A file that somebody else wrote into is read again, for a start would: its time of change is not the one that our own
last write left. SQLite's index lies in shared memory, and a process that reaches for a part of it that was cut away is
killed by the system; so it is made as long as it was before it is reached for, and SQLite fills it from the log anew.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.desk.journal import frames as frames

#: What the person can do: undo it, where that is possible, or begin anew.
_BACK, _UNLINK, _ANEW = "Put it back, or start", "Remove that name, or start", "Start"


_SPOILT = (_CUT, _OVERWRITTEN) = ("was cut short", "was overwritten")


class LostError(Exception):
    """Records would not be found again; one sentence on what happened to the file, and what to do."""


class LogLostError(LostError):
    """The same of the log alone: the file is where it was.

    Attributes:
        whole: whether all that was logged is still in the log that is held open.
    """

    def __init__(self, sentence: str, *, whole: bool) -> None:
        super().__init__(sentence)
        self.whole = whole


class _Held:
    """A file that is held open, and what is known of it."""

    def __init__(self, path: Path, flags: int) -> None:
        """Open the file, which must exist.

        Raises:
            OSError: if it cannot be opened.
        """
        self.name = str(path)
        self.file = os.open(self.name, flags | os.O_CLOEXEC)
        first = os.fstat(self.file)
        self._key, self._links, self._size = (first.st_dev, first.st_ino), first.st_nlink, 0
        self._changed = first.st_mtime_ns

    def fault(self, shortest: int | None = None) -> tuple[str, str] | None:
        """Return what happened to the file since it was opened and what can be done, None if nothing did.

        Args:
            shortest: it may become shorter, but not shorter than this; None if it may not become shorter at all.
        """
        own = os.fstat(self.file)
        if own.st_nlink == 0:
            return "was removed", _ANEW
        try:
            there = os.stat(self.name)
        except OSError as error:
            return f"does not lie there any more ({error.strerror})", _BACK
        if (there.st_dev, there.st_ino) != self._key:
            return "is another file now than the one that was opened", _BACK
        if own.st_nlink > self._links:
            return "was given a second name (a hard link)", _UNLINK
        if own.st_size < (self._size if shortest is None else min(self._size, shortest)):
            return f"{_CUT}, from {self._size:,} to {own.st_size:,} bytes", _ANEW
        self._size = own.st_size
        return None

    def note(self) -> None:
        """Take the file as it is now for what we left."""
        self._changed = os.fstat(self.file).st_mtime_ns

    @property
    def is_as_left(self) -> bool:
        """Return True if nobody wrote to it since `note`, as far as its time of change tells."""
        return os.fstat(self.file).st_mtime_ns == self._changed

    def renew(self, head: int) -> None:
        """Make it as long again as it ever was when this was asked, and so much of its head empty; else leave it.

        Whatever else is left in it counts for nothing without its head.
        """
        size = os.fstat(self.file).st_size
        if size < self._size:
            os.ftruncate(self.file, self._size)
            os.pwrite(self.file, bytes(head), 0)
        self._size = max(size, self._size)

    def release(self) -> None:
        """Let go; safe to call twice."""
        file, self.file = self.file, -1
        if file >= 0:
            os.close(file)


class Place:
    """The names of an open segment and its log, and the files they must lead to.

    Holds the lock on the segment itself, whatever becomes of the names beside it.

    It must be made before SQLite opens the file and released after SQLite has closed it: the system drops all of a
    process's record locks on a file, SQLite's too, when the process closes any one descriptor of it.
    """

    def __init__(self, path: Path) -> None:
        """Hold a segment.

        Raises:
            BlockingIOError: if a running ticket writes it.
            OSError: if it cannot be opened.
        """
        self._path = path
        self._segment = _Held(path, os.O_RDWR)
        self._log: _Held | None = None
        self._index: _Held | None = None
        self._frames = 0
        try:
            fcntl.flock(self._segment.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            self._segment.release()
            raise

    def hold_log(self) -> None:
        """Hold the log and its index too, once SQLite has opened them; without shared memory there is none."""
        with suppress(FileNotFoundError):
            self._log = _Held(self._path.with_name(f"{self._path.name}-wal"), os.O_RDONLY)
            self._index = _Held(self._path.with_name(f"{self._path.name}-shm"), os.O_RDWR)
        self.note()

    def note(self) -> None:
        """Take what lies there now for what we left; to be called after each write of our own."""
        self._segment.note()
        if self._log is not None and self._index is not None:
            self._log.note()
            self.mend_index()
            self._frames = frames.frames_counted(self._index.file)

    def mend_index(self) -> None:
        """Give the index back what was cut from it, before SQLite reaches for it; it holds nothing of its own."""
        if self._index is not None and self._index.file >= 0:
            self._index.renew(frames.INDEX_HEAD)

    def check(self, log_limit: int, is_readable: Callable[[], bool]) -> None:
        """See to it that the names still lead to what is written, and that nothing of it was taken or spoilt.

        Args:
            log_limit: SQLite itself may shorten the log down to this many bytes.
            is_readable: reads the segment; asked where somebody else wrote to it.

        Raises:
            LostError: otherwise.
        """
        if fault := self._segment.fault():
            raise LostError(_sentence(f"The journal {self._path}", *fault))
        self.mend_index()
        if self._log is None:
            self._check_contents(is_readable)
            return
        fault = self._log.fault(log_limit)
        if fault is None and os.pread(self._log.file, 4, 0) not in (b"", *frames.MAGIC):
            fault = _OVERWRITTEN, _ANEW
        if fault is None and not self._log.is_as_left:
            if frames.hold(self._log.file, self._frames):
                self._log.note()
            else:
                fault = _OVERWRITTEN, _ANEW
        if fault:
            whole = not fault[0].startswith(_SPOILT)
            raise LogLostError(_sentence(f"The log of the journal, {self._log.name},", fault[0], _ANEW), whole=whole)
        self._check_contents(is_readable)

    def _check_contents(self, is_readable: Callable[[], bool]) -> None:
        if self._segment.is_as_left:
            return
        if not is_readable():
            raise LostError(_sentence(f"The journal {self._path}", _OVERWRITTEN, _ANEW))
        self._segment.note()

    def release(self) -> None:
        """Let go; safe to call twice."""
        for beside in (self._index, self._log):
            if beside is not None:
                beside.release()
        self._segment.release()


def is_written(path: Path) -> bool:
    """Return True if a running ticket holds a segment, whatever became of the family's lock file."""
    try:
        Place(path).release()
    except BlockingIOError:
        return True
    return False


def _sentence(what: str, fault: str, cure: str) -> str:
    return f"{what} {fault}; nothing is sent, because it would be recorded nowhere. {cure} Redline again."
