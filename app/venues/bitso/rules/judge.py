"""Judgement of seen orders, and of the trades of one that is gone: how it ended, and whether it had been changed.

Bitso tells nobody the terms an order ended with. Its trades tell some of it: a resting order trades at its own price; a
price beyond the old limit cannot be a fill of the old terms; and a completed order was as large as what filled.
Sources: "List User Trades" and "Look Up Orders" (https://docs.bitso.com, read 2026-11-21, documented); that a maker's
trade is made at its order's price is how a limit order book works (inferred).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from app.domain.amendment import Command, Difference
from app.domain.evidence import Finding, Judgement, compare, terms_of
from app.domain.money import ONE, ZERO, exact, plain, tidy
from app.domain.order import Fill, Order, OrderStatus, Side
from app.domain.plan import Terms
from app.venues.bitso.wire import vocabulary as words

#: The last digit of a figure the venue derives may be rounded otherwise than here.
TOLERANCE = ONE.scaleb(-words.PLACES)

NOT_TOLD = "Bitso does not tell with which terms it ended."


class _Says(StrEnum):
    OLD = "old"
    NEW = "new"
    OTHER = "other"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class _Trade:
    quantity: Decimal
    price: Decimal
    maker: bool | None


def is_full(done: Decimal, size: Decimal) -> bool:
    """Return True where so much done is all of a size; a size of zero is one that is not known."""
    return done >= size > ZERO


def is_too_much(done: Decimal, size: Decimal) -> bool:
    """Return True where more is done than the order was known to have: its trades are wrong, or it was made larger."""
    return size > ZERO and done > size + TOLERANCE


def _is_called_filled(hint: OrderStatus | None, done: Decimal, size: Decimal, *, settled: bool) -> bool:
    """Return True where Bitso itself says that the order filled, and its trades are all there."""
    return hint is OrderStatus.FILLED and done > ZERO and (settled or is_full(done, size))


def ended(
    order: Order, fills: Iterable[Fill], hint: OrderStatus | None, size: Decimal, *, settled: bool = False
) -> Order:
    """Return an order that is gone, as its trades and perhaps the venue's word tell it.

    Args:
        order: as last seen.
        fills: its executions, as far as they are recorded.
        hint: how the venue said it ended, None if it said nothing.
        size: the largest size it may have had, if changes that were sent took effect.
        settled: no execution will be recorded any more; until then, few or none prove nothing.

    Returns:
        The order with what is proven: filled, cancelled, or ended in a way nobody told; `price` is None where its
        trades show that it was another one.
    """
    trades = [_Trade(each.quantity, each.price, each.maker) for each in sorted(fills, key=_in_order)]
    with exact():
        done = max(order.filled, sum((each.quantity for each in trades), ZERO))
    if (is_full(done, size) and not is_too_much(done, size)) or _is_called_filled(hint, done, size, settled=settled):
        order = replace(order, status=OrderStatus.FILLED, raw_status=words.COMPLETED, quantity=done)
    elif hint is OrderStatus.CANCELLED or (hint is None and settled and done == ZERO):
        order = replace(order, status=OrderStatus.CANCELLED, raw_status=words.CANCELLED)
    else:
        # Its trades are not all recorded; or it was cancelled, or of another size than was last seen, and filled.
        order = replace(order, status=OrderStatus.ENDED, raw_status=words.GONE)
    news, price = _after(trades, order.filled), order.price
    if news and price is not None:
        if news[-1].maker:
            order = replace(order, price=news[-1].price)
        elif any(_is_beyond(order.side, each.price, price) for each in news):
            order = replace(order, price=None)
    attributes = (*(each for each in order.attributes if each[0] != words.TRADES), (words.TRADES, _written(trades)))
    return replace(order, filled=done, updated_at=None, attributes=attributes)


def missing(order: Order, hint: OrderStatus | None, *, settled: bool) -> str:
    """Write one sentence on what nobody tells of an order that has just ended; "" for one whose end is told.

    Args:
        order: from `ended`.
        hint: as there.
        settled: as there.
    """
    if order.status is not OrderStatus.ENDED:
        return ""
    none = "no trades of it are recorded" if settled else "no trades of it are recorded yet"
    some = f"its trades come to {tidy(order.filled)} of {tidy(order.quantity)}{'' if settled else ' so far'}"
    known = some if order.filled > ZERO else none
    if hint is OrderStatus.FILLED:
        known = f"it is called completed in public, but {known}"
    doubt = "how much of it filled" if hint is OrderStatus.FILLED else "whether it filled or was cancelled"
    then = "is not known" if settled else "is not known yet and is asked again"
    return f"Bitso no longer shows order {order.order_id}: {known}; {doubt} {then}."


def is_told(order: Order) -> bool:
    """Return True where the venue itself showed the order's terms, as it does for all but those that are gone."""
    return order.is_open or not any(name == words.TRADES for name, _ in order.attributes)


def judge(command: Command, seen: Order) -> Judgement:
    """Read one seen order for what it says about a command.

    Exactly what was sent must come back; what the venue derives may differ in the last digit, and says nothing once
    fills have landed that were not there when it was derived. A state that nobody knows proves nothing, and neither
    does an order of another book or side under the same id.
    """
    if (seen.symbol, seen.side) != (command.order.symbol, command.order.side):
        return Judgement(Finding.UNRELATED, "This is another order.")
    if seen.status is OrderStatus.UNRECOGNISED:
        return Judgement(Finding.UNRELATED, f"Bitso reports the state “{seen.raw_status}”, which proves nothing.")
    if not is_told(seen):
        return _by_trades(command, seen)
    wanted = _comparable(command, command.target, seen)
    if wanted == (Terms(), Terms()):
        return Judgement(Finding.UNRELATED, "Fills moved what this amendment asked for, so it cannot be told.")
    differences = _differing(wanted, seen)
    if not differences:
        return Judgement(Finding.APPLIED, "Bitso shows the terms asked for.")
    if not _differing(_comparable(command, terms_of(command.order, command.target), seen), seen):
        return Judgement(Finding.UNCHANGED, "Bitso still shows the old terms.", differences)
    text = "Bitso shows other terms than asked for."
    major = dict(command.fields).get(words.MAJOR)
    if isinstance(major, Decimal) and command.order.filled > ZERO and seen.unfilled == major:
        text = "Bitso took the amount as what remains, so the total is larger than asked for."
    return Judgement(Finding.DIFFERENT, text, differences)


