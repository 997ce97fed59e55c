"""Requests as exact bytes and replies as values, without any I/O: time, nonce and secrets come in as arguments.

Which calls are v4: only the modification. Listing, look-up, trades, balances, books, tickers and cancelling are
documented as v3 alone (https://docs.bitso.com/bitso-api/docs, read 2026-11-21, documented).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from app.domain.money import tidy
from app.domain.plan import WireValue
from app.venues.bitso.wire.answers import Meaning, meaning, sentence
from app.venues.bitso.wire.signing import authorization, sign
from app.venues.transport.jsonx import JsonError, dumps, loads, mapping
from app.venues.transport.messages import Request

#: Largest page of the list of open orders.
LIST_LIMIT = 500

_HEADERS = (("Accept", "application/json"), ("Accept-Language", "en"), ("User-Agent", "Redline"))
_JSON = (("Content-Type", "application/json"),)


class Malformed(Exception):
    """A reply or push that cannot be understood; the message is one sentence that names the venue."""


class ErrorReply(Exception):
    """The venue answered with an error.

    Attributes:
        status: HTTP status. code: four digits, "" if none. meaning: what it proves. The message is for the person.
    """

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.meaning: Meaning = meaning(status, code)


def prefix_of(address: str) -> str:
    """The path before the version in a configured address: "/api" for https://bitso.com, …/api and …/api/v3 alike."""
    path = urlsplit(address).path.rstrip("/")
    for version in ("/v3", "/v4"):
        path = path.removesuffix(version)
    return path or "/api"


@dataclass(frozen=True, slots=True)
class Calls:
    """The requests of one account's address; unsigned until `signed`.

    Attributes:
        prefix: path before the version, such as "/api".
    """

    prefix: str

    def open_orders(self) -> Request:
        """Every open order of the account, in all books."""
        return self._get(f"open_orders?limit={LIST_LIMIT}")

    def orders(self, order_ids: Iterable[str]) -> Request:
        """Look several orders up; those that have ended are left out of the answer."""
        return self._get("orders?oids=" + ",".join(quote(order_id, safe="") for order_id in order_ids))

    def order(self, order_id: str) -> Request:
        """Look one order up."""
        return self._get(f"orders/{quote(order_id, safe='')}")

    def order_trades(self, order_id: str) -> Request:
        """The executions of one order."""
        return self._get(f"order_trades/{quote(order_id, safe='')}")

    def balance(self) -> Request:
        """The account's balances."""
        return self._get("balance")

    def books(self) -> Request:
        """The books and their limits (public)."""
        return self._get("available_books")

    def ticker(self, book: str) -> Request:
        """The touch of one book (public)."""
        return self._get(f"ticker?book={quote(book, safe='')}")

    def cancel(self, order_id: str) -> Request:
        """Cancel one order."""
        return Request("DELETE", f"{self.prefix}/v3/orders/{quote(order_id, safe='')}", _HEADERS)

    def modify(self, order_id: str, fields: Iterable[tuple[str, WireValue]]) -> Request:
        """Modify one order, named by its id in the path."""
        body = dumps(modify_body(fields)).encode()
        return Request("PATCH", f"{self.prefix}/v4/orders/{quote(order_id, safe='')}", (*_HEADERS, *_JSON), body)

    def _get(self, rest: str) -> Request:
        return Request("GET", f"{self.prefix}/v3/{rest}", _HEADERS)


def signed(request: Request, key: str, secret: str, nonce: str) -> Request:
    """The request with its Authorization header, signed over exactly what it holds."""
    signature = sign(secret, nonce, request.method, request.target, request.body)
    header = ("Authorization", authorization(key, nonce, signature))
    return Request(request.method, request.target, (header, *request.headers), request.body)


def masked(request: Request, key: str) -> Request:
    """The request as a person may see it: the key's first letters, no nonce, no signature."""
    header = ("Authorization", authorization(f"{key[:4]}•••", "‹nonce›", "•••"))
    return Request(request.method, request.target, (header, *request.headers), request.body)


def modify_body(fields: Iterable[tuple[str, WireValue]]) -> dict[str, str]:
    """The body of a modification: every value a text, decimals in plain digits.

    Raises:
        ValueError: for a body the venue forbids: both major and minor, the cancel flag alone, nothing, a foreign field.
    """
    body: dict[str, str] = {}
    for name, value in fields:
        if name not in ("price", "major", "minor", "stop", "cancel") or name in body:
            raise ValueError(f"A modification has no field {name}, or has it once.")
        if isinstance(value, Decimal):
            body[name] = tidy(value)
        elif isinstance(value, str):
            body[name] = value
        else:
            raise ValueError(f"{name} must be a decimal or a text.")
    if "major" in body and "minor" in body:
        raise ValueError("A modification takes major or minor, never both.")
    if not body.keys() - {"cancel"}:
        raise ValueError("A modification needs one of price, major, minor and stop.")
    return body


def payload(status: int, body: bytes) -> Any:
    """The payload of a reply.

    Raises:
        ErrorReply: if the venue answered with an error, whatever the HTTP status.
        Malformed: if the reply is not the envelope it should be.
    """
    try:
        envelope = mapping(loads(body))
    except JsonError as error:
        raise Malformed(f"Bitso sent a reply that cannot be read (HTTP {status}): {error}") from error
    if envelope.get("success") is True and status < 400:
        if "payload" not in envelope:
            raise Malformed("Bitso sent a reply without a payload.")
        return envelope["payload"]
    fault = envelope.get("error")
    if not isinstance(fault, dict):
        raise Malformed(f"Bitso sent a reply that is neither a success nor an error (HTTP {status}).")
    code = _code(fault.get("code"))
    message = fault.get("message")
    raise ErrorReply(status, code, sentence(code, message if isinstance(message, str) else ""))


def modified_id(value: Any) -> str:
    """The order id in the payload of a modification.

    Raises:
        Malformed: if there is none.
    """
    order_id = value.get("oid") if isinstance(value, dict) else None
    if not isinstance(order_id, str) or not order_id:
        raise Malformed("Bitso took the modification in a reply without an order id.")
    return order_id


def cancelled_ids(value: Any) -> frozenset[str]:
    """The ids in the payload of a cancel: those really cancelled.

    Raises:
        Malformed: if it is not a list of texts.
    """
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Malformed("Bitso answered a cancel with something other than order ids.")
    return frozenset(value)


def _code(value: object) -> str:
    """Codes come as text or as a number; older numeric ones have three digits."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value).strip()
    return text.zfill(4) if text.isdigit() else text[:40]
