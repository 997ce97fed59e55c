"""Output of the verbs: answers on standard output, sentences on standard error; both pushed out at once.

The one door to the terminal: whatever a venue, a file or a person wrote leaves here as visible characters alone. Only
`joined` makes several lines of something, so that no text of others can begin a line of its own.

Pushed out at once, because what still lies in a buffer when the interpreter ends can change the exit code, and the
exit code of `amend` is what became of an order.
"""

from __future__ import annotations

import io
import json
import os
import re
import struct
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from app.domain.plain import lines, one_line

#: Characters that JSON lets stand and a terminal acts on or does not show: controls, formats, ends of lines.
_ACTING = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


#: Most characters of a cell of a table, of a sentence, and of any other line; more ends in “…”. JSON has all of it.
MOST_CELL, MOST_SENTENCE, MOST_LINE = 240, 2_000, 20_000


def joined(each: Iterable[str]) -> str:
    """Lines for `answer`: each of them one line, whatever stands in it, and none without end."""
    return "\n".join(one_line(line, MOST_LINE) for line in each)


def table(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> list[str]:
    """Lines of a table, its columns as wide on the screen as their widest cell, two spaces apart.

    Args:
        rows: as many cells in each.
        right: numbers of the columns that are aligned at the right.
    """
    plain = [[one_line(cell, MOST_CELL) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*plain, strict=True)]
    return [
        "  ".join(
            f"{' ' * (wide - width(cell))}{cell}" if column in right else f"{cell}{' ' * (wide - width(cell))}"
            for column, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in plain
    ]


def width(text: str) -> int:
    """Number of the terminal's cells that a text takes: wide characters take two, marks on others none."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def json_text(document: Any, indent: int | None = 1) -> str:
    """A document for `answer_json`; characters that a terminal acts on are escaped, which any reader undoes."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return _ACTING.sub(lambda acting: "".join(f"\\u{unit:04x}" for unit in _units(acting[0])), text)


def _units(char: str) -> tuple[int, ...]:
    """Numbers that JSON writes a character with."""
    return struct.unpack(f">{len(char.encode('utf-16-be')) // 2}H", char.encode("utf-16-be"))


def answer_json(text: str) -> bool:
    """Print a document made by `json_text`; returns as `answer` does."""
    return _answer(text)


def answer(text: str) -> bool:
    """Print an answer.

    A reader that has stopped reading (`| head`) changes nothing of what a verb did, and is no error.

    Returns:
        Whether it is written or nobody wants it; False if it could not be written, which has been said then.
    """
    return _answer(lines(text))


def _answer(text: str) -> bool:
    try:
        _write(sys.stdout, text)
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        tell(f"The answer could not be written ({error.strerror or error}).")
        return False
    return True


def tell(sentence: str) -> None:
    """Say one sentence to the person; without a standard error there is nobody to tell."""
    say(f"redline: {sentence}")


def say(text: str) -> None:
    """Write one line to standard error."""
    try:
        _write(sys.stderr, one_line(text, MOST_SENTENCE))
    except OSError:
        _silence(sys.stderr)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:
        return  # closed before we started
    if isinstance(stream, io.TextIOWrapper):
        # A terminal without Unicode shows “→” as its escape; failing there would hide an outcome.
        stream.reconfigure(errors="backslashreplace")
    print(text, file=stream, flush=True)


def _silence(stream: TextIO | None) -> None:
    """Let what is left in the buffer of a dead stream go nowhere when the interpreter ends."""
    if stream is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
