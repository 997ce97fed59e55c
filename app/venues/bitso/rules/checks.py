"""Everything that can be known to be wrong with a draft before it is sent."""

from __future__ import annotations

from decimal import Decimal

from app.domain.checking import Findings, check_state, check_values, meeting, offer
from app.domain.evidence import SECOND
from app.domain.form import FieldName, Form
from app.domain.market import Instrument
from app.domain.money import ZERO, is_multiple, nearest_multiples, step_of, tidy
from app.domain.order import Order, OrderKind, Side
from app.domain.plan import Draft, Surroundings, Verdict
from app.domain.rules import Rule
from app.venues.bitso.rules import citations
from app.venues.bitso.rules.amounts import SizeReading, effect, is_ambiguous, larger_delta, lock_of, spent
from app.venues.bitso.rules.asked import NUMBERS, Asked, is_usable
from app.venues.bitso.rules.consequence import lock_currency
from app.venues.bitso.rules.form import KEEP_SPEND, ROUTE
from app.venues.bitso.wire.vocabulary import PLACES, TAKER_PERCENT, TICK_UNKNOWN, TITLE

#: Balances are read every five seconds; one older than this is said to be old.
OLD_BALANCE = 12 * SECOND


def verdict(draft: Draft, asked: Asked, form: Form, around: Surroundings) -> Verdict:
    """Check a draft against everything Bitso's documents let us check before sending.

    Args:
        draft: as typed.
        asked: the same as what it would send.
        form: the form of the order as it is now.
        around: its surroundings.
    """
    findings = Findings()
    order = form.order
    check_state(findings, form, around, TITLE)
    check_values(findings, draft, form, TITLE, ROUTE)
    _usable(findings, draft, form)
    if form.locked:
        return findings.verdict()
    _combination(findings, draft, asked)
    instrument = around.instrument
    findings.checked += 1
    if instrument is None:
        text = (
            f"The limits of {order.symbol} are not known: tick, amounts and values are not checked; Bitso checks them."
        )
        findings.caution(text, None, citations.UNKNOWN_BOOK, confirm=True)
    elif instrument.min_quantity is None or instrument.min_value is None:
        text = f"The least amount and value of {order.symbol} are not both known; what is not known is not checked."
        findings.caution(text, None, citations.UNKNOWN_BOOK)
    book = instrument or Instrument(order.symbol, *_currencies(order), lot=step_of(PLACES))
    _prices(findings, asked, book, is_known=instrument is not None)
    _sizes(findings, asked, order, book)
    if not findings.problems and not asked.change.is_empty:
        _result(findings, asked, order, book)
        _funds(findings, asked, order, around)
    _touch(findings, asked, order, book, around)
    _consents(findings, asked, order)
    return findings.verdict()


def _usable(findings: Findings, draft: Draft, form: Form) -> None:
    """Check that every number can be reckoned with; a part of the look at the values."""
    for name in NUMBERS:
        number, line = draft.number(name), form.field(name)
        if number is not None and not is_usable(number) and line is not None and line.editable:
            findings.problem(f"{line.label}: that number is far too small or too large; type another.", name)


def _combination(findings: Findings, draft: Draft, asked: Asked) -> None:
    """Check that the fields may go together."""
    findings.checked += 3
    sized = [name for name in (FieldName.QUANTITY, FieldName.VALUE) if name in asked.typed]
    if len(sized) == 2:
        text = "Type an amount or a value, not both: Bitso takes one of them."
        findings.problem(text, FieldName.VALUE, citations.NEVER_BOTH)
    if sized and draft.choice(FieldName.WHEN_REPRICED) == KEEP_SPEND:
        text = "“Keep spend” and a typed amount or value contradict each other; clear one of them."
        findings.problem(text, FieldName.WHEN_REPRICED, citations.PRICE_ONLY)
    if asked.change.is_empty and not findings.problems:
        if FieldName.VALUE in asked.typed:
            text = "Value: it comes to the amount the order has already; type another value or an amount."
            findings.problem(text, FieldName.VALUE, citations.CHANGE)
        elif asked.cancels:
            text = "“If it fails” goes with another change, never alone; change the price, the size or the stop."
            findings.problem(text, FieldName.ON_FAILURE, citations.CHANGE)
        else:
            findings.problem("Nothing changes: type something that differs from the order.", None, citations.CHANGE)


def _currencies(order: Order) -> tuple[str, str]:
    base, _, quoted = order.symbol.partition("_")
    return base, quoted


