"""The trade socket, the market socket and REST, to and from exact text. No I/O, no clock.

A request is `{"type": …, "params": {…}}`; a reply has one top-level key that names its payload, and no request id.
Source: QFEX docs (Authenticate, Modify Order, Errors) and the AsyncAPI description, read 2026-11-21 (documented). Where
several shapes of a reply exist in the wild, all are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from app.domain.amendment import Command
from app.domain.plan import WireValue
from app.venues.common.failures import Malformed
from app.venues.qfex.wire.rows import exact_number, text_of
from app.venues.qfex.wire.signing import rest_headers, signature
from app.venues.transport.jsonx import JsonError, dumps, loads
from app.venues.transport.messages import Request

MODIFY = "modify_order"
CANCEL = "cancel_order"
CANCEL_STOP = "cancel_stop_order"
LIST = "get_user_orders"
TRADES = "get_user_trades"
ORDER_RESPONSES = "order_responses"
CHANNELS = (ORDER_RESPONSES, "fills", "positions", "balances")
MARKET_CHANNELS = ("bbo", "mark_price", "minmax_price")

#: Rows of one page of the list; the venue's own default and the most a client was seen to ask for.
PAGE = 1000


# -- out -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keys:
    """An API key. `account_id` is a subaccount to act for, "" for the key's own account."""

    public_key: str
    secret: str
    account_id: str = ""


def trade_url(address: str, keys: Keys) -> str:
    """The trade socket's address with the public key in it; the key identifies, the auth frame proves."""
    parts = urlsplit(address)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, f"{query}api_key={quote(keys.public_key, safe='')}", ""))


def auth(keys: Keys, nonce: str, unix_ts: int) -> str:
    """The auth frame; holds a signature, so show only `masked_auth`."""
    return _auth(keys, keys.public_key, nonce, unix_ts, signature(keys.secret, nonce, unix_ts))


def masked_auth(keys: Keys, unix_ts: int) -> str:
    """The auth frame as a person may see it."""
    return _auth(keys, "•••", "•••", unix_ts, "•••")


def _auth(keys: Keys, public_key: str, nonce: str, unix_ts: int, signed: str) -> str:
    params: dict[str, Any] = {
        "hmac": {"public_key": public_key, "nonce": nonce, "unix_ts": unix_ts, "signature": signed}
    }
    if keys.account_id:
        params["account_id"] = keys.account_id
    return dumps({"type": "auth", "params": params})


def subscribe(channels: Sequence[str]) -> str:
    """Ask the trade socket for channels."""
    return dumps({"type": "subscribe", "params": {"channels": list(channels)}})


def subscribe_market(channels: Sequence[str], symbols: Sequence[str]) -> str:
    """Ask the market socket for channels; its requests are flat, without `params`."""
    return dumps({"type": "subscribe", "channels": list(channels), "symbols": list(symbols)})


def list_orders(offset: int) -> str:
    """Ask for one page of all open orders."""
    return dumps({"type": LIST, "params": {"limit": PAGE, "offset": offset}})


def list_trades(order_id: str) -> str:
    """Ask for the executions of one order."""
    return dumps({"type": TRADES, "params": {"limit": PAGE, "offset": 0, "order_id": order_id}})


def modify(order_id: str, fields: Sequence[tuple[str, WireValue]]) -> str:
    """The amendment: the order's id and the plan's fields; numbers as their own digits, never by client id."""
    params: dict[str, WireValue] = {"order_id": order_id}
    params.update(fields)
    return dumps({"type": MODIFY, "params": params})


def modify_frame(command: Command) -> str:
    """The amendment of a command, exactly as it leaves."""
    return modify(command.order.order_id, command.fields)


def cancel(symbol: str, order_id: str) -> str:
    """Cancel one order by its id."""
    params = {"symbol": symbol, "order_id": order_id, "cancel_order_id_type": "order_id"}
    return dumps({"type": CANCEL, "params": params})


