"""Journals for tests: small ones, kept ones, and ones somebody has tampered with."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from app.desk.journal.replay import Folded
from app.desk.journal.writer import Journal
from app.domain import events as ev
from tests.helpers.toy_venue import T0

FIXTURES = Path(__file__).parents[1] / "desk" / "journal" / "fixtures"


def note(number: int, text: str = "x") -> ev.Noticed:
    return ev.Noticed("toy", T0 + number, text)


def made(path: Path, count: int = 10) -> Path:
    """A closed journal of a checkpoint and some notices."""
    journal = Journal(path)
    journal.checkpoint(Folded())
    for number in range(count):
        journal.append(note(number))
    journal.close()
    return path


def tampered(path: Path, *statements: str) -> None:
    """Do to the file what somebody with an SQLite shell can do."""
    db = sqlite3.connect(path)
    for name in ("record_only_grows", "record_is_kept", "record_is_final"):
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def kept(path: Path, name: str) -> Path:
    """A journal made from a kept text of one."""
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.executescript((FIXTURES / name).read_text())
    db.close()
    return path