def _prices(findings: Findings, asked: Asked, instrument: Instrument, *, is_known: bool) -> None:
    """Check each price by itself; where the tick is not known, Bitso's eight decimals are what is left to check."""
    for name, label in ((FieldName.PRICE, "Price"), (FieldName.STOP, "Stop")):
        price = asked.typed.get(name)
        if price is None:
            continue
        findings.checked += 3
        low, high = instrument.min_price, instrument.max_price
        tick = instrument.tick if instrument.tick is not None else step_of(PLACES)
        unknown = instrument.tick is None or instrument.attribute(TICK_UNKNOWN)
        if unknown and is_known and price > ZERO:
            text = f"{label}: the tick of {instrument.symbol} is not known, so whether it lies on it is not checked."
            findings.caution(text, name, citations.UNKNOWN_BOOK, confirm=True)
        nearest = nearest_multiples(price, tick, low or tick, high)
        if price <= ZERO:
            findings.problem(f"{label}: it must be above zero.", name, citations.TICK, nearest)
        elif name is FieldName.STOP:
            _stop(findings, price, tick, low, high)
        elif not is_multiple(price, tick):
            findings.off_grid(label, name, price, tick, citations.TICK, low or tick, high)
        elif low is not None and price < low:
            findings.problem(f"{label}: Bitso takes at least {tidy(low)} here.", name, citations.TICK, nearest)
        elif high is not None and price > high:
            findings.problem(f"{label}: Bitso takes at most {tidy(high)} here.", name, citations.TICK, nearest)


def _stop(findings: Findings, stop: Decimal, tick: Decimal, low: Decimal | None, high: Decimal | None) -> None:
    """Point out a stop price that a limit price could not be; no document says that it cannot be either."""
    if not is_multiple(stop, tick):
        text = f"{tidy(stop)} is not a multiple of {tidy(tick)}"
    elif low is not None and stop < low:
        text = f"{tidy(stop)} is below the {tidy(low)} that is the least price here"
    elif high is not None and stop > high:
        text = f"{tidy(stop)} is above the {tidy(high)} that is the largest price here"
    else:
        return
    findings.caution(f"Stop: {text}; Bitso may refuse it.", FieldName.STOP, citations.STOP_TICK, confirm=True)


