"""Checks of a draft: every rule looked at, in the order a person would fix them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.domain.checking import Findings, check_state, check_values, meeting, offer
from app.domain.form import FieldName, Form
from app.domain.market import Instrument, Quote
from app.domain.money import ZERO, exact, is_multiple, nearest_multiples, tidy
from app.domain.order import Order, Side
from app.domain.plan import Draft, Surroundings, Verdict
from app.venues.bitget.rules import citations, client_notes
from app.venues.bitget.rules.behind import told
from app.venues.bitget.rules.form import ROUTE, doubts, smallest_quantity
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.values import factor_of

#: Within this share of the band's width from its edge, a price is said to be near the edge.
_NEAR_EDGE = Decimal("0.1")

#: A number with more digits before the point is a slip, and would leave the exact range of the arithmetic.
_MOST_DIGITS = 24

#: Market states in which nothing is changed at all.
_SHUT = frozenset({"offline", "restrictedapi"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Terms that a draft would send, whatever was typed.

    `typed` holds the names of number fields that were set; `price` and `quantity` fall back to the order's own.
    """

    price: Decimal | None
    quantity: Decimal
    on_failure: str
    typed: frozenset[FieldName]

    @property
    def cancels_on_failure(self) -> bool:
        """Return True if Bitget is told to cancel the order if it cannot apply the change."""
        return self.on_failure == words.CANCEL

    def remaining(self, order: Order) -> Decimal:
        """Return what would be left to fill."""
        with exact():
            return max(ZERO, self.quantity - order.filled)


def asked_of(draft: Draft, order: Order) -> Asked:
    """Read a draft against the order as it is now."""
    price = draft.number(FieldName.PRICE)
    quantity = draft.number(FieldName.QUANTITY)
    typed = frozenset(name for name, value in draft.values if isinstance(value, Decimal))
    return Asked(
        price=order.price if price is None else price,
        quantity=order.quantity if quantity is None else quantity,
        on_failure=draft.choice(FieldName.ON_FAILURE) or words.KEEP,
        typed=typed,
    )


def verdict(draft: Draft, asked: Asked, form: Form, around: Surroundings, shortage: str) -> Verdict:
    """Check a draft against everything Bitget's documents let us check before sending.

    Args:
        draft: as typed. asked: the same as numbers.
        form: the form of the order as it is now.
        around: its surroundings.
        shortage: one sentence if the balance seems not to cover the change, "" otherwise.
    """
    findings = Findings()
    order = form.order
    check_state(findings, form, around, words.TITLE)
    check_values(findings, draft, form, words.TITLE, ROUTE)
    if not form.locked:
        _changed(findings, draft, asked, order)
        if _absurd(findings, draft):
            return findings.verdict()
        instrument = around.instrument or Instrument(order.symbol, "", "", order.market)
        _unknown_rules(findings, asked, order, around.instrument)
        _price(findings, asked, order, instrument)
        _quantity(findings, asked, order, instrument)
        _value(findings, asked, order, instrument)
        _market_state(findings, asked, order, instrument)
        _touch(findings, asked, order, instrument, around.quote)
        _doubts(findings, order)
        if behind := told(order, around):
            findings.caution(behind[0], None, behind[1])
        findings.checked += 1
        if shortage:
            findings.caution(shortage, None, citations.FUNDS)
        _consents(findings, asked)
    return findings.verdict()


def _absurd(findings: Findings, draft: Draft) -> bool:
    """Return True if a number is so large that nothing else about it can be said."""
    findings.checked += 1
    large = [name for name, value in draft.values if isinstance(value, Decimal) and value.adjusted() >= _MOST_DIGITS]
    for name in large:
        findings.problem(f"{name.value.capitalize()}: that number is far too large.", name)
    return bool(large)


def _changed(findings: Findings, draft: Draft, asked: Asked, order: Order) -> None:
    findings.checked += 1
    if asked.price == order.price and asked.quantity == order.quantity:
        text = "Nothing changes: type a price or a quantity that differs from the order's."
        if draft.choice(FieldName.ON_FAILURE) is not None:
            text = "“If it fails” goes with a change of price or quantity; change one of them."
        findings.problem(text, None, citations.NO_CHANGE)


