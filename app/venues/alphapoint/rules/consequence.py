"""Consequence of a route: before, at the peak while the request travels, and after; for order, balance and queue."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.forecast import balance_lines, forecast_balance, term_line
from app.domain.form import IdAfter, QueuePlace
from app.domain.market import Instrument, units_of
from app.domain.money import exact, tidy
from app.domain.order import Order, Side
from app.domain.plan import BalanceForecast, Consequence, Line, Surroundings

KEPT_NOTE = "kept by the venue's rules; it cannot be checked here"
LOST_NOTE = "lost: the new order joins at the back of its price"


def currency_of(order: Order, instrument: Instrument | None) -> str:
    """Return what an order of this side holds: the quote currency of a buy, the base of a sell; "" while not loaded."""
    if instrument is None:
        return ""
    return instrument.quote if order.side is Side.BUY else instrument.base


def held_by(side: Side, price: Decimal | None, remaining: Decimal) -> Decimal:
    """Return what an order holds: price × remaining of a buy, what remains of a sell. Fees come on top, if any."""
    if side is Side.SELL or price is None:
        return remaining
    with exact():
        return price * remaining


def of_reduction(order: Order, remaining: Decimal, around: Surroundings) -> Consequence:
    """Return what lowering the remaining amount would do; the whole of it may fill until the reduction is proven."""
    held_now, held_after = (held_by(order.side, order.price, each) for each in (order.remaining, remaining))
    balance = _forecast(order, around, held_now, held_now, held_after, "freed when the reduction takes effect")
    lines = _lines(order, order.price, remaining, order.remaining, balance, around)
    worst = (
        f"Until it is confirmed, all of the remaining {tidy(order.remaining)} may still fill, "
        f"{tidy(order.quantity)} in total."
    )
    place = Line("Place in queue", None, None, KEPT_NOTE), Line("Order id", order.order_id, None, "same")
    return Consequence((*lines, *place), balance, QueuePlace.KEPT, KEPT_NOTE, IdAfter.SAME, (), worst)


def of_replacement(order: Order, price: Decimal | None, remaining: Decimal, around: Surroundings) -> Consequence:
    """Return what cancelling the order and placing a new one would do; both may exist for a moment."""
    held_now, held_new = held_by(order.side, order.price, order.remaining), held_by(order.side, price, remaining)
    with exact():
        both, held_peak = order.remaining + remaining, held_now + held_new
    note = "the peak if the venue holds the new order before it frees the old one"
    balance = _forecast(order, around, held_now, held_peak, held_new, note)
    lines = _lines(order, price, remaining, both, balance, around)
    worst = (
        f"Fills of the old order while the request travels are not taken off the new one: "
        f"up to {tidy(both)} may trade from here instead of {tidy(remaining)}."
    )
    place = (
        Line("Place in queue", None, None, LOST_NOTE, changed=True),
        Line("Order id", order.order_id, None, "new", changed=True),
    )
    lost = attributes_lost(order)
    return Consequence((*lines, *place), balance, QueuePlace.LOST, LOST_NOTE, IdAfter.NEW, lost, worst)


def attributes_lost(order: Order) -> tuple[str, ...]:
    """Return what a replacement cannot carry over, because no answer of the venue shows it."""
    lost = ["time in force (sent as good-till-cancelled)", "expiry", "link to another order (OCO)"]
    if order.post_only is None:
        lost.append("post-only")
    return tuple(lost)


def _lines(
    order: Order,
    price: Decimal | None,
    remaining: Decimal,
    peak: Decimal,
    balance: BalanceForecast | None,
    around: Surroundings,
) -> tuple[Line, ...]:
    """Return the lines of both routes; `peak` is what may be open while the request travels."""
    base, quote = units_of(around.instrument)
    with exact():
        total, total_peak = order.filled + remaining, order.filled + peak
    return (
        _line("Price", order.price, "either" if price != order.price else price, price, quote),
        _line("Remaining", order.remaining, peak, remaining, base),
        _line("Executed", order.filled, None, order.filled, base),
        _line("Total", order.quantity, total_peak, total, base),
        *_value(order, price, remaining, quote),
        *_balance_lines(balance),
    )


def _forecast(
    order: Order, around: Surroundings, now: Decimal, peak: Decimal, after: Decimal, note: str
) -> BalanceForecast | None:
    """Return what this order holds, and what of the currency is free beside it."""
    currency = currency_of(order, around.instrument)
    if not currency or (order.side is Side.BUY and order.price is None):
        return None
    known = around.balances.get(currency)
    return forecast_balance(
        currency, now, peak, after, known, note if known else f"{note}; the balance is not known yet"
    )


def _balance_lines(balance: BalanceForecast | None) -> tuple[Line, ...]:
    if balance is None:
        return ()
    locked, free = balance_lines(balance)
    return (locked, free) if balance.available_now is not None else (locked,)


def _value(order: Order, price: Decimal | None, remaining: Decimal, quote: str) -> tuple[Line, ...]:
    if order.price is None or price is None:
        return ()
    with exact():
        now, after = order.price * order.remaining, price * remaining
    return (_line("Value", now, None, after, quote),)


def _line(label: str, now: Decimal | None, peak: Decimal | str | None, after: Decimal | None, unit: str) -> Line:
    """Return a line whose peak stands also where the term does not change: two orders may be open."""
    line = term_line(label, now, None, after, unit)
    return replace(line, peak=peak, delta=line.delta or None)
