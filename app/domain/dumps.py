"""Secrets as programs dump them: letter by letter, byte by byte, wrapped over lines, in groups. Pure.

A text is first looked at with everything but its letters and digits left out, which takes one pass whatever separates
them; only where a secret shows there, in one of its writings, a pattern with bounded gaps looks where it stands and
whether its separators are such. So ordinary text costs little, and what only looks alike without separators stays.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from urllib.parse import quote

#: Text that takes the place of a secret.
MASK = "•••"

#: Shortest text that is searched for as a dump, and shortest part of Base64.
SHORTEST = 6

#: Bytes of ASCII that are neither letters nor digits.
_OTHERS = bytes(byte for byte in range(128) if not chr(byte).isalnum())

#: One character between two bytes or letters of a dump, be it escaped.
_BETWEEN = r"(?:\\{1,16}[nrt]|[^0-9A-Za-z•])"

#: Between two bytes: separators, and the number of the byte where a dump has them as an object or a table.
_GAP = rf"(?:{_BETWEEN}{{1,40}}+[0-9]{{1,5}}[\"'\]\\]{{0,8}}[ \t]{{0,4}}(?::|=>|=))?{_BETWEEN}{{1,40}}+"

#: Between two bytes that need no separator.
_GAP_OR_NONE = rf"{_BETWEEN}{{0,40}}+"

#: Between two bytes where a dump in sixteens begins another line: its letters before, its place after; and its letters.
_NEW_LINE = r"(?:[ \t]{1,8}[^\n\\•]{0,24}(?:\\{1,16}n|\r?\n)[0-9a-f]{4,16}:?[ \t]{1,4})?"
_ITS_LETTERS = r"(?:[ \t0-9a-f]{0,60}[ \t]{2}\|[^\n\\•|]{1,18}\|)?"

#: Between two letters of Base64: ends of lines, and what a source or JSON has around them.
_FOLD = r"(?:\\{1,16}[nrt]|[\s\"',\\]){0,16}+"

#: Between letters that stand apart: the same between each two.
_APART = rf"(?P<gap>{_BETWEEN}{{1,24}}?|{_BETWEEN}{{0,8}}(?:<[^<>•]{{1,40}}>){{1,3}}{_BETWEEN}{{0,8}}?)"

#: Where a text is broken: ends of lines with what indents the next, tags, parts of CDATA, strings put together.
_BREAK = (
    r"(?:=?[ \t]{0,8}(?:\\{1,16}[rn]|[\r\n]|\\[\r\n])(?:\\{1,16}[nrt]|[\s>|*#\\]){0,80}+"
    r"|<[^<>•]{1,80}>|\]\]><!\[CDATA\["
    r"|\\{0,8}[\"'][ \t\r\n]{0,16}[+.&]?[ \t\r\n]{0,16}\\{0,8}[\"'])*+"
)

#: Signs of a text between whose parts a secret may go on: tags, numbers of bytes, escaped ends of lines, other lines.
_TAG = re.compile(r"\]\]><!\[cdata\[|<[^<>]{1,80}>")
_INDEX = re.compile(r"[\"']?\b[0-9]{1,5}[\"'\]\\]{0,8}[ \t]{0,4}(?::|=>|=)")
_LINE_END = re.compile(r"(?<!\\)\\+[nrt]")
_DUMP_LINE = re.compile(r"[ \t]{2}[^\n\\]{0,24}(?:\\n|\n)[0-9a-f]{4,16}:?[ \t]")

#: Letters that look like others and are not what NFKC makes of them: dashes.
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")


class Dumps:
    """Finds dumps of some secrets."""

    def __init__(self, secrets: list[str]) -> None:
        """Look for these, each visible and so unlike a word that it may be looked for anywhere."""
        writings = [each for secret in secrets for each in _writings(secret)]
        patterns: dict[bytes, dict[Callable[[], str], None]] = {}
        for needle, pattern in writings:
            patterns.setdefault(needle, {})[pattern] = None
        self._writings = tuple((needle, tuple(made)) for needle, made in patterns.items())

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Places of secrets in a text, in order and apart from each other."""
        if len(text) < SHORTEST or not self._writings:
            return []
        text = folded(text)
        found = {made: None for bare in _bare(text) for needle, made in self._writings if needle in bare}
        if not found:
            return []
        patterns = dict.fromkeys(pattern() for made in found for pattern in made)
        spans = [match.span() for each in patterns for match in _compiled(each).finditer(text)]
        return _apart(spans)

    def masked(self, text: str) -> str:
        """The text with a mask at each place."""
        parts, at = [], 0
        for begin, end in self.spans(text):
            parts += [text[at:begin], MASK]
            at = end
        return "".join([*parts, text[at:]]) if parts else text


