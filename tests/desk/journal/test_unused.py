"""A journal that was made in vain goes again, and no other does."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.desk.journal.files import lock_of, segments
from app.desk.journal.replay import Folded
from app.desk.journal.unused import discard, folders_missing
from app.desk.journal.writer import Journal, Sizes
from tests.helpers.journals import made
from tests.helpers.recorded_desk import RecordedDesk


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a" / "b" / "journal.db"


def test_one_without_an_amendment_goes_with_its_folders(path: Path, tmp_path: Path) -> None:
    missing = folders_missing(path)
    made(path)
    assert discard(path, missing)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_else_stays(path: Path, tmp_path: Path) -> None:
    missing = folders_missing(path)
    made(path)
    (tmp_path / "a" / "mine").touch()
    assert discard(path, missing)
    assert [each.name for each in (tmp_path / "a").iterdir()] == ["mine"]


async def test_one_with_an_amendment_stays(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.intent(1, "101")
    await ticket.settle()
    await ticket.end()
    assert not discard(path)
    assert [*segments(path), lock_of(path)] == [path, path.with_name("journal.db.lock")]


def test_one_that_is_written_stays(path: Path) -> None:
    running = Journal(path)
    assert not discard(path)
    running.close()
    assert path.exists()


def test_one_that_has_gone_on_stays(path: Path) -> None:
    journal = Journal(path, Sizes(segment=1))
    for _ in range(2):
        journal.checkpoint(Folded())
        journal.flush()
    journal.close()
    assert not discard(path)
    assert path.exists()


@pytest.mark.parametrize("text", ["", "Dear diary,"])
def test_a_file_of_somebody_stays(tmp_path: Path, text: str) -> None:
    diary = tmp_path / "diary"
    diary.write_text(text)
    assert not discard(diary)
    assert diary.read_text() == text
