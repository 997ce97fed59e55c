"""REST: requests to exact bytes and replies to values, without any I/O. Times are arguments.

A function makes a `Call`, `encode` signs it, `read_reply` reads the envelope. What a code proves is in `answers`; rows
are read by `rows`; the sockets' messages are in `frames`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from app.domain.amendment import Command
from app.domain.money import tidy
from app.domain.order import Order
from app.domain.plan import WirePreview, WireValue
from app.venues.bitget.wire import signing
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.signing import Keys
from app.venues.bitget.wire.values import milliseconds_of, object_of, read_object
from app.venues.common.failures import Malformed
from app.venues.transport import jsonx
from app.venues.transport.messages import Request

MODIFY = "/api/v3/trade/modify-order"
BATCH_MODIFY = "/api/v3/trade/batch-modify-order"
CANCEL = "/api/v3/trade/cancel-order"
OPEN_ORDERS = "/api/v3/trade/unfilled-orders"
ORDER_INFO = "/api/v3/trade/order-info"
HISTORY = "/api/v3/trade/history-orders"
FILLS = "/api/v3/trade/fills"
ASSETS = "/api/v3/account/assets"
ACCOUNT_INFO = "/api/v3/account/info"
INSTRUMENTS = "/api/v3/market/instruments"
#: The venue's clock, unsigned. The v3 call is named by public clients (bitget-api 3.2.3, read 2026-11-30) and on no
#: page at hand, so an address that does not know it is asked by the older one.
SERVER_TIME = "/api/v3/public/time"
OLDER_SERVER_TIME = "/api/v2/public/time"

#: Code of a reply to a call that the venue does not know.
NO_SUCH_CALL = "40404"

#: Rows on one page, the venue's largest.
PAGE = 100

#: Rows in one batch, the venue's largest.
BATCH = 20


@dataclass(frozen=True, slots=True)
class Call:
    """One REST call before it is signed: `query` as sorted (name, value) pairs, `body` as the exact text."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: str = ""
    signed: bool = True

    @property
    def signed_target(self) -> str:
        """Path and query as they are signed: values as they are."""
        return self._target(lambda value: value)

    @property
    def wire_target(self) -> str:
        """Path and query as they leave: values percent-encoded (for plain values the same text)."""
        return self._target(lambda value: quote(value, safe=""))

    def _target(self, write: Any) -> str:
        if not self.query:
            return self.path
        return self.path + "?" + "&".join(f"{name}={write(value)}" for name, value in self.query)


@dataclass(frozen=True, slots=True)
class Reply:
    """The venue's envelope: its code as text, its words, and the data.

    `at` is the venue's own time in milliseconds, None where it gave none.
    """

    code: str
    text: str
    data: Any
    at: int | None = None

    @property
    def ok(self) -> bool:
        """Return True if the venue says it was done (for a list of rows: not yet that every row was)."""
        return self.code in words.SUCCESS


# -- calls -------------------------------------------------------------------------------------------------------------


def get(path: str, signed: bool = True, **values: str | None) -> Call:
    """A GET with its query sorted by name; values that are None or empty are left out."""
    pairs = tuple(sorted((name, value) for name, value in values.items() if value))
    return Call("GET", path, pairs, signed=signed)


def open_orders(category: str, cursor: str = "") -> Call:
    """One page of open orders, newest first; `cursor` is the one of the page before."""
    return get(OPEN_ORDERS, category=category, limit=str(PAGE), cursor=cursor)


def order_info(order_id: str) -> Call:
    """One order, open or ended: the call that settles what became of an amendment."""
    return get(ORDER_INFO, orderId=order_id)


def history(category: str, symbol: str, start_ms: int | None, end_ms: int | None, cursor: str = "") -> Call:
    """One page of ended orders of one market; at most 30 days between the times, at most 90 days back."""
    start, end = (str(each) if each is not None else None for each in (start_ms, end_ms))
    return get(HISTORY, category=category, symbol=symbol, startTime=start, endTime=end, limit=str(PAGE), cursor=cursor)


