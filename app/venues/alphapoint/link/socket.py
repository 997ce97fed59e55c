"""The socket as the venue's rooms use it: calls with replies, frames in and out, and what is shown of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from app.domain.plan import WireValue
from app.venues.alphapoint.link.calls import UNSHOWN, PendingCalls, mask
from app.venues.alphapoint.wire.answers import PAUSE, is_too_many, read_answer
from app.venues.alphapoint.wire.codec import (
    Frame,
    FrameKind,
    GatewaySession,
    UnreadableFrame,
    decode_frame,
    encode_frame,
)
from app.venues.alphapoint.wire.vocabulary import TITLE
from app.venues.common.failures import ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.transport.failures import NotSent
from app.venues.transport.socket import Broken, Socket, SocketFault, WriteNotSent

#: Longest part of an unreadable message that is shown.
_SHOWN = 2000


class Garbled(ReadFailed):
    """The venue answered, and nobody can read it."""


class GatewaySocket:
    """One account's socket, across reconnects.

    Attributes:
        session: what the last login gave; it stays known while the socket is down. None before the first.
        ready: the connection is logged in.
        is_synchronised: and everything was read anew since.
        calls: requests under way.
    """

    def __init__(self, reporter: Reporter, patience: float) -> None:
        """Open nothing yet; `patience` is in seconds until a reply counts as missing."""
        self.session: GatewaySession | None = None
        self.ready = False
        self.calls = PendingCalls()
        self.patience = patience
        self._reporter = reporter
        self.is_synchronised = False
        self._socket: Socket | None = None
        #: Told for how many seconds the venue wants no more requests, where no call waits for the message that says so.
        self.too_many: Callable[[float], None] = lambda seconds: None

    def attach(self, socket: Socket) -> None:
        """A fresh connection: sequence numbers start again."""
        self.calls.fail_all(ReadFailed(f"The connection to {TITLE} was replaced."))
        self.calls = PendingCalls()
        self.ready = False
        self._socket = socket

    def detach(self, fault: SocketFault) -> None:
        """The connection ended: whoever waits for a reply gets none."""
        self._socket = None
        self.ready = False
        self.calls.fail_all(ReadFailed(str(fault)))

    def welcome(self, session: GatewaySession) -> None:
        """The login was accepted."""
        self.session = session
        self.ready = True

    async def call(self, name: str, payload: Mapping[str, WireValue], patience: float | None = None) -> Frame:
        """Ask and wait for the reply.

        Raises:
            ReadFailed: nothing left, or no usable reply came; the sentence says which.
        """
        calls = self.calls
        sequence = calls.next()
        future = calls.expect(sequence)
        try:
            await self.send(encode_frame(sequence, name, payload), name)
            async with asyncio.timeout(self.patience if patience is None else patience):
                return await future
        except (NotSent, Broken) as error:
            raise ReadFailed(str(error)) from error
        except TimeoutError as error:
            seconds = self.patience if patience is None else patience
            raise ReadFailed(f"{TITLE} gave no answer to {name} within {seconds:g} s.") from error
        finally:
            calls.forget(sequence)

    async def send(self, text: str, name: str, amendment_id: str = "") -> None:
        """Hand one frame to the socket and show it.

        Raises:
            NotSent: nothing left. Broken: it may have left.
        """
        if self._socket is None:
            raise WriteNotSent(f"{TITLE} is not connected; nothing was sent.")
        await self._socket.send(text)
        self._show("out", name, text, amendment_id)

    def receive(self, text: str) -> Frame | None:
        """Take one frame in: a reply goes to its caller, an event is returned, an unreadable one is told of."""
        try:
            frame = decode_frame(text)
        except UnreadableFrame as error:
            self._show("in", "unreadable", text[:_SHOWN])
            said = f"{TITLE} sent a message that cannot be read: {error}."
            self._reporter.notice(said)
            if is_too_many(text[:_SHOWN]):
                self.too_many(PAUSE)
            if error.sequence is not None:
                self.calls.fail(error.sequence, Garbled(said))
            return None
        self._show("in", frame.name, text)
        if self.calls.settle(frame) or self.calls.repeated(frame):
            return None
        if frame.kind is FrameKind.ERROR:
            answer = read_answer(frame)
            self._reporter.notice(answer.text)
            if answer.pause:
                self.too_many(answer.pause)
            return None
        return frame if frame.kind is FrameKind.EVENT else None

    def _show(self, direction: str, name: str, text: str, amendment_id: str = "") -> None:
        if name not in UNSHOWN:
            self._reporter.wire_seen(direction, "websocket", name, mask(text), amendment_id)