def folded(text: str) -> str:
    """The text with wide, bold and other styles of a letter as the letter itself, and signs beyond ASCII as blanks.

    Nothing changes its place.
    """
    if text.isascii():
        return text
    others = {ord(char): plain for char in set(text) if char > "\x7f" and (plain := _plain(char)) != char}
    return text.translate(others) if others else text


@cache
def _plain(char: str) -> str:
    plain = _DASHES.get(char) or unicodedata.normalize("NFKC", char)
    if len(plain) != 1:
        plain = char
    return plain if plain.isascii() or plain.isalnum() or plain in MASK else " "


def _bare(text: str) -> Iterator[bytes]:
    """The text in small letters without what separates them, in each way in which something may separate them."""
    text = text.lower()
    yield _squeezed(text)
    if ("\n" in text or "\\n" in text) and _DUMP_LINE.search(text):
        yield _squeezed(_DUMP_LINE.sub("", text))
    if "\\" in text:
        text = _LINE_END.sub("", text)
        yield _squeezed(text)
    if "<" in text:
        yield _squeezed(_TAG.sub("", text))
    if _INDEX.search(text, 0, 4000):
        yield _squeezed(_INDEX.sub("", text))


def _squeezed(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass").translate(None, _OTHERS)


def _writings(secret: str) -> Iterator[tuple[bytes, Callable[[], str]]]:
    """Each way to write a secret: what is left of it without separators, and what makes a pattern of it."""
    raw = secret.encode("utf-8", "surrogatepass")
    yield _squeezed(secret.lower()), lambda: f"{_letters_apart(secret)}|{_letters_broken(secret)}"
    yield from _bytes_of(raw)
    yield from _base64_of(raw)
    for coded in (secret.encode("utf-16-le", "surrogatepass"), secret.encode("utf-16-be", "surrogatepass")):
        # Of these only what is common: each way costs a look at every text.
        yield from _bytes_of(coded, is_common=True)
        yield from _base64_of(coded)


def _bytes_of(raw: bytes, *, is_common: bool = False) -> Iterator[tuple[bytes, Callable[[], str]]]:
    def numbers(written: str, gap: str, least: int = 0) -> Callable[[], str]:
        units = [f"{{0:{written}}}".format(byte) for byte in raw]
        zeros = "0*" if least else ""
        return lambda: rf"(?<![0-9A-Za-z.]){gap.join(f'{zeros}{unit}' for unit in units)}(?![0-9A-Za-z])"

    def sixteens() -> str:
        unit = r"(?:0x|x|u\+?(?:0000)?(?:00)?|0{2,6})?"
        return f"{_NEW_LINE}{_GAP_OR_NONE}".join(f"{unit}{byte:02x}h?" for byte in raw) + _ITS_LETTERS

    yield "".join(map(str, raw)).encode(), numbers("d", _GAP)
    for lead in ("",) if is_common else ("", "0x", "x", "u00", "u000000", "00", "0000"):
        yield "".join(f"{lead}{byte:02x}" for byte in raw).encode(), sixteens
    if not is_common:
        yield b"".join(b"%03d" % byte for byte in raw), numbers("d", _GAP, 1)
        yield "".join(f"{byte:03o}" for byte in raw).encode(), numbers("03o", rf"{_BETWEEN}{{1,40}}+(?:0o)?")
        yield "".join(f"{byte:08b}" for byte in raw).encode(), numbers("08b", rf"{_BETWEEN}{{0,40}}+(?:0b)?")


def _base64_of(raw: bytes) -> Iterator[tuple[bytes, Callable[[], str]]]:
    for middle in base64_middles(raw):
        pattern = _base64_pattern(middle)
        for written in {middle, quote(middle, safe="")}:
            yield _squeezed(written.lower()), pattern


def _base64_pattern(middle: str) -> Callable[[], str]:
    ways = {"+": r"(?:[+-]|%(?:25)*2b|\\+u002b)", "/": r"(?:\\*/|_|%(?:25)*2f|\\+u002f)"}
    return lambda: _FOLD.join(ways.get(letter, letter) for letter in middle)


def base64_middles(raw: bytes) -> list[str]:
    """The part of Base64 that depends on some bytes alone, at each of three places in its group."""
    middles = []
    for lead in range(3):
        whole = base64.b64encode(b"\0" * lead + raw).decode().rstrip("=")
        middles.append(whole[-(-lead * 8 // 6) : (lead + len(raw)) * 8 // 6])
    return [each for each in middles if len(each) >= SHORTEST]


def _letters_apart(secret: str) -> str:
    first, *rest = map(re.escape, secret)
    return f"{first}{_APART}{'(?P=gap)'.join(rest)}"


def _letters_broken(secret: str) -> str:
    return _BREAK.join(rf"\\{{0,8}}{re.escape(letter)}" for letter in secret)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places in order, those that touch as one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
