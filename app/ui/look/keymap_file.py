"""The file of a user's own keys: TOML, one line an action, read at the start; whatever is wrong in it has its default.

    [keys]
    search = "Ctrl+F"

A wrong line never takes the others with it, and no line can take a key that types, walks or edits.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from app.domain.plain import one_line
from app.ui.look.keymap import KEYS, Keymap, both_enters

#: The most bytes of a file that are read.
_LARGEST = 64_000

_TABLE = "keys"

#: Keys that edit a text, walk, or belong to a part of the window; no action can have them.
_TAKEN = (
    "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A", "Ctrl+Z", "Ctrl+Y", "Ctrl+Up", "Ctrl+Down", "Ctrl+Left", "Ctrl+Right",
    "Ctrl+Home", "Ctrl+End", "Ctrl+Backspace", "Ctrl+Del", "Ctrl+Ins", "Shift+F10", "F1", "F2", "Ctrl+Tab",
    "Ctrl+Shift+Tab", "Ctrl+PgUp", "Ctrl+PgDown", "Ctrl+Shift+Up", "Ctrl+Shift+Down", "Alt+F4", "Ctrl+Space",
)  # fmt: skip

_ALONE = frozenset(range(Qt.Key.Key_F3, Qt.Key.Key_F12 + 1))
_STRONG = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_MODIFIERS = frozenset({Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr})


def read_keymap(path: Path) -> Keymap:
    """Read a user's own keys; where there is no file, or nothing in it holds, the keys are those of the table."""
    try:
        text = _text_of(path)
    except FileNotFoundError:
        return Keymap(path=path)
    except (OSError, ValueError) as error:
        return Keymap(path=path, problems=(f"{path} cannot be read ({_short(error)}); the keys are the usual ones.",))
    try:
        whole = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        where = re.search(r"at line (\d+)", str(error))
        line = f", line {where[1]}" if where is not None else ""
        why = f"{path}{line}: this is not valid TOML ({_short(error)}); the keys are the usual ones."
        return Keymap(path=path, problems=(why,))
    table = whole.get(_TABLE, {})
    if not isinstance(table, dict):
        return Keymap(path=path, problems=(f"{path}: [{_TABLE}] must be a table; the keys are the usual ones.",))
    found = _checked(path, text, table)
    outside = [name for name in whole if name != _TABLE]
    if outside:
        place = (
            f"{path}, line {line_of(text, outside[0])}: {_quoted(outside[0])} stands outside [{_TABLE}] and is left out"
        )
        found.problems = (*found.problems, f"{place}; write [{_TABLE}] in a line above it.")
    return found


def _checked(path: Path, text: str, table: dict[str, object]) -> Keymap:
    """Take every line that holds, and say of each other one why it does not."""
    own: dict[str, str] = {}
    problems: list[str] = []
    actions = {key.action: key for key in KEYS if key.action}

    def refuse(action: str, why: str) -> None:
        default = actions[action].keys if action in actions else ""
        stays = f"; {_quoted(action)} stays on {default}." if default else "; the line is left out."
        problems.append(f"{path}, line {line_of(text, action)}: {why}{stays}")

    for action, wanted in table.items():
        if action not in actions:
            refuse(action, f"{_quoted(action)} is no action")
        elif not isinstance(wanted, str):
            refuse(action, "a key is written as a text, such as “Ctrl+J”")
        elif why := key_problem(wanted):
            refuse(action, why)
        else:
            own[action] = wanted
    while clash := _clash(own):
        action, other = clash
        refuse(action, f"{_quoted(own.pop(action))} is the key of {_quoted(other)} already")
    return Keymap(own, path, tuple(problems))


def _clash(own: dict[str, str]) -> tuple[str, str] | None:
    """Return an action whose own key is that of another action too, and that action; None if there is none."""
    in_force = [(key.action, _codes(own.get(key.action, key.keys))) for key in KEYS if key.action]
    for action in reversed(list(own)):
        codes = _codes(own[action])
        other = next((name for name, taken in in_force if name != action and codes & taken), None)
        if other is not None:
            return action, other
    return None


def key_problem(text: str) -> str:
    """Return why a text is no key that an action can have; "" if it is one."""
    sequence = QKeySequence(text)
    if sequence.count() != 1:
        return f"{_quoted(text)} is not one key"
    combination = sequence[0]  # type: ignore[index]
    key, modifiers = combination.key(), combination.keyboardModifiers()
    if key in (Qt.Key.Key_unknown, *_MODIFIERS):
        return f"{_quoted(text)} is no key; write it like “Ctrl+Shift+J” or “F7”"
    if not modifiers & _STRONG and key not in _ALONE:
        return f"{_quoted(text)} is a key to type or walk with; add Ctrl or Alt"
    if _codes(text) & {code for taken in _TAKEN for code in _codes(taken)}:
        return f"{_quoted(text)} has a meaning of its own in fields and lists"
    return ""


def _codes(text: str) -> set[str]:
    """Return a key in Qt's own spelling; both of them where there are two of that name."""
    return {each.toString(QKeySequence.SequenceFormat.PortableText) for each in both_enters(text)}


def line_of(text: str, name: str) -> int:
    """Return the number of the line that gives an action its key."""
    spelled = re.compile(rf"""\s*(?:{_TABLE}\s*\.\s*)?["']?{re.escape(name)}["']?\s*=""")
    return next((number for number, line in enumerate(text.splitlines(), start=1) if spelled.match(line)), 1)


def _text_of(path: Path) -> str:
    # A pipe under that name is not waited for.
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    with open(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise ValueError("it is no file of text")
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError("it is too large")
    return content.decode("utf-8-sig")


def _short(error: Exception) -> str:
    return one_line(getattr(error, "strerror", None) or str(error), 120)


def _quoted(text: str) -> str:
    return f"“{one_line(text, 60)}”"


def template() -> str:
    """Return a file with every action and its usual key, all of it commented out."""
    lines = ["# Keys of Redline. Take the # off a line and change its key; they are read at the next start.", ""]
    lines += [f"[{_TABLE}]", *(f'# {key.action} = "{key.keys}"  # {key.does}' for key in KEYS if key.action)]
    return "\n".join((*lines, ""))


def write_template(path: Path) -> str:
    """Make the file where there is none; one sentence on where it is, or on why it could not be made."""
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except OSError as error:
        if path.exists():
            return f"Your keys are in {path}; they are read at the next start."
        return f"The file of your keys, {path}, could not be made ({_short(error)})."
    return f"Your keys can be written in {path}: it is there now, with every action in it. It is read at the start."
