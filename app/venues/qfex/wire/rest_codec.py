"""REST, to and from exact bytes: instruments, and the history of orders that are no longer open. No I/O, no clock.

Source: the OpenAPI description, read 2026-11-21 (documented); that lists may be null, read 2026-11-30 (documented).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from app.venues.qfex.wire.signing import Keys, rest_headers
from app.venues.qfex.wire.values import object_of, read_json, rows_of_list, text_of
from app.venues.transport.jsonx import JsonError, loads
from app.venues.transport.messages import Request

#: Rows of one page of the history; the venue's own default and the most a client was seen to ask for.
PAGE = 1000


def refdata() -> Request:
    """Ask for all instruments, public; the `ticker` filter was seen to return nothing for listed symbols."""
    return Request("GET", "/refdata")


def historic_orders(symbol: str, offset: int, keys: Keys, nonce: str, unix_ts: int) -> Request:
    """Ask for one page of the filled and closed orders of one symbol."""
    query = urlencode({"symbol": symbol, "limit": PAGE, "offset": offset})
    headers = rest_headers(keys, nonce, unix_ts)
    return Request("GET", f"/user/historic-orders?{query}", headers)


def rows_of(body: bytes, name: str) -> tuple[Any, ...]:
    """Return the rows of a reply, whatever each of them is; `name` says what they are. Null is an empty list.

    Raises:
        Malformed: if it is not such a reply.
    """
    reply = object_of(read_json(body), name)
    count = reply.get("count")
    if reply.get("data") is None and (count == 0 or ("data" in reply and count is None)):
        return ()
    return rows_of_list(reply.get("data"), "data")


def problem_text(body: bytes) -> str:
    """Return what a failed REST reply says: its detail, its title, or the first words of its body."""
    try:
        reply = loads(body)
    except JsonError:
        reply = None
    if isinstance(reply, dict) and (text := text_of(reply, "detail", "title")):
        return text[:200]
    return " ".join(body.decode("utf-8", errors="replace").split())[:200]
