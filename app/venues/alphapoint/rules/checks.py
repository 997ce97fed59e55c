"""Everything that stands against a draft: every rule looked at, by route. A route is never changed in silence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.checking import Findings, check_state, check_values, meeting
from app.domain.form import FieldName, Form
from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, exact, is_multiple, tidy
from app.domain.order import Order
from app.domain.plan import Caution, Draft, Surroundings, Verdict
from app.venues.alphapoint.rules import citations
from app.venues.alphapoint.rules.consequence import currency_of, held_by
from app.venues.alphapoint.rules.doubts import check_doubts
from app.venues.alphapoint.rules.form import largest_reduction, not_replaced
from app.venues.alphapoint.wire.vocabulary import REDUCE, REPLACE, TITLE

#: Powers of ten beyond which a typed number is a slip.
MOST_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A draft as numbers: the price, and the amount that should remain; what was not typed is the order's own."""

    price: Decimal | None
    remaining: Decimal
    typed: frozenset[FieldName]


def asked_of(draft: Draft) -> Asked:
    """Read a draft against the order it was made on."""
    price, remaining = draft.number(FieldName.PRICE), draft.number(FieldName.QUANTITY)
    return Asked(
        price=price if price is not None and price.is_finite() else draft.base.price,
        remaining=remaining if remaining is not None and remaining.is_finite() else draft.base.remaining,
        typed=frozenset(name for name, value in draft.values if isinstance(value, Decimal)),
    )


def verdict(draft: Draft, asked: Asked, form: Form, around: Surroundings) -> Verdict:
    """Check a draft against everything that can be checked before sending.

    Args:
        draft: as typed.
        asked: the same as numbers.
        form: of the order as it is now.
        around: its surroundings.
    """
    findings = Findings()
    check_state(findings, form, around, TITLE)
    check_values(findings, draft, form, TITLE, REDUCE, others=(REPLACE,))
    findings.checked += 1
    is_absurd = False
    for name, value in draft.values:
        if isinstance(value, Decimal) and not value.is_finite():
            findings.problem("That is no finite number; write one that is.", name)
        elif isinstance(value, Decimal) and value and abs(value.adjusted()) > MOST_DIGITS:
            is_absurd = True
            findings.problem("That number is beyond any sensible size; write one that is not.", name)
    if is_absurd:
        return findings.verdict()
    if form.locked:
        return findings.verdict()
    order, instrument = form.order, around.instrument
    if draft.route == REPLACE:
        refused = not_replaced(order)
        if refused is not None:
            findings.problem(refused[0], None, refused[1])
        else:
            _replacement(findings, asked, order, around, instrument or _unknown(order))
    elif draft.route in (None, REDUCE):
        _reduction(findings, asked, order, instrument or _unknown(order))
    if draft.route in (None, REDUCE, REPLACE):
        check_doubts(findings, asked, order, instrument, replaces=draft.route == REPLACE)
    return findings.verdict()


def _unknown(order: Order) -> Instrument:
    """Stand in for a market whose rules are not known: nothing can be checked against it."""
    return Instrument(order.symbol, "", "", trading=True)


