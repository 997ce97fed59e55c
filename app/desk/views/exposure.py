"""Value still to be traded if the venues take every amendment that has no outcome yet. Pure reading of the state."""

from __future__ import annotations

from decimal import Decimal

from app.desk.state import DeskState
from app.domain.amendment import Amendment
from app.domain.money import ZERO, exact
from app.domain.order import Order, Side


def exposure(state: DeskState) -> dict[tuple[Side, str], Decimal]:
    """The value of all orders with an amendment without an outcome, under the terms asked; of several the largest.

    Returns:
        The exact value by side and quote currency (in capitals); currencies are never added up. Empty if a part of it
        cannot be told exactly, since a sum that lacks a part would be read as the whole.
    """
    found: dict[tuple[Side, str], Decimal] = {}
    for lineage in [state.lineages[each] for each in dict.fromkeys(each.lineage for each in state.unsettled())]:
        order = lineage.order
        instrument = state.accounts[lineage.account].instruments.get((order.symbol, order.market))
        values = [landed_value(each, order) for each in state.open_amendments(lineage)]
        known = [each for each in values if each is not None]
        if instrument is None or not instrument.quote or len(known) < len(values):
            return {}
        key = (order.side, instrument.quote.upper())
        with exact():
            found[key] = found.get(key, ZERO) + max(known)
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
