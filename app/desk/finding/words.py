"""Words by which the orders of one record are found. Pure: a record is given by its kind, its account and its content.

The content is read as plain JSON, not as the event it is: an index looks at millions of records and needs a few fields
of each. What cannot be read as it should be is no word, and no error: the check of the chain tells of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.domain import events as ev
from app.domain.money import exact, plain
from app.domain.order import OrderStatus

#: Content of a record, as JSON has it; its numbers are texts.
Body = Mapping[str, Any]


class Kind(StrEnum):
    """Kinds of words, in the words of a person."""

    ORDER = "order id"
    CLIENT = "client id"
    AMENDMENT = "amendment"
    REQUEST = "request id"
    FILL = "execution"
    PRICE = "price"


#: Kinds of which a part is enough.
IDS = (Kind.ORDER, Kind.CLIENT, Kind.AMENDMENT, Kind.REQUEST, Kind.FILL)

#: A word and its kind.
Word = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as a record shows it, in the texts of the record; "" for what it does not tell.

    Attributes:
        state: as `OrderStatus` has it.
        left: what has not filled, where quantity and fills are known.
        is_over: whether it works no more.
    """

    symbol: str
    market: str
    side: str
    state: str
    price: str
    left: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """One order that a record names.

    Attributes:
        account: configured name.
        by: the word the record knows it by.
        words: further words that lead to the same order, from now on.
        shown: its terms, where the record has them.
    """

    account: str
    by: Word
    words: tuple[Word, ...] = ()
    shown: Shown | None = None


def sightings(kind: str, account: str, body: Body) -> Iterator[Sighting]:
    """Return the orders that a record names.

    Args:
        kind: of the record, such as `OrderSeen`.
        account: it is about.
        body: its content, parsed with numbers as texts.
    """
    reader = _READERS.get(kind)
    if reader is not None:
        yield from reader(account, body)


def number_of(text: object) -> str:
    """Return a number in its shortest plain form, so that 100500, 100500.00 and 1.005E+5 are one word; "" for none."""
    if not isinstance(text, str) or not text:
        return ""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ""
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return ""
    told = plain(value)
    return (told.rstrip("0").rstrip(".") if "." in told else told) or "0"


#: Digits before or after the point of a number that is looked for.
_MOST_DIGITS = 60

_ENDED = frozenset(each.value for each in OrderStatus if each.is_terminal)


def _order(account: str, order: object, *more: Word) -> Iterator[Sighting]:
    if not isinstance(order, dict) or not (order_id := _text(order.get("order_id"))):
        return
    words = [*more]
    if client := _text(order.get("client_id")):
        words.append((Kind.CLIENT, client))
    if price := number_of(order.get("price")):
        words.append((Kind.PRICE, price))
    state = _text(order.get("status"))
    shown = Shown(
        _text(order.get("symbol")),
        _text(order.get("market")),
        _text(order.get("side")),
        state,
        price,
        _left(order.get("quantity"), order.get("filled")),
        state in _ENDED,
    )
    yield Sighting(account, (Kind.ORDER, order_id), tuple(words), shown)


def _left(quantity: object, filled: object) -> str:
    whole, done = number_of(quantity), number_of(filled)
    if not whole or not done:
        return ""
    with exact():
        return number_of(str(max(Decimal(0), Decimal(whole) - Decimal(done))))


def _seen(account: str, body: Body) -> Iterator[Sighting]:
    before = _text(body.get("replaces"))
    yield from _order(account, body.get("order"), *(((Kind.ORDER, before),) if before else ()))


def _listed(account: str, body: Body) -> Iterator[Sighting]:
    for order in _items(body.get("orders")):
        yield from _order(account, order)


def _filled(account: str, body: Body) -> Iterator[Sighting]:
    fill = body.get("fill")
    if not isinstance(fill, dict) or not (order_id := _text(fill.get("order_id"))):
        return
    found = [(Kind.FILL, _text(fill.get("fill_id"))), (Kind.PRICE, number_of(fill.get("price")))]
    yield Sighting(account, (Kind.ORDER, order_id), tuple(word for word in found if word[1]))