def _unknown_rules(findings: Findings, asked: Asked, order: Order, instrument: Instrument | None) -> None:
    """Say what cannot be checked because the market's rules are not known, in whole or in part."""
    findings.checked += 1
    rule = citations.UNKNOWN_MARKET
    if instrument is None:
        text = (
            "The rules of this market are not known: tick, sizes and least value are not checked; Bitget checks them."
        )
        findings.caution(text, None, rule, confirm=True)
        return
    if instrument.tick is None and FieldName.PRICE in asked.typed and asked.price != order.price:
        text = "The tick of this market is not known, so whether the price lies on it is not checked."
        findings.caution(text, FieldName.PRICE, rule, confirm=True)
    if instrument.lot is None and FieldName.QUANTITY in asked.typed and asked.quantity != order.quantity:
        text = "The quantity step of this market is not known, so whether the quantity lies on it is not checked."
        findings.caution(text, FieldName.QUANTITY, rule, confirm=True)
    if instrument.min_value is None:
        findings.caution("The least value of an order in this market is not known, so it is not checked.", None, rule)
    if of := instrument.attribute(words.RULES_OF):
        category = order.attribute(words.CATEGORY)
        findings.caution(
            f"{category} does not list this market; the rules of {of} are taken for it.",
            None,
            client_notes.MARGIN_RULES,
        )


def _doubts(findings: Findings, order: Order) -> None:
    """Say why Bitget may not amend an order of this kind, where no document says that it does not."""
    findings.checked += 1
    for text, rule in doubts(order):
        findings.caution(text, None, rule, confirm=True)


