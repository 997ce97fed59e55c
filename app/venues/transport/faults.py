"""Faults of a socket: what stands between us and the venue, each as one sentence for the person."""

from __future__ import annotations

from app.venues.transport.failures import NotSent, Unanswered


class SocketFault(Exception):
    """Something stands between us and the venue; the message is one sentence for the person."""

    @property
    def is_for_a_person(self) -> bool:
        """True where trying again is of no use before somebody corrects an address."""
        return False


class Unforeseen(SocketFault):
    """An error of our own in what takes the messages; the message quotes it."""


class Unreachable(SocketFault):
    """No connection came about: dead address, name not found, no answer in time, certificate not accepted."""


class LoginRefused(SocketFault):
    """The venue does not accept the credentials; asking again with the same ones is useless."""


class HandshakeRefused(SocketFault):
    """The venue answered the opening request with an HTTP status instead of a socket.

    Attributes:
        status: the HTTP status. body: the start of the answer.
        wait: seconds for which the venue wants no more requests, 0.0 where it did not say that there were too many.
        pause: least seconds until the next attempt, for a reason of ours: the address leads elsewhere, say.
    """

    def __init__(self, text: str, status: int, body: str, wait: float = 0.0, pause: float = 0.0) -> None:
        super().__init__(text)
        self.status = status
        self.body = body
        self.wait = wait
        self.pause = pause

    @property
    def is_for_a_person(self) -> bool:
        return self.pause > 0


class WriteNotSent(SocketFault, NotSent):
    """The connection was closed before the write: for certain nothing left."""


class Broken(SocketFault, Unanswered):
    """The connection ended. A message handed to it shortly before may or may not have arrived.

    Attributes:
        code: the websocket close code, 1006 where none came. reason: the venue's words, "" if none.
    """

    def __init__(self, text: str, code: int = 1006, reason: str = "") -> None:
        super().__init__(text)
        self.code = code
        self.reason = reason
