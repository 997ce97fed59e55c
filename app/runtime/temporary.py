"""Temporary folders of ours: gone when they are let go of, and after a kill at the next start.

Each holds a locked file; the system ends the lock with the process, however that ends. A folder whose lock can be taken
belongs to nobody any more. One without that file is left alone: it is somebody else's, or just being made.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

#: Beginning of the names of all of them.
_PREFIX = "redline-"

#: Name of the locked file in each.
HELD = ".held"


class TemporaryFolder:
    """A folder that only its owner can look into, and the name it has.

    Attributes:
        path: the folder.
    """

    def __init__(self, kind: str) -> None:
        """Make it.

        Args:
            kind: what it is for, a part of its name.
        """
        self._folder = tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{kind}-")
        self.path = Path(self._folder.name)
        new = self.path / f"{HELD}.new"
        self._lock = os.open(new, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # Under its name it is locked from its first moment.
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        new.rename(self.path / HELD)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove it with all that is in it; safe to call twice."""
        self._folder.cleanup()
        lock, self._lock = self._lock, -1
        if lock >= 0:
            os.close(lock)


def sweep() -> None:
    """Remove the folders that processes of this user left because they were killed."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(_PREFIX) and _is_left(entry):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_left(entry: os.DirEntry[str]) -> bool:
    """Return True for a folder of ours that nobody holds."""
    with suppress(OSError):
        if not entry.is_dir(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_uid != os.geteuid():
            return False
        lock = os.open(Path(entry.path) / HELD, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(lock)
        return True
    return False
