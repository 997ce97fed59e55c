"""What an answer to a write proves of each order: taken, refused for certain, or unknown.

The HTTP status is not the verdict: Bitget sends business errors with status 200 or 400, and the code in the body
decides. Only a broken status (3xx, 5xx) or a body that cannot be read leaves the outcome unknown whatever else is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.order import Order
from app.venues.bitget.wire import answers, codec
from app.venues.bitget.wire.answers import Kind
from app.venues.bitget.wire.codec import Reply
from app.venues.bitget.wire.rows import Malformed


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the request for one order: `text` is one sentence for the person, "" where it was taken."""

    order_id: str
    kind: Kind
    code: str = ""
    text: str = ""


def answer_to_one(status: int, body: bytes, order: Order) -> Answer:
    """What the answer to a request about one order proves.

    Args:
        status, body: of the HTTP reply.
        order: the order asked about; an answer that names another one proves nothing.
    """
    reply = _read(status, body)
    if isinstance(reply, str):
        return Answer(order.order_id, Kind.UNKNOWN, "", reply)
    if not reply.ok:
        return _by_code(order, reply.code, reply.text)
    named = reply.data.get("orderId") if isinstance(reply.data, dict) else None
    if str(named) != order.order_id:
        text = f"Bitget's answer does not name order {order.order_id}, so it proves nothing about it."
        return Answer(order.order_id, Kind.UNKNOWN, reply.code, text)
    return Answer(order.order_id, Kind.ACCEPTED, reply.code)


def answers_to_batch(status: int, body: bytes, orders: Sequence[Order]) -> list[Answer]:
    """What the answer to a batch proves of each order, in the order asked.

    The outer success does not mean that every row was taken: a row was taken only if its own code is absent, empty or
    zero. Rows are matched by order id, then by client id, never by place; one that is not named stays unknown.
    """
    reply = _read(status, body)
    if isinstance(reply, str):
        return [Answer(order.order_id, Kind.UNKNOWN, "", reply) for order in orders]
    if not reply.ok:
        return [_by_code(order, reply.code, reply.text) for order in orders]
    rows = [row for row in reply.data if isinstance(row, dict)] if isinstance(reply.data, list) else []
    by_id = {str(row["orderId"]): row for row in rows if row.get("orderId")}
    # A row that names another order is not ours, whatever client id it carries.
    by_client = {str(row["clientOid"]): row for row in rows if row.get("clientOid") and not row.get("orderId")}
    return [_row(order, by_id.get(order.order_id) or by_client.get(order.client_id or " ")) for order in orders]


def _row(order: Order, row: dict[str, Any] | None) -> Answer:
    if row is None:
        text = f"Bitget's answer leaves out order {order.order_id}, so it proves nothing about it."
        return Answer(order.order_id, Kind.UNKNOWN, "", text)
    code = row.get("code")
    if code is None or str(code) in ("", *answers.SUCCESS):
        return Answer(order.order_id, Kind.ACCEPTED)
    return _by_code(order, str(code), str(row.get("msg") or ""))


def _by_code(order: Order, code: str, venue_text: str) -> Answer:
    kind = answers.meaning_of(code).kind
    words = answers.unknown_text if kind in (Kind.UNKNOWN, Kind.ACCEPTED) else answers.refusal_text
    return Answer(order.order_id, kind, code, words(code, venue_text))


def _read(status: int, body: bytes) -> Reply | str:
    """The envelope, or one sentence on why the answer proves nothing."""
    if not (200 <= status < 300 or 400 <= status < 500):
        return f"Bitget answered HTTP {status}, which does not tell whether it was done."
    try:
        reply = codec.read_reply(body)
    except Malformed as error:
        return f"Bitget sent {error} (HTTP {status}), which does not tell whether it was done."
    if reply.ok and status >= 400:
        return f"Bitget answered success with HTTP {status}, which does not tell whether it was done."
    return reply
