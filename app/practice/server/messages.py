"""HTTP requests and answers as a venue sees them, and the identity of a request or message for the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders
from app.practice.server.wire import Style, parse_json, write_json


@dataclass(frozen=True, slots=True)
class Identity:
    """Subject of a request or message, for the gate: an `Operation` (or a venue's own name) and an order id."""

    operation: str = Operation.OTHER
    order_id: str = ""


@dataclass(slots=True)
class HttpRequest:
    """One HTTP request, byte for byte.

    Attributes:
        raw_path: path with query exactly as on the wire; what a signature covers.
        path: the part before "?", still percent-encoded.
        query: the part after "?", still percent-encoded; empty if there is none.
        headers: names in lower case.
        identity: what `HttpHandler.identify` made of it.
        planned: orders of the planned faults at its arrival (a rate limit, a refusal).
    """

    method: str
    raw_path: str
    headers: Mapping[str, str]
    body: bytes
    received_ms: int
    identity: Identity = field(default_factory=Identity)
    planned: FaultOrders = field(default_factory=FaultOrders)

    @property
    def path(self) -> str:
        return self.raw_path.partition("?")[0]

    @property
    def query(self) -> str:
        return self.raw_path.partition("?")[2]

    @property
    def params(self) -> dict[str, str]:
        """The decoded query; of a name given twice the last counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    def read_json(self) -> Any:
        """The body as JSON, numbers exact.

        Raises:
            WireError: if it is not JSON.
        """
        return parse_json(self.body)


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One HTTP answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"


def json_reply(value: object, status: int = 200, decimals: Style = "number") -> HttpReply:
    """A JSON answer; decimals bare or in quotes as the venue does it."""
    return HttpReply(status, write_json(value, decimals).encode())
