"""Consequence of a modification: every line now, at its peak and after, the balance, and the worst case in between."""

from __future__ import annotations

from decimal import Decimal

from app.domain.forecast import (
    BALANCE_UNKNOWN,
    at_most,
    balance_lines,
    forecast_balance,
    term_line,
    undecided_lines,
)
from app.domain.form import IdAfter, QueuePlace
from app.domain.market import Instrument
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, OrderKind, Side
from app.domain.plan import BalanceForecast, Consequence, Line, Surroundings
from app.venues.bitso.rules.amounts import Effect, Modification, SizeReading, effect, is_ambiguous, q8, value_of
from app.venues.bitso.rules.asked import restored_text
from app.venues.bitso.rules.form import base_of, quote_of

QUEUE_NOTE = "Bitso does not document what a modification does to the place in the queue."
ID_NOTE = "the reply's id is compared; a new one is followed"


def lock_currency(order: Order, instrument: Instrument | None) -> str:
    """Return the currency the order locks, in Bitso's spelling."""
    base, _, quoted = order.symbol.partition("_")
    if instrument is not None:
        base, quoted = instrument.base, instrument.quote
    return quoted if order.side is Side.BUY else base


def consequence(order: Order, change: Modification, around: Surroundings) -> Consequence | None:
    """Return what a change would do; None where it sends nothing or nothing would be left of the order."""
    after = effect(order, change)
    if change.is_empty or after.remaining is None or after.remaining <= ZERO:
        return None
    other = effect(order, change, SizeReading.REMAINING) if is_ambiguous(order, change) else None
    base, quoted = base_of(order, around.instrument), quote_of(order, around.instrument)
    lines = [
        term_line("Price", order.price, "either", after.price, quoted),
        term_line(
            "Amount",
            order.quantity,
            _at_most(order.quantity, after.amount),
            after.amount,
            base,
            restored_text(order.quantity) if change.major == order.quantity else "",
        ),
        term_line("Remaining", order.remaining, at_most(order.remaining, after.remaining), after.remaining, base),
        term_line("Value", value_of(order), None, after.value, quoted, _value_note(order, change, after, quoted)),
    ]
    if order.stop is not None:
        lines.append(term_line("Stop", order.stop, "either", after.stop, quoted))
    forecast = balance_forecast(order, after, other, around)
    lines += _balance_lines(order, forecast, around.instrument)
    lines.append(Line("Place in queue", None, None, "not documented", note=QUEUE_NOTE))
    lines.append(Line("Order id", order.order_id, order.order_id, "same expected, checked", note=ID_NOTE))
    return Consequence(
        lines=tuple(lines),
        balance=forecast,
        queue=QueuePlace.UNKNOWN,
        queue_note=QUEUE_NOTE,
        id_after=IdAfter.SAME_EXPECTED,
        worst_case=_worst_case(order, change, after, base),
    )


def balance_forecast(order: Order, after: Effect, other: Effect | None, around: Surroundings) -> BalanceForecast | None:
    """Forecast the lock and what is available, before and after; None where only Bitso knows what the order locks.

    Args:
        order: as it is.
        after: after the change, a size taken as the total.
        other: the same with a size taken as what remains, where both are possible; it raises the peak.
        around: for the balance.
    """
    now, then = after.locked_now, after.locked_after
    if now is None or then is None:
        return None
    currency = lock_currency(order, around.instrument)
    balance = around.balances.get(currency)
    also = other.locked_after if other is not None and other.locked_after is not None else then
    peak = max(now, then, also)
    notes: list[str] = []
    if order.stop is not None and not order.triggered:
        notes.append("what an untriggered stop locks is not documented")
    if other is not None and also != then:
        notes.append(f"{tidy(also)} {currency} if the size means what remains")
    if balance is None:
        notes.append(BALANCE_UNKNOWN)
    return forecast_balance(currency, now, peak, then, balance, "; ".join(notes))


def _balance_lines(order: Order, forecast: BalanceForecast | None, instrument: Instrument | None) -> tuple[Line, Line]:
    if forecast is None:
        return undecided_lines(lock_currency(order, instrument).upper(), "what this order locks is not documented")
    # The lock's own note says it where the balance is not known.
    return balance_lines(forecast, forecast.currency.upper(), unknown="")


def _at_most(one: Decimal, other: Decimal | None) -> str | None:
    return None if other is None else at_most(one, other)


def _value_note(order: Order, change: Modification, after: Effect, unit: str) -> str:
    """Say where the value of a buy is not amount × price: it is the value that is locked."""
    if order.side is not Side.BUY or change.is_sized or after.value is None or order.filled != ZERO:
        return ""
    if after.amount is None or after.price is None:
        return ""
    with exact():
        product = q8(after.amount * after.price)
    if product == after.value:
        return ""
    return f"kept and locked as it is; amount × price would be {tidy(product)} {unit}"


def _worst_case(order: Order, change: Modification, after: Effect, base: str) -> str:
    """Say what may trade at most if fills land while the change is on its way."""
    assert after.remaining is not None
    if order.kind is OrderKind.STOP_MARKET or change == Modification(stop=change.stop):
        most = tidy(order.remaining)
        return f"Until Bitso applies the change the old stop may trigger: at worst {most} {base} trades."
    with exact():
        if change.is_sized:
            # Read as what remains, the size starts anew after whatever filled before the change was applied.
            fresh = effect(order, change, SizeReading.REMAINING).remaining or after.remaining
            return (
                f"Until Bitso applies the change the old terms may fill; should it then take the size as what remains, "
                f"at worst {tidy(order.remaining + fresh)} {base} trades from now on."
            )
    most = tidy(max(order.remaining, after.remaining))
    return f"Until Bitso applies the change the old terms may fill: at worst {most} {base} trades from now on."
