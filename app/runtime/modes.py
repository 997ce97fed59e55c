"""Rights of files: what we make is its owner's alone, and what others may write is told."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def private() -> Iterator[None]:
    """While the block lasts, whatever is made is its owner's alone, by us, by a library or by a child of ours."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def others_may_write(path: Path, what: str) -> str:
    """One sentence if others than its owner and the system may write a file or put another in its place; else "".

    Args:
        path: the file; one that is not there, or cannot be looked at, has nothing to tell.
        what: the beginning of the sentence, such as "The journal".
    """
    real = Path(os.path.realpath(path))
    file, folder = _status(real), _status(real.parent)
    if file is not None and (who := _others(file)):
        way = f"run `chmod go-w {shlex.quote(str(real))}`"
        if file.st_uid not in (0, os.geteuid()):
            way = "copy it to a file of your own and name that one"  # only its owner may change who writes it
        return f"{what} {path} may be written by {who}; {way}."
    if file is not None and folder is not None and not folder.st_mode & stat.S_ISVTX and (who := _others(folder)):
        where = shlex.quote(str(real.parent))
        return f"{what} {path} may be replaced by {who}, who may write its folder; run `chmod go-w {where}`."
    return ""


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _others(status: os.stat_result) -> str:
    """Words for who else may write it."""
    if status.st_uid not in (0, os.geteuid()):
        return f"another user (number {status.st_uid}), who owns it"
    if status.st_mode & stat.S_IWOTH:
        return "everybody"
    if status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid):
        return f"its group (number {status.st_gid})"
    return ""


def _is_own_group(number: int) -> bool:
    """Return True for a group that has its user's name, as most systems give to each user alone."""
    import grp
    import pwd

    try:
        return grp.getgrgid(number).gr_name == pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return False
