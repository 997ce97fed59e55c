"""What the window remembers: its theme and its place, in a file of its own, and nothing else."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.look.theme import DARK, LIGHT, Theme
from app.ui.window.preferences import Preferences, preferences_path


def test_the_theme_chosen_is_the_theme_of_the_next_session(theme: Theme, tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    first = Preferences(path)
    assert first.colours() is None
    first.follow(theme)
    theme.use(LIGHT)
    del first
    assert Preferences(path).colours() is LIGHT
    assert "light" in path.read_text()


def test_the_window_comes_back_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    one, other = QWidget(), QWidget()
    for widget in (one, other):
        qtbot.addWidget(widget)
        widget.show()
        qtbot.waitExposed(widget)
    Preferences(path).restore(other)
    one.resize(700, 500)
    Preferences(path).keep(one)
    Preferences(path).restore(other)
    assert (other.width(), other.height()) == (700, 500)


def test_a_broken_file_is_as_good_as_none(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(b"[window]\ntheme=crimson\nplace=\x00\xff nonsense")
    widget = QWidget()
    qtbot.addWidget(widget)
    preferences = Preferences(path)
    preferences.restore(widget)
    assert preferences.colours() is None


def test_the_file_lies_in_the_users_own_directory() -> None:
    path = preferences_path()
    assert path.name == "window.ini"
    assert path.parent.name == "redline"
    assert DARK.name != LIGHT.name
