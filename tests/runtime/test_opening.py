"""Each configuration has a journal of its own, in the user's state directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.domain.form import InputError
from app.domain.limits import Limits
from app.runtime import opening
from app.runtime.opening import journal_path, open_desk
from app.runtime.settings import Settings
from tests.helpers.journals import made


def test_one_journal_for_each_configuration(tmp_path: Path) -> None:
    state = Path(os.environ["XDG_STATE_HOME"]) / "redline"
    here, there = tmp_path / "a" / "desk.toml", tmp_path / "b" / "desk.toml"
    assert journal_path(here) == journal_path(tmp_path / "a" / "x" / ".." / "desk.toml")
    assert journal_path(here) != journal_path(there)
    assert journal_path(here).parent.parent == state
    assert journal_path(here).parent.name.startswith("desk-")


def test_a_desk_that_cannot_be_opened_leaves_no_new_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise InputError("key", "There is no key.")

    monkeypatch.setattr(opening, "Desk", refuse)
    settings = Settings((), Limits(), "", tmp_path / "desk.toml")
    with pytest.raises(InputError):
        open_desk(settings, lambda _: {}, tmp_path / "new" / "journal.db")
    assert list(tmp_path.iterdir()) == []
    made(tmp_path / "old.db")
    with pytest.raises(InputError):
        open_desk(settings, lambda _: {}, tmp_path / "old.db")
    assert (tmp_path / "old.db").exists()
