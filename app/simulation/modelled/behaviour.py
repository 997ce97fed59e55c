"""Behaviours of a modelled venue: its answers, its ids, its pushes, and its silences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.amendment import Command
from app.domain.evidence import SECOND
from app.domain.market import Instrument
from app.domain.money import ZERO
from app.domain.order import Order, OrderKind, OrderStatus, Side
from app.domain.plan import Terms

MILLISECOND = SECOND // 1000

#: Longest time an accepted change takes without a fault.
EFFECT_WITHIN = 400 * MILLISECOND


class AnswerKind(StrEnum):
    """Meaning of the reply to an amendment: a receipt, after which the engine acts, or the engine's own result."""

    RECEIPT = "receipt"
    RESULT = "result"


class EndRecord(StrEnum):
    """Readable record of an order that has ended: its last row, or only the trades it made."""

    ROW = "row"
    TRADES = "trades"


class LockRule(StrEnum):
    """Money a resting order locks.

    SPOT: a buy price × remaining in quote, a sell the remaining in base. VALUE: a buy what is left of its value.
    MARGIN: price × remaining ÷ leverage in quote, either side; fills move it to the position.
    """

    SPOT = "spot"
    VALUE = "value"
    MARGIN = "margin"


class Why(StrEnum):
    """Cause of an order's present row."""

    PLACED = "placed"
    FILLED = "filled"
    AMENDED = "amended"
    REPLACED = "replaced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Way:
    """One route of a venue.

    Attributes:
        new_id: the changed order gets a new id, and the old one is dead.
        two_legs: cancel and new are two steps of the engine, either may fail, and fills are not carried over.
        may_rename: the id is expected to stay and may change even so.
    """

    new_id: bool = False
    two_legs: bool = False
    may_rename: bool = False


@dataclass(frozen=True, slots=True)
class EngineRequest(Terms):
    """An amendment as the engine reads it; what is None was not sent.

    `quantity` is the new size with fills, `remaining` without them, `value` the total in quote currency.
    """

    cancels_on_failure: bool = False


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Behaviour of a venue and of the way to it; times in nanoseconds.

    Attributes:
        ways: by route.
        answer, ended, lock: see there.
        pushes: whether it pushes orders and executions; if not, it is polled.
        poll_every: time between two lists of open orders, 0 for none.
        tells_list: a look-up reads the whole list of open orders.
        locks_partly_filled: a partly filled order is not amended.
        anchors_value: a buy keeps its value when its price alone changes, and its size follows.
        only_reduces: an order keeps its price and only gets smaller as long as it keeps its id.
        fails_silently: the engine may drop an accepted amendment and tell nobody.
        refuses_late: the engine tells when it cannot do what was accepted.
        cancels_by_rule: a request may ask that a failing amendment cancels the order.
        limit_is_refusal: being too fast is refused for certain; otherwise nobody knows.
        late_answers: an answer after the patience has ended is still told.
        doubts_refusals: a refusal names the order only, so one that comes late, or beside another request of the order
            without an answer, is not taken for an answer.
        socket_replies: answers travel over the socket, and are lost with it; otherwise each request has its own way.
        reads_when_down: reading works even while the link is down, over another way.
        repeats_fills: after a reconnect all executions are told again.
        bump: time a change waits in the engine.
        patience: how long an answer is waited for.
        holds_pair: for so long after a write a new leg is not shown before the end of the old one, 0 for no such care.
        marks_new: the connector knows an order that it saw entering the book, and says so in the row.
        leverage: of a margin account.
        least_is_its_own: no document tells of its least size, so a smaller one may leave, and the engine refuses it.
    """

    ways: Mapping[str, Way]
    answer: AnswerKind = AnswerKind.RECEIPT
    ended: EndRecord = EndRecord.ROW
    lock: LockRule = LockRule.SPOT
    pushes: bool = True
    poll_every: int = 0
    tells_list: bool = False
    locks_partly_filled: bool = False
    anchors_value: bool = False
    only_reduces: bool = False
    fails_silently: bool = False
    refuses_late: bool = False
    cancels_by_rule: bool = False
    limit_is_refusal: bool = True
    late_answers: bool = False
    doubts_refusals: bool = False
    socket_replies: bool = False
    reads_when_down: bool = False
    repeats_fills: bool = False
    bump: int = 0
    patience: int = 5 * SECOND
    holds_pair: int = 0
    marks_new: bool = False
    leverage: int = 1
    least_is_its_own: bool = False


@dataclass(frozen=True, slots=True)
class VenueModel:
    """One venue for the simulation.

    Attributes:
        behaviour: how it behaves.
        instrument: its one market; `mid` a price in its middle, `stride` a usual distance between two prices.
        size: a usual size of an order, on the grid.
        blank: a working order of a side, without terms: the rest of the row as the venue's connector gives it.
        words: the venue's own word for each state.
        read: how the engine reads a command's fields.
        dress: the attributes of a row: given the order, what brought it there and the id it replaced, if any.
        balances: totals by currency at the start.
        past: what the connector adds to an order that ended, from the venue's histories: given the states it was in
            while open, and whether another order took its place.
    """

    behaviour: Behaviour
    instrument: Instrument
    mid: Decimal
    stride: Decimal
    size: Decimal
    blank: Callable[[Side], Order]
    words: Mapping[OrderStatus, str]
    read: Callable[[Command], EngineRequest]
    dress: Callable[[Order, Why, str], tuple[tuple[str, str], ...]]
    balances: Mapping[str, Decimal]
    past: Callable[[Sequence[Order], bool], tuple[tuple[str, str], ...]] = lambda states, replaced: ()


def reading(*, cancels: tuple[str, str] = ("", ""), **names: str) -> Callable[[Command], EngineRequest]:
    """Make a `VenueModel.read`.

    Args:
        cancels: field and value by which a request asks that failing cancels the order.
        names: the command's field for each number of an `EngineRequest`; None where it is not sent.
    """

    def read(command: Command) -> EngineRequest:
        fields = dict(command.fields)
        numbers = {name: value for name, field in names.items() if isinstance(value := fields.get(field), Decimal)}
        return EngineRequest(**numbers, cancels_on_failure=cancels in fields.items())

    return read


def words(working: str, partly: str, filled: str, cancelled: str) -> Mapping[OrderStatus, str]:
    """A `VenueModel.words`."""
    return {
        OrderStatus.WORKING: working,
        OrderStatus.PARTIALLY_FILLED: partly,
        OrderStatus.FILLED: filled,
        OrderStatus.CANCELLED: cancelled,
    }


def blank(symbol: str, raw_kind: str, **more: Any) -> Callable[[Side], Order]:
    """A `VenueModel.blank`; `more` is what the venue's connector gives beside what every row has."""

    def order(side: Side) -> Order:
        return Order(
            account="",
            order_id="",
            symbol=symbol,
            side=side,
            kind=OrderKind.LIMIT,
            quantity=ZERO,
            filled=ZERO,
            status=OrderStatus.WORKING,
            raw_kind=raw_kind,
            **more,
        )

    return order


def dressed(**attributes: str) -> Callable[[Order, Why, str], tuple[tuple[str, str], ...]]:
    """A `VenueModel.dress` of a venue whose rows all carry the same attributes."""
    return lambda order, why, replaced: tuple(attributes.items())
