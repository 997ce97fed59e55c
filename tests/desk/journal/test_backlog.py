"""More records than the disk takes: whoever hands them over waits for it, and a disk that takes none stops nobody."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from app.desk.journal import writer
from app.desk.journal.reading import rows
from app.desk.journal.writer import Journal
from tests.helpers.journals import note
from tests.helpers.logfail import AnnouncedLogs


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    monkeypatch.setattr(writer, "MOST_WAITING", 10)
    return Journal(tmp_path / "journal.db")


def counted(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """How often, and how long at most, this thread waits from now on."""
    waits: list[float | None] = []
    wait_for, me = journal._wake.wait_for, threading.get_ident()

    def noted(predicate: object, timeout: float | None = None) -> bool:
        if threading.get_ident() == me:
            waits.append(timeout)
        return bool(wait_for(predicate, timeout))  # type: ignore[arg-type]

    monkeypatch.setattr(journal._wake, "wait_for", noted)
    return waits


def test_no_more_than_so_many_wait_and_none_is_lost(journal: Journal) -> None:
    append = journal._store.append

    def slow(entries: object) -> None:
        time.sleep(0.005)
        append(entries)  # type: ignore[arg-type]

    journal._store.append = slow  # type: ignore[method-assign]
    most = 0
    for number in range(200):
        journal.append(note(number))
        most = max(most, journal.written - journal._durable)
    journal.close()
    assert most <= 10
    assert len(list(rows(journal.path))) == 200


def test_a_disk_that_takes_nothing_is_waited_for_once(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "STUCK", 0.05)
    waits = counted(journal, monkeypatch)
    append, going_on = journal._store.append, threading.Event()

    def stuck(entries: object) -> None:
        going_on.wait()
        append(entries)  # type: ignore[arg-type]

    journal._store.append = stuck  # type: ignore[method-assign]
    for number in range(100):
        journal.append(note(number))
    assert waits == [0.05]
    going_on.set()
    assert journal.flush()
    waits.clear()
    for number in range(100):
        journal.append(note(number))
    journal.close()
    assert set(waits) <= {0.05}, "it goes on, and is waited for again"
    assert len(list(rows(journal.path))) == 200


def test_a_disk_that_refuses_stops_nobody(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs
) -> None:
    announced_logs.expect("cannot be written .disk I/O error.; nothing can be sent until it can", logging.ERROR)
    waits = counted(journal, monkeypatch)

    def refused(entries: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    append = journal._store.append
    journal._store.append = refused  # type: ignore[method-assign]
    for number in range(100):
        journal.append(note(number))
    assert len(waits) <= 2, "for one, not for each"
    journal._store.append = append  # type: ignore[method-assign]
    journal.close()
    assert len(list(rows(journal.path))) == 100
