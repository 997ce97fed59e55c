"""Proof of an amendment by one seen order: a receipt is no proof, so everything rests on this.

The measure is the effective total T = remaining + executed. Fills move quantity from one to the other and leave T
alone; only a change of the order lowers it. So a fill before, during or after a reduction cannot be mistaken for it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.domain.amendment import Command, Difference
from app.domain.evidence import Finding, Judgement
from app.domain.form import FieldName
from app.domain.money import ZERO, exact, tidy
from app.domain.order import Order, OrderStatus
from app.domain.plausible import why_implausible
from app.domain.terms import changed_terms
from app.venues.alphapoint.wire.values import plain_word
from app.venues.alphapoint.wire.vocabulary import REPLACE, TITLE

#: Attribute of a replacement: what is known of the order it replaced.
OLD_LEG = "old_leg"
OLD_LEG_ENDED = "ended"
OLD_LEG_WORKING = "working"

#: Attributes of an order that has ended, from the venue's histories: that nothing took its place, and what it was
#: before, each state as “remaining/executed”.
NO_HEIR = "no_heir"
STATES = "states"

#: Attribute of an order that carries no client id: the number of our request whose reply named it as what it made.
NAMED = "named_by_reply"

#: States in which an order works, as far as the venue says so in words that are known.
RESTING = frozenset({OrderStatus.WORKING, OrderStatus.PARTIALLY_FILLED, OrderStatus.UNTRIGGERED})


def judge(command: Command, seen: Order) -> Judgement:
    """Return what a seen order says about a command, by its route."""
    return _replacement(command, seen) if command.route == REPLACE else _reduction(command, seen)


def is_replacement(command: Command, seen: Order) -> bool:
    """Return True if an order is the new half of a replacement: by our own fresh client id, or by the reply's word.

    One that names the old order and carries another client id, or none, may be the result of another replacement: of
    an earlier one of ours that left both orders working, or of somebody else's. So is one in another market or of the
    other side, and one that names another old order.
    """
    if command.route != REPLACE or seen.order_id == command.order.order_id or seen.account != command.order.account:
        return False
    old, original = command.order, seen.attribute("orig_order_id")
    if (market_of(seen), seen.side) != (market_of(old), old.side) or original not in ("", old.order_id):
        return False
    return (seen.client_id or seen.attribute(NAMED)) == str(command.request_id)


def market_of(order: Order) -> str:
    """The market of an order, by the venue's own number: that is there before the names of the markets are known."""
    return order.attribute("instrument_id") or order.symbol


def why_another(seen: Order, known: Order) -> str:
    """Return one clause on why a reading is not one of the order known by its id, "" where it can be."""
    if market_of(seen) == market_of(known):
        seen = replace(seen, symbol=known.symbol)
    return why_implausible(seen, known)


def claims(command: Command, seen: Order) -> bool:
    """Return True if the row may follow the order to this id: only once the old half has ended.

    While the old order still works there are two orders, and a row that moved on would hide one of them.
    """
    return is_replacement(command, seen) and seen.attribute(OLD_LEG) == OLD_LEG_ENDED


def changed_since(base: Order, now: Order) -> str:
    """Return what changed in an order since it was looked at, as one clause; "" if nothing did.

    The venue has no revision to compare with, so this fingerprint does it: state, remaining, executed, the terms, and
    the time (or else the reason) of the last update where both sides carry it.
    """
    if text := why_another(now, base):
        return text
    if plain_word(base.raw_status) != plain_word(now.raw_status):
        return f"its state is {now.raw_status} instead of {base.raw_status}"
    if base.remaining != now.remaining or base.filled != now.filled:
        return (
            f"remaining is {tidy(now.remaining)} instead of {tidy(base.remaining)}, "
            f"executed {tidy(now.filled)} instead of {tidy(base.filled)}"
        )
    if terms := changed_terms(base, now):
        return f"its {terms[0].label} is another"
    for mark in ("ticks", "change_reason"):
        if base.attribute(mark) and now.attribute(mark):
            return "" if base.attribute(mark) == now.attribute(mark) else "it was updated"
    return ""