def cancel_stop(order_id: str) -> str:
    """Cancel one stop order by its id."""
    return dumps({"type": CANCEL_STOP, "params": {"stop_order_id": order_id}})


def refdata() -> Request:
    """All instruments, public. The `ticker` filter was seen to return nothing for listed symbols, so it is not used."""
    return Request("GET", "/refdata")


def historic_orders(symbol: str, offset: int, keys: Keys, nonce: str, unix_ts: int) -> Request:
    """One page of the filled and closed orders of one symbol."""
    query = urlencode({"symbol": symbol, "limit": PAGE, "offset": offset})
    headers = rest_headers(keys.public_key, keys.secret, nonce, unix_ts, keys.account_id)
    return Request("GET", f"/user/historic-orders?{query}", headers)


def survives(value: Decimal) -> bool:
    """Return True if a number comes out of a binary float as it went in: QFEX reads its JSON numbers so."""
    try:
        return Decimal(repr(float(value))) == value
    except OverflowError:
        return False


# -- in --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AuthReply:
    """The answer to the auth frame."""

    accepted: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A channel was confirmed."""

    channel: str


@dataclass(frozen=True, slots=True)
class OrderResponse:
    """One order reply; `row` is read with what is known of the order."""

    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """One page of the list; the same id may come in several of its parts."""

    rows: tuple[Mapping[str, Any], ...]
    length: int


@dataclass(frozen=True, slots=True)
class TradesPage:
    """Executions asked for."""

    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class FillPush:
    """One execution."""

    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PositionPulse:
    """One position, sent every second."""

    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BalancePulse:
    """The balance, sent every second."""

    row: Mapping[str, Any]


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
    """A plain acknowledgement, with or without an echo of the request."""

    request: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that carries nothing for us."""


Message = (
    AuthReply
    | Subscribed
    | OrderResponse
    | OrdersPage
    | TradesPage
    | FillPush
    | PositionPulse
    | BalancePulse
    | ErrorFrame
    | Receipt
    | Ignored
)


def decode(text: str) -> Message:
    """Read one frame of the trade socket.

    Raises:
        Malformed: saying what is wrong with it.
    """
    top = _object(_json(text), "a message")
    if "order_response" in top:
        return OrderResponse(_object(top["order_response"], "order_response"))
    if "err" in top:
        return _error(_object(top["err"], "err"))
    if "error_code" in top:
        return _error(top)
    if "fill_response" in top:
        return FillPush(_object(top["fill_response"], "fill_response"))
    if "position_response" in top:
        return PositionPulse(_object(top["position_response"], "position_response"))
    if "balance_response" in top:
        return BalancePulse(_object(top["balance_response"], "balance_response"))
    if "all_orders_response" in top:
        page = _object(top["all_orders_response"], "all_orders_response")
        return _orders(page.get("orders"), page.get("stop_orders"))
    if "user_orders" in top:
        return _orders(top["user_orders"], None)
    trades = top.get("user_trades_response", top.get("user_trades"))
    if trades is not None:
        return TradesPage(_rows(trades.get("trades", []) if isinstance(trades, dict) else trades, "trades"))
    if isinstance(top.get("subscribed"), str):
        return Subscribed(top["subscribed"])
    if "ack" in top or "ack_response" in top:
        return _receipt(top.get("ack"))
    return _login(top)


def _login(top: Mapping[str, Any]) -> AuthReply | Ignored:
    """Three shapes of a successful login are in use; a failure's shape is not documented."""
    if "authenticated" in top:
        verdict = top["authenticated"]
        if isinstance(verdict, dict):
            return AuthReply(verdict.get("success") is True, text_of(verdict, "error", "message"))
        return AuthReply(verdict is True, text_of(top, "error", "message"))
    if top.get("type") == "authenticated":
        return AuthReply(True)
    if top.get("type") == "auth" and "result" in top:
        return AuthReply(top["result"] == "success", text_of(top, "error", "message", "result"))
    return Ignored()


