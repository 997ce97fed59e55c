"""Checks of a draft: every rule looked at, in the order a person would fix them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.checking import Findings, check_state, check_values, meeting, offer
from app.domain.form import FieldName, Form
from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, exact, is_multiple, nearest_multiples, places, tidy
from app.domain.order import Order, Side
from app.domain.plan import Draft, Surroundings, Verdict
from app.domain.terms import own_terms
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.form import ROUTE, band_of
from app.venues.qfex.wire import vocabulary as words

#: A number with more digits before or after the point is a slip, and would leave the exact range of the arithmetic.
_MOST_DIGITS = 24

_LABELS = {
    FieldName.PRICE: "Price",
    FieldName.QUANTITY: "Quantity",
    FieldName.TAKE_PROFIT: "Take profit",
    FieldName.STOP_LOSS: "Stop loss",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The four terms that would be sent, whatever was typed: what was not typed is the order's own, 0 is no exit.

    Attributes:
        changed: the fields whose number was typed and differs from the order's.
    """

    price: Decimal | None
    quantity: Decimal
    take_profit: Decimal
    stop_loss: Decimal
    changed: frozenset[FieldName]

    def number(self, name: FieldName) -> Decimal | None:
        """Return the term of that name."""
        value: Decimal | None = getattr(self, name.value)
        return value

    def remaining(self, order: Order) -> Decimal:
        """Return what would be left to fill."""
        with exact():
            return max(ZERO, self.quantity - order.filled)


def asked_of(draft: Draft, order: Order) -> Asked:
    """Read a draft against the order as it is now."""
    own = {term.field: term.of_order(order) for term in own_terms() if term.field in _LABELS}
    typed = {name: number for name in own if (number := draft.number(name)) is not None}
    terms = own | typed
    return Asked(
        price=terms[FieldName.PRICE],
        quantity=terms[FieldName.QUANTITY] or ZERO,
        take_profit=terms[FieldName.TAKE_PROFIT] or ZERO,
        stop_loss=terms[FieldName.STOP_LOSS] or ZERO,
        changed=frozenset(name for name, number in typed.items() if number != own[name]),
    )


def omits_reduce_only(around: Surroundings) -> bool:
    """Return True if the account's switch leaves the reduce-only flag out of amendments."""
    return around.switches.get(words.REDUCE_ONLY, words.SEND).strip() == words.OMIT


def absurd(draft: Draft) -> tuple[FieldName, ...]:
    """Return the fields whose number is too long to reckon with."""
    return tuple(
        name
        for name, value in draft.values
        if isinstance(value, Decimal)
        and (not value.is_finite() or value.adjusted() >= _MOST_DIGITS or places(value) > _MOST_DIGITS)
    )


def verdict(draft: Draft, asked: Asked, form: Form, around: Surroundings, shortage: str) -> Verdict:
    """Check a draft against everything that can be checked before sending.

    Args:
        draft: as typed.
        asked: the same as terms.
        form: that of the order as it is now.
        around: its surroundings.
        shortage: one sentence if the margin seems not to carry the change, "" otherwise.
    """
    findings = Findings()
    check_state(findings, form, around, words.TITLE)
    check_values(findings, draft, form, words.TITLE, ROUTE, citations.FIELDS)
    if not form.locked and not _absurd(findings, draft):
        _changed(findings, asked)
        instrument = around.instrument
        if instrument is None:
            findings.checked += 1
            findings.problem("The rules of this market are not loaded yet; wait a moment or refresh.")
        else:
            _grid(findings, asked, instrument)
            _size(findings, asked, instrument)
            _market_state(findings, instrument)
            _band(findings, asked, form.order, instrument, around.quote)
            _crossing(findings, asked, form.order, instrument, around.quote)
        _exits(findings, asked, form.order)
        _exact(findings, asked)
        findings.checked += 1
        if shortage:
            findings.caution(shortage, None, citations.FUNDS)
    return findings.verdict()


def _absurd(findings: Findings, draft: Draft) -> bool:
    """Return True if a number is so long that nothing else about it can be said."""
    findings.checked += 1
    names = absurd(draft)
    for name in names:
        findings.problem(f"{_LABELS.get(name, name.value)}: that number has far too many digits; shorten it.", name)
    return bool(names)


def _changed(findings: Findings, asked: Asked) -> None:
    findings.checked += 1
    if not asked.changed:
        findings.problem(
            "Nothing changes: type a price, quantity, take-profit or stop-loss that differs from the order's.",
            None,
            citations.NO_CHANGE,
        )