def _reduction(command: Command, seen: Order) -> Judgement:
    base, asked = command.order, command.target.remaining
    if seen.order_id != base.order_id or asked is None:
        return Judgement(Finding.UNRELATED, "This is another order.")
    if text := why_another(seen, base):
        return Judgement(Finding.UNRELATED, f"The venue shows the order as it cannot be: {text}.")
    with exact():
        least = base.filled + asked
        most = seen.filled + asked
        total = seen.filled + seen.remaining if seen.is_open else seen.filled
    if seen.status is OrderStatus.FILLED:
        return _filled(base, asked, least, seen)
    if seen.status.is_terminal:
        return _ended(base, asked, least, seen)
    if seen.status not in RESTING:
        return Judgement(Finding.UNRELATED, f"The order's state is “{seen.raw_status}”, which proves nothing.")
    differences = _difference(asked, seen.remaining)
    if total == base.quantity:
        return Judgement(Finding.UNCHANGED, _still(base, seen), differences)
    if least <= total <= min(most, base.quantity):
        return Judgement(Finding.APPLIED, _applied(base, seen))
    if total > base.quantity:
        text = f"The total is {tidy(total)}, more than the {tidy(base.quantity)} it was."
    elif total < least:
        text = f"Remaining is {tidy(seen.remaining)}, less than the {tidy(asked)} requested."
    else:
        text = f"Remaining is {tidy(seen.remaining)}: reduced, but not to the {tidy(asked)} requested."
    return Judgement(Finding.DIFFERENT, f"{text} Check the order.", differences)


def _filled(base: Order, asked: Decimal, least: Decimal, seen: Order) -> Judgement:
    """A filled order tells by how much was executed whether it had been reduced first."""
    if seen.filled == base.quantity:
        text = f"The order was filled ({tidy(seen.filled)}) before the reduction applied."
        return Judgement(Finding.UNCHANGED, text, _difference(asked, ZERO))
    if least <= seen.filled < base.quantity:
        text = f"Reduced, then filled: {tidy(seen.filled)} executed instead of {tidy(base.quantity)}."
        return Judgement(Finding.APPLIED, text)
    text = f"The order ended with {tidy(seen.filled)} executed, which the request does not explain. Check the order."
    return Judgement(Finding.DIFFERENT, text, _difference(asked, ZERO))


def _ended(base: Order, asked: Decimal, least: Decimal, seen: Order) -> Judgement:
    """An order that ended unfilled no longer shows what remained; only its own history tells what it was before.

    Its total can only fall. So any state with the total asked for was made by a reduction, and where none has a total
    below the old one, there was none.
    """
    states = [tuple(map(Decimal, state.split("/"))) for state in seen.attribute(STATES).split()]
    with exact():
        totals = [(remaining + filled, filled + asked) for remaining, filled in states]
    lowest = min((total for total, _ in totals), default=None)
    if any(least <= total <= most and total < base.quantity for total, most in totals):
        return Judgement(Finding.APPLIED, f"Reduced, then ended as {seen.raw_status}, by the order's own history.")
    if lowest is None or lowest > base.quantity:
        text = f"an order that ended as {seen.raw_status} does not show what remained of it."
        return Judgement(Finding.UNTOLD, text)
    if lowest == base.quantity:
        return Judgement(Finding.UNCHANGED, "The order's own history shows no reduction.", _difference(asked, ZERO))
    text = f"The total was {tidy(lowest)} before the end, and {tidy(least)} would have been as requested."
    return Judgement(Finding.DIFFERENT, text, _difference(asked, ZERO))


def _applied(base: Order, seen: Order) -> str:
    with exact():
        more = seen.filled - base.filled
    if more > ZERO:
        return (
            f"Remaining is {tidy(seen.remaining)}; {tidy(more)} more filled while amending; "
            f"the total is now {tidy(seen.quantity)}."
        )
    return f"Remaining is {tidy(seen.remaining)}; the total is now {tidy(seen.quantity)}."


