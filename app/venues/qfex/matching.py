"""Which order reply belongs to which amendment: the protocol has no request id, so shape and terms decide.

A reply to an amendment names the new order id only. It is ours if it says MODIFIED, or shows a later state of the new
order, under an id nobody knows; if symbol, side, type and time in force are those of the order we amended; if the
client ids do not contradict each other; and if all four terms are those we asked for. Source: QFEX docs, Modify Order,
read 2026-11-21 (documented: the new id; inferred: the matching).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.amendment import Command
from app.domain.evidence import compare
from app.domain.order import Order, TimeInForce
from app.venues.qfex import vocabulary as words


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
    """Whether an order under an id nobody knows could be the result of this amendment."""
    return (
        seen.order_id != command.order.order_id
        and not seen.attribute(words.ADDED)
        and same_shape(command.order, seen)
        and not compare(command.target, seen)
    )


def collide(order: Order, other: Order) -> bool:
    """Whether the replies to amendments of these two orders could not be told apart."""
    alike = order.symbol == other.symbol and order.side is other.side and order.raw_kind == other.raw_kind
    told_apart = order.client_id and other.client_id and order.client_id != other.client_id
    return alike and not told_apart


def successors(gone: Iterable[Order], strangers: Iterable[Order]) -> Mapping[str, Order]:
    """Which order replaced which, by the id that was replaced.

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
