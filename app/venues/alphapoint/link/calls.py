"""Requests on the socket that wait for their reply, and what is shown of the messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from app.venues.alphapoint.wire.codec import Frame, FrameKind

#: Amendments whose answer is recognised when it comes once more.
_KEPT = 100

#: Secrets in a frame, whose payload is JSON inside a string: quotes may be escaped.
_SECRETS = re.compile(r'((?:APIKey|Signature|SessionToken|TwoFAToken|Token)\\*"\s*:\s*\\*")([^"\\]+)', re.IGNORECASE)

#: Calls whose replies are public data or say nothing; they are not shown.
UNSHOWN = frozenset({"Ping", "GetInstruments", "SubscribeLevel1", "Level1UpdateEvent", "UnsubscribeLevel1"})


def mask(text: str) -> str:
    """The text with keys, signatures and session tokens hidden."""
    low = text.lower()
    # Looked for first because the pattern is slow, and a list of open orders is long.
    return _SECRETS.sub(r"\1•••", text) if any(name in low for name in ("apikey", "signature", "token")) else text


class PendingCalls:
    """Requests under way on one socket, by sequence number."""

    def __init__(self) -> None:
        self._last = 0
        self._waiting: dict[int, asyncio.Future[Frame]] = {}
        self._again: dict[int, Callable[[Frame], None]] = {}

    def next(self) -> int:
        """A fresh sequence number: even and not zero, as the documents advise."""
        self._last += 2
        return self._last

    def expect(self, sequence: int) -> asyncio.Future[Frame]:
        """A future for the reply to the request with this number."""
        future: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = future
        return future

    def forget(self, sequence: int) -> None:
        """Nobody waits for that reply any more."""
        future = self._waiting.pop(sequence, None)
        if future is not None and not future.done():
            future.cancel()

    def settle(self, frame: Frame) -> bool:
        """Hand a reply to whoever waits for it; False if nobody does. Events are no replies, whatever their number."""
        if frame.kind not in (FrameKind.REPLY, FrameKind.ERROR):
            return False
        future = self._waiting.pop(frame.sequence, None)
        if future is None or future.done():
            return False
        future.set_result(frame)
        return True

    def on_repeat(self, sequence: int, tell: Callable[[Frame], None]) -> None:
        """Tell of replies with this number that nobody waits for: the venue said the same once more."""
        self._again[sequence] = tell
        while len(self._again) > _KEPT:
            del self._again[next(iter(self._again))]

    def repeated(self, frame: Frame) -> bool:
        """Hand on a reply that nobody waits for; False if nobody wants it either."""
        tell = self._again.get(frame.sequence) if frame.kind in (FrameKind.REPLY, FrameKind.ERROR) else None
        if tell is None:
            return False
        tell(frame)
        return True

    def fail(self, sequence: int, error: Exception) -> bool:
        """Tell whoever waits for that reply that it cannot be used."""
        future = self._waiting.pop(sequence, None)
        if future is None or future.done():
            return False
        future.set_exception(error)
        return True

    def fail_all(self, error: Exception) -> None:
        """The connection ended: nobody will get an answer."""
        for sequence in list(self._waiting):
            self.fail(sequence, error)
