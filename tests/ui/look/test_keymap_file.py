"""The file of a user's own keys: what holds is taken, what does not is told by file and line and has its default."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.form import FieldName
from app.runtime.errors import ErrorSink
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.keymap import KEYS, Keymap, signs
from app.ui.look.keymap_file import key_problem, line_of, read_keymap, template, write_template
from app.ui.look.theme import Theme
from app.ui.window.main_window import MainWindow
from app.ui.window.preferences import keys_path, preferences_path
from tests.helpers.paper_desk import PaperDesk, bitso_buy

DEFAULTS = {key.action: key.keys for key in KEYS if key.action}
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def read(folder: Path, text: str) -> Keymap:
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")
    return read_keymap(path)


def in_force(keymap: Keymap) -> dict[str, str]:
    return {key.action: key.keys for key in keymap.table if key.action}


def test_without_a_file_the_keys_are_the_usual_ones(tmp_path: Path) -> None:
    keymap = read_keymap(tmp_path / "keys.toml")
    assert in_force(keymap) == DEFAULTS
    assert keymap.problems == ()
    assert keys_path().parent == preferences_path().parent


def test_a_line_changes_one_key_and_two_can_be_exchanged(tmp_path: Path) -> None:
    keymap = read(tmp_path, '[keys]\nsearch = "Ctrl+K"\npalette = "Ctrl+F"\njoin = "Alt+J"\n')
    assert keymap.problems == ()
    assert in_force(keymap) == DEFAULTS | {"search": "Ctrl+K", "palette": "Ctrl+F", "join": "Alt+J"}


@pytest.mark.parametrize(
    "line, words",
    [
        ('serach = "Ctrl+F"', "“serach” is no action; the line is left out"),
        ('search = "Strg+F"', "is no key"),
        ('search = "Ctrl+"', "is no key"),
        ('search = ""', "is not one key"),
        ('search = "Ctrl+K, Ctrl+F"', "is not one key"),
        ("search = 7", "written as a text"),
        ("search = ['Ctrl+F']", "written as a text"),
        ('search = "F"', "a key to type or walk with"),
        ('search = "Shift+F"', "a key to type or walk with"),
        ('send = "Enter"', "a key to type or walk with"),
        ('search = "Up"', "a key to type or walk with"),
        ('search = "Ctrl+V"', "a meaning of its own"),
        ('search = "ctrl+up"', "a meaning of its own"),
        ('search = "F2"', "a key to type or walk with"),
        ('search = "Ctrl+K"', "“Ctrl+K” is the key of “palette” already; “search” stays on Ctrl+F"),
        ('stop = "Ctrl+Return"', "is the key of “send” already"),
    ],
)
def test_a_wrong_line_is_told_by_file_and_line_and_takes_no_other_with_it(
    line: str, words: str, tmp_path: Path
) -> None:
    keymap = read(tmp_path, f'# mine\n[keys]\ntheme = "F7"\n{line}\nundo = "Ctrl+U"\n')
    assert len(keymap.problems) == 1, keymap.problems
    assert keymap.problems[0].startswith(f"{tmp_path / 'keys.toml'}, line 4: ")
    assert words in keymap.problems[0]
    assert keymap.problems[0].endswith(".")
    assert in_force(keymap) == DEFAULTS | {"theme": "F7", "undo": "Ctrl+U"}


def test_two_own_lines_with_one_key_and_what_follows_from_it(tmp_path: Path) -> None:
    keymap = read(tmp_path, '[keys]\ntheme = "Alt+T"\nundo = "Alt+T"\n')
    assert [problem.partition(": ")[0].rpartition(" ")[2] for problem in keymap.problems] == ["3"]
    assert in_force(keymap) == DEFAULTS | {"theme": "Alt+T"}
    # Where one cannot have its key and takes the usual one back, whoever wanted that cannot have it either.
    keymap = read(tmp_path, '[keys]\nsearch = "Ctrl+K"\npalette = "Ctrl+V"\n')
    assert len(keymap.problems) == 2
    assert in_force(keymap) == DEFAULTS


@pytest.mark.parametrize(
    "text, words",
    [
        ("[keys\n", "line 1: this is not valid TOML"),
        ('[keys]\nsearch = "Ctrl+F"\nsearch = "F7"\n', "line 3: this is not valid TOML"),
        ('keys = "Ctrl+F"\n', "must be a table"),
        ("[keys]\n" + "#" * 70_000, "too large"),
    ],
)
def test_a_file_that_cannot_be_read_whole_says_so_once(text: str, words: str, tmp_path: Path) -> None:
    keymap = read(tmp_path, text)
    assert len(keymap.problems) == 1
    assert words in keymap.problems[0]
    assert "the keys are the usual ones" in keymap.problems[0]
    assert in_force(keymap) == DEFAULTS


def test_no_file_of_text_under_that_name_is_told(tmp_path: Path) -> None:
    for make in (os.mkfifo, os.mkdir):
        path = tmp_path / f"{make.__name__}.toml"
        make(path)
        assert "cannot be read" in read_keymap(path).problems[0]
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in read_keymap(binary).problems[0]


def test_every_usual_key_could_stand_in_the_file(tmp_path: Path) -> None:
    assert [key.keys for key in KEYS if key.action and key_problem(key.keys)] == []
    bare = "\n".join(line.removeprefix("# ") for line in template().splitlines()[1:])
    keymap = read(tmp_path, bare)
    assert keymap.problems == ()
    assert in_force(keymap) == DEFAULTS


def test_the_file_is_made_once_and_its_place_is_said(tmp_path: Path) -> None:
    path = tmp_path / "below" / "keys.toml"
    assert str(path) in write_template(path)
    assert read_keymap(path).problems == ()
    path.write_text('[keys]\ntheme = "F7"\n')
    assert str(path) in write_template(path)
    assert in_force(read_keymap(path))["theme"] == "F7", "what a person wrote is never written over"
    path.parent.chmod(0o700)
    assert "could not be made" in write_template(path / "inside.toml")


def test_the_line_of_a_name() -> None:
    text = '# search = 1\n[keys]\n "search" = "F7"\nkeys.theme="F8"\n'
    assert line_of(text, "search") == 3
    assert line_of(text, "theme") == 4
    assert line_of(text, "nowhere") == 1


def test_a_key_on_a_button() -> None:
    assert signs("Ctrl+Shift+K") == "Ctrl ⇧ K"
    assert signs("Ctrl+Enter") == "Ctrl ↵"
    assert QKeySequence("Ctrl+Shift+K").count() == 1


async def test_own_keys_work_in_the_window_and_stand_everywhere(
    qtbot: QtBot, theme: Theme, qloop: QtLoop, tmp_path: Path
) -> None:
    keys = read(tmp_path, '[keys]\nsearch = "Alt+F"\njoin = "Alt+J"\nsend = "Ctrl+J"\nstop = "F9"\nbad = "F8"\n')
    paper = PaperDesk()
    key = bitso_buy(paper)
    life = Lifecycle()
    window = MainWindow(theme, ErrorSink(), life, keys=keys)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    ticket = window.attach(paper.desk)
    ticket.feed.flush()
    ticket.model.flush()
    QApplication.processEvents()
    assert any("line 6: “bad” is no action" in text for text in ticket.banner.texts())
    qtbot.keyClick(ticket.view, Qt.Key.Key_F, ALT)
    assert ticket.top.search.hasFocus()
    assert ticket.top.search.placeholderText().endswith("Alt F")
    assert "F9" in ticket.top.stop.toolTip()
    panel = ticket.panels.open(key)
    assert panel is not None
    price = panel.fields.lines[FieldName.PRICE].number
    qtbot.keyClick(price, Qt.Key.Key_Up, ALT)
    assert "119990" not in price.text(), "the usual key is no longer one"
    qtbot.keyClick(price, Qt.Key.Key_J, ALT)
    assert price.text() == "119990.00"
    assert panel.box.send.text().endswith("Ctrl J")
    qtbot.keyClick(price, Qt.Key.Key_Return, CONTROL)
    assert paper.desk.state.amendments == {}
    qtbot.keyClick(price, Qt.Key.Key_J, CONTROL)
    assert len(paper.desk.state.amendments) == 1
    ticket.stop()
    life.allow_close()
    await paper.desk.close()


def test_a_mark_before_the_text_is_no_mistake_and_a_line_outside_the_table_is(tmp_path: Path) -> None:
    assert in_force(read(tmp_path, '\ufeff[keys]\nsearch = "Ctrl+J"\n'))["search"] == "Ctrl+J"
    keymap = read(tmp_path, 'stop = "Ctrl+J"\n\n[keys]\nsearch = "Ctrl+J"\n')
    assert in_force(keymap)["search"] == "Ctrl+J"
    assert in_force(keymap)["stop"] == DEFAULTS["stop"]
    assert (
        "line 1: “stop” stands outside [keys] and is left out; write [keys] in a line above it." in keymap.problems[0]
    )