def _reduction(findings: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    findings.checked += 6
    if asked.price != order.price:
        text = (
            f"Price: “{REDUCE}” only lowers the quantity. A new price needs route “{REPLACE}”, "
            "which loses the place in the queue; choose it yourself."
        )
        findings.problem(text, FieldName.PRICE, citations.PRICE_BY_REPLACE)
    q, largest = asked.remaining, largest_reduction(order, instrument)
    offer = () if largest is None else (largest,)
    if q == order.remaining:
        if asked.price == order.price:
            text = f"Nothing changes: {tidy(q)} remains already; type what should remain, less than that."
            findings.problem(text, FieldName.QUANTITY, citations.REDUCE_ONLY_DOWN, offer)
        return
    if q > order.remaining:
        text = (
            f"Remaining: {tidy(q)} is more than the {tidy(order.remaining)} that remains, and “{REDUCE}” only goes "
            f"down. A larger quantity needs route “{REPLACE}”, which loses the place in the queue; choose it yourself."
        )
        findings.problem(text, FieldName.QUANTITY, citations.REDUCE_ONLY_DOWN, offer)
        return
    _remaining(findings, q, instrument, largest)
    if q > ZERO and order.filled > ZERO:
        text = (
            "The venue's documents do not say whether the new quantity means remaining or total; "
            f"this sends the new remaining amount ({tidy(q)}) and checks the result."
        )
        findings.caution(text, FieldName.QUANTITY, citations.REMAINING)


def _remaining(findings: Findings, q: Decimal, instrument: Instrument, largest: Decimal | None) -> None:
    """Check the amount by itself: nothing is no amount, the step is documented, the least amount is not."""
    least, lot = instrument.min_quantity, instrument.lot
    if q <= ZERO:
        text = "Remaining: it must be above zero; to take the order out of the market, cancel it."
        findings.problem(text, FieldName.QUANTITY)
    elif lot is not None and not is_multiple(q, lot):
        findings.off_grid("Remaining", FieldName.QUANTITY, q, lot, citations.STEP, lot, largest)
    elif least is not None and q < least:
        text = (
            f"Remaining: {tidy(q)} is less than the {tidy(least)} this market gives as its least; the venue may refuse "
            "it or cancel the order."
        )
        findings.caution(text, FieldName.QUANTITY, citations.MINIMUM, confirm=True)


def _replacement(findings: Findings, asked: Asked, order: Order, around: Surroundings, instrument: Instrument) -> None:
    findings.checked += 10
    price, q = asked.price, asked.remaining
    if price == order.price and q == order.remaining:
        text = "Nothing changes: type a price or a remaining amount that differs from the order's."
        findings.problem(text, None, citations.REPLACE)
        return
    if price == order.price and q < order.remaining:
        text = f"Remaining: a smaller amount at the same price keeps its place by route “{REDUCE}”; choose that."
        findings.problem(text, FieldName.QUANTITY, citations.REDUCE_BY_REPLACE)
        return
    _remaining(findings, q, instrument, None)
    if price is None:
        findings.problem("Price: this order has none; type one.", FieldName.PRICE)
        return
    _price(findings, price, instrument)
    if price > ZERO and q > ZERO:
        _touch(findings, price, order, around.quote, instrument)
        _funds(findings, asked, order, around)
    text = "Replace: the order is cancelled and a new one joins at the back of the queue; its place is lost."
    findings.cautions.append(Caution(text, None, citations.REPLACE, confirm=True, about_place=True))
    text = "Fills of the old order while the request travels are not taken off the new one."
    findings.caution(text, FieldName.QUANTITY, citations.REPLACE_FILLS)
    text = "Time in force, expiry and a linked order cannot be read back: the new order is good-till-cancelled, alone"
    text += "." if order.post_only else ", and not post-only."
    findings.caution(text, None, citations.NOT_READABLE)


def _price(findings: Findings, price: Decimal, instrument: Instrument) -> None:
    low, high, tick = instrument.min_price, instrument.max_price, instrument.tick
    least = tick if low is None else low
    if price <= ZERO:
        bound: tuple[Decimal, ...] = (least,) if least is not None else ()
        findings.problem("Price: it must be above zero.", FieldName.PRICE, None, bound)
    elif tick is not None and not is_multiple(price, tick):
        findings.off_grid("Price", FieldName.PRICE, price, tick, citations.STEP, tick)
    elif low is not None and price < low:
        _beyond(findings, f"{tidy(price)} is below the {tidy(low)} this market gives as its lowest")
    elif high is not None and price > high:
        _beyond(findings, f"{tidy(price)} is above the {tidy(high)} this market gives as its highest")


def _beyond(findings: Findings, where: str) -> None:
    text = f"Price: {where}; the venue may refuse or cancel the new order, and the old one may be gone then."
    findings.caution(text, FieldName.PRICE, citations.BANDS, confirm=True)


def _touch(findings: Findings, price: Decimal, order: Order, quote: Quote | None, instrument: Instrument) -> None:
    """The new price against the market: crossing, and the collar around the last trade."""
    if price == order.price:
        return
    if quote is None:
        text = "No live market price: whether the new price crosses the market is not checked."
        findings.caution(text, FieldName.PRICE)
        return
    met = meeting(price, order.side, quote)
    if met and order.post_only:
        text = f"Price {met}, and the order is post-only: the venue may refuse the new one after the old one is gone."
        findings.caution(text, FieldName.PRICE, citations.POST_ONLY, confirm=True)
    elif met:
        text = f"Price {met}: the new order would trade at once."
        findings.caution(text, FieldName.PRICE, citations.REPLACE, confirm=True)
    collar = instrument.attribute("collar_percent")
    if collar and quote.last is not None:
        with exact():
            away = abs(price - quote.last) * 100 / quote.last
        if away > Decimal(collar):
            text = (
                f"Price {tidy(price)} lies more than {tidy(Decimal(collar))} % from the last trade; "
                "the market's collar may refuse or cancel it."
            )
            findings.caution(text, FieldName.PRICE, citations.BANDS, confirm=True)


def _funds(findings: Findings, asked: Asked, order: Order, around: Surroundings) -> None:
    """A free balance below the increase takes a consent; one below the whole new order is worth a word."""
    held_now = held_by(order.side, order.price, order.remaining)
    held_new = held_by(order.side, asked.price, asked.remaining)
    currency = currency_of(order, around.instrument)
    known = around.balances.get(currency)
    name = FieldName.PRICE if FieldName.PRICE in asked.typed else FieldName.QUANTITY
    if known is None:
        of = f"{currency} " if currency else ""
        text = f"The {of}balance is not known yet; whether it covers the new order is not checked."
        findings.caution(text, name, citations.REPLACE_FUNDS)
        return
    with exact():
        increase = held_new - held_now
    if increase > ZERO and increase > known.available:
        text = (
            f"The change needs {tidy(increase)} {currency} more and {tidy(known.available)} is free; the venue may "
            "refuse it after the old order is gone."
        )
        findings.caution(text, name, citations.REPLACE_FUNDS, confirm=True)
    elif held_new > known.available:
        text = (
            f"The new order needs {tidy(held_new)} {currency} and {tidy(known.available)} is free beside the old one: "
            "the venue may refuse it after the old order is gone."
        )
        findings.caution(text, name, citations.REPLACE_FUNDS)
