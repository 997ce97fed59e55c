"""Consequences of an amendment: terms, locks and exposure now, at the peak while in flight, and after."""

from __future__ import annotations

from dataclasses import dataclass
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
from app.domain.market import Instrument, units_of
from app.domain.money import ZERO, exact, in_unit, round_half_up, tidy
from app.domain.order import Order, Side
from app.domain.plan import BalanceForecast, Consequence, Line, Surroundings
from app.venues.bitget.rules.checks import Asked
from app.venues.bitget.wire import vocabulary as words

VENUE_DECIDES = "the venue decides"
QUEUE_NOTE = "not documented by Bitget; count on losing it"

#: Decimal places of a margin estimate; the division by the leverage need not come out even.
_ESTIMATE_PLACES = 8


@dataclass(frozen=True, slots=True)
class Lock:
    """Amount that an order holds back of one currency, for any terms: exact for spot, an estimate for futures."""

    currency: str
    now: Decimal
    after: Decimal
    note: str = ""

    @property
    def peak(self) -> Decimal:
        """The larger of both: until Bitget applies the change, either terms may be in force."""
        return max(self.now, self.after)

    @property
    def delta(self) -> Decimal:
        """More (above zero) or less (below) that is held back afterwards."""
        with exact():
            return self.after - self.now


def consequence(order: Order, asked: Asked, around: Surroundings) -> Consequence | None:
    """Return what the asked terms would do; None where the order has no price to reckon with."""
    price = asked.price
    if price is None or order.price is None:
        return None
    base, quote = units_of(around.instrument)
    with exact():
        remaining = max(ZERO, asked.quantity - order.filled)
        value_now, value_after = order.price * order.quantity, price * asked.quantity
    forecast = balance_forecast(order, asked, around)
    lines = [
        term_line("Price", order.price, "either", price, quote),
        term_line("Quantity", order.quantity, at_most(order.quantity, asked.quantity), asked.quantity, base),
        term_line("Remaining", order.remaining, at_most(order.remaining, remaining), remaining, base),
        term_line("Value", value_now, max(value_now, value_after), value_after, quote),
        *_balance_lines(order, around.instrument, forecast),
        Line("Place in queue", None, None, "not documented", note=QUEUE_NOTE),
        Line("Order id", order.order_id, order.order_id, "the same", note="the reply names no new id; checked"),
    ]
    return Consequence(
        lines=tuple(lines),
        balance=forecast,
        queue=QueuePlace.UNKNOWN,
        queue_note=QUEUE_NOTE,
        id_after=IdAfter.SAME,
        worst_case=_worst_case(order, asked, price, remaining, base, quote),
    )


def lock_of(order: Order, asked: Asked, instrument: Instrument | None) -> Lock | None:
    """Return what the order locks now and would lock afterwards; None where only Bitget can tell."""
    price = asked.price
    if instrument is None or price is None or order.price is None:
        return None
    category = order.attribute(words.CATEGORY)
    with exact():
        remaining = max(ZERO, asked.quantity - order.filled)
        if category in (words.SPOT, words.MARGIN):
            note = "a margin order may borrow: the venue decides" if category == words.MARGIN else ""
            if order.side is Side.BUY:
                return Lock(instrument.quote, order.price * order.remaining, price * remaining, note)
            return Lock(instrument.base, order.remaining, remaining, note)
        leverage = order.attribute(words.LEVERAGE)
        opens = order.attribute(words.TRADE_SIDE).lower() != "close"
        if category not in (words.USDT_FUTURES, words.USDC_FUTURES) or not leverage or not opens:
            return None
        times = Decimal(leverage)
        if times <= ZERO:
            return None
        return Lock(
            order.attribute(words.MARGIN_COIN) or instrument.quote,
            round_half_up(order.price * order.remaining / times, _ESTIMATE_PLACES),
            round_half_up(price * remaining / times, _ESTIMATE_PLACES),
            f"initial margin estimated at {tidy(times)}×; {VENUE_DECIDES}",
        )


def balance_forecast(order: Order, asked: Asked, around: Surroundings) -> BalanceForecast | None:
    """The order's lock and what is available, before and after; None where only Bitget can tell."""
    lock = lock_of(order, asked, around.instrument)
    if lock is None:
        return None
    balance = around.balances.get(lock.currency)
    note = lock.note or ("" if balance else BALANCE_UNKNOWN)
    return forecast_balance(lock.currency, lock.now, lock.peak, lock.after, balance, note)


def shortage_of(order: Order, asked: Asked, around: Surroundings) -> str:
    """One sentence if the known balance does not cover what the change would lock in addition, "" otherwise."""
    lock = lock_of(order, asked, around.instrument)
    if lock is None or lock.delta <= ZERO:
        return ""
    balance = around.balances.get(lock.currency)
    if balance is None or balance.available >= lock.delta:
        return ""
    needed, available = in_unit(lock.delta, lock.currency), in_unit(balance.available, lock.currency)
    return f"This needs {needed} more and {available} is available; Bitget decides, and may refuse it."


def _balance_lines(order: Order, instrument: Instrument | None, forecast: BalanceForecast | None) -> tuple[Line, Line]:
    if forecast is None:
        currency = order.attribute(words.MARGIN_COIN) or (instrument.quote if instrument else "")
        return undecided_lines(currency, VENUE_DECIDES)
    return balance_lines(forecast)


def _worst_case(order: Order, asked: Asked, price: Decimal, remaining: Decimal, base: str, quote: str) -> str:
    """Return what the order may do at most while the change is under way, and what fills in between do to it."""
    assert order.price is not None
    with exact():
        worth = max(order.price * order.remaining, price * remaining)
    most = max(order.remaining, remaining)
    text = (
        f"Until Bitget applies the change the old terms may fill: at worst {in_unit(most, base)} trades, "
        f"worth {in_unit(worth, quote)}."
    )
    if remaining < order.remaining:
        end = "cancels the order" if asked.cancels_on_failure else "leaves the order on its old terms"
        text += f" If {in_unit(remaining, base)} or more fills first, the change fails, and Bitget {end}."
    return text
