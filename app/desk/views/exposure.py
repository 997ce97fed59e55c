"""Value still to be traded by orders with an amendment that has no outcome yet. Pure reading of the state.

Two figures: what it is if the venues take every one of them, and the most it may be until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from app.desk.state import DeskState
from app.domain.amendment import Amendment
from app.domain.money import ZERO, exact
from app.domain.order import Order, Side

#: Exact values by side and quote currency (in capitals); currencies are never added up.
Sums = dict[tuple[Side, str], Decimal]


def exposure(state: DeskState) -> Sums:
    """The value of all orders with amendments without an outcome once all of these have landed, the last one last.

    Empty if a part of it cannot be told exactly, since a sum that lacks a part would be read as the whole.
    """
    return _sums(state, lambda order, values: values[-1])


def worst_exposure(state: DeskState) -> Sums:
    """The most that the same orders may trade: under the terms shown, or under any of those asked in turn.

    Empty where `exposure` is, or where an order has no price.
    """
    return _sums(state, lambda order, values: _most(order, values))


def _most(order: Order, values: Sequence[Decimal | None]) -> Decimal | None:
    with exact():
        shown = order.price * order.remaining if order.price is not None else order.value
    known = [each for each in (shown, *values) if each is not None]
    return max(known) if len(known) > len(values) else None


def _sums(state: DeskState, of: Callable[[Order, Sequence[Decimal | None]], Decimal | None]) -> Sums:
    """Add up one figure of each order, made of what it could trade after each of its amendments in turn."""
    found: Sums = {}
    for lineage in [state.lineages[each] for each in dict.fromkeys(each.lineage for each in state.unsettled())]:
        order = lineage.order
        instrument = state.accounts[lineage.account].instruments.get((order.symbol, order.market))
        value = of(order, [landed_value(each, order) for each in in_turn(state.open_amendments(lineage))])
        if instrument is None or not instrument.quote or value is None:
            return {}
        key = (order.side, instrument.quote.upper())
        with exact():
            found[key] = found.get(key, ZERO) + value
    return found


def in_turn(amendments: Iterable[Amendment]) -> list[Amendment]:
    """Return amendments of one order with all that it is to have after each: what one leaves out is as asked before."""
    found: list[Amendment] = []
    for each in amendments:
        target, base = each.command.target, each
        if found:
            before, sized = found[-1].command.target, target
            if (target.quantity, target.remaining, target.value) == (None, None, None):
                sized, base = before, found[-1]
            price = before.price if target.price is None else target.price
            target = replace(sized, price=price)
        found.append(replace(base, command=replace(base.command, target=target)))
    return found


def landed_value(amendment: Amendment, now: Order) -> Decimal | None:
    """Return what the order could still trade under the terms asked, in its quote currency; None if not exactly known.

    Args:
        amendment: of that order.
        now: the order as last proven.
    """
    target = amendment.command.target
    if target.remaining is not None and now.filled != amendment.command.order.filled:
        return None  # it may have landed already, and then the fills came out of what was asked to remain
    with exact():
        if target.value is not None and target.quantity is None and target.remaining is None:
            spent = now.filled_value if now.filled else ZERO
            return None if spent is None else max(ZERO, target.value - spent)
        price = target.price or now.price
        return None if price is None else price * left_to_trade(amendment, now)


def left_to_trade(amendment: Amendment, now: Order) -> Decimal:
    """The quantity still to trade under the terms asked; what is filled already is out of the amendment's reach."""
    target = amendment.command.target
    if target.remaining is not None:
        return target.remaining
    if target.quantity is None:
        return now.remaining
    with exact():
        return max(ZERO, target.quantity - now.filled)