def _price(findings: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    findings.checked += 2
    price = asked.price
    if price is None or FieldName.PRICE not in asked.typed or price == order.price:
        return
    least = instrument.min_price if instrument.min_price is not None else instrument.tick
    nearest: tuple[Decimal, ...] = (least,) if least is not None else ()
    if price <= ZERO:
        findings.problem("Price: it must be above zero.", FieldName.PRICE, citations.TICK, nearest)
        return
    if instrument.tick is not None and not is_multiple(price, instrument.tick):
        findings.off_grid("Price", FieldName.PRICE, price, instrument.tick, citations.TICK, least, instrument.max_price)
    elif instrument.max_price is not None and price > instrument.max_price:
        nearest = (instrument.max_price,)
        findings.problem(f"Price: at most {tidy(instrument.max_price)}.", FieldName.PRICE, citations.TICK, nearest)


def _quantity(findings: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    findings.checked += 4
    if FieldName.QUANTITY not in asked.typed or asked.quantity == order.quantity:
        return
    quantity = asked.quantity
    least = smallest_quantity(order, instrument)
    offers: tuple[Decimal, ...] = (least,) if least is not None else ()
    if quantity <= ZERO:
        text = "Quantity: it must be above zero; to take the order out of the market, cancel it."
        findings.problem(text, FieldName.QUANTITY, citations.NOT_BELOW_FILLED, offers)
        return
    if quantity < order.filled:
        text = f"Quantity: it is the total and must lie above the {tidy(order.filled)} filled already."
        findings.problem(text, FieldName.QUANTITY, citations.NOT_BELOW_FILLED, offers)
        return
    if quantity == order.filled:
        text = "Quantity: so much is filled already; what Bitget makes of an equal total is not documented."
        findings.caution(text, FieldName.QUANTITY, citations.ABOVE_FILLED, confirm=True)
    if instrument.lot is not None and not is_multiple(quantity, instrument.lot):
        most = instrument.max_quantity
        findings.off_grid("Quantity", FieldName.QUANTITY, quantity, instrument.lot, citations.LOT, least, most)
    elif instrument.min_quantity is not None and quantity < instrument.min_quantity:
        text = f"Quantity: Bitget takes at least {tidy(instrument.min_quantity)} here."
        findings.problem(text, FieldName.QUANTITY, citations.SIZE, offers)
    elif instrument.max_quantity is not None and quantity > instrument.max_quantity:
        text = f"Quantity: Bitget takes at most {tidy(instrument.max_quantity)} here."
        findings.problem(text, FieldName.QUANTITY, citations.SIZE, (instrument.max_quantity,))


def _value(findings: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    findings.checked += 1
    if instrument.min_value is None or asked.price is None or asked.price <= ZERO or asked.quantity <= ZERO:
        return
    with exact():
        value = asked.price * asked.quantity
    if value < instrument.min_value:
        unit = f" {instrument.quote}" if instrument.quote else ""
        text = f"Price × quantity is {tidy(value)}{unit}; Bitget wants at least {tidy(instrument.min_value)}{unit}."
        name = FieldName.QUANTITY if FieldName.QUANTITY in asked.typed else FieldName.PRICE
        if order.attribute(words.CATEGORY) == words.COIN_FUTURES:
            # The quantity may be in quote currency, in which case this is not its value.
            findings.caution(f"{text[:-1]}, if the quantity is in {instrument.base}.", name, citations.MIN_VALUE)
            return
        typed, other, step, most = (
            (asked.quantity, asked.price, instrument.lot, instrument.max_quantity)
            if name is FieldName.QUANTITY
            else (asked.price, asked.quantity, instrument.tick, None)
        )
        with exact():
            least = instrument.min_value / other
        nearest = nearest_multiples(typed, step, least, most) if step is not None and step > ZERO else ()
        findings.problem(f"{text[:-1]}; {offer(nearest)}." if nearest else text, name, citations.MIN_VALUE, nearest)


def _market_state(findings: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    findings.checked += 1
    if instrument.trading:
        return
    state = instrument.status or "not open"
    if state.lower() in _SHUT:
        text = f"The market's state is {state}: Bitget will most likely take no change now."
        findings.caution(text, None, citations.MARKET_STATE, confirm=True)
    elif _enlarges(asked, order):
        text = f"The market's state is {state}, not online; Bitget may refuse to make the order larger."
        findings.caution(text, None, citations.MARKET_STATE, confirm=True)
    else:
        text = f"The market's state is {state}, not online; Bitget may refuse the change."
        findings.caution(text, None, citations.MARKET_STATE)


def _enlarges(asked: Asked, order: Order) -> bool:
    """Return True if more would be at risk than now: more units, or more money for the units of a buy."""
    if asked.quantity > order.quantity:
        return True
    if order.side is not Side.BUY or asked.price is None or order.price is None:
        return False
    with exact():
        return asked.price * (asked.quantity - order.filled) > order.price * order.remaining


def _touch(findings: Findings, asked: Asked, order: Order, instrument: Instrument, quote: Quote | None) -> None:
    """The new price against the market: crossing, and the band around the market price."""
    findings.checked += 2
    price = asked.price
    if price is None or price <= ZERO or price == order.price:
        return
    if quote is None or (quote.bid is None and quote.ask is None and quote.last is None):
        text = "No live market price: whether the new price crosses or lies outside Bitget's band is not checked."
        findings.caution(text, FieldName.PRICE, citations.BAND)
        return
    met = meeting(price, order.side, quote)
    if met and order.post_only:
        text = f"Price {met}: Bitget may refuse or cancel a post-only order."
        findings.caution(text, FieldName.PRICE, citations.POST_ONLY, confirm=True)
    elif met:
        findings.caution(f"Price {met}: the order would trade at once.", FieldName.PRICE, None, confirm=True)
    _band(findings, price, order.side is Side.BUY, instrument, quote)


def _band(findings: Findings, price: Decimal, buy: bool, instrument: Instrument, quote: Quote) -> None:
    share = band_share(instrument, buy)
    references = [each for each in (quote.bid, quote.ask, quote.last, quote.mark) if each is not None and each > ZERO]
    if share is None or not references:
        return
    with exact():
        edges = [each * (1 + share) if buy else each * (1 - share) for each in references]
        generous, strict = (max(edges), min(edges)) if buy else (min(edges), max(edges))
        width = abs(strict / ((1 + share) if buy else (1 - share)) * share)
        beyond = price > generous if buy else price < generous
        near = price > strict - width * _NEAR_EDGE if buy else price < strict + width * _NEAR_EDGE
        percent = tidy(share * 100)
    side = "above" if buy else "below"
    if beyond:
        text = (
            f"Price {tidy(price)} lies more than {percent} % {side} the market; Bitget refuses prices outside its band."
        )
        findings.caution(text, FieldName.PRICE, citations.BAND, confirm=True)
    elif near:
        text = f"Price {tidy(price)} is near the edge of Bitget's band, {percent} % {side} the market."
        findings.caution(text, FieldName.PRICE, citations.BAND)


def band_share(instrument: Instrument, buy: bool) -> Decimal | None:
    """Return how far a price may lie beyond the market, as a share; None where the venue states none."""
    return factor_of(instrument.attribute(words.BUY_BAND if buy else words.SELL_BAND))


def _consents(findings: Findings, asked: Asked) -> None:
    findings.checked += 1
    if asked.cancels_on_failure:
        text = "If Bitget cannot apply this, it will cancel the order."
        findings.caution(text, FieldName.ON_FAILURE, citations.AUTO_CANCEL, confirm=True)
