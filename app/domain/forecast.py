"""Building blocks of a consequence: lines of now, peak and after, and what becomes of a balance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from app.domain.market import Balance, Instrument, units_of
from app.domain.money import ZERO, exact, in_unit, tidy
from app.domain.order import Order
from app.domain.plan import BalanceForecast, Line

BALANCE_UNKNOWN = "the balance is not known"


def term_line(
    label: str,
    now: Decimal | None,
    peak: Decimal | str | None,
    after: Decimal | None,
    unit: str = "",
    note: str = "",
) -> Line:
    """One term of the order; where it does not change, its peak is what it is now.

    Args:
        label: what a person reads.
        now, after: in `unit`; None where the order has no such term.
        peak: while the request is in flight, should the term change.
        unit: of the numbers.
        note: a remark on the line.
    """
    changed = now != after
    delta = None
    if now is not None and after is not None:
        with exact():
            delta = after - now
    return Line(label, now, peak if changed else now, after, changed, delta, unit, note)


def at_most(*values: Decimal) -> str:
    """The largest of some numbers as a bound, for a peak of which no more is certain."""
    return f"≤ {tidy(max(values))}"


def one_of(values: Iterable[Decimal | str | None]) -> str:
    """Peak of a term that may have any of these values until its change is settled: either of two, or any of more."""
    count = len(set(values))
    return "either" if count <= 2 else f"any of {count}"


def order_lines(
    order: Order, price: Decimal, quantity: Decimal, instrument: Instrument | None, between: Sequence[Order] = ()
) -> tuple[Line, Line, Line, Line]:
    """Return price, quantity, remaining amount and value of a priced order, now and as asked for.

    Args:
        order: has a price.
        price: asked for.
        quantity: asked for as a total, fills included.
        instrument: names the units; None while it is not loaded.
        between: states that it may have after `order` and before it is as asked for, which count for the peaks.
    """
    assert order.price is not None
    base, quote = units_of(instrument)
    states = (order, *between)
    prices = [order.price if each.price is None else each.price for each in states]
    with exact():
        remaining = max(ZERO, quantity - order.filled)
        values = [each * state.quantity for each, state in zip(prices, states, strict=True)] + [price * quantity]
    prices.append(price)
    quantities = [*(each.quantity for each in states), quantity]
    left = [*(each.remaining for each in states), remaining]
    return (
        _passing("Price", prices, one_of(prices), quote),
        _passing("Quantity", quantities, at_most(*quantities), base),
        _passing("Remaining", left, at_most(*left), base),
        _passing("Value", values, max(values), quote),
    )


def _passing(label: str, values: Sequence[Decimal], peak: Decimal | str, unit: str) -> Line:
    """One term that goes from the first of some values to the last, and may have each of them on the way."""
    line = term_line(label, values[0], peak, values[-1], unit)
    return replace(line, peak=peak) if len(set(values)) > 1 else line


def forecast_balance(
    currency: str, now: Decimal, peak: Decimal, after: Decimal, balance: Balance | None, note: str = ""
) -> BalanceForecast:
    """Return what becomes of a balance when the lock of one order changes.

    Args:
        currency: in the venue's spelling.
        now, peak, after: what the order locks; the peak is not below `now`.
        balance: as last read, None while it is not known.
        note: a remark on the lock.
    """
    with exact():
        delta = after - now
        return BalanceForecast(
            currency=currency,
            locked_now=now,
            locked_peak=peak,
            locked_after=after,
            delta=delta,
            total=balance.total if balance else None,
            available_now=balance.available if balance else None,
            available_peak=balance.available - max(ZERO, peak - now) if balance else None,
            available_after=balance.available - delta if balance else None,
            as_of=balance.as_of if balance else None,
            note=note,
        )


def shortage_text(forecast: BalanceForecast | None, title: str, more: str = "more") -> str:
    """Return one sentence if the known balance does not cover what would be locked in addition, "" otherwise.

    Args:
        forecast: of one currency; None where only the venue can tell.
        title: the venue's name in sentences.
        more: "more" of which kind.
    """
    if forecast is None or forecast.available_now is None or forecast.delta <= max(ZERO, forecast.available_now):
        return ""
    needed = in_unit(forecast.delta, forecast.currency)
    available = in_unit(forecast.available_now, forecast.currency)
    return f"This needs {needed} {more} and {available} is available; {title} decides, and may refuse it."


def balance_lines(forecast: BalanceForecast, unit: str = "", unknown: str = BALANCE_UNKNOWN) -> tuple[Line, Line]:
    """A forecast as two lines: what is locked, and what is available.

    Args:
        forecast: of one currency.
        unit: the currency as a person reads it; "" for the venue's spelling.
        unknown: the second line's note while the balance is not known.
    """
    unit = unit or forecast.currency
    known = forecast.available_now is not None
    with exact():
        released = -forecast.delta
    return (
        Line(
            f"Locked {unit}",
            forecast.locked_now,
            forecast.locked_peak,
            forecast.locked_after,
            changed=forecast.delta != ZERO,
            delta=forecast.delta,
            unit=unit,
            note=forecast.note,
        ),
        Line(
            f"Available {unit}",
            forecast.available_now,
            forecast.available_peak,
            forecast.available_after,
            changed=known and forecast.delta != ZERO,
            delta=released if known else None,
            unit=unit,
            note="" if known else unknown,
        ),
    )


def undecided_lines(currency: str, note: str, available: Decimal | None = None) -> tuple[Line, Line]:
    """The same two lines where only the venue can tell what the order locks.

    Args:
        currency: as a person reads it, "" while the market is not loaded.
        note: why it cannot be told.
        available: what is available now, if that is known and worth showing.
    """
    return (
        Line(f"Locked {currency}".strip(), None, None, None, unit=currency, note=note),
        Line(f"Available {currency}".strip(), available, None, None, unit=currency, note=note),
    )
