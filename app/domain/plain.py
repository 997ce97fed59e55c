"""Door for texts of others: what a venue or a file wrote, as plain visible characters. Pure.

An order id may hold a line end, an escape sequence, an override of the writing direction or nothing that can be seen;
shown as it came it forges lines, moves the cursor or looks like another id. Each such character becomes its escape,
as Python writes it: `\\n`, `\\x1b`, `\\u202e`. Whoever shows a text of others, in the window, on the terminal or in a
table of cells, takes it through here; nothing else decides which characters can be shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Marks that may stand on one character; scripts in use need no more, and a thousand cover the lines around them.
MOST_MARKS = 3

#: Letters, marks and signs that are drawn as nothing, beside all of the categories below; later parts of Hangul
#: syllables among them: without a first one they take no room, and whole syllables are letters of their own.
_BLANK = frozenset(
    chr(number)
    for first, last in (
        (0x034F, 0x034F), (0x115F, 0x11FF), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
        (0xD7B0, 0xD7FF), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFFC, 0xFFFC), (0x1107F, 0x1107F), (0x13430, 0x13442),
        (0x16FE4, 0x16FE4), (0x1D159, 0x1D159), (0xE0100, 0xE01EF), (0x2D7F, 0x2D7F),
    )
    for number in range(first, last + 1)
)  # fmt: skip

#: Control, format, half of a pair, private, unassigned, and the ends of lines and paragraphs.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

#: Spaces that stay: the plain one, and the narrow one that our own numbers are grouped with.
_SPACES = frozenset(" \u202f")

#: Letters and digits written from right to left: one of them turns the sentence around it about.
_BACKWARDS = frozenset({"R", "AL", "AN"})

#: Names that stand in a sentence as they are; any other is put in quotes.
_NAME = re.compile(r"[A-Za-z0-9._:/+#@-]+")

#: A number as a table reads it: an apostrophe before it would make a text of it.
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?", re.ASCII)

#: Openings that a table takes for a formula, also after spaces.
_FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


#: Names of settings and of variables: words with at most three digits each, put together by signs, of either case.
_WORD = r"(?:[A-Z]{1,16}|[A-Za-z]?[a-z]{1,16}(?:[A-Z][a-z]{1,16}){0,3})[0-9]{0,3}"
_SHAPED = re.compile(rf"_?{_WORD}(?:[ _.-]{{1,2}}{_WORD}){{0,6}}")


class _Escapes(dict[int, str]):
    """A table of characters and what is shown for each, worked out when it is first met."""

    def __missing__(self, number: int) -> str:
        char = chr(number)
        shown = char if _is_plain(char) else _escape(char)
        if len(self) < 10_000:
            self[number] = shown
        return shown


def _is_plain(char: str) -> bool:
    """Return True for a character that is seen where it stands and does nothing else."""
    category = unicodedata.category(char)
    if category == "Zs":
        return char in _SPACES
    return category not in _UNSEEN and char not in _BLANK and unicodedata.bidirectional(char) not in _BACKWARDS


def _escape(char: str) -> str:
    number = ord(char)
    if char in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[char]
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


_ONE_LINE = _Escapes()
_LINES = _Escapes({ord("\n"): "\n"})


def one_line(text: str, most: int | None = None) -> str:
    """Return the text on one line, every character that is not seen as its escape.

    Args:
        text: as a venue, a file or a person wrote it.
        most: the most characters to return; a longer text ends in “…”. None for all of it.
    """
    return _shown(text, most, _ONE_LINE)


def lines(text: str, most: int | None = None) -> str:
    """Return the text as `one_line` does, its line ends kept: for texts of ours whose parts went through `one_line`,
    and for places that show nothing but the text, such as the raw text of a reading."""
    return _shown(text.replace("\r\n", "\n") if "\r" in text else text, most, _LINES)


def named(text: str, most: int = 80) -> str:
    """Return a name for the middle of a sentence, in quotes unless it is a plain word.

    A symbol such as `BTC at 1? Nothing is lost` would else speak as part of the question it is asked in.
    """
    shown = one_line(text, most)
    if _NAME.fullmatch(shown):
        return shown
    return "“" + shown.translate({ord("“"): "\\u201c", ord("”"): "\\u201d"}) + "”"


def if_a_name(text: str, otherwise: str) -> str:
    """Return a text that is shaped like the name of a setting, `otherwise` for any other: it may be a secret that was
    written in the wrong place, and nobody knows it as one."""
    return text if _SHAPED.fullmatch(text) else otherwise


def quoted_name(text: str) -> str:
    """Return a name that nothing goes by, in quotes, or words for one that is not repeated, after “there is no …”."""
    shown = if_a_name(text, "")
    return f"“{shown}”" if shown else "of a name that stands there (not repeated, it may be a secret)"


def one_look(name: str) -> str:
    """Return what names that look the same have in common: letters of one case, without those that are not seen."""
    return "".join(filter(_is_plain, unicodedata.normalize("NFKC", name).casefold())).strip()


def cell(text: str) -> str:
    """Return the text as one cell of a table: no formula, no tab and no line end; a number stays a number."""
    shown = one_line(text.replace("\u202f", ""))
    number = shown.replace("\u2212", "-")
    if _NUMBER.fullmatch(number):
        return number
    return f"'{shown}" if _FORMULA.match(text) or _FORMULA.match(shown) else shown


def tabbed(cells: Iterable[str]) -> str:
    """Return one row of cells for the clipboard, a tab between each two; a quote that opens one takes none with it."""
    return "\t".join(f"'{shown}" if shown.startswith('"') else shown for shown in map(cell, cells))


def _shown(text: str, most: int | None, escapes: _Escapes) -> str:
    if most is not None and len(text) > most:
        text = text[: most + 1]
    if text.isascii() and text.isprintable():
        shown = text
    elif text.isascii():
        shown = text.translate(escapes)
    else:
        marked = _few_marks(text)
        # Of a long text it is far quicker to look at each kind of character once than to write each of them anew.
        shown = marked if all(escapes[ord(char)] == char for char in set(marked)) else marked.translate(escapes)
    return shown if most is None or len(shown) <= most else f"{shown[: max(0, most - 1)]}…"


def _few_marks(text: str) -> str:
    """The text with marks as their escapes where they stand on nothing, or where a character has too many of them."""
    if not any(char >= "\u0300" and unicodedata.category(char)[0] == "M" for char in set(text)):
        return text
    parts: list[str] = []
    standing = MOST_MARKS  # nothing to stand on yet
    for char in text:
        if unicodedata.category(char)[0] != "M":
            standing = 0 if char.isalnum() or unicodedata.category(char)[0] == "S" else MOST_MARKS
        elif standing >= MOST_MARKS:
            parts.append(_escape(char))
            continue
        else:
            standing += 1
        parts.append(char)
    return "".join(parts)
