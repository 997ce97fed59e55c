"""What stands against a draft: every rule looked at, by route. A route is never changed in silence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.checking import Findings, check_state, meeting
from app.domain.form import FieldName, Form
from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, exact, is_multiple, tidy
from app.domain.order import Order
from app.domain.plan import Draft, Surroundings, Verdict
from app.venues.alphapoint.rules import citations
from app.venues.alphapoint.rules.consequence import currency_of, held_by
from app.venues.alphapoint.rules.form import largest_reduction, least_remaining
from app.venues.alphapoint.wire.vocabulary import REDUCE, REPLACE, TITLE


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


def verdict(draft: Draft, asked: Asked, made: Form, around: Surroundings) -> Verdict:
    """Check a draft against everything that can be checked before sending.

    Args:
        draft: as typed. asked: the same as numbers.
        made: the form of the order. around: its surroundings.
    """
    found = Findings()
    route = REDUCE if draft.route is None else draft.route
    check_state(found, made, around, TITLE)
    _fields(found, draft, made)
    _route(found, draft, made)
    if not made.locked and around.instrument is not None:
        if route == REPLACE:
            _replacement(found, asked, made.order, around, around.instrument)
        elif route == REDUCE:
            _reduction(found, asked, made.order, around.instrument)
    return found.verdict()


def _fields(found: Findings, draft: Draft, made: Form) -> None:
    found.checked += 1
    for name, value in draft.values:
        line = made.field(name)
        if line is None:
            found.problem(f"An order of {TITLE} has no field “{name.value}”; leave it out.", name)
        elif not line.editable:
            if not made.locked:
                found.problem(f"{line.label} cannot change: {line.reason}", name, line.rule)
        elif not isinstance(value, Decimal) or not value.is_finite():
            found.problem(f"{line.label}: write a number.", name)


def _route(found: Findings, draft: Draft, made: Form) -> None:
    found.checked += 1
    route = made.route(draft.route)
    if route is None:
        found.problem(f"{TITLE} has no route “{draft.route}”; use “{REDUCE}” or “{REPLACE}”.")
    elif not route.offered and not made.locked and route.name == REPLACE:
        found.problem(f"Route “{route.name}” is not offered: {route.reason}", None, route.rule)


def _reduction(found: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    found.checked += 6
    if asked.price != order.price:
        text = (
            f"Price: “{REDUCE}” only lowers the quantity. A new price needs route “{REPLACE}”, "
            "which loses the place in the queue; choose it yourself."
        )
        found.problem(text, FieldName.PRICE, citations.PRICE_BY_REPLACE)
    q, largest = asked.remaining, largest_reduction(order, instrument)
    offer = () if largest is None else (largest,)
    if q == order.remaining:
        if asked.price == order.price:
            text = f"Nothing changes: {tidy(q)} remains already; type what should remain, less than that."
            found.problem(text, FieldName.QUANTITY, citations.REDUCE_ONLY_DOWN, offer)
        return
    if q > order.remaining:
        text = (
            f"Remaining: {tidy(q)} is more than the {tidy(order.remaining)} that remains, and “{REDUCE}” only goes "
            f"down. A larger quantity needs route “{REPLACE}”, which loses the place in the queue; choose it yourself."
        )
        found.problem(text, FieldName.QUANTITY, citations.REDUCE_ONLY_DOWN, offer)
        return
    if q <= ZERO:
        text = "Remaining: it must be above zero; to take the order out of the market, cancel it."
        found.problem(text, FieldName.QUANTITY, citations.NO_ZERO)
        return
    _on_grid(found, q, instrument, largest)
    if order.filled > ZERO:
        text = (
            "The venue's documents do not say whether the new quantity means remaining or total; "
            f"this sends the new remaining amount ({tidy(q)}) and checks the result."
        )
        found.caution(text, FieldName.QUANTITY, citations.REMAINING)


def _on_grid(found: Findings, q: Decimal, instrument: Instrument, largest: Decimal | None) -> None:
    least = least_remaining(instrument)
    if instrument.lot is not None and not is_multiple(q, instrument.lot):
        found.off_grid("Remaining", FieldName.QUANTITY, q, instrument.lot, citations.STEP, least, largest)
    elif least is not None and q < least:
        text = f"Remaining: at least {tidy(least)} must remain in this market, or cancel the order."
        found.problem(text, FieldName.QUANTITY, citations.MINIMUM, (least,))


def _replacement(found: Findings, asked: Asked, order: Order, around: Surroundings, instrument: Instrument) -> None:
    found.checked += 10
    price, q = asked.price, asked.remaining
    if price == order.price and q == order.remaining:
        text = "Nothing changes: type a price or a remaining amount that differs from the order's."
        found.problem(text, None, citations.REPLACE)
        return
    if price == order.price and q < order.remaining:
        text = f"Remaining: a smaller amount at the same price keeps its place by route “{REDUCE}”; choose that."
        found.problem(text, FieldName.QUANTITY, citations.REDUCE_BY_REPLACE)
        return
    if q <= ZERO:
        text = "Remaining: it must be above zero; to take the order out of the market, cancel it."
        found.problem(text, FieldName.QUANTITY, citations.NO_ZERO)
    else:
        _on_grid(found, q, instrument, None)
    if price is None:
        found.problem("Price: this order has none; type one.", FieldName.PRICE)
        return
    _price(found, price, instrument)
    if price > ZERO and q > ZERO:
        _touch(found, price, order, around.quote, instrument)
        _funds(found, asked, order, around)
    text = "Replace: the order is cancelled and a new one joins at the back of the queue; its place is lost."
    found.caution(text, None, citations.REPLACE, confirm=True)
    if order.filled > ZERO or order.remaining > ZERO:
        text = "Fills of the old order while the request travels are not taken off the new one."
        found.caution(text, FieldName.QUANTITY, citations.REPLACE_FILLS)
    text = "Time in force, expiry and a linked order cannot be read back: the new order is good-till-cancelled, alone"
    text += "." if order.post_only else ", and not post-only."
    found.caution(text, None, citations.NOT_READABLE)


def _price(found: Findings, price: Decimal, instrument: Instrument) -> None:
    least, most = instrument.min_price or instrument.tick, instrument.max_price
    if price <= ZERO:
        bound: tuple[Decimal, ...] = (least,) if least is not None else ()
        found.problem("Price: it must be above zero.", FieldName.PRICE, citations.STEP, bound)
    elif instrument.tick is not None and not is_multiple(price, instrument.tick):
        found.off_grid("Price", FieldName.PRICE, price, instrument.tick, citations.STEP, least, most)
    elif least is not None and price < least:
        found.problem(f"Price: at least {tidy(least)} in this market.", FieldName.PRICE, citations.BANDS, (least,))
    elif most is not None and price > most:
        found.problem(f"Price: at most {tidy(most)} in this market.", FieldName.PRICE, citations.BANDS, (most,))


def _touch(found: Findings, price: Decimal, order: Order, quote: Quote | None, instrument: Instrument) -> None:
    """The new price against the market: crossing, and the collar around the last trade."""
    if price == order.price:
        return
    if quote is None:
        text = "No live market price: whether the new price crosses the market is not checked."
        found.caution(text, FieldName.PRICE)
        return
    met = meeting(price, order.side, quote)
    if met and order.post_only:
        found.problem(f"Price: {met}, and the order is post-only.", FieldName.PRICE, citations.REPLACE)
    elif met:
        text = f"Price {met}: the new order would trade at once."
        found.caution(text, FieldName.PRICE, citations.REPLACE, confirm=True)
    collar = instrument.attribute("collar_percent")
    if collar and quote.last is not None:
        with exact():
            away = abs(price - quote.last) * 100 / quote.last
        if away > Decimal(collar):
            text = (
                f"Price {tidy(price)} lies more than {tidy(Decimal(collar))} % from the last trade; "
                "the market's collar may refuse or cancel it."
            )
            found.caution(text, FieldName.PRICE, citations.BANDS, confirm=True)


def _funds(found: Findings, asked: Asked, order: Order, around: Surroundings) -> None:
    """The free balance must cover the whole increase; less than the whole new order is worth a word."""
    held_now = held_by(order.side, order.price, order.remaining)
    held_new = held_by(order.side, asked.price, asked.remaining)
    currency = currency_of(order, around.instrument)
    known = around.balances.get(currency)
    name = FieldName.PRICE if FieldName.PRICE in asked.typed else FieldName.QUANTITY
    if known is None:
        text = f"The {currency} balance is not known yet; whether it covers the new order is not checked."
        found.caution(text, name, citations.REPLACE_FUNDS)
        return
    with exact():
        increase = held_new - held_now
    if increase > ZERO and increase > known.available:
        text = (
            f"The change needs {tidy(increase)} {currency} more and {tidy(known.available)} is free; "
            "ask for less or free some."
        )
        found.problem(text, name, citations.REPLACE_FUNDS)
    elif held_new > known.available:
        text = (
            f"The new order needs {tidy(held_new)} {currency} and {tidy(known.available)} is free beside the old one: "
            "the venue may refuse it after the old order is gone."
        )
        found.caution(text, name, citations.REPLACE_FUNDS)
