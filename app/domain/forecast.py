"""Building blocks of a consequence: lines of now, peak and after, and what becomes of a balance."""

from __future__ import annotations

from decimal import Decimal

from app.domain.market import Balance
from app.domain.money import ZERO, exact, tidy
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


def at_most(one: Decimal, other: Decimal) -> str:
    """The larger of two numbers as a bound, for a peak of which no more is certain."""
    return f"≤ {tidy(max(one, other))}"


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
