"""Consequences of an amendment: terms, locks and exposure now, at the peak while in flight, and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.domain.forecast import (
    BALANCE_UNKNOWN,
    balance_lines,
    forecast_balance,
    order_lines,
    undecided_lines,
)
from app.domain.form import IdAfter, QueuePlace
from app.domain.market import Instrument, units_of
from app.domain.money import ZERO, exact, in_unit, round_half_up, tidy
from app.domain.order import Order, Side
from app.domain.plan import BalanceForecast, Consequence, Line, Surroundings, Waiting
from app.venues.bitget.rules.behind import AS_ASKED, line_of
from app.venues.bitget.rules.checks import Asked
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.values import factor_of

VENUE_DECIDES = "the venue decides"
SENT_TOO = "sent too: a change made elsewhere while this is sent is put back to it, and told"
QUEUE_NOTE = "not documented by Bitget; count on losing it"

#: Decimal places of a margin estimate; the division by the leverage need not come out even.
_ESTIMATE_PLACES = 8


def consequence(order: Order, asked: Asked, around: Surroundings) -> Consequence | None:
    """Return what the asked terms would do; None where the order has no price to reckon with."""
    price = asked.price
    if price is None or order.price is None:
        return None
    waiting = line_of(order, around)
    if waiting is not None:
        # What is now is what Bitget has shown; the terms that wait are on the way to those asked for.
        order = waiting.shown
        if order.price is None:
            return None
    forecast = balance_forecast(order, asked, around)
    lines = (
        *_terms(order, asked, price, around.instrument, waiting),
        *_balance_lines(order, around.instrument, forecast),
        Line("Place in queue", None, None, "not documented", note=QUEUE_NOTE),
        Line("Order id", order.order_id, order.order_id, "the same", note="the reply names no new id; checked"),
    )
    return Consequence(
        lines=lines,
        balance=forecast,
        queue=QueuePlace.UNKNOWN,
        queue_note=QUEUE_NOTE,
        id_after=IdAfter.SAME,
        worst_case=_worst_case(order, asked, price, around, waiting),
    )


def _terms(
    order: Order, asked: Asked, price: Decimal, instrument: Instrument | None, waiting: Waiting | None
) -> tuple[Line, ...]:
    """The lines of the terms, with a word on the one that is not changed: Bitget gets it all the same."""
    between = waiting.states()[1:] if waiting is not None else ()
    lines = order_lines(order, price, asked.quantity, instrument, between)
    notes = {label: SENT_TOO for label, new, old in _pairs(order, asked) if new == old}
    passed = (("Price", order.price, [each.price for each in between]), ("Quantity", order.quantity, _sizes(between)))
    for label, now, values in passed:
        if others := [tidy(each) for each in dict.fromkeys(values) if each is not None and each != now]:
            notes[label] = f"between: {', '.join(others)}, {AS_ASKED}"
    return tuple(replace(each, note=notes.get(each.label, each.note)) for each in lines)


def _sizes(states: Sequence[Order]) -> list[Decimal]:
    return [each.quantity for each in states]


def _pairs(order: Order, asked: Asked) -> tuple[tuple[str, Decimal | None, Decimal | None], ...]:
    return (("Price", asked.price, order.price), ("Quantity", asked.quantity, order.quantity))


def balance_forecast(order: Order, asked: Asked, around: Surroundings) -> BalanceForecast | None:
    """Return the order's lock and what is available, before and after; None where only Bitget can tell.

    The lock is exact for spot and an estimate for futures. Until the change is applied, either terms may hold.
    """
    price, instrument = asked.price, around.instrument
    waiting = line_of(order, around)
    states = waiting.states() if waiting is not None else (order,)
    if instrument is None or price is None or any(each.price is None for each in states):
        return None
    category = order.attribute(words.CATEGORY)
    with exact():
        worths = [(each.price or ZERO) * each.remaining for each in states] + [price * asked.remaining(order)]
        sizes = [each.remaining for each in states] + [asked.remaining(order)]
        if category in (words.SPOT, words.MARGIN):
            note = "a margin order may borrow: the venue decides" if category == words.MARGIN else ""
            buys = order.side is Side.BUY
            currency = instrument.quote if buys else instrument.base
            locks = worths if buys else sizes
        else:
            leverage = factor_of(order.attribute(words.LEVERAGE)) or ZERO
            if category not in (words.USDT_FUTURES, words.USDC_FUTURES) or leverage <= ZERO or not opens(order):
                return None
            note = f"initial margin estimated at {tidy(leverage)}×; {VENUE_DECIDES}"
            currency = order.attribute(words.MARGIN_COIN) or instrument.quote
            locks = [round_half_up(worth / leverage, _ESTIMATE_PLACES) for worth in worths]
    balance = around.balances.get(currency)
    return forecast_balance(
        currency, locks[0], max(locks), locks[-1], balance, note or ("" if balance else BALANCE_UNKNOWN)
    )


def opens(order: Order) -> bool:
    """Return True for a futures order that opens or enlarges a position, as far as its words tell.

    Orders carry `open` and `close`, and on the wire also `buy_single` and `sell_single` (one-way mode, where the flag
    for reducing decides), `reduce_…`, `burst_…` and `…_close_long` (typed-bitget, observed live, read 2026-11-30). A
    word that is none of them tells nothing, so no margin is estimated by it.
    """
    word = order.attribute(words.TRADE_SIDE).lower()
    if any(part in word for part in words.CLOSING):
        return False
    if word and not word.endswith("_single"):
        return "open" in word
    return not order.reduce_only


def _balance_lines(order: Order, instrument: Instrument | None, forecast: BalanceForecast | None) -> tuple[Line, Line]:
    if forecast is None:
        currency = order.attribute(words.MARGIN_COIN) or (instrument.quote if instrument else "")
        return undecided_lines(currency, VENUE_DECIDES)
    return balance_lines(forecast)


def _worst_case(order: Order, asked: Asked, price: Decimal, around: Surroundings, waiting: Waiting | None) -> str:
    """Return what the order may do at most while the change is under way, and what fills in between do to it."""
    assert order.price is not None
    base, quote = units_of(around.instrument)
    remaining = asked.remaining(order)
    states = waiting.states() if waiting is not None else (order,)
    with exact():
        worth = max(price * remaining, *((each.price or price) * each.remaining for each in states))
    until = max(each.remaining for each in states)
    most = max(remaining, until)
    old, back = "the old terms", "its old terms"
    if waiting is not None:
        old, back = "the terms shown and those that wait", "the terms it has by then"
    text = (
        f"Until Bitget applies the change {old} may fill: at worst {in_unit(most, base)} trades, "
        f"worth {in_unit(worth, quote)}."
    )
    if remaining < until:
        end = "cancels the order" if asked.cancels_on_failure else f"leaves the order on {back}"
        first = f"{in_unit(remaining, base)} or more" if remaining > ZERO else "any of it"
        text += f" If {first} fills first, the change fails, and Bitget {end}."
    return text
