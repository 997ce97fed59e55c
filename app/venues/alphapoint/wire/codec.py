"""Frames of the websocket gateway and requests of the HTTP gateway, to and from exact text. No I/O, no clock.

A frame is `{"m":kind,"i":sequence,"n":function,"o":payload}` where the payload is JSON *inside a string* (AlphaPoint
API documentation, “Message frame”, https://alphapoint.github.io/slate, read 2026-11-21, documented).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.domain.amendment import Command
from app.domain.money import plain
from app.domain.order import Order
from app.domain.plan import WireValue
from app.venues.alphapoint.wire.vocabulary import CANCEL_REPLACE, MODIFY_ORDER, REPLACE
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import JsonError, dumps, loads, whole, whole_or_none
from app.venues.transport.messages import Request

#: Amendments take their sequence numbers from a range of their own, far above those of other requests, so that a
#: preview shows the very frame that will leave. Even, unique in a session and below 2^31.
_AMEND_BASE = 1_000_000_000
_AMEND_SPAN = 500_000_000


class UnreadableFrame(Malformed):
    """A frame that cannot be read.

    Attributes:
        sequence: number of the request it answers, None where that cannot be told.
    """

    def __init__(self, text: str, sequence: int | None = None) -> None:
        super().__init__(text)
        self.sequence = sequence


class FrameKind(IntEnum):
    """The `m` of a frame."""

    REQUEST = 0
    REPLY = 1
    SUBSCRIBE = 2
    EVENT = 3
    UNSUBSCRIBE = 4
    ERROR = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """One message of the gateway.

    Attributes:
        kind: the `m`; sequence: the `i`; name: the `n`.
        payload: the decoded `o`. In an error frame it may be plain text instead of an object.
    """

    kind: FrameKind
    sequence: int
    name: str
    payload: Any


@dataclass(frozen=True, slots=True)
class GatewaySession:
    """Gift of a login: the ids every request repeats, and the token the HTTP gateway takes."""

    oms_id: int
    account_id: int
    user_id: int
    token: str = field(default="", repr=False)


def encode_frame(sequence: int, name: str, payload: Mapping[str, Any]) -> str:
    """A request frame. Subscriptions are requests too: every public client sends them so (client code).

    Args:
        sequence: not zero, unique in the session.
    """
    return dumps({"m": int(FrameKind.REQUEST), "i": sequence, "n": name, "o": dumps(payload)})


def decode_frame(text: str) -> Frame:
    """Read one frame.

    Raises:
        UnreadableFrame: saying what is wrong with it.
    """
    try:
        outer = loads(text)
    except JsonError as error:
        raise UnreadableFrame(str(error).rstrip(".")) from error
    if not isinstance(outer, dict):
        raise UnreadableFrame("The frame is not an object")
    fields = fold(outer)
    try:
        kind = FrameKind(fields["m"])
    except (KeyError, ValueError) as error:
        raise UnreadableFrame("The frame has no kind that is known") from error
    sequence, name, inner = fields.get("i"), fields.get("n"), fields.get("o")
    if not isinstance(sequence, int) or isinstance(sequence, bool):
        raise UnreadableFrame("The frame has no sequence number")
    if not isinstance(name, str):
        name = ""
    payload: Any = inner
    if isinstance(inner, str):
        try:
            payload = loads(inner) if inner.strip() else None
        except JsonError as error:
            if kind is not FrameKind.ERROR:
                said = str(error).rstrip(".")
                answers = sequence if kind is FrameKind.REPLY else None
                raise UnreadableFrame(f"The payload of {name or 'a frame'} cannot be read: {said}", answers) from error
    return Frame(kind, sequence, name, payload)


def fold(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping with lower-case keys: the documents mix spellings, and case “mostly does not matter” to the venue."""
    return {key.lower(): value for key, value in raw.items()}


def amend_sequence(request_id: int) -> int:
    """The sequence number of an amendment's frame, from its own request number."""
    return _AMEND_BASE + 2 * (request_id % _AMEND_SPAN)


def amend_payload(command: Command, session: GatewaySession) -> tuple[str, dict[str, WireValue]]:
    """Return the function and payload of an amendment, its keys in the order of the documents.

    Raises:
        Malformed: if the order's id or instrument is not a number, so that it cannot be named to the venue.
    """
    order, fields = command.order, dict(command.fields)
    order_id, account = _whole(order.order_id, "order id"), account_of(order, session)
    instrument_id = _whole(order.attribute("instrument_id"), "instrument id")
    if command.route == REPLACE:
        named: dict[str, WireValue] = {
            "OMSId": session.oms_id,
            "OrderIdToReplace": order_id,
            "ClientOrderId": command.request_id,
        }
        named |= {"OrderType": fields["OrderType"], "Side": fields["Side"]}
        return CANCEL_REPLACE, {**named, "AccountId": account, "InstrumentId": instrument_id, **fields}
    named = {"OMSId": session.oms_id, "OrderId": order_id, "InstrumentId": instrument_id}
    return MODIFY_ORDER, {**named, **fields, "AccountId": account}


def amend_frame(command: Command, session: GatewaySession) -> str:
    """The exact frame of an amendment; a pure function of the command and the login.

    Raises:
        Malformed: if the order cannot be named to the venue.
    """
    name, payload = amend_payload(command, session)
    return encode_frame(amend_sequence(command.request_id), name, payload)


def account_of(order: Order, session: GatewaySession) -> int:
    """The account an order belongs to: its own where the venue said, else the login's."""
    own = whole_or_none(order.attribute("account_id"))
    return session.account_id if own is None else own


def order_payload(order: Order, session: GatewaySession, *, account: bool = True) -> dict[str, int]:
    """The payload that names one order: for `GetOrderStatus`, `CancelOrder` and the history of one order.

    Raises:
        Malformed: if its id is not a number.
    """
    payload = {"OMSId": session.oms_id}
    if account:
        payload["AccountId"] = account_of(order, session)
    payload["OrderId"] = _whole(order.order_id, "order id")
    return payload


def account_payload(session: GatewaySession) -> dict[str, int]:
    """The payload of calls about the whole account."""
    return {"OMSId": session.oms_id, "AccountId": session.account_id}


def http_query(base: str, name: str, payload: Mapping[str, WireValue], headers: Sequence[tuple[str, str]]) -> Request:
    """A reading call of the HTTP gateway: GET with a query string (NDAX HTTP documentation, documented)."""
    query = urlencode([(key, _text(value)) for key, value in payload.items()])
    return Request("GET", f"{_path(base)}{name}{'?' + query if query else ''}", tuple(headers))


def http_command(base: str, name: str, payload: Mapping[str, WireValue], headers: Sequence[tuple[str, str]]) -> Request:
    """A changing call of the HTTP gateway: POST with a JSON body (NDAX HTTP documentation, documented)."""
    body = dumps(payload).encode("utf-8")
    return Request("POST", f"{_path(base)}{name}", (("Content-Type", "application/json"), *headers), body)


def _path(base: str) -> str:
    path = urlsplit(base).path
    return path if path.endswith("/") else path + "/"


def _text(value: WireValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, Decimal) else str(value)


def _whole(text: str, what: str) -> int:
    try:
        return whole(text)
    except JsonError as error:
        raise Malformed(f"The {what} “{text[:40]}” is not a whole number") from error