def _grid(findings: Findings, asked: Asked, instrument: Instrument) -> None:
    """Numbers that were changed lie on their grid; an exit of 0 is none."""
    steps = {
        FieldName.PRICE: (instrument.tick, citations.TICK, None, None),
        FieldName.TAKE_PROFIT: (instrument.tick, citations.TICK, None, None),
        FieldName.STOP_LOSS: (instrument.tick, citations.TICK, None, None),
        FieldName.QUANTITY: (instrument.lot, citations.LOT, instrument.min_quantity, instrument.max_quantity),
    }
    for name, (step, rule, least, most) in steps.items():
        findings.checked += 1
        value = asked.number(name)
        if name not in asked.changed or value is None:
            continue
        zero_is_none = name in (FieldName.TAKE_PROFIT, FieldName.STOP_LOSS)
        least = step if least is None else least
        if value < ZERO or (value == ZERO and not zero_is_none):
            ending = " to take the order out of the market, cancel it." if name is FieldName.QUANTITY else ""
            text = f"{_LABELS[name]}: it must be above zero{';' + ending if ending else '.'}"
            findings.problem(text, name, rule, (least,) if least is not None else ())
        elif step is not None and value > ZERO and not is_multiple(value, step):
            findings.off_grid(_LABELS[name], name, value, step, rule, least, most)


def _size(findings: Findings, asked: Asked, instrument: Instrument) -> None:
    findings.checked += 2
    quantity = asked.quantity
    if FieldName.QUANTITY not in asked.changed or quantity <= ZERO:
        return
    least, most = instrument.min_quantity, instrument.max_quantity
    if least is not None and quantity < least:
        text = f"Quantity: QFEX takes at least {tidy(least)} here."
        findings.problem(text, FieldName.QUANTITY, citations.SIZE, (least,))
    elif most is not None and quantity > most:
        text = f"Quantity: QFEX takes at most {tidy(most)} here."
        findings.problem(text, FieldName.QUANTITY, citations.SIZE, (most,))


def _market_state(findings: Findings, instrument: Instrument) -> None:
    findings.checked += 1
    if not instrument.trading:
        state = instrument.status or "not given"
        text = f"{instrument.symbol} does not trade now (its status is {state}); try again when it is ACTIVE."
        findings.problem(text, None, citations.MARKET_STATE)


def _band(findings: Findings, asked: Asked, order: Order, instrument: Instrument, quote: Quote | None) -> None:
    """Outside the band on the aggressive side is refused; on the passive side it is not certain."""
    findings.checked += 1
    price = asked.price
    if price is None or FieldName.PRICE not in asked.changed or price <= ZERO:
        return
    low, high = band_of(instrument, quote)
    buy = order.side is Side.BUY
    tick = instrument.tick
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
        findings.problem(f"Price: {text}; {offer(nearest)}.", FieldName.PRICE, citations.BAND, nearest[:1])
    else:
        findings.caution(f"Price: {text}; QFEX may refuse it.", FieldName.PRICE, citations.BAND)


def _crossing(findings: Findings, asked: Asked, order: Order, instrument: Instrument, quote: Quote | None) -> None:
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
            step = instrument.tick or ZERO
            behind = opposite - step if order.side is Side.BUY else opposite + step
        nearest = (behind,) if step > ZERO and behind > ZERO else ()
        text = f"Price: {met}, and an add-liquidity-only order may not trade at once; choose a price behind it."
        findings.problem(text, FieldName.PRICE, citations.POST_ONLY, nearest)
    elif met:
        findings.caution(f"Price: {met}: the order would trade at once.", FieldName.PRICE, None, confirm=True)


def _exits(findings: Findings, asked: Asked, order: Order) -> None:
    """Take-profit and stop-loss on their own sides of the price; a pair that rested so already is only pointed out."""
    findings.checked += 2
    price = asked.price
    if price is None or price <= ZERO:
        return
    buy = order.side is Side.BUY
    for name, value, above in (
        (FieldName.TAKE_PROFIT, asked.take_profit, buy),
        (FieldName.STOP_LOSS, asked.stop_loss, not buy),
    ):
        if value <= ZERO or (value > price if above else value < price):
            continue
        where = "above" if above else "below"
        text = f"{_LABELS[name]}: {tidy(value)} is not {where} the price {tidy(price)} of this {order.side.value} order"
        if asked.changed & {name, FieldName.PRICE}:
            field_name = name if name in asked.changed else FieldName.PRICE
            findings.problem(f"{text}; change one of them, or set 0 to remove it.", field_name, citations.EXITS)
        else:
            findings.caution(f"{text}; QFEX may refuse the change.", name, citations.EXITS)


def survives(value: Decimal) -> bool:
    """Return True if a number comes out of a binary float as it went in: QFEX reads its JSON numbers so."""
    try:
        return Decimal(repr(float(value))) == value
    except OverflowError:
        return False


def _exact(findings: Findings, asked: Asked) -> None:
    """All four are sent, so all four must come through QFEX's number format unchanged."""
    findings.checked += 1
    for name in _LABELS:
        value = asked.number(name)
        if value is not None and not survives(value):
            text = f"{_LABELS[name]}: QFEX would read {tidy(value)} as another number; use at most 15 digits."
            findings.problem(text, name, citations.EXACT_NUMBERS)
