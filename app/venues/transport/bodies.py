"""Bodies of replies, bounded: what is counted is what a body grows to, while it grows. Pure.

A library that decodes by itself grows a packed part to its whole size before anybody can count it; so bodies are taken
as they came over the wire and grown here, a little at a time.
"""

from __future__ import annotations

import zlib

#: Largest reply read, once grown; a venue's longest list stays far below.
MAX_BODY = 32 * 1024 * 1024

#: The only packing asked for, and so the only one taken.
ACCEPTED = "gzip"

#: Bytes that packed data grows by at a time.
_STEP = 256 * 1024

#: Words on a web page in place of an answer.
PAGE = (
    "the venue may be under maintenance, a network may want a sign-in first, or this is not its address: open it "
    "in a browser, and check the address."
)

#: Window of zlib that expects the header of gzip.
_GZIP = 16 + zlib.MAX_WBITS


def is_page(body: bytes) -> bool:
    """Return True for a page of markup, which no venue answers in place of data."""
    return body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


class BodyRefused(Exception):
    """A body is not read to its end; the message is a clause that names the bound."""


class Body:
    """One reply's body as it comes in."""

    def __init__(self, encoding: str, most: int = MAX_BODY) -> None:
        """Start empty.

        Args:
            encoding: the header Content-Encoding, "" for none.
            most: bytes of the grown body that are taken.

        Raises:
            BodyRefused: for packings that were not asked for, or one within another.
        """
        codings = [each.strip().lower() for each in encoding.split(",") if each.strip()]
        codings = [each for each in codings if each != "identity"]
        if len(codings) > 1:
            raise BodyRefused("its reply is packed more than once")
        if codings and codings[0] not in (ACCEPTED, "x-gzip"):
            raise BodyRefused("its reply is packed in a way that was not asked for")
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0
        self._packed = bool(codings)
        self._grower = zlib.decompressobj(_GZIP)

    def take(self, part: bytes) -> None:
        """Add a part as it came over the wire.

        Raises:
            BodyRefused: if the body is too large or cannot be unpacked.
        """
        if not self._packed:
            self._keep(part)
            return
        while part:
            try:
                self._keep(self._grower.decompress(part, _STEP))
            except zlib.error as error:
                raise BodyRefused("its reply cannot be unpacked") from error
            part = self._grower.unconsumed_tail
            if self._grower.eof:
                # Gzip may be several members in a row; what follows the last of them is none.
                part = self._grower.unused_data
                if part[:1] != b"\x1f":
                    return
                self._grower = zlib.decompressobj(_GZIP)

    def whole(self) -> bytes:
        """Return the body, grown.

        Raises:
            BodyRefused: if packed data ended before its own end.
        """
        if self._packed:
            while not self._grower.eof and (rest := self._grower.decompress(b"", _STEP)):
                self._keep(rest)
            if self._size and not self._grower.eof:
                raise BodyRefused("its reply ends in the middle of packed data")
        return b"".join(self._parts)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._most:
            raise BodyRefused(f"its reply is larger than {self._most // (1024 * 1024)} MiB")
        self._parts.append(part)