def _sizes(findings: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    """Check the numbers typed for amount and value, each by itself."""
    for name, label, rule, gone, verb in (
        (FieldName.QUANTITY, "Amount", citations.AMOUNT, order.filled, "filled"),
        (FieldName.VALUE, "Value", citations.VALUE, spent(order) or ZERO, "spent or received"),
    ):
        size = asked.typed.get(name)
        if size is None:
            continue
        findings.checked += 3
        if size <= ZERO:
            text = f"{label}: it must be above zero; to take the order out of the market, cancel it."
            findings.problem(text, name, rule)
        elif instrument.lot is not None and not is_multiple(size, instrument.lot):
            nearest = nearest_multiples(size, instrument.lot, instrument.lot)
            text = f"{label}: Bitso takes eight decimals, and {tidy(size)} has more; {offer(nearest)}."
            findings.problem(text, name, rule, nearest)
        elif order.filled > ZERO and size <= gone:
            text = f"{label}: it is the total and must lie above the {tidy(gone)} {verb} already."
            findings.problem(text, name, citations.TOTAL)


def _result(findings: Findings, asked: Asked, order: Order, instrument: Instrument) -> None:
    """Check the amount and the value that would result, also where only the price was typed."""
    findings.checked += 5
    after = effect(order, asked.change)
    cause = asked.cause
    if after.remaining is not None and after.remaining <= ZERO:
        findings.problem("Nothing of the order would remain; type a larger amount, or cancel the order.", cause)
        return
    if asked.change.price is None and not asked.change.is_sized:
        return
    bounds = instrument.min_quantity, instrument.max_quantity
    _bound(findings, cause, "amount", after.amount, bounds, citations.AMOUNT)
    _bound(findings, cause, "value", after.value, (instrument.min_value, instrument.max_value), citations.VALUE)


def _bound(
    findings: Findings,
    cause: FieldName,
    what: str,
    size: Decimal | None,
    bounds: tuple[Decimal | None, Decimal | None],
    rule: Rule,
) -> None:
    """Check a resulting size; a limit is offered where it was this very size that was typed."""
    low, high = bounds
    if size is None:
        return
    if low is not None and size < low:
        bound, limit = f"at least {tidy(low)}", low
    elif high is not None and size > high:
        bound, limit = f"at most {tidy(high)}", high
    else:
        return
    label = {FieldName.QUANTITY: "Amount", FieldName.VALUE: "Value", FieldName.PRICE: "Price"}[cause]
    text = f"{label}: the {what} would be {tidy(size)}; Bitso takes {bound} here."
    findings.problem(text, cause, rule, (limit,) if label.lower() == what else ())


def _funds(findings: Findings, asked: Asked, order: Order, around: Surroundings) -> None:
    findings.checked += 2
    cause = asked.cause
    currency = lock_currency(order, around.instrument)
    more = larger_delta(order, asked.change)
    if more is None:
        if asked.change.is_sized:
            text = "What this order locks is not documented, so the balance cannot be checked; Bitso decides."
            findings.caution(text, cause, citations.LOCK_STOP)
        return
    if more <= ZERO:
        return
    balance = around.balances.get(currency)
    if balance is None:
        text = f"The change locks {tidy(more)} {currency} more, and the balance is not known."
        findings.caution(text, cause, citations.FUNDS, confirm=True)
        return
    if more > balance.available:
        costlier = effect(order, asked.change).delta != more
        why = " if Bitso takes the size as what remains" if costlier else ""
        available = tidy(balance.available)
        text = f"The change locks {tidy(more)} {currency} more{why}, and {available} {currency} is available."
        if order.filled > ZERO or _waits(order) or order.kind is OrderKind.OTHER:
            # What such an order locks is reckoned here and documented nowhere.
            rule = citations.PARTIAL if order.filled > ZERO else citations.LOCK_STOP
            findings.caution(f"{text[:-1]}; Bitso may refuse.", cause, rule, confirm=True)
        else:
            findings.problem(text, cause, citations.FUNDS)
    elif around.now - balance.as_of > OLD_BALANCE:
        age = (around.now - balance.as_of) // SECOND
        findings.caution(f"The {currency} balance was read {age} s ago and may have changed.", cause, citations.FUNDS)
    is_shared = any(lock_of(each) is not None and lock_currency(each, None) == currency for each in around.rivals)
    if is_shared and more <= balance.available:
        text = f"Another amendment is unresolved and may lock {currency} too; less may be available than shown."
        findings.caution(text, cause, citations.FUNDS)


def _waits(order: Order) -> bool:
    """Return True for a stop order that waits for its trigger."""
    return order.stop is not None and not order.triggered


def _touch(findings: Findings, asked: Asked, order: Order, instrument: Instrument, around: Surroundings) -> None:
    """Compare the new price with the market's touch."""
    findings.checked += 1
    price = asked.typed.get(FieldName.PRICE)
    if price is None or price <= ZERO or _waits(order):
        return
    if around.quote is None or around.quote.opposite(order.side) is None:
        if order.post_only:
            side = "offer" if order.side is Side.BUY else "bid"
            text = f"The best {side} is not known; a post-only order that meets it may be cancelled."
            findings.caution(text, FieldName.PRICE, citations.POST_ONLY, confirm=True)
        return
    met = meeting(price, order.side, around.quote)
    if met and order.post_only:
        text = f"Price {met}: Bitso may cancel this post-only order instead of repricing it."
        findings.caution(text, FieldName.PRICE, citations.POST_ONLY, confirm=True)
    elif met:
        percent = instrument.attribute(TAKER_PERCENT)
        fee = f", and pay the taker fee of {percent} %" if percent else ""
        text = f"Price {met}: the order would trade at once{fee}."
        findings.caution(text, FieldName.PRICE, citations.CROSSING, confirm=True)


def _consents(findings: Findings, asked: Asked, order: Order) -> None:
    """Ask for what a person must agree to, because Bitso's documents leave it open or because it may end the order."""
    findings.checked += 4
    change = asked.change
    if is_ambiguous(order, change):
        after, other = effect(order, change), effect(order, change, SizeReading.REMAINING)
        text = "Partly filled: Bitso does not document whether a size means the total or what remains."
        if after.remaining is not None and other.remaining is not None:
            text += f" It would leave {tidy(after.remaining)} as the total, {tidy(other.remaining)} as what remains."
        findings.caution(text, asked.cause, citations.PARTIAL, confirm=True)
    elif order.filled > ZERO and change.price is not None and order.side is Side.BUY:
        text = "Partly filled: what remains locked is taken to stay, and the remaining amount follows the price."
        findings.caution(text, FieldName.PRICE, citations.PARTIAL)
    if order.kind is OrderKind.OTHER:
        text = f"“{order.raw_kind}” is an order type this ticket does not know; Bitso may refuse to change it."
        findings.caution(text, None, citations.KIND, confirm=True)
    if order.kind is OrderKind.STOP_MARKET and not change.is_empty:
        text = "Whether Bitso changes a stop order that executes at market is not certain; it may refuse."
        name = FieldName.STOP if change.stop is not None else asked.cause
        findings.caution(text, name, citations.STOP_MARKET, confirm=True)
    if FieldName.VALUE in asked.typed and change.major is not None:
        after = effect(order, change)
        if after.value is not None and after.value != asked.typed[FieldName.VALUE]:
            text = f"Value: sent as an amount of {tidy(change.major)}, which makes it {tidy(after.value)}."
            findings.caution(text, FieldName.VALUE, citations.VALUE_AS_AMOUNT)
    if asked.cancels and not change.is_empty:
        text = "If Bitso cannot process this, it will cancel the order."
        if order.filled > ZERO:
            text = f"If Bitso cannot process this, it will cancel the remaining {tidy(order.remaining)}."
        findings.caution(text, FieldName.ON_FAILURE, citations.CANCEL_FLAG, confirm=True)
