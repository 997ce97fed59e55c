"""Requests as exact bytes, unsigned and without any I/O.

Which calls are v4: only the modification. Listing, look-up, trades, balances, books, tickers and cancelling are
documented as v3 alone (https://docs.bitso.com/bitso-api/docs, read 2026-11-21, documented).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote, urlsplit

from app.domain.money import tidy
from app.domain.plan import WireValue
from app.venues.bitso.wire import vocabulary as words
from app.venues.bitso.wire.values import is_name
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import dumps
from app.venues.transport.messages import Request

#: Largest page of the list of open orders.
LIST_LIMIT = 500

_HEADERS = (("Accept", "application/json"), ("Accept-Language", "en"), ("User-Agent", "Redline"))
_FIELDS = (words.PRICE, words.MAJOR, words.MINOR, words.STOP, words.CANCEL)
_JSON = (("Content-Type", "application/json"),)


def prefix_of(address: str) -> str:
    """Return the path before the version: "/api" for https://bitso.com, …/api and …/api/v3 alike."""
    path = urlsplit(address).path.rstrip("/")
    for version in ("/v3", "/v4"):
        path = path.removesuffix(version)
    return path or "/api"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The requests of one account's address; each raises Malformed for an id that could be read as another one.

    Attributes:
        prefix: path before the version, such as "/api".
    """

    prefix: str

    def open_orders(self, book: str = "") -> Request:
        """The open orders of the account, in all books or in one."""
        return self._get(f"open_orders?{f'book={_sent(book)}&' if book else ''}limit={LIST_LIMIT}")

    def orders(self, order_ids: Iterable[str]) -> Request:
        """Look several orders up; those that have ended are left out of the answer."""
        return self._get("orders?oids=" + ",".join(map(_sent, order_ids)))

    def order(self, order_id: str) -> Request:
        """Look one order up."""
        return self._get(f"orders/{_sent(order_id)}")

    def order_trades(self, order_id: str) -> Request:
        """The executions of one order."""
        return self._get(f"order_trades/{_sent(order_id)}")

    def balance(self) -> Request:
        """The account's balances."""
        return self._get("balance")

    def books(self) -> Request:
        """The books and their limits (public)."""
        return self._get("available_books")

    def ticker(self, book: str) -> Request:
        """The touch of one book (public)."""
        return self._get(f"ticker?book={_sent(book)}")

    def cancel(self, order_id: str) -> Request:
        """Cancel one order."""
        return Request("DELETE", f"{self.prefix}/v3/orders/{_sent(order_id)}", _HEADERS)

    def modify(self, order_id: str, fields: Iterable[tuple[str, WireValue]]) -> Request:
        """Modify one order, named by its id in the path."""
        body = dumps(modify_body(fields)).encode()
        return Request("PATCH", f"{self.prefix}/v4/orders/{_sent(order_id)}", (*_HEADERS, *_JSON), body)

    def _get(self, rest: str) -> Request:
        return Request("GET", f"{self.prefix}/v3/{rest}", _HEADERS)


def _sent(name: str) -> str:
    """Return an id as it stands in a path.

    Raises:
        Malformed: if it could be read there as another one.
    """
    if not is_name(name):
        raise Malformed(f"“{name[:40]}” is no id that can be sent to Bitso as it is; look at the order there.")
    return quote(name, safe="")


def modify_body(fields: Iterable[tuple[str, WireValue]]) -> dict[str, str]:
    """Make the body of a modification: every value a text, decimals in plain digits.

    Raises:
        ValueError: for a body the venue forbids: both major and minor, the cancel flag alone, nothing, a foreign field.
    """
    body: dict[str, str] = {}
    for name, value in fields:
        if name not in _FIELDS or name in body:
            raise ValueError(f"A modification has no field {name}, or has it once.")
        if isinstance(value, Decimal):
            body[name] = tidy(value)
        elif isinstance(value, str):
            body[name] = value
        else:
            raise ValueError(f"{name} must be a decimal or a text.")
    if words.MAJOR in body and words.MINOR in body:
        raise ValueError("A modification takes major or minor, never both.")
    if not body.keys() - {words.CANCEL}:
        raise ValueError("A modification needs one of price, major, minor and stop.")
    return body