def fills(category: str, order_id: str, cursor: str = "") -> Call:
    """One page of the executions of one order."""
    return get(FILLS, category=category, orderId=order_id, limit=str(PAGE), cursor=cursor)


def assets() -> Call:
    """Balances; needs a permission of its own."""
    return get(ASSETS)


def account_info() -> Call:
    """Return what the key may do."""
    return get(ACCOUNT_INFO)


def instruments(category: str) -> Call:
    """The markets of one category."""
    return get(INSTRUMENTS, signed=False, category=category)


def server_time(path: str = SERVER_TIME) -> Call:
    """The venue's clock."""
    return get(path, signed=False)


def cancel(order: Order) -> Call:
    """Cancel one order."""
    return _post(CANCEL, {"orderId": order.order_id, "category": order.attribute(words.CATEGORY)})


def modify(command: Command) -> Call:
    """Amend one order: id, both price and quantity, autoCancel said, symbol and category named."""
    return _post(MODIFY, _row(command))


def batch_modify(commands: Sequence[Command]) -> Call:
    """Amend several orders of one category in one request.

    Raises:
        Malformed: for none or more than 20, for several categories, or for an order named twice.
    """
    if not 1 <= len(commands) <= BATCH:
        raise Malformed(f"A batch holds 1 to {BATCH} orders, not {len(commands)}.")
    rows = [_row(command) for command in commands]
    if len({row["category"] for row in rows}) > 1:
        raise Malformed("A batch holds orders of one category only.")
    if len({row["orderId"] for row in rows}) < len(rows):
        raise Malformed("A batch names each order at most once.")
    return _post(BATCH_MODIFY, rows)


def _row(command: Command) -> dict[str, str]:
    return {"orderId": command.order.order_id, **{name: _wire_text(value) for name, value in command.fields}}


def _wire_text(value: WireValue) -> str:
    """Every field is a text on this wire; a number is its plain digits without needless zeros."""
    return tidy(value) if isinstance(value, Decimal) else str(value)


def _post(path: str, body: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Call:
    return Call("POST", path, body=jsonx.dumps(body))


# -- requests and previews ---------------------------------------------------------------------------------------------


def encode(call: Call, keys: Keys, timestamp_ms: int) -> Request:
    """The exact request, signed for that time (Unix milliseconds by the venue's clock) where the call wants it."""
    if call.signed:
        headers = signing.headers(keys, timestamp_ms, call.method, call.signed_target, call.body)
    else:
        headers = signing.common_headers(keys.demo)
    return Request(call.method, call.wire_target, headers, call.body.encode("utf-8"))


def preview(call: Call, demo: bool) -> WirePreview:
    """The request as it will leave, secrets masked."""
    return WirePreview("http", f"{call.method} {call.wire_target}", call.body, signing.masked_headers(demo))


# -- replies -----------------------------------------------------------------------------------------------------------


def read_reply(body: bytes) -> Reply:
    """Read the envelope of a reply, whatever its HTTP status.

    Raises:
        Malformed: if it is no JSON object with a code.
    """
    value = read_object(body, "a reply")
    code = value.get("code")
    if not isinstance(code, (str, int)) or isinstance(code, bool) or code == "":
        raise Malformed("a reply without a code")
    return Reply(str(code), str(value.get("msg") or ""), value.get("data"), milliseconds_of(value.get("requestTime")))


def page_of(reply: Reply) -> tuple[list[Any], str]:
    """Rows and cursor of one page; a missing list is an empty page, a missing cursor the last one.

    Raises:
        Malformed: if the data is neither an object nor a list.
    """
    data = reply.data
    if data is None or data == "":
        return [], ""
    if isinstance(data, list):
        return data, ""
    page = object_of(data, "a page")
    rows = page.get("list")
    if rows is not None and not isinstance(rows, list):
        raise Malformed("a page whose list is no list")
    cursor = page.get("cursor")
    return rows or [], str(cursor) if cursor is not None else ""
