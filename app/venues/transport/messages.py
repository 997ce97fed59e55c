"""HTTP requests and replies as values, without any I/O: what codecs make and read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One request, exactly as it will leave; its `repr` leaves out what may hold a secret.

    Attributes:
        method: upper case.
        target: path with query as on the wire (percent-encoding included), from the first slash after the host.
        headers: in order; host, length and connection headers are added by the transport.
        body: exact bytes, empty for none.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def head(self) -> str:
        """The request line as shown to a person."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True, slots=True)
class Response:
    """One whole reply; header names are lower case, times are nanoseconds of our clock."""

    status: int
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    sent_at: int
    received_at: int
