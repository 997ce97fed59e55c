"""What the trades of an order that is gone prove: how it ended, and whether a change had been made before.

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

from app.domain.amendment import Command
from app.domain.evidence import Finding, Judgement
from app.domain.money import ONE, ZERO, exact, plain, tidy
from app.domain.order import Fill, Order, OrderStatus, Side
from app.venues.bitso.wire.rows import PLACES

#: Attribute of an order whose end was told by its trades: each as "quantity@price" and m (maker), t (taker) or ?.
TRADES = "ended_trades"

#: The last digit of a figure the venue derives may be rounded otherwise than here.
TOLERANCE = ONE.scaleb(-PLACES)

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
    """Whether so much done is all of a size; the size of an order given by its value alone is not known (zero)."""
    return done >= size > ZERO


def ended(
    order: Order, fills: Iterable[Fill], hint: OrderStatus | None, size: Decimal, *, settled: bool = False
) -> Order:
    """An order that is gone, as its trades and perhaps the venue's word tell it.

    Args:
        order: as last seen.
        fills: its executions, as far as they are recorded.
        hint: how the venue said it ended, None if it said nothing.
        size: the largest size it may have had, if changes that were sent took effect.
        settled: whether no execution will be recorded any more; until then, few or none prove nothing.

    Returns:
        The order with what is proven: filled, cancelled, or ended in a way nobody told; `price` is None where its
        trades show that it was another one.
    """
    trades = [_Trade(each.quantity, each.price, each.maker) for each in sorted(fills, key=_in_order)]
    with exact():
        done = max(order.filled, sum((each.quantity for each in trades), ZERO))
    if is_full(done, size) or (hint is OrderStatus.FILLED and settled and done > ZERO):
        order = replace(order, status=OrderStatus.FILLED, raw_status="completed", quantity=done)
    elif hint is OrderStatus.CANCELLED or (hint is None and settled and done == ZERO):
        order = replace(order, status=OrderStatus.CANCELLED, raw_status="cancelled")
    else:
        # Its trades are not all recorded; or it was cancelled, or of another size than was last seen, and filled.
        order = replace(order, status=OrderStatus.ENDED, raw_status="gone")
    news, price = _after(trades, order.filled), order.price
    if news and price is not None:
        if news[-1].maker:
            order = replace(order, price=news[-1].price)
        elif any(_is_beyond(order.side, each.price, price) for each in news):
            order = replace(order, price=None)
    attributes = (*(each for each in order.attributes if each[0] != TRADES), (TRADES, _written(trades)))
    return replace(order, filled=done, updated_at=None, attributes=attributes)


def missing(order: Order, hint: OrderStatus | None, *, settled: bool) -> str:
    """One sentence on what nobody tells of an order that has just ended; "" for one whose end is told.

    Args:
        order: from `ended`.
        hint, settled: as there.
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
    """Whether the venue itself showed the order's terms, as it does for all but those that are gone."""
    return order.is_open or not any(name == TRADES for name, _ in order.attributes)


def judge(command: Command, seen: Order) -> Judgement:
    """What an order whose end was told by its trades says about a command."""
    if seen.status is not OrderStatus.FILLED:
        return Judgement(Finding.UNTOLD, NOT_TOLD)  # its trades tell a price at most, and never the size it had
    trades = _after(_read(seen.attribute(TRADES)), command.order.filled)
    price, size = _price_says(command, trades), _size_says(command, seen)
    if {price, size} - {None} == {_Says.NEW}:
        return Judgement(Finding.APPLIED, "Its trades show the terms asked for.")
    # Old prices prove nothing where the size is open: the last trade may be missing.
    by_size = size is _Says.OLD and price in (None, _Says.OLD, _Says.NOTHING)
    if by_size or (price is _Says.OLD and size is None):
        return Judgement(Finding.UNCHANGED, "Its trades show the old terms.")
    return Judgement(Finding.UNTOLD, NOT_TOLD)


def _price_says(command: Command, trades: Iterable[_Trade]) -> _Says | None:
    """Which limit the last trade that tells was made under; None where the price was to stay, and may have.

    One that was to stay and did not was changed by somebody else, who may have changed the size as well.
    """
    base = command.order
    if base.price is None:
        return None
    new = base.price if command.target.price is None else command.target.price
    said = [_of_price(base.side, each, base.price, new) for each in trades]
    word = next((word for word in reversed(said) if word is not _Says.NOTHING), _Says.NOTHING)
    return None if new == base.price and word is not _Says.OTHER else word


def _size_says(command: Command, seen: Order) -> _Says | None:
    """Which size a completed order had; None where it was to stay, and did."""
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
    """Which limit a trade was made under; nothing where it could be any."""
    if trade.maker and trade.price in (old, new):
        return _Says.NEW if trade.price == new else _Says.OLD
    if trade.maker:
        return _Says.OTHER
    if _is_beyond(side, trade.price, old):
        return _Says.OTHER if _is_beyond(side, trade.price, new) else _Says.NEW
    return _Says.NOTHING


def _is_beyond(side: Side, price: Decimal, limit: Decimal) -> bool:
    """Whether an order with this limit could not have traded at this price."""
    return price > limit if side is Side.BUY else price < limit


def _after(trades: Iterable[_Trade], filled: Decimal) -> list[_Trade]:
    """The trades that came after so much had filled."""
    found: list[_Trade] = []
    with exact():
        for each in trades:
            if filled > ZERO:
                filled -= each.quantity
            else:
                found.append(each)
    return found


def _in_order(fill: Fill) -> tuple[int, int, str]:
    return fill.at, len(fill.fill_id), fill.fill_id


def _written(trades: Iterable[_Trade]) -> str:
    letters = {True: "m", False: "t", None: "?"}
    return " ".join(f"{plain(each.quantity)}@{plain(each.price)}{letters[each.maker]}" for each in trades)


def _read(text: str) -> list[_Trade]:
    makers = {"m": True, "t": False, "?": None}
    found: list[_Trade] = []
    for each in text.split():
        quantity, _, price = each[:-1].partition("@")
        found.append(_Trade(Decimal(quantity), Decimal(price), makers[each[-1]]))
    return found
