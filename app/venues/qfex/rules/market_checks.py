"""Checks of a draft against its market: grid, limits, status, price band and touch, as far as QFEX tells them."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.checking import Findings, meeting, offer
from app.domain.form import FieldName
from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, exact, is_multiple, nearest_multiples, tidy
from app.domain.order import Order, Side
from app.domain.plan import Surroundings
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.asked import LABELS, Asked
from app.venues.qfex.rules.form import band_of
from app.venues.qfex.wire import vocabulary as words


def check_market(findings: Findings, asked: Asked, order: Order, around: Surroundings) -> None:
    """Look at every rule of the market that is known, and point out those that are not."""
    instrument = around.instrument
    _known(findings, asked, instrument, order)
    _grid(findings, asked, instrument)
    _size(findings, asked, instrument)
    _market_state(findings, instrument)
    _band(findings, asked, order, instrument, around.quote)
    _crossing(findings, asked, order, instrument, around.quote)


def _known(findings: Findings, asked: Asked, instrument: Instrument | None, order: Order) -> None:
    """Point out which rules of the market are not known: the draft may be sent, and QFEX decides."""
    findings.checked += 1
    if instrument is None:
        text = (
            f"QFEX's rules of {order.symbol} are not known: tick, lot, limits and price band are not checked before "
            "sending. Refresh to load them, or let QFEX decide."
        )
        findings.caution(text, None, citations.MARKET_RULES, confirm=True)
        return
    prices = asked.changed - {FieldName.QUANTITY}
    if prices and instrument.tick is None:
        text = f"QFEX gives no tick for {instrument.symbol}: whether it takes the price is not checked."
        findings.caution(text, _first(prices), citations.MARKET_RULES, confirm=True)
    if FieldName.QUANTITY not in asked.changed:
        return
    if instrument.lot is None:
        text = f"QFEX gives no lot for {instrument.symbol}: whether it takes the quantity is not checked."
        findings.caution(text, FieldName.QUANTITY, citations.MARKET_RULES, confirm=True)
    if instrument.min_quantity is None and instrument.max_quantity is None:
        text = f"QFEX gives no smallest and no largest quantity for {instrument.symbol}: they are not checked."
        findings.caution(text, FieldName.QUANTITY, citations.MARKET_RULES)


def _first(names: Collection[FieldName]) -> FieldName:
    """Return the one of some fields that comes first in the form."""
    return next(name for name in LABELS if name in names)


def _grid(findings: Findings, asked: Asked, instrument: Instrument | None) -> None:
    """Numbers that were changed lie on their grid; an exit of 0 is none."""
    tick, lot = (instrument.tick, instrument.lot) if instrument is not None else (None, None)
    small, large = (instrument.min_quantity, instrument.max_quantity) if instrument is not None else (None, None)
    steps = {
        FieldName.PRICE: (tick, citations.TICK, None, None),
        FieldName.TAKE_PROFIT: (tick, citations.EXIT_TICK, None, None),
        FieldName.STOP_LOSS: (tick, citations.EXIT_TICK, None, None),
        FieldName.QUANTITY: (lot, citations.LOT, small, large),
    }
    for name, (step, rule, least, most) in steps.items():
        findings.checked += 1
        value = asked.number(name)
        if name not in asked.changed or value is None:
            continue
        is_exit = rule is citations.EXIT_TICK
        least = step if least is None else least
        if value < ZERO or (value == ZERO and not is_exit):
            ending = " to take the order out of the market, cancel it." if name is FieldName.QUANTITY else ""
            text = f"{LABELS[name]}: it must be above zero{';' + ending if ending else '.'}"
            findings.problem(text, name, None if is_exit else rule, (least,) if least is not None else ())
        elif step is not None and not is_multiple(value, step):
            if is_exit:
                text = f"{LABELS[name]}: {tidy(value)} is not a multiple of the tick {tidy(step)}; QFEX may refuse it."
                findings.caution(text, name, rule, confirm=True)
            else:
                findings.off_grid(LABELS[name], name, value, step, rule, least, most)


def _size(findings: Findings, asked: Asked, instrument: Instrument | None) -> None:
    findings.checked += 2
    quantity = asked.quantity
    if instrument is None or FieldName.QUANTITY not in asked.changed or quantity <= ZERO:
        return
    least, most = instrument.min_quantity, instrument.max_quantity
    if least is not None and quantity < least:
        text = f"Quantity: QFEX takes at least {tidy(least)} here."
        findings.problem(text, FieldName.QUANTITY, citations.SIZE, (least,))
    elif most is not None and quantity > most:
        text = f"Quantity: QFEX takes at most {tidy(most)} here."
        findings.problem(text, FieldName.QUANTITY, citations.SIZE, (most,))


def _market_state(findings: Findings, instrument: Instrument | None) -> None:
    """Point out a market that is not ACTIVE: that it takes no amendment is not documented, and QFEX's to judge."""
    findings.checked += 1
    if instrument is None or instrument.trading:
        return
    if instrument.status in words.NOT_TRADING:
        text = f"{instrument.symbol} is {instrument.status}, not {words.ACTIVE}: QFEX may refuse the change."
        findings.caution(text, None, citations.MARKET_STATE, confirm=True)
        return
    state = f"the status “{instrument.status}”, which this ticket does not know" if instrument.status else "no status"
    text = f"QFEX gives {instrument.symbol} {state}: whether it trades is not checked before sending."
    findings.caution(text, None, citations.MARKET_STATE, confirm=True)


