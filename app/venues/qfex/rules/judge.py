"""Which order reply belongs to which amendment: the protocol has no request id, so shape and terms decide.

A reply to an amendment names the new order id only. It is ours if it says MODIFIED, or shows a later state of the new
order, under an id nobody knows; if symbol, side, type and time in force are those of the order we amended; if the
client ids do not contradict each other; and if all four terms are those we asked for.

A refusal names the old id, and order replies reach every session of the account: another session's refusal, or a late
one of an earlier request, looks the same. What tells them apart is what else they say. An error frame echoes the
request; an order reply has terms, of which no document says whether they are the order's or those refused. Source: QFEX
docs, Modify Order and Errors, read 2026-11-21 (documented: the new id, the echo; inferred: the matching).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from app.domain.amendment import Command
from app.domain.evidence import compare
from app.domain.money import ZERO
from app.domain.order import Order, TimeInForce
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.rows import maybe_number
from app.venues.transport.jsonx import JsonError


class Bearing(Enum):
    """What the terms in a refusal say about a request that it may refuse."""

    NAMED = "it has the terms asked for, and some of them are not the order's"
    OPEN = "it says nothing that tells"
    OTHER = "it has terms that were not asked for"


def same_shape(order: Order, seen: Order) -> bool:
    """Whether what no amendment changes is the same: symbol, side, type, time in force and, where told, client id."""
    times = {order.time_in_force, seen.time_in_force}
    return (
        order.symbol == seen.symbol
        and order.side is seen.side
        and order.raw_kind == seen.raw_kind
        and (len(times) == 1 or TimeInForce.UNKNOWN in times)
        and (not order.client_id or not seen.client_id or order.client_id == seen.client_id)
    )


def is_result(command: Command, seen: Order) -> bool:
    """Return True if an order under an id nobody knows could be the result of this amendment."""
    return (
        seen.order_id != command.order.order_id
        and not seen.attribute(words.ADDED)
        and same_shape(command.order, seen)
        and not compare(command.target, seen)
    )


def bearing_of_echo(command: Command, params: Mapping[str, Any]) -> Bearing:
    """What an error frame's echo says: it repeats the request, so any field that differs is another request's."""
    bearing = Bearing.OPEN
    for name, sent in command.fields:
        told = params.get(name)
        if isinstance(sent, Decimal):
            told = _told(told)
        if told is None:
            continue
        if told != sent:
            return Bearing.OTHER
        if isinstance(sent, Decimal):
            bearing = Bearing.NAMED
    return bearing


def bearing_of_reply(command: Command, row: Mapping[str, Any], now: Order | None) -> Bearing:
    """Return what the terms of a refusing order reply say: each may be the one asked for, or the order's own.

    Args:
        row: the reply; a price or a quantity of zero says nothing.
        now: the order as it was last seen.
    """
    asked, owners = command.target, [command.order, *([now] if now is not None else [])]
    pairs = (
        (_told(row.get("price")) or None, asked.price, [each.price for each in owners]),
        (_told(row.get("quantity")) or None, asked.quantity, [each.quantity for each in owners]),
        (_told(row.get("take_profit")), asked.take_profit, [each.take_profit or ZERO for each in owners]),
        (_told(row.get("stop_loss")), asked.stop_loss, [each.stop_loss or ZERO for each in owners]),
    )
    told = [(value, wanted, own) for value, wanted, own in pairs if value is not None]
    if any(value != wanted and value not in own for value, wanted, own in told):
        return Bearing.OTHER
    as_asked = all(value == wanted for value, wanted, _ in told)
    return Bearing.NAMED if as_asked and any(value not in own for value, _, own in told) else Bearing.OPEN


def _told(value: object) -> Decimal | None:
    """A number as told; None where there is none, or none that can be read."""
    try:
        return maybe_number(value)
    except JsonError:
        return None


def collide(order: Order, other: Order) -> bool:
    """Return True if the replies to amendments of these two orders could not be told apart."""
    alike = order.symbol == other.symbol and order.side is other.side and order.raw_kind == other.raw_kind
    told_apart = order.client_id and other.client_id and order.client_id != other.client_id
    return alike and not told_apart


def successors(gone: Iterable[Order], strangers: Iterable[Order]) -> Mapping[str, Order]:
    """Return which order replaced which, by the id that was replaced.

    QFEX said of each stranger that it is the result of an amendment, and a whole list proves that the others are gone.
    They belong together where shape leaves exactly one possibility on both sides; otherwise nobody can tell.

    Args:
        gone: orders that were open, are not listed any more, and were not reported as ended.
        strangers: listed orders that were reported as MODIFIED under an id nobody knew.
    """
    gone, strangers = list(gone), list(strangers)
    found: dict[str, Order] = {}
    for old in gone:
        heirs = [new for new in strangers if same_shape(old, new)]
        if len(heirs) == 1 and sum(same_shape(other, heirs[0]) for other in gone) == 1:
            found[old.order_id] = heirs[0]
    return found
