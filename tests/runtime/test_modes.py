"""Rights of files: what is made is its owner's alone, and what others may write is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.desk.journal.writer import Journal
from app.runtime import modes
from app.runtime.logs import logged
from app.runtime.modes import others_may_write, private
from app.runtime.temporary import TemporaryFolder


@pytest.fixture(autouse=True)
def open_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_is_made_in_the_block_is_the_owners_alone(tmp_path: Path) -> None:
    with private():
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "file").write_text("")
    (tmp_path / "after").write_text("")
    assert (mode(tmp_path / "folder"), mode(tmp_path / "folder" / "file")) == (0o700, 0o600)
    assert mode(tmp_path / "after") == 0o666


def test_a_journal_and_all_its_folders_are_the_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "state" / "redline" / "mine-1234" / "journal.db"
    Journal(path).close()
    found = [path, path.with_name("journal.db.lock"), *list(path.parents)[:3]]
    assert [mode(each) for each in found] == [0o600, 0o600, 0o700, 0o700, 0o700]


def test_a_log_and_a_temporary_folder_are_too(tmp_path: Path) -> None:
    with logged(0, f"info:{tmp_path / 'redline.log'}"), TemporaryFolder("test") as folder:
        assert mode(folder) == 0o700
        assert {mode(each) for each in folder.iterdir()} == {0o600}
    assert mode(tmp_path / "redline.log") == 0o600


@pytest.mark.parametrize(
    "file, folder, says",
    [
        (0o600, 0o700, ""),
        (0o644, 0o755, ""),
        (0o666, 0o700, "may be written by everybody; run `chmod go-w "),
        (0o602, 0o700, "may be written by everybody"),
        (0o600, 0o777, "may be replaced by everybody, who may write its folder; run `chmod go-w "),
        (0o600, 0o1777, ""),
        (0o660, 0o700, "may be written by its group"),
        (0o600, 0o770, "may be replaced by its group"),
    ],
)
def test_what_others_may_write_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: int, folder: int, says: str
) -> None:
    monkeypatch.setattr(modes, "_is_own_group", lambda number: False)
    path = tmp_path / "inner" / "redline.toml"
    path.parent.mkdir()
    path.write_text("")
    path.chmod(file)
    path.parent.chmod(folder)
    told = others_may_write(path, "The configuration")
    assert told.startswith(f"The configuration {path} {says}") if says else told == ""
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    assert (says in others_may_write(link, "It")) is True, "a link is followed"


def test_a_group_of_one_is_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "redline.toml"
    path.write_text("")
    path.chmod(0o664)
    monkeypatch.setattr(modes, "_is_own_group", lambda number: True)
    assert others_may_write(path, "It") == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_told(tmp_path: Path) -> None:
    path = tmp_path / "redline.toml"
    path.write_text("")
    path.chmod(0o600)
    os.chown(path, 12345, -1)
    assert "may be written by another user (number 12345), who owns it" in others_may_write(path, "It")


def test_what_is_not_there_has_nothing_to_tell(tmp_path: Path) -> None:
    assert others_may_write(tmp_path / "none" / "journal.db", "The journal") == ""
