"""The trade socket, to and from exact text. No I/O, no clock.

A request is `{"type": …, "params": {…}}`; a reply has one top-level key that names its payload, and no request id.
Source: QFEX docs (Authenticate, Modify Order, Errors) and the AsyncAPI description, read 2026-11-21 (documented). Where
several shapes of a reply exist in the wild, all are read. The answers to the cancel of a stop order by
`stop_order_response` and by a bare `ack` are those of public clients, read 2026-11-30 (client code).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from app.domain.amendment import Command
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.login import AuthReply, read_login, says_yes
from app.venues.qfex.wire.signing import MASK, Keys, signature
from app.venues.qfex.wire.values import object_of, read_json, rows_of_list, text_of
from app.venues.transport.jsonx import JsonError, dumps, loads

AUTH = "auth"
CANCEL = "cancel_order"
CANCEL_STOP = "cancel_stop_order"
LIST = "get_user_orders"
TRADES = "get_user_trades"
ORDER_RESPONSES = "order_responses"
#: Channels that push every second.
PULSES = ("positions", "balances")
CHANNELS = (ORDER_RESPONSES, "fills", *PULSES, "stop_orders")

#: Keys of the rows that are pushed.
ORDER, FILL, POSITION, BALANCE = "order_response", "fill_response", "position_response", "balance_response"
STOP = "stop_order_response"
TOPICS = (ORDER, FILL, POSITION, BALANCE, STOP)

#: Rows of one page of the list; the venue's own default and the most a client was seen to ask for.
PAGE = 1000


# -- out -------------------------------------------------------------------------------------------------------------


def trade_url(address: str, keys: Keys) -> str:
    """Return the trade socket's address with the public key in it; the key identifies, the auth frame proves."""
    parts = urlsplit(address)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(
        (parts.scheme, parts.netloc, parts.path, f"{query}api_key={quote(keys.public_key.reveal(), safe='')}", "")
    )


def auth(keys: Keys, nonce: str, unix_ts: int) -> str:
    """Make the auth frame; it holds a signature, so show only `masked_auth`."""
    return _auth(keys, keys.public_key.reveal(), nonce, unix_ts, signature(keys.secret, nonce, unix_ts))


def masked_auth(keys: Keys, unix_ts: int) -> str:
    """Make the auth frame as a person may see it."""
    return _auth(keys, MASK, MASK, unix_ts, MASK)


def _auth(keys: Keys, public_key: str, nonce: str, unix_ts: int, signed: str) -> str:
    params: dict[str, Any] = {
        "hmac": {"public_key": public_key, "nonce": nonce, "unix_ts": unix_ts, "signature": signed}
    }
    if keys.account_id:
        params["account_id"] = keys.account_id
    return dumps({"type": AUTH, "params": params})


def subscribe(channels: Sequence[str]) -> str:
    """Ask the trade socket for channels."""
    return dumps({"type": "subscribe", "params": {"channels": list(channels)}})


def list_orders(offset: int) -> str:
    """Ask for one page of all open orders."""
    return dumps({"type": LIST, "params": {"limit": PAGE, "offset": offset}})


def list_trades(order_id: str) -> str:
    """Ask for the executions of one order."""
    return dumps({"type": TRADES, "params": {"limit": PAGE, "offset": 0, "order_id": order_id}})


def modify(command: Command) -> str:
    """Amend an order: its id and the plan's fields; numbers as their own digits, never by client id."""
    return dumps({"type": words.MODIFY, "params": {"order_id": command.order.order_id, **dict(command.fields)}})


def cancel(symbol: str, order_id: str) -> str:
    """Cancel one order by its id."""
    params = {"symbol": symbol, "order_id": order_id, "cancel_order_id_type": "order_id"}
    return dumps({"type": CANCEL, "params": params})


def cancel_stop(order_id: str) -> str:
    """Cancel one stop order by its id."""
    return dumps({"type": CANCEL_STOP, "params": {"stop_order_id": order_id}})


