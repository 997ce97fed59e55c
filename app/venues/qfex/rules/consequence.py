"""Consequences of an amendment: terms, margin and exposure now, at the peak while in flight, and after."""

from __future__ import annotations

from decimal import Decimal

from app.domain.forecast import balance_lines, forecast_balance, order_lines, undecided_lines
from app.domain.form import IdAfter, QueuePlace
from app.domain.market import Instrument, units_of
from app.domain.money import ZERO, exact, in_unit, round_half_up, tidy
from app.domain.order import Order, Side
from app.domain.plan import BalanceForecast, Consequence, Line, Surroundings
from app.venues.qfex.rules.asked import Asked
from app.venues.qfex.rules.form import omits_reduce_only
from app.venues.qfex.wire import vocabulary as words

VENUE_DECIDES = "the venue decides"
QUEUE_NOTE = "not documented by QFEX; the id changes, so count on losing it"

#: Decimal places of a margin estimate; the division by the leverage need not come out even.
_ESTIMATE_PLACES = 8


def consequence(order: Order, asked: Asked, around: Surroundings) -> Consequence | None:
    """Return what the asked terms would do; None where the order has no price to reckon with."""
    price = asked.price
    if price is None or order.price is None:
        return None
    *terms, value = order_lines(order, price, asked.quantity, around.instrument)
    quote = value.unit
    forecast = balance_forecast(order, asked, around)
    lines = (
        *terms,
        _exit_line("Take profit", order.take_profit, asked.take_profit, quote),
        _exit_line("Stop loss", order.stop_loss, asked.stop_loss, quote),
        value,
        *_balance_lines(order, asked, forecast, around),
        Line("Place in queue", None, None, "not documented", changed=True, note=QUEUE_NOTE),
        Line("Order id", order.order_id, "either", "a new id", changed=True, note="the old id is dead afterwards"),
        _reduce_only_line(order, asked, around),
    )
    return Consequence(
        lines=lines,
        balance=forecast,
        queue=QueuePlace.UNKNOWN,
        queue_note=QUEUE_NOTE,
        id_after=IdAfter.NEW,
        worst_case=_worst_case(order, asked.remaining(order), price, around.instrument),
    )


def leverage_of(instrument: Instrument | None) -> tuple[Decimal, str] | None:
    """Return the leverage an estimate may use, with words for it: the account's own, else the market's default."""
    if instrument is None:
        return None
    own, default = instrument.attribute(words.LEVERAGE), instrument.attribute(words.DEFAULT_LEVERAGE)
    text, whose = (own, "the account's") if own else (default, "the market's default")
    if not text or Decimal(text) <= ZERO:
        return None
    return Decimal(text), whose


def balance_forecast(order: Order, asked: Asked, around: Surroundings) -> BalanceForecast | None:
    """Estimate the order's margin and what is available, before and after; None where only QFEX can tell."""
    instrument, price = around.instrument, asked.price
    used = leverage_of(instrument)
    if instrument is None or used is None or price is None or order.price is None:
        return None
    leverage, whose = used
    currency = instrument.attribute(words.MARGIN_ASSET) or instrument.quote
    balance = around.balances.get(currency)
    opposing = _opposing(order, instrument)
    remaining = asked.remaining(order)
    with exact():
        if asked.reduce_only or opposing >= max(order.remaining, remaining):
            return None
        now = round_half_up(order.price * order.remaining / leverage, _ESTIMATE_PLACES)
        after = round_half_up(price * remaining / leverage, _ESTIMATE_PLACES)
    note = f"margin estimated at {whose} {tidy(leverage)}× leverage{_less(opposing)}; {VENUE_DECIDES}"
    return forecast_balance(currency, now, max(now, after), after, balance, note)


def _opposing(order: Order, instrument: Instrument) -> Decimal:
    """Return the position the order works against, in base units; the margin of that part is not published."""
    size = Decimal(instrument.attribute(words.POSITION) or 0)
    return max(ZERO, -size if order.side is Side.BUY else size)


def _less(opposing: Decimal) -> str:
    return f" (less for the {tidy(opposing)} that closes a position)" if opposing > ZERO else ""


def _balance_lines(
    order: Order, asked: Asked, forecast: BalanceForecast | None, around: Surroundings
) -> tuple[Line, Line]:
    if forecast is None:
        instrument = around.instrument
        currency = (instrument.attribute(words.MARGIN_ASSET) or instrument.quote) if instrument else ""
        reducing = instrument is not None and (asked.reduce_only or _opposing(order, instrument) > ZERO)
        note = f"the order works against a position; {VENUE_DECIDES}" if reducing else VENUE_DECIDES
        balance = around.balances.get(currency)
        return undecided_lines(currency, note, balance.available if balance else None)
    return balance_lines(forecast)


def _exit_line(label: str, now: Decimal | None, after: Decimal, unit: str) -> Line:
    if (now or ZERO) == after:
        return Line(label, now, now, now, unit=unit, note="sent again as it is" if now else "")
    return Line(label, now, "either", after if after > ZERO else "removed", changed=True, unit=unit)


def _reduce_only_line(order: Order, asked: Asked, around: Surroundings) -> Line:
    reported = {True: words.YES, False: words.NO, None: "not reported"}[order.reduce_only]
    if omits_reduce_only(around):
        return Line("Reduce-only", reported, reported, reported, note="not sent, as the account's switch says")
    sent = f"sent as {words.YES if asked.reduce_only else words.NO}"
    if order.reduce_only is not None:
        note = "as QFEX reports it"
    elif asked.declared:
        note = "as you say; QFEX does not report it"
    else:
        note = "if the order is reduce-only, say so in the form, or QFEX refuses the change"
    return Line("Reduce-only", reported, reported, sent, note=note)


def _worst_case(order: Order, remaining: Decimal, price: Decimal, instrument: Instrument | None) -> str:
    """Return what the order may do at most while the change is under way."""
    assert order.price is not None
    base, quote = units_of(instrument)
    with exact():
        old_worth, new_worth = order.price * order.remaining, price * remaining
    return (
        f"QFEX holds the change for 100 ms, and until then the old order may fill: "
        f"{in_unit(order.remaining, base)} at {tidy(order.price)}, worth {in_unit(old_worth, quote)}. Any fill before "
        f"it lands makes QFEX refuse it; after it, at most {in_unit(remaining, base)} trades, worth "
        f"{in_unit(new_worth, quote)}."
    )
