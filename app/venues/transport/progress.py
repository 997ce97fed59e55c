"""Progress of one request: whether any of it may have left, and whether all of it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Progress:
    """Progress of one request, told by the transport that carries it.

    Attributes:
        connected: the connection that httpcore made for this request, if it made one.
        may_have_left: its first byte was about to be handed over.
        reply: status and headers of the reply, once they came.
    """

    __slots__ = ("_is_told", "_on_left", "_on_written", "_to_proxy", "connected", "may_have_left", "reply")

    def __init__(self, on_left: Callable[[], None], on_written: Callable[[], None] | None) -> None:
        """Start with nothing left.

        Args:
            on_left: called once of a request that may have left, after `on_written` where it was written: what it does
                takes time, and nothing of it comes before the bytes.
            on_written: called once, when the last byte was handed over.
        """
        self._on_left = on_left
        self._on_written = on_written
        self._to_proxy = self._is_told = False
        self.connected: Any = None
        self.may_have_left = False
        self.reply: tuple[int, dict[str, str]] | None = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Called by httpcore before and after each step of the request."""
        if event.endswith("send_request_headers.started"):
            # What opens a tunnel through a proxy is no part of the request.
            self._to_proxy = getattr(info.get("request"), "method", b"") == b"CONNECT"
            if not self._to_proxy:
                self.leaving()
        elif event.endswith("send_request_body.complete") and not self._to_proxy:
            self.written()
        elif event.endswith(".connect_tcp.complete"):
            self.connected = info["return_value"]

    def leaving(self) -> None:
        """The next step hands the first byte over."""
        self.may_have_left = True

    def written(self) -> None:
        """The last byte was handed over; told once."""
        self.may_have_left = True
        if self._on_written is not None:
            on_written, self._on_written = self._on_written, None
            on_written()
        self.tell()

    def tell(self) -> None:
        """Tell that it may have left, once; nothing where it did not."""
        if self.may_have_left and not self._is_told:
            self._is_told = True
            self._on_left()