# -- in --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A channel was confirmed."""

    channel: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """One row that was not asked for; its topic is one of `TOPICS`. An order is read with what is known of it."""

    topic: str
    row: Mapping[str, Any]

    @property
    def is_pulse(self) -> bool:
        """Return True for what comes every second, and so tells that QFEX lives."""
        return self.topic in (POSITION, BALANCE)


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """One page of the list; the same id may come in several of its parts.

    Attributes:
        rows: as received, whatever each of them is.
        length: of the orders in it, by which the next page is asked for.
        whole: whether it is a page at all; one without a list of orders says nothing of what is open.
    """

    rows: tuple[Any, ...]
    length: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class TradesPage:
    """Executions asked for."""

    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ErrorFrame:
    """A request that came no further than the door; `request` and `params` echo it where QFEX does."""

    code: str
    message: str
    request: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order_id(self) -> str:
        """The order the echoed request was about, "" if it does not say."""
        return text_of(self.params, "order_id", "stop_order_id")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A plain acknowledgement, with or without an echo of the request; `taken` unless it says no, with `text`."""

    request: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    taken: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that carries nothing for us."""


Message = AuthReply | Subscribed | Pushed | OrdersPage | TradesPage | ErrorFrame | Receipt | Ignored


def decode(text: str) -> Message:
    """Read one frame of the trade socket.

    Raises:
        Malformed: saying what is wrong with it.
    """
    top = object_of(read_json(text), "a message")
    for topic in TOPICS:
        if topic in top:
            # A pulse shows that QFEX lives even where what it tells cannot be read.
            is_hollow = topic in (POSITION, BALANCE) and not isinstance(top[topic], dict)
            return Pushed(topic, {} if is_hollow else object_of(top[topic], topic))
    if "err" in top:
        return _error(object_of(top["err"], "err"))
    if "error_code" in top:
        return _error(top)
    if "all_orders_response" in top:
        page = top["all_orders_response"]
        return _orders(page.get("orders"), page.get("stop_orders")) if isinstance(page, dict) else _orders(None, None)
    if "user_orders" in top:
        return _orders(top["user_orders"], None)
    trades = top.get("user_trades_response", top.get("user_trades"))
    if trades is not None:
        return TradesPage(rows_of_list(trades.get("trades", []) if isinstance(trades, dict) else trades, "trades"))
    if isinstance(top.get("subscribed"), str):
        return Subscribed(top["subscribed"])
    if "ack" in top or "ack_response" in top:
        return _receipt(top.get("ack", top.get("ack_response")))
    if top.get("type") in ("ack", "ack_response"):
        return _receipt({name: value for name, value in top.items() if name != "type"})
    return read_login(top) or Ignored()


def _orders(orders: object, stops: object) -> OrdersPage:
    """Read a page; what is not a list is told by its absence, and a row that is not an object stays as it is."""
    plain = orders if isinstance(orders, list) else []
    extra = stops if isinstance(stops, list) else []
    rows: list[Any] = list(plain)
    ids = {text_of(row, "order_id") for row in plain if isinstance(row, dict)}
    for row in extra:
        order_id = text_of(row, "order_id", "stop_order_id") if isinstance(row, dict) else ""
        if not order_id:
            rows.append(row)
        elif order_id not in ids:
            ids.add(order_id)
            rows.append(row if "order_id" in row else {**row, "order_id": order_id})
    return OrdersPage(tuple(rows), len(plain), isinstance(orders, list) and (stops is None or isinstance(stops, list)))


def _error(body: Mapping[str, Any]) -> ErrorFrame:
    request, params = _echo(body.get("incoming_message"))
    return ErrorFrame(text_of(body, "error_code") or "unnamed error", text_of(body, "message"), request, params)


def _receipt(body: object) -> Receipt:
    """Read a receipt: it echoes the request, is the request itself, names a stop order, or says nothing at all."""
    if isinstance(body, str):
        return Receipt(body if body in (AUTH, CANCEL_STOP) else "")
    if not isinstance(body, dict):
        return Receipt(taken=body is not False)
    request, params = _echo(body.get("incoming_message", body))
    named = {name: body[name] for name in ("stop_order_id", "order_id") if isinstance(body.get(name), str)}
    return Receipt(request, params or named, *says_yes(body))


def _echo(value: object) -> tuple[str, Mapping[str, Any]]:
    """Read an echoed request: an object or the text of one; null and anything else say nothing."""
    if isinstance(value, str):
        try:
            value = loads(value)
        except JsonError:
            return "", {}
    if not isinstance(value, dict):
        return "", {}
    params = value.get("params")
    return text_of(value, "type"), params if isinstance(params, dict) else {}