def _orders(orders: object, stops: object) -> OrdersPage:
    plain = _rows(orders if orders is not None else [], "orders")
    extra = _rows(stops if stops is not None else [], "stop_orders")
    found: dict[str, Mapping[str, Any]] = {}
    for row in (*plain, *extra):
        order_id = text_of(row, "order_id", "stop_order_id")
        found.setdefault(order_id, row if "order_id" in row else {**row, "order_id": order_id})
    return OrdersPage(tuple(found.values()), len(plain))


def _error(body: Mapping[str, Any]) -> ErrorFrame:
    request, params = _echo(body.get("incoming_message"))
    return ErrorFrame(text_of(body, "error_code") or "unnamed error", text_of(body, "message"), request, params)


def _receipt(body: object) -> Receipt:
    request, params = _echo(body.get("incoming_message") if isinstance(body, dict) else None)
    return Receipt(request, params)


def _echo(value: object) -> tuple[str, Mapping[str, Any]]:
    """The echoed request: an object or the text of one; null and anything else say nothing."""
    if isinstance(value, str):
        try:
            value = loads(value)
        except JsonError:
            return "", {}
    if not isinstance(value, dict):
        return "", {}
    params = value.get("params")
    return text_of(value, "type"), params if isinstance(params, dict) else {}


# -- market data -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Touch:
    """Best bid and offer; None where a side is empty."""

    symbol: str
    bid: Decimal | None
    ask: Decimal | None


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark price, which triggers stops."""

    symbol: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """The live price band."""

    symbol: str
    low: Decimal
    high: Decimal


def decode_market(text: str) -> Touch | Mark | Band | Ignored:
    """Read one frame of the market socket; its numbers are texts.

    Raises:
        Malformed: saying what is wrong with it.
    """
    top = _object(_json(text), "a message")
    kind, symbol = top.get("type"), text_of(top, "symbol")
    if not symbol or kind not in MARKET_CHANNELS:
        return Ignored()
    try:
        if kind == "bbo":
            return Touch(symbol, _best(top.get("bid")), _best(top.get("ask")))
        if kind == "mark_price":
            return Mark(symbol, exact_number(top.get("price")))
        return Band(symbol, exact_number(top.get("min_price")), exact_number(top.get("max_price")))
    except JsonError as error:
        raise Malformed(f"{kind} of {symbol}: {error}") from error


def _best(levels: object) -> Decimal | None:
    if levels is None or levels == []:
        return None
    if isinstance(levels, list) and isinstance(levels[0], list) and levels[0]:
        return exact_number(levels[0][0])
    raise JsonError("A side of the book is not a list of levels.")


# -- REST ------------------------------------------------------------------------------------------------------------


def refdata_rows(body: bytes) -> tuple[Mapping[str, Any], ...]:
    """The instruments of a /refdata reply.

    Raises:
        Malformed: if it is not such a reply.
    """
    return _rows(_object(_json(body), "the instruments").get("data"), "data")


def historic_rows(body: bytes) -> tuple[Mapping[str, Any], ...]:
    """The rows of a /user/historic-orders reply.

    Raises:
        Malformed: if it is not such a reply.
    """
    return _rows(_object(_json(body), "the history").get("data"), "data")


def problem_text(body: bytes) -> str:
    """Return what a failed REST reply says: its detail, its title, or the first words of its body."""
    try:
        found = loads(body)
    except JsonError:
        found = None
    if isinstance(found, dict) and (said := text_of(found, "detail", "title")):
        return said[:200]
    return " ".join(body.decode("utf-8", errors="replace").split())[:200]


def _json(data: bytes | str) -> Any:
    try:
        return loads(data)
    except JsonError as error:
        raise Malformed(str(error)) from error


def _object(value: object, name: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Malformed(f"{name} is not a JSON object.")


def _rows(value: object, name: str) -> tuple[Mapping[str, Any], ...]:
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return tuple(value)
    raise Malformed(f"{name} is not a list of JSON objects.")