def _band(findings: Findings, asked: Asked, order: Order, instrument: Instrument | None, quote: Quote | None) -> None:
    """Outside the band on the aggressive side is refused; on the passive side it is not certain."""
    findings.checked += 1
    price = asked.price
    if price is None or FieldName.PRICE not in asked.changed or price <= ZERO:
        return
    low, high = band_of(instrument, quote)
    buy = order.side is Side.BUY
    tick = instrument.tick if instrument is not None else None
    if high is not None and price > high:
        text = f"{tidy(price)} is above the price band, which ends at {tidy(high)}"
        edge, aggressive = high, buy
    elif low is not None and price < low:
        text = f"{tidy(price)} is below the price band, which begins at {tidy(low)}"
        edge, aggressive = low, not buy
    else:
        return
    if aggressive:
        nearest = nearest_multiples(edge, tick, low, high) if tick is not None else (edge,)
        findings.problem(f"Price: {text}; {offer(nearest)}.", FieldName.PRICE, citations.BAND, nearest)
    else:
        findings.caution(f"Price: {text}; QFEX may refuse it.", FieldName.PRICE, citations.BAND)


def _crossing(
    findings: Findings, asked: Asked, order: Order, instrument: Instrument | None, quote: Quote | None
) -> None:
    findings.checked += 1
    price = asked.price
    if price is None or FieldName.PRICE not in asked.changed or price <= ZERO:
        return
    if quote is None or (quote.bid is None and quote.ask is None):
        findings.caution(
            "No live market price: whether the new price would trade at once is not checked.",
            FieldName.PRICE,
            citations.POST_ONLY if order.post_only else None,
        )
        return
    met, opposite = meeting(price, order.side, quote), quote.opposite(order.side)
    if met and opposite is not None and order.post_only:
        with exact():
            step = (instrument.tick if instrument is not None else None) or ZERO
            behind = opposite - step if order.side is Side.BUY else opposite + step
        nearest = (behind,) if step > ZERO and behind > ZERO else ()
        text = f"Price: {met}, and an add-liquidity-only order may not trade at once; choose a price behind it."
        findings.problem(text, FieldName.PRICE, citations.POST_ONLY, nearest)
    elif met:
        findings.caution(f"Price: {met}: the order would trade at once.", FieldName.PRICE, None, confirm=True)
