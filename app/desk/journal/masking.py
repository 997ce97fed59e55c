"""The second lock on secrets: whatever a connector masks, the configured secrets' own texts are searched for again.

Connectors mask by field name, because they know their venue's messages. This room knows no message; it knows the
secrets. Before an event is folded, shown or recorded, every text in it that contains a configured secret, plainly or in
an encoding that carries it (JSON, percent, Base64, hexadecimal), has it replaced. So has the user name and password
that any url carries: a configured address may have none, but a venue's redirect or a proxy's message may.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from app.domain.account import Account

T = TypeVar("T")

MASK = "•••"

#: What stands between the scheme of a url and its host: up to the last @ before the path. JSON may escape the slashes
#: and letters beyond ASCII. What is masked already is left alone.
_LOGIN = re.compile(rf"""(:(?:\\*/){{2}})(?!{MASK}@|(?:\\+u2022)+@)(?:[^\s/\\?#"'<>]|\\+u[0-9a-fA-F]{{4}})+@""")

#: Shorter texts are not searched for: a passphrase such as "limit" stands in a thousand harmless places.
SHORTEST = 6

#: Messages carry JSON within JSON, and the record is JSON again: each time the secret is escaped once more.
JSON_DEEP = 3

#: Names an event's room goes by; a mask there would cut the event off from what it is about.
_NAMES = frozenset({"account", "lineage", "amendment_id"})


class Masker:
    """Finds configured secrets in texts and takes them out."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Look for the texts of `secrets`; numbers (user ids) and very short ones are left alone."""
        forms: set[str] = set()
        for secret in secrets:
            if len(secret) >= SHORTEST and not secret.isdigit():
                forms |= _forms(secret)
        # The longest first, so that an encoding is replaced as a whole and not by its plain part.
        self._forms = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> Masker:
        """A masker for every credential of these accounts."""
        return cls(secret.reveal() for account in accounts for secret in account.credentials.values())

    def found_in(self, text: str) -> bool:
        """Return True if a secret stands in a text."""
        return _LOGIN.search(text) is not None or any(form in text for form in self._forms)

    def text(self, text: str) -> str:
        """The text with every secret replaced by a mask."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MASK)
        return _LOGIN.sub(rf"\g<1>{MASK}@", text)

    def value(self, value: T) -> T:
        """A frozen value with every text in it masked; names of accounts and rows stay, enums stay."""
        return self._masked(value)  # type: ignore[no-any-return]

    def _masked(self, value: Any) -> Any:
        if type(value) is str:
            return self.text(value)
        if isinstance(value, tuple):
            return tuple(self._masked(item) for item in value)
        if isinstance(value, Mapping):
            return {key: self._masked(item) for key, item in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            changed = {
                each.name: self._masked(getattr(value, each.name)) for each in fields(value) if each.name not in _NAMES
            }
            return replace(value, **changed)
        return value


def _forms(secret: str) -> set[str]:
    """A secret and the encodings it may travel in."""
    raw = secret.encode()
    forms = {secret, quote(secret, safe=""), quote_plus(secret), raw.hex(), raw.hex().upper()}
    coats = {secret}
    for _ in range(JSON_DEEP):
        coats = {json.dumps(each, ensure_ascii=ascii_only)[1:-1] for each in coats for ascii_only in (True, False)}
        forms |= coats
    for lead in range(3):
        # Base64 looks different at each of three places in its group; only the middle depends on the secret alone.
        whole = base64.b64encode(b"\0" * lead + raw).decode().rstrip("=")
        first = -(-lead * 8 // 6)
        last = (lead + len(raw)) * 8 // 6
        middle = whole[first:last]
        if len(middle) >= SHORTEST:
            forms |= {middle, middle.translate(str.maketrans("+/", "-_"))}
    return forms
