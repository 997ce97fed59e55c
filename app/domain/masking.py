"""Configured secrets found in texts and taken out, whatever coat they travel in. Pure.

A venue that repeats our request sends a key or a passphrase back, and a sentence that quotes the venue would show it.
So every text that contains a configured secret has it replaced, plainly or in

* an encoding that carries it: escapes of JSON, code, CSS, percent and HTML on any of its letters, up to three deep in
  JSON, Base64 and its other alphabet (of UTF-8 and UTF-16, also wrapped), hexadecimal, quoted-printable;
* a dump of its bytes (UTF-8 or UTF-16) in decimal, hexadecimal, octal or binary numbers, with any separators, prefixes
  such as `0x`, indentation, grouping, or the number of each byte before it, and over lines with offsets;
* its letters apart, with the same between each two: lists, one a line, spaced, tags;
* one or more breaks in it: ends of lines with what indents the next, tags, strings put together;
* whatever unseen letters and sequences for terminals (colours, titles, links) stand in it; wide and other styles of
  letters, in either case.

Not recognised is a secret that is cut, turned around or encrypted, one with letters exchanged for those of another
script, in Base32, Base85, uuencoding or UTF-7, or in one encoding or dump laid on another of a different kind.

The user name and password that any url carries are replaced, too: a configured address may have none, but a venue's
redirect or a proxy's message may.

A secret that could be an ordinary word or number is not looked for as such, because it stands in a thousand harmless
places: a word only where it stands alone, a number or a word of the trade only after a name such as “passphrase”.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property
from html.entities import html5
from operator import attrgetter
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import quote, quote_plus

from app.domain.account import Account
from app.domain.dumps import MASK as MASK
from app.domain.dumps import SHORTEST as SHORTEST
from app.domain.dumps import Dumps, base64_middles

T = TypeVar("T")

#: What stands between the scheme of a url and its host: up to the last @ before the path. JSON may escape the slashes
#: and letters beyond ASCII. What is masked already is left alone.
_LOGIN = re.compile(rf"""(:(?:\\*/){{2}})(?!{MASK}@|(?:\\+u2022)+@)(?:[^\s/\\?#"'<>]|\\+u[0-9a-fA-F]{{4}})+@""")

#: Letters alone, up to this many, are taken for a word.
_LONGEST_WORD = 11

#: Words of the trade that a venue writes all the time; in capitals any letters may be a market.
_ORDINARY = frozenset(
    (
        *("account", "accounts", "amount", "balance", "bitcoin", "buying", "cancel", "canceled", "cancelled", "closed"),
        *("currency", "demo", "ethereum", "expired", "filled", "futures", "invalid", "leverage", "limited", "margin"),
        *("market", "message", "normal", "number", "opened", "orders", "partial", "passphrase", "password", "pending"),
        *("position", "practice", "public", "quantity", "rejected", "request", "secret", "selling", "signature"),
        *("stopped", "success", "symbol", "ticker", "trader", "trading", "trigger", "unknown", "updated", "volume"),
    )
)

#: Name of what is secret, before a value that could be an ordinary word or number.
_NAMED = re.compile(r"(?:key|pass|secret|token|sign|auth|pwd|pin)[\w-]*(?:[^\w•]|%[0-9a-f]{2}){1,8}$", re.IGNORECASE)

#: Letters before a value in which its name is looked for.
_BEFORE = 48

#: Messages carry JSON within JSON, and the record is JSON again: each time the secret is escaped once more.
JSON_DEEP = 3

#: Names an event's room goes by; a mask there would cut the event off from what it is about.
_NAMES = frozenset({"account", "lineage", "amendment_id"})

#: Length up to which a text without a secret is remembered as such, and how many are.
_REMEMBERED, _MOST_REMEMBERED = 64, 4_096

#: Letters that are not seen: controls, directions, joiners, fillers, selectors and tags, as a class of a pattern.
_UNSEEN_LETTERS = (
    r"\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e01ef"
)

#: A sequence that a terminal acts on and does not show, such as a colour, a title or a link, as such or escaped.
_COLOUR = (
    r"(?:(?:\x1b|\\+(?:u001b|x1b|033|e))(?:\[[0-9;:<=>?]{0,32}[ -/]{0,2}[@-~]|[()*+][0-9A-Za-z]"
    r"|[\]PX^_][^UNSEEN\\•]{1,400}(?:[\x07\x9c]|\x1b\\|\\+(?:u0007|x07|007|a|u009c)|\\+(?:u001b|x1b|033|e)\\+))"
    r"|\x9b[0-9;:<=>?]{0,32}[@-~]|\x9d[^UNSEEN\\•]{1,400}(?:[\x07\x9c]|\x1b\\))"
).replace("UNSEEN", _UNSEEN_LETTERS)

#: Signs of an encoding that may have been laid on single letters, and what it looks like.
_ESCAPES = ("%", "\\u", "\\U", "\\x", "\\0", "\\1", "&")
_ESCAPED = re.compile(
    r"""(?ix) (COLOUR | \\+[nrtbf] | UNSEEN)
    | \\+ (?: (?-i:U) ([0-9a-f]{8}) | u\{ 0* ([0-9a-f]{1,6}) \} | u ([0-9a-f]{4}) | x ([0-9a-f]{2}) )
    | %u ([0-9a-f]{4}) | % (?:25)* ([0-9a-f]{2})
    | & (?:amp;)* \#x 0* ([0-9a-f]{1,6}) ;? | & (?:amp;)* \# 0* ([0-9]{1,7}) ;? | \\+ ([01][0-7]{2})
    | & (?:amp;)* (\w{2,31}) ; | \\+ (["'/\\])""".replace("UNSEEN", f"[{_UNSEEN_LETTERS}]").replace("COLOUR", _COLOUR)
)

#: Letters that are not seen and may stand between those of a secret, as such or as JSON and code write them.
_UNSEEN = (
    rf"(?:{_COLOUR}|[{_UNSEEN_LETTERS}]|\\+[nrtbf]|\\+x(?:[01][0-9a-f]|7f|[89][0-9a-f]|ad)"
    r"|\\+u(?:00[01][0-9a-f]|00[7-9a]f|00[89][0-9a-f]|00ad|034f|061c|115f|1160|17b[45]|180[b-f]|20(?:0[b-f]|2[89a-f]"
    r"|6[0-9a-f])|2800|3164|fe0[0-9a-f]|feff|ffa0|fff[0-9a-c])|\\+udb40\\+udc[0-9a-f]{2})*"
)

#: One of them in a text, as such.
_ANY_UNSEEN = re.compile(f"[{_UNSEEN_LETTERS}]")

#: The same, and what changes a terminal's colours.
_ANY_COLOUR = re.compile(rf"{_COLOUR}|[{_UNSEEN_LETTERS}]")


class Masker:
    """Finds configured secrets in texts and takes them out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Look for these texts."""
        given = {secret for secret in secrets if len(secret) > 1}
        telling = sorted(filter(is_telling, given))
        others = sorted(given - set(telling))
        words = [each for each in others if len(each) >= SHORTEST and each.isalpha() and not _is_ordinary(each)]
        # The longest first, so that an encoding is replaced as a whole and not by its plain part.
        ordered = sorted({form for each in telling for form in forms_of(each)}, key=lambda form: (-len(form), form))
        # Looked for before any pattern is: in a text of megabytes that is what takes no time.
        self._low = tuple({form.lower(): None for form in ordered})
        self._plain = tuple(_unescaped(each).lower() for each in telling)
        self._short = tuple(others)
        self._ordered = ordered
        self._telling = telling
        self._dumps = Dumps(telling)
        self._words = _any(map(re.escape, words), r"(?<!\w)(?:{})(?!\w)")
        self._others = _any(map(re.escape, others), r"(?:{})(?!\w)")
        self._clean: set[str] = set()

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> Masker:
        """A masker for every credential of these accounts."""
        return cls(secret.reveal() for account in accounts for secret in account.credentials.values())

    def found_in(self, text: str) -> bool:
        """Return True if a secret stands in a text."""
        return (
            self._has_form(text)
            or self._has_escaped(text)
            or bool(self._dumps.spans(text))
            or (self._has_short(text) and self._without_short(text) != text)
            or ("@" in text and _LOGIN.search(text) is not None)
        )

    def text(self, text: str) -> str:
        """The text with every secret replaced by a mask."""
        text = self.without_telling(text)
        if self._has_short(text):
            text = self._without_short(text)
        return _LOGIN.sub(rf"\g<1>{MASK}@", text) if "@" in text else text

    def without_telling(self, text: str) -> str:
        """The text without secrets that are nothing else: what is left can be read as it could before."""
        if self._has_form(text):
            text = self._forms.sub(MASK, text)
        if self._has_escaped(text):
            text = self._letters.sub(MASK, text)
        return self._dumps.masked(text)

    @cached_property
    def _forms(self) -> re.Pattern[str]:
        """All forms of all secrets; made when the first one is met, for they are many."""
        return re.compile(f"(?i:{'|'.join(map(re.escape, self._ordered))})")

    @cached_property
    def _letters(self) -> re.Pattern[str]:
        """Secrets of which any letter may be escaped; made when the first one is met, for it is long."""
        return re.compile(f"(?i:{'|'.join(map(_letter_by_letter, self._telling))})")

    def _has_form(self, text: str) -> bool:
        low = text.lower()
        return any(form in low for form in self._low)

    def _has_escaped(self, text: str) -> bool:
        """Return True if a secret shows once single letters are freed of escapes."""
        if any(sign in text for sign in _ESCAPES):
            low = _unescaped(text).lower()
        elif text and (not text.isprintable() or max(text) > "\u0300"):
            # Cheap things first: most texts are printable, and of those that are not most have line ends alone.
            low = (_ANY_COLOUR if any(each in text for each in "\x1b\x9b\x9d") else _ANY_UNSEEN).sub("", text).lower()
        else:
            return False
        return any(each in low for each in self._plain)

    def _has_short(self, text: str) -> bool:
        return any(each in text for each in self._short)

    def _without_short(self, text: str) -> str:
        if self._words is not None:
            text = self._words.sub(MASK, text)
        return text if self._others is None else self._others.sub(_if_named, text)

    def value(self, value: T) -> T:
        """A frozen value with every text in it masked; names of accounts and rows stay, enums stay.

        A value without a secret is returned as it is.
        """
        return self._masked(value)  # type: ignore[no-any-return]

    def _masked_text(self, text: str) -> str:
        """Mask a text; a short one without a secret is remembered, for symbols, ids and states come all the time."""
        after = self.text(text)
        if after == text and len(text) <= _REMEMBERED:
            if len(self._clean) >= _MOST_REMEMBERED:
                self._clean.clear()
            self._clean.add(text)
            return text
        return after

    def _masked(self, value: Any) -> Any:
        if type(value) is str:
            return value if value in self._clean or len(value) < 2 else self._masked_text(value)
        if type(value) is tuple and not value:
            return value
        if isinstance(value, tuple):
            items = [self._masked(item) for item in value]
            return value if all(map(_is_same, items, value)) else tuple(items)
        if is_dataclass(type(value)):
            changed: dict[str, Any] = {}
            names, getter = _maskable(cast(Any, type(value)))
            for name, before in zip(names, getter(value), strict=True):
                if type(before) is str and before in self._clean:
                    continue
                after = self._masked(before)
                if after is not before:
                    changed[name] = after
            return replace(value, **changed) if changed else value
        if isinstance(value, Mapping):
            return {key: self._masked(item) for key, item in value.items()}
        return value


def is_telling(secret: str) -> bool:
    """Return True if a text is so unlike words and numbers that it may be looked for anywhere."""
    if len(secret) < SHORTEST or secret.isdigit():
        return False
    return not secret.isalpha() or len(secret) > _LONGEST_WORD


def _is_ordinary(word: str) -> bool:
    return word.lower() in _ORDINARY or word.isupper()


def forms_of(secret: str) -> set[str]:
    """A secret and the encodings it may travel in, letters of either case."""
    raw = secret.encode("utf-8", "surrogatepass")
    forms = {secret, secret.replace("/", "\\/"), *(raw.hex(*between) for between in ((), (" ",), (":",), ("-",)))}
    # As servers dump bytes.
    forms |= {", ".join(map(str, raw)), ", ".join(f"0x{byte:02x}" for byte in raw)}
    for safe in ("", "/", "~()*!'"):
        once = {quote(raw, safe=safe), quote_plus(raw, safe=safe)}
        forms |= once | {quote(each, safe="") for each in once}
    coats = {secret}
    for _ in range(JSON_DEEP):
        coats = {json.dumps(each, ensure_ascii=ascii_only)[1:-1] for each in coats for ascii_only in (True, False)}
        forms |= coats
    for middle in base64_middles(raw):
        forms |= {middle, middle.translate(str.maketrans("+/", "-_")), middle.replace("/", "\\/")}
        forms |= {quote(middle, safe="")}
    return forms


def _if_named(match: re.Match[str]) -> str:
    """A mask where a name of what is secret stands before, else the text itself."""
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    return MASK if _NAMED.search(before) else match[0]


def _letter_by_letter(secret: str) -> str:
    """A pattern of a secret of which any letter may be escaped, for JSON, a url or HTML, and others not."""
    return _UNSEEN.join(map(_letter, secret))


@cache
def _letter(letter: str) -> str:
    code = ord(letter)
    raw = letter.encode("utf-8", "surrogatepass")
    ways = [
        rf"\\*{re.escape(letter)}",
        "".join(f"%(?:25)*{byte:02x}" for byte in raw),
        rf"&(?:amp;)*\#(?:0*{code}|x0*{code:x});?",
        rf"\\+(?:U{code:08x}|u\{{0*{code:x}\}})",
        *(rf"(?:\\+|%)u{unit:04x}" for unit in [code] if code < 0x10000),
        *(rf"\\+(?:x{unit:02x}|{unit:03o})" for unit in [code] if code < 0x80),
        *(rf"\\+x{unit:02x}" for unit in [code] if 0x80 <= code < 0x100),
        *(["\\+"] if letter == " " else []),
        *(f"&(?:amp;)*{name}" for name, stands_for in html5.items() if stands_for == letter and name.endswith(";")),
    ]
    return f"(?:{'|'.join(ways)})"


def _unescaped(text: str) -> str:
    """The text with its letters freed of escapes, to look for something in it; bytes of a url stand for letters."""
    return _ESCAPED.sub(_freed, text)


def _freed(match: re.Match[str]) -> str:
    unseen, *in_hex, in_decimal, in_octal, entity, plain = match.groups()
    if plain or unseen:
        return plain or ""
    if entity:
        return html5.get(f"{entity};", match[0])
    in_octal = in_octal and int(in_octal, 8)
    code = int(in_decimal) if in_decimal else in_octal or int(next(filter(None, in_hex), "0"), 16)
    if 0xD800 <= code < 0xE000:
        return ""  # half of a letter beyond the first 65,536: of no secret, and such are not seen
    letter = chr(code) if code < 0x110000 else match[0]
    return "" if re.fullmatch(_UNSEEN, letter) else letter


def _any(patterns: Iterable[str], around: str) -> re.Pattern[str] | None:
    """Any of the patterns, None for none at all."""
    parts = list(patterns)
    return re.compile(around.replace("{}", "|".join(parts))) if parts else None


def _is_same(one: object, other: object) -> bool:
    return one is other


@cache
def _maskable(kind: type[Any]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the fields of a class that may hold a text, and what gets all of them."""
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind) if each.name not in _NAMES and each.init]
    names = [name for name in names if not _holds_no_text(hints[name])]
    if len(names) > 1:
        return tuple(names), attrgetter(*names)
    return tuple(names), lambda value: tuple(getattr(value, name) for name in names)


def _holds_no_text(hint: Any) -> bool:
    """Return True if values of a type are numbers, flags or choices of ours, or nothing."""
    if get_origin(hint) in (Union, types.UnionType):
        return all(map(_holds_no_text, get_args(hint)))
    return isinstance(hint, type) and (hint in (Decimal, int, bool, type(None)) or issubclass(hint, Enum))
