"""Requests as exact bytes, unsigned and without any I/O. FILL IN: paths and bodies as documented."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import quote

from app.domain.money import tidy
from app.domain.plan import WireValue
from app.venues.transport.jsonx import dumps
from app.venues.transport.messages import Request

_JSON = (("Content-Type", "application/json"),)

#: Public: the markets with their rules and best prices.
MARKETS = Request("GET", "/v1/markets")
OPEN_ORDERS = Request("GET", "/v1/orders")
BALANCES = Request("GET", "/v1/balances")


def order(order_id: str) -> Request:
    """Read one order, open or ended."""
    return Request("GET", _path(order_id))


def cancel(order_id: str) -> Request:
    """Cancel one order."""
    return Request("DELETE", _path(order_id))


def amend(order_id: str, fields: Iterable[tuple[str, WireValue]]) -> Request:
    """Amend one order: every number a text of plain digits, nothing that stays."""
    body = {name: tidy(value) if isinstance(value, Decimal) else value for name, value in fields}
    return Request("PATCH", _path(order_id), _JSON, dumps(body).encode())


def _path(order_id: str) -> str:
    return f"/v1/orders/{quote(order_id, safe='')}"
