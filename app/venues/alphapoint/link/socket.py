"""The socket as the venue's rooms use it: calls with replies, frames in and out, and what is shown of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from app.domain import events as ev
from app.domain.plan import WireValue
from app.domain.ports import Clock
from app.venues.alphapoint.link.calls import UNSHOWN, Calls, NoAnswer, mask
from app.venues.alphapoint.wire.answers import TITLE, read_answer
from app.venues.alphapoint.wire.codec import Frame, FrameKind, Malformed, Session, decode_frame, encode_frame
from app.venues.transport.failures import NotSent
from app.venues.transport.socket import Broken, Socket, SocketFault, WriteNotSent

#: Longest part of an unreadable message that is shown.
_SHOWN = 2000


class Wire:
    """One account's socket, across reconnects.

    Attributes:
        session: what the last login gave; it stays known while the socket is down. None before the first.
        ready: whether the connection is logged in.
        calls: requests under way.
    """

    def __init__(self, account: str, sink: Callable[[ev.Event], None], clock: Clock, patience: float) -> None:
        """Args: patience: seconds until a reply counts as missing."""
        self.session: Session | None = None
        self.ready = False
        self.calls = Calls()
        self.patience = patience
        self._account = account
        self._sink = sink
        self._clock = clock
        self._socket: Socket | None = None

    def attach(self, socket: Socket) -> None:
        """A fresh connection: sequence numbers start again."""
        self.calls.fail_all(NoAnswer(f"The connection to {TITLE} was replaced."))
        self.calls = Calls()
        self.ready = False
        self._socket = socket

    def detach(self, fault: SocketFault) -> None:
        """The connection ended: whoever waits for a reply gets none."""
        self._socket = None
        self.ready = False
        self.calls.fail_all(NoAnswer(str(fault)))

    def welcome(self, session: Session) -> None:
        """The login was accepted."""
        self.session = session
        self.ready = True

    async def call(self, name: str, payload: Mapping[str, WireValue], patience: float | None = None) -> Frame:
        """Ask and wait for the reply.

        Raises:
            NoAnswer: nothing left, or no usable reply came; the sentence says which.
        """
        calls = self.calls
        sequence = calls.next()
        future = calls.expect(sequence)
        try:
            await self.send(encode_frame(sequence, name, payload), name)
            async with asyncio.timeout(self.patience if patience is None else patience):
                return await future
        except (NotSent, Broken) as error:
            raise NoAnswer(str(error)) from error
        except TimeoutError as error:
            seconds = self.patience if patience is None else patience
            raise NoAnswer(f"{TITLE} gave no answer to {name} within {seconds:g} s.") from error
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
        except Malformed as error:
            self._show("in", "unreadable", text[:_SHOWN])
            said = f"{TITLE} sent a message that cannot be read: {error}."
            self._notice(said)
            if error.sequence is not None:
                self.calls.fail(error.sequence, NoAnswer(said))
            return None
        self._show("in", frame.name, text)
        if self.calls.settle(frame) or self.calls.repeated(frame):
            return None
        if frame.kind is FrameKind.ERROR:
            self._notice(read_answer(frame).text)
            return None
        return frame if frame.kind is FrameKind.EVENT else None

    def _show(self, direction: str, name: str, text: str, amendment_id: str = "") -> None:
        if name not in UNSHOWN:
            seen = ev.WireSeen(self._account, self._clock.now(), direction, "websocket", name, mask(text), amendment_id)
            self._sink(seen)

    def _notice(self, text: str) -> None:
        self._sink(ev.Noticed(self._account, self._clock.now(), text))
