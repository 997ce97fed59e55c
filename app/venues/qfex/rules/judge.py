"""Judgement of seen orders and replies: the protocol has no request id, so shape and terms tell which is whose.

A reply to an amendment names the new order id only. It is ours if it says MODIFIED, or shows a later state of the new
order, under an id nobody knows; if symbol, side, type and time in force are those of the order we amended; if the
client ids do not contradict each other; and if all four terms are those we asked for.

A refusal names the old id, and order replies reach every session of the account: another session's refusal, or a late
one of an earlier request, looks the same. What tells them apart is what else they say. An error frame echoes the
request; an order reply has terms, of which no document says whether they are the order's or those refused. One that
names exactly what was asked for, after the 100 ms for which every amendment is held, is the answer; one that names
anything else is not; of any other nobody can say, until the order is listed. Source: QFEX docs, Modify Order, Errors
and Architecture, read 2026-11-21 (documented: the new id, the echo, the speed bump; inferred: the matching).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

from app.domain.amendment import Command
from app.domain.evidence import Finding, Judgement, compare, judge_terms
from app.domain.money import ZERO
from app.domain.order import Order, OrderStatus, TimeInForce
from app.venues.qfex.wire import vocabulary as words
from app.venues.qfex.wire.values import maybe_number, text_of
from app.venues.transport.jsonx import JsonError


class RefusalMatch(Enum):
    """Sign of the terms in a refusal: does it belong to that request?"""

    MATCHES = "it has the terms asked for, and some of them are not the order's"
    UNDECIDED = "it says nothing that tells"
    DIFFERS = "it has terms that were not asked for"


def judge(command: Command, seen: Order) -> Judgement:
    """Compare all four terms of a seen order, under its old or its new id, with those asked for."""
    if seen.symbol != command.order.symbol or seen.side is not command.order.side:
        return Judgement(Finding.UNRELATED, "That is another order.")
    if seen.status is OrderStatus.ENDED:
        return Judgement(Finding.UNTOLD, "no list shows the order any more, and QFEX does not tell what became of it.")
    return judge_terms(command, seen)


def claims(command: Command, seen: Order) -> bool:
    """Return True if an order under an id nobody knows is the result of this amendment, by its shape and its terms.

    Not where an amendment of a like order could have made it as well, or where its state proves nothing.
    """
    return not seen.attribute(words.UNTIED) and could_be(command, seen)


def could_be(command: Command, seen: Order) -> bool:
    """Return True if an order under an id nobody knows could be the result of this amendment, or of a like one."""
    return (
        seen.order_id != command.order.order_id
        and seen.status is not OrderStatus.UNRECOGNISED
        and not seen.attribute(words.ADDED)
        and same_shape(command.order, seen)
        and not compare(command.target, seen)
    )


def same_shape(order: Order, seen: Order) -> bool:
    """Return True if what no amendment changes is the same: symbol, side, type, time in force, known client ids."""
    times = {order.time_in_force, seen.time_in_force}
    return (
        order.symbol == seen.symbol
        and order.side is seen.side
        and order.raw_kind == seen.raw_kind
        and (len(times) == 1 or TimeInForce.UNKNOWN in times)
        and (not order.client_id or not seen.client_id or order.client_id == seen.client_id)
    )


def match_echo(command: Command, params: Mapping[str, Any]) -> RefusalMatch:
    """Match an error frame's echo: it repeats the request, so any field that differs is another request's."""
    match = RefusalMatch.UNDECIDED
    for name, sent in command.fields:
        is_number = isinstance(sent, Decimal)
        echoed = _number(params.get(name)) if is_number else params.get(name)
        if echoed is None:
            continue
        if echoed != sent:
            return RefusalMatch.DIFFERS
        if is_number:
            match = RefusalMatch.MATCHES
    return match


def match_reply(command: Command, row: Mapping[str, Any], now: Order | None) -> RefusalMatch:
    """Match a refusing order reply by what it names: each term may be the one asked for, or the order's own.

    Args:
        command: the request.
        row: the reply; a price or a quantity of zero says nothing.
        now: the order as it was last seen.
    """
    if _of_another(command, row):
        return RefusalMatch.DIFFERS
    asked, owners = command.target, [command.order, *([now] if now is not None else [])]
    pairs = (
        (_number(row.get("price")) or None, asked.price, [each.price for each in owners]),
        (_number(row.get("quantity")) or None, asked.quantity, [each.quantity for each in owners]),
        (_number(row.get("take_profit")), asked.take_profit, [each.take_profit or ZERO for each in owners]),
        (_number(row.get("stop_loss")), asked.stop_loss, [each.stop_loss or ZERO for each in owners]),
    )
    given = [(value, wanted, own) for value, wanted, own in pairs if value is not None]
    if any(value != wanted and value not in own for value, wanted, own in given):
        return RefusalMatch.DIFFERS
    as_asked = all(value == wanted for value, wanted, _ in given)
    is_new = any(value not in own for value, _, own in given)
    return RefusalMatch.MATCHES if as_asked and is_new else RefusalMatch.UNDECIDED


def _of_another(command: Command, row: Mapping[str, Any]) -> bool:
    """Return True if a refusal names a market, a side, a type or a client id that is not that of the order."""
    order = command.order
    names = (
        (text_of(row, "symbol"), order.symbol),
        (text_of(row, "side"), words.WIRE_SIDES[order.side]),
        (text_of(row, "type", "order_type"), order.raw_kind),
        (text_of(row, "client_order_id"), order.client_id),
    )
    return any(given and own and given != own for given, own in names)


def _number(value: object) -> Decimal | None:
    """Return a number; None where there is none, or none that can be read."""
    try:
        return maybe_number(value)
    except JsonError:
        return None


def collide(order: Order, other: Order) -> bool:
    """Return True if the replies to amendments of these two orders could not be told apart."""
    alike = order.symbol == other.symbol and order.side is other.side and order.raw_kind == other.raw_kind
    by_client_id = order.client_id and other.client_id and order.client_id != other.client_id
    return alike and not by_client_id


def successors(gone: Iterable[Order], strangers: Iterable[Order]) -> Mapping[str, Order]:
    """Pair orders with those that replaced them, by the id that was replaced.

    QFEX said of each stranger that it is the result of an amendment, and a whole list proves that the others are gone.
    They belong together where shape leaves exactly one possibility on both sides; otherwise nobody can tell.

    Args:
        gone: orders that were open, are not listed any more, and were not reported as ended.
        strangers: listed orders that were reported as MODIFIED under an id nobody knew.
    """
    return _only_pairs(list(gone), list(strangers), same_shape)


def namesakes(gone: Iterable[Order], new: Iterable[Order]) -> Mapping[str, Order]:
    """Pair orders that are gone with orders nobody announced, by a client id that only the two of them have.

    After a break nothing was told of what happened meanwhile: shape alone proves nothing then.
    """

    def alike(old: Order, heir: Order) -> bool:
        return bool(old.client_id) and old.client_id == heir.client_id and same_shape(old, heir)

    return _only_pairs(list(gone), list(new), alike)


def _only_pairs(gone: list[Order], new: list[Order], alike: Callable[[Order, Order], bool]) -> Mapping[str, Order]:
    """Return the pairs that leave no other possibility on either side."""
    pairs: dict[str, Order] = {}
    for old in gone:
        heirs = [each for each in new if alike(old, each)]
        if len(heirs) == 1 and sum(alike(other, heirs[0]) for other in gone) == 1:
            pairs[old.order_id] = heirs[0]
    return pairs
