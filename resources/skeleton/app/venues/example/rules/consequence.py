"""Consequence of an amendment: terms, balance, queue and id, now, at the peak while in flight, and after."""

from __future__ import annotations

from decimal import Decimal

from app.domain.forecast import at_most, balance_lines, forecast_balance, term_line, undecided_lines
from app.domain.form import IdAfter, QueuePlace
from app.domain.market import units_of
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, Side
from app.domain.plan import BalanceForecast, Consequence, Line, Surroundings, Terms
from app.venues.example.wire.vocabulary import TITLE

QUEUE_NOTE = f"{TITLE} does not document what an amendment does to the place in the queue."


def consequence(order: Order, asked: Terms, around: Surroundings) -> Consequence:
    """Return what a change would do. FILL IN: a line for every term."""
    price, quantity, remaining = _after(order, asked)
    base, quote = units_of(around.instrument)
    forecast = balance_forecast(order, asked, around)
    return Consequence(
        lines=(
            term_line("Price", order.price, "either", price, quote),
            term_line("Amount", order.quantity, at_most(order.quantity, quantity), quantity, base),
            term_line("Remaining", order.remaining, at_most(order.remaining, remaining), remaining, base),
            *(balance_lines(forecast) if forecast else undecided_lines("", "the market is not loaded")),
            Line("Place in queue", None, None, "not documented", note=QUEUE_NOTE),
            Line("Order id", order.order_id, order.order_id, "same"),
        ),
        balance=forecast,
        queue=QueuePlace.UNKNOWN,
        queue_note=QUEUE_NOTE,
        id_after=IdAfter.SAME,
        worst_case=f"Until {TITLE} applies the change the old terms may fill: at worst "
        f"{tidy(max(order.remaining, remaining))} {base} trades from now on.",
    )


def balance_forecast(order: Order, asked: Terms, around: Surroundings) -> BalanceForecast | None:
    """Forecast the lock and what is available. FILL IN: what a resting order of the venue locks, fees included."""
    market = around.instrument
    if market is None:
        return None
    price, _, remaining = _after(order, asked)
    currency = market.quote if order.side is Side.BUY else market.base
    now, then = _lock(order.side, order.price, order.remaining), _lock(order.side, price, remaining)
    return forecast_balance(currency, now, max(now, then), then, around.balances.get(currency))


def _after(order: Order, asked: Terms) -> tuple[Decimal | None, Decimal, Decimal]:
    """Return price, total and what remains after the change."""
    quantity = order.quantity if asked.quantity is None else asked.quantity
    with exact():
        return order.price if asked.price is None else asked.price, quantity, max(ZERO, quantity - order.filled)


def _lock(side: Side, price: Decimal | None, remaining: Decimal) -> Decimal:
    with exact():
        return remaining if side is Side.SELL or price is None else price * remaining