def _requested(account: str, body: Body) -> Iterator[Sighting]:
    amendment = body.get("amendment")
    command = amendment.get("command") if isinstance(amendment, dict) else None
    if not isinstance(command, dict):
        return
    target = command.get("target")
    price = number_of(target.get("price")) if isinstance(target, dict) else ""
    asked = [
        (Kind.AMENDMENT, _text(command.get("amendment_id"))),
        (Kind.REQUEST, _text(command.get("request_id"))),
        (Kind.PRICE, price),
    ]
    # What is asked for has not happened: the order is not shown by it.
    for sighting in _order(account, command.get("order"), *(word for word in asked if word[1])):
        yield Sighting(sighting.account, sighting.by, sighting.words)


def _acknowledged(account: str, body: Body) -> Iterator[Sighting]:
    name, order_id = _text(body.get("amendment_id")), _text(body.get("order_id"))
    if name and order_id:
        yield Sighting(account, (Kind.AMENDMENT, name), ((Kind.ORDER, order_id),))


def _named(account: str, body: Body) -> Iterator[Sighting]:
    if order_id := _text(body.get("order_id")):
        yield Sighting(account, (Kind.ORDER, order_id))


def _about_amendment(account: str, body: Body) -> Iterator[Sighting]:
    if name := _text(body.get("amendment_id")):
        yield Sighting(account, (Kind.AMENDMENT, name))


def _cancelled(account: str, body: Body) -> Iterator[Sighting]:
    # A row's key is its account and the first id it was seen by.
    if order_id := _text(body.get("lineage")).removeprefix(f"{account}/"):
        yield Sighting(account, (Kind.ORDER, order_id))


def _forgotten(account: str, body: Body) -> Iterator[Sighting]:
    for row in _items(body.get("rows")):
        if isinstance(row, dict):
            yield from _tied(account, row.get("ids"))


def _checkpoint(_: str, body: Body) -> Iterator[Sighting]:
    folded = body.get("folded")
    state = folded.get("state") if isinstance(folded, dict) else None
    for pair in _items(state.get("lineages") if isinstance(state, dict) else None):
        row = pair[1] if isinstance(pair, list) and len(pair) == 2 else None
        if isinstance(row, dict) and (account := _text(row.get("account"))):
            yield from _tied(account, row.get("ids"))
            yield from _order(account, row.get("order"))


def _tied(account: str, ids: object) -> Iterator[Sighting]:
    names = [name for each in _items(ids) if (name := _text(each))]
    if names:
        yield Sighting(account, (Kind.ORDER, names[0]), tuple((Kind.ORDER, each) for each in names[1:]))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


_READERS: Mapping[str, Callable[[str, Body], Iterator[Sighting]]] = {
    ev.OrderSeen.__name__: _seen,
    ev.OpenOrdersListed.__name__: _listed,
    ev.FillSeen.__name__: _filled,
    ev.AmendmentRequested.__name__: _requested,
    ev.AmendmentAcknowledged.__name__: _acknowledged,
    ev.AmendmentWritten.__name__: _about_amendment,
    ev.AmendmentRefused.__name__: _about_amendment,
    ev.AmendmentUnsent.__name__: _about_amendment,
    ev.AmendmentUnanswered.__name__: _about_amendment,
    ev.OrderMissing.__name__: _named,
    ev.OrderUnreadable.__name__: _named,
    ev.LookUpFailed.__name__: _named,
    ev.CancelAnswered.__name__: _named,
    ev.CancelRequested.__name__: _cancelled,
    ev.OrdersForgotten.__name__: _forgotten,
    "Checkpoint": _checkpoint,
}

#: Kinds of records that name orders.
KINDS = tuple(_READERS)