def claims(command: Command, seen: Order) -> bool:
    """Return True for an unknown order with the same client id, which is unique among active orders: the successor."""
    order = command.order
    return (
        seen.client_id != ""
        and seen.client_id == order.client_id
        and seen.order_id != order.order_id
        and (seen.symbol, seen.side) == (order.symbol, order.side)
    )


def _comparable(command: Command, terms: Terms, seen: Order) -> tuple[Terms, Terms]:
    """Return the terms that must be met exactly, and those the venue derived, which may differ in the last digit."""
    sent = {name for name, _ in command.fields}
    value = terms.value if seen.value is not None else None
    exactly = Terms(
        price=terms.price,
        quantity=terms.quantity if words.MAJOR in sent else None,
        value=value if words.MINOR in sent else None,
        stop=terms.stop,
    )
    if seen.filled != command.order.filled:
        return exactly, Terms()
    derived = Terms(
        quantity=None if words.MAJOR in sent else terms.quantity, value=None if words.MINOR in sent else value
    )
    return exactly, derived


def _differing(comparable: tuple[Terms, Terms], seen: Order) -> tuple[Difference, ...]:
    exactly, derived = comparable
    return (*compare(exactly, seen), *compare(derived, seen, TOLERANCE))


def _by_trades(command: Command, seen: Order) -> Judgement:
    """Read an order whose end was told by its trades."""
    if seen.status is not OrderStatus.FILLED:
        return Judgement(Finding.UNTOLD, NOT_TOLD)  # its trades tell a price at most, and never the size it had
    trades = _after(_read(seen.attribute(words.TRADES)), command.order.filled)
    price, size = _price_says(command, trades), _size_says(command, seen)
    if {price, size} - {None} == {_Says.NEW}:
        return Judgement(Finding.APPLIED, "Its trades show the terms asked for.")
    # Old prices prove nothing where the size is open: the last trade may be missing.
    by_size = size is _Says.OLD and price in (None, _Says.OLD, _Says.NOTHING)
    if by_size or (price is _Says.OLD and size is None):
        return Judgement(Finding.UNCHANGED, "Its trades show the old terms.")
    return Judgement(Finding.UNTOLD, NOT_TOLD)


def _price_says(command: Command, trades: Iterable[_Trade]) -> _Says | None:
    """Return which limit the last trade that tells was made under; None where the price was to stay, and may have.

    One that was to stay and did not was changed by somebody else, who may have changed the size as well.
    """
    base = command.order
    if base.price is None:
        return None
    new = base.price if command.target.price is None else command.target.price
    hints = [_of_price(base.side, each, base.price, new) for each in trades]
    word = next((word for word in reversed(hints) if word is not _Says.NOTHING), _Says.NOTHING)
    return None if new == base.price and word is not _Says.OTHER else word


def _size_says(command: Command, seen: Order) -> _Says | None:
    """Return which size a completed order had; None where it was to stay, and did."""
    old, new = command.order.quantity, command.target.quantity
    if new is None:
        return None
    if abs(seen.filled - new) <= TOLERANCE:
        word = _Says.NEW
    elif seen.filled == old:
        # More than the size asked for has traded. Less proves nothing: a last trade may be recorded late.
        word = _Says.OLD if old > new else _Says.NOTHING
    else:
        word = _Says.OTHER
    return None if abs(new - old) <= TOLERANCE and word is not _Says.OTHER else word


def _of_price(side: Side, trade: _Trade, old: Decimal, new: Decimal) -> _Says:
    """Return which limit a trade was made under; nothing where it could be any."""
    if trade.maker and trade.price in (old, new):
        return _Says.NEW if trade.price == new else _Says.OLD
    if trade.maker:
        return _Says.OTHER
    if _is_beyond(side, trade.price, old):
        return _Says.OTHER if _is_beyond(side, trade.price, new) else _Says.NEW
    return _Says.NOTHING


def _is_beyond(side: Side, price: Decimal, limit: Decimal) -> bool:
    """Return True where an order with this limit could not have traded at this price."""
    return price > limit if side is Side.BUY else price < limit


def _after(trades: Iterable[_Trade], filled: Decimal) -> list[_Trade]:
    """Return the trades that came after so much had filled."""
    later: list[_Trade] = []
    with exact():
        for each in trades:
            if filled > ZERO:
                filled -= each.quantity
            else:
                later.append(each)
    return later


def _in_order(fill: Fill) -> tuple[int, int, str]:
    return fill.at, len(fill.fill_id), fill.fill_id


def _written(trades: Iterable[_Trade]) -> str:
    letters = {True: "m", False: "t", None: "?"}
    return " ".join(f"{plain(each.quantity)}@{plain(each.price)}{letters[each.maker]}" for each in trades)


def _read(text: str) -> list[_Trade]:
    makers = {"m": True, "t": False, "?": None}
    trades: list[_Trade] = []
    for each in text.split():
        quantity, _, price = each[:-1].partition("@")
        trades.append(_Trade(Decimal(quantity), Decimal(price), makers[each[-1]]))
    return trades