def _still(base: Order, seen: Order) -> str:
    if seen.filled > base.filled:
        return f"The total is still {tidy(base.quantity)}; it filled further, and no reduction shows."
    return f"The order still has {tidy(seen.remaining)} remaining."


def _difference(asked: Decimal, seen: Decimal) -> tuple[Difference, ...]:
    return (Difference(FieldName.QUANTITY, asked, seen),)


def _replacement(command: Command, seen: Order) -> Judgement:
    old, target = command.order, command.target
    if seen.order_id == old.order_id:
        if text := why_another(seen, old):
            return Judgement(Finding.UNRELATED, f"The venue shows the old order as it cannot be: {text}.")
        return _old_half(old, seen)
    whose = ""
    if not is_replacement(command, seen):
        if not _is_anybodys(command, seen):
            return Judgement(Finding.UNRELATED, "This is another order.")
        # An order is replaced once: whoever asked, nothing else will come of ours, and its terms tell the outcome.
        whose = f" {TITLE} does not say whose request made it."
    if seen.status is OrderStatus.REJECTED:
        reason = f" ({seen.reason})" if seen.reason else ""
        return Judgement(Finding.UNTOLD, f"the replacement {seen.order_id} was rejected{reason}.")
    if seen.status is OrderStatus.UNRECOGNISED:
        return Judgement(Finding.UNRELATED, f"The replacement's state is “{seen.raw_status}”, which proves nothing.")
    differences: list[Difference] = []
    if target.price is not None and seen.price != target.price:
        differences.append(Difference(FieldName.PRICE, target.price, seen.price))
    size = _size(seen)
    if size is None:
        text = f"the replacement {seen.order_id} ended as {seen.raw_status}, and its size was not told."
        return Judgement(Finding.UNTOLD, text)
    if target.remaining is not None and size != target.remaining:
        differences.append(Difference(FieldName.QUANTITY, target.remaining, size))
    if differences:
        text = f"The replacement {seen.order_id} has other terms than asked for. Check the order.{whose}"
        return Judgement(Finding.DIFFERENT, text, tuple(differences))
    if seen.attribute(OLD_LEG) != OLD_LEG_ENDED:
        text = f"replacement {seen.order_id} is there; the old order {old.order_id} is not confirmed ended."
        return Judgement(Finding.UNTOLD, text)
    return Judgement(Finding.APPLIED, f"Order {old.order_id} ended and {seen.order_id} is in its place.{whose}")


def _is_anybodys(command: Command, seen: Order) -> bool:
    """Return True if an order took the old one's place and carries nobody's request: no client id, and no reply."""
    old = command.order
    return (
        command.route == REPLACE
        and not seen.client_id
        and not seen.attribute(NAMED)
        and seen.order_id != old.order_id
        and seen.account == old.account
        and seen.attribute("orig_order_id") == old.order_id
        and (market_of(seen), seen.side) == (market_of(old), old.side)
    )


def _old_half(old: Order, seen: Order) -> Judgement:
    if seen.status.is_terminal and seen.attribute(NO_HEIR):
        return Judgement(Finding.UNRELATED, f"The old order ended as {seen.raw_status}, and nothing took its place.")
    if seen.status.is_terminal:
        return Judgement(Finding.UNTOLD, "its replacement is not seen, and nothing shows that there is none.")
    if seen.status not in RESTING:
        return Judgement(Finding.UNRELATED, f"The old order's state is “{seen.raw_status}”, which proves nothing.")
    if seen.price == old.price and seen.quantity == old.quantity:
        return Judgement(Finding.UNCHANGED, "The old order still works and no replacement is seen.")
    return Judgement(Finding.DIFFERENT, "The old order still works, with other terms than before. Check the order.")


def _size(seen: Order) -> Decimal | None:
    """The size the replacement was entered with; a cancelled one no longer shows what remained, only what it was."""
    if seen.status in (OrderStatus.CANCELLED, OrderStatus.EXPIRED):
        text = seen.attribute("orig_quantity")
        return Decimal(text) if text else None
    return seen.quantity
