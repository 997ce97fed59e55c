"""Secrets of one account taken out of everything a connector tells, at the source and whether a journal is kept or not.

Every text of the venue passes here when it enters, by request or socket. Where a secret is in one, whatever is told
from then on is searched through; where none ever was, only what a person reads, as a list may have 100,000 rows.
Beside the configured secrets these are proofs made from them: signatures, nonces, and the tokens that a login gave.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from app.domain import events as ev
from app.domain.account import Account
from app.domain.masking import MASK, Masker, forms_of, is_telling
from app.domain.ports import Sink

#: Headers and fields of a message that carry a proof of who we are.
_HEADER = re.compile(r"key|sign|hmac|pass|auth|token|secret|nonce|cookie", re.IGNORECASE)
_FIELD = re.compile(
    r"""((?:api_?key|public_?key|sign|signature|hmac|nonce|token|passphrase|password|secret)\\*["']\s*:\s*\\*["'])"""
    r"""([^"'\\]+)""",
    re.IGNORECASE,
)

#: A token that a venue gives: the only proof that comes in instead of going out.
_TOKEN = re.compile(r"""(token\\*["']\s*:\s*\\*["'])([^"'\\]+)""", re.IGNORECASE)

#: What a header's value is made of.
_PARTS = re.compile(r"[\s:,;]+")

#: Shortest text that is taken for a proof, and how many of the latest are remembered.
_SHORTEST, _KEPT = 12, 12

#: What may have 100,000 texts in it, or come a thousand times a second.
_BULKY = (
    *(ev.OpenOrdersListed, ev.InstrumentsLoaded, ev.BalancesSeen),
    *(ev.OrderSeen, ev.FillSeen, ev.QuoteSeen),
)


class Secrecy:
    """Keeps what one account has to keep to itself.

    Attributes:
        met: a text of the venue had a secret in it.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        """Args: secrets: as configured."""
        self._secrets = frozenset(secrets)
        self._masker = _WithProofs(self._secrets)
        self.met = False

    @classmethod
    def of(cls, account: Account) -> Secrecy:
        """The secrecy of a configured account."""
        return cls(secret.reveal() for secret in account.credentials.values())

    def text(self, text: str) -> str:
        """The text without secrets and proofs."""
        return self._masker.text(text)

    def event(self, event: ev.Event) -> ev.Event:
        """The event without secrets and proofs."""
        if not self.met and isinstance(event, _BULKY):
            return event
        if not self.met and isinstance(event, ev.WireSeen) and event.direction == "in":
            # It was looked through when it entered; only what it gave itself is in it.
            body = self._masker.without_proofs(event.body)
            return event if body is event.body else replace(event, body=body)
        return self._masker.value(event)

    def around(self, sink: Sink) -> Sink:
        """A sink that hands events on without secrets."""
        return lambda event: sink(self.event(event))

    # -- at the wire -----------------------------------------------------------------------------------------------

    def leaves(self, headers: Iterable[tuple[str, str]] = (), text: str = "") -> None:
        """Remember the proofs in a request or a message that is about to leave."""
        values = [value for name, value in headers if _HEADER.search(name)]
        parts = [part for value in values for part in _PARTS.split(value)]
        self._remember([*parts, *(found[1] for found in _FIELD.findall(text))])

    def enters(self, text: str) -> str:
        """Look through a text of the venue before anything is made of it, and return it as it may be read.

        It is masked here and not only where it is told, as whoever quotes it may cut a secret in two. What could be an
        ordinary word or number stays, or orders could not be read any more; so does the token a login gives.
        """
        tokens = list(_TOKEN.finditer(text)) if "oken" in text.lower() else []
        if self._masker.found_in(_TOKEN.sub(r"\1", text) if tokens else text):
            self.met = True
            places = [0, *(at for token in tokens for at in token.span(2)), len(text)]
            parts = [text[begin:end] for begin, end in pairwise(places)]
            parts[::2] = [self._masker.readable(part) for part in parts[::2]]
            text = "".join(parts)
        self._remember(token[2] for token in tokens)
        return text

    def body_enters(self, body: bytes) -> bytes:
        """Do the same with the body of a reply; one without a secret stays byte by byte."""
        text = body.decode("utf-8", errors="replace")
        read = self.enters(text)
        return body if read == text else read.encode()

    def _remember(self, texts: Iterable[str]) -> None:
        for each in texts:
            if len(each) >= _SHORTEST and (is_telling(each) or each.isdigit()) and each not in self._secrets:
                self._masker.add(each)


class _WithProofs(Masker):
    """Finds proofs, too: the latest, in the encodings that carry a text whole."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(secrets)
        self._proofs: deque[tuple[str, tuple[str, ...]]] = deque(maxlen=_KEPT)

    def add(self, proof: str) -> None:
        """Find this one from now on."""
        if all(each != proof for each, _ in self._proofs):
            forms = {proof} if proof.isdigit() else forms_of(proof)
            self._proofs.append((proof, tuple(sorted(forms, key=lambda form: (-len(form), form)))))
            self._clean.clear()  # what was clean may have this one in it

    def readable(self, text: str) -> str:
        """The text without secrets and proofs that are nothing else, so that JSON stays JSON."""
        text = self.without_telling(text)
        for proof, forms in self._proofs:
            if not proof.isdigit():
                for form in forms:
                    text = text.replace(form, MASK)
        return text

    def without_proofs(self, text: str) -> str:
        """The text without proofs, the very same where it has none."""
        for _, forms in self._proofs:
            for form in forms:
                if form in text:
                    text = text.replace(form, MASK)
        return text

    def found_in(self, text: str) -> bool:
        """Return True if a secret or a proof stands in a text."""
        return super().found_in(text) or any(form in text for _, forms in self._proofs for form in forms)

    def text(self, text: str) -> str:
        """The text with every secret and proof replaced by a mask."""
        return self.without_proofs(super().text(text))
