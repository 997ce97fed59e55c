"""Amendments sent behind others of the same order: when that may be, what the form stands on then, what is told. Pure.

Bitget's documents contradict one another on it, so an account's switch decides, and leaves it off.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.money import tidy
from app.domain.order import Order
from app.domain.plan import Surroundings, Terms, Waiting, with_terms
from app.domain.rules import Rule
from app.venues.bitget.rules import citations
from app.venues.bitget.wire import vocabulary as words
from app.venues.common.fields import Lock
from app.venues.common.locks import busy_lock, state_lock

#: Said of every number that an amendment asked for and Bitget has not shown.
AS_ASKED = "as asked, not yet shown by Bitget"

_CANCEL = "The order can be cancelled."

#: What the switch may be.
FEWEST, MOST = 1, 5


def most_of(switches: Mapping[str, str]) -> int:
    """Return how many amendments of one order may be without an outcome at a time; what is no such number is 1."""
    text = switches.get(words.QUEUED_AMENDMENTS, "").strip()
    is_plain = text.isascii() and text.isdecimal() and len(text) == 1
    return int(text) if is_plain and FEWEST <= int(text) <= MOST else FEWEST


def busy(order: Order, around: Surroundings) -> Lock | None:
    """Return why an order with an amendment or a cancel under way takes no amendment now; None where it takes one."""
    most = most_of(around.switches)
    if not around.amending or most == FEWEST:
        return busy_lock(around, words.TITLE, citations.ONE_IN_FLIGHT)
    if order.reduce_only:
        text = (
            "An amendment of this order is still unresolved, and Bitget lets none of a reduce-only order wait in line."
        )
        return f"{text} {_CANCEL}", citations.IN_LINE
    if around.waiting is None:
        text = "An amendment of this order is not known to be accepted; only behind accepted ones does another wait in "
        return f"{text}line. {_CANCEL}", citations.IN_LINE
    count = len(around.waiting.ids)
    if count >= most:
        text = f"{_amendments(count)} of this order {_are(count)} without an outcome, and the account's switch "
        return (
            f"{text}{words.QUEUED_AMENDMENTS} allows {most}; wait for one of them. {_CANCEL}",
            citations.IN_LINE,
        )
    if around.cancelling:
        return f"This order is being cancelled; wait for {words.TITLE}'s answer.", citations.IN_LINE
    return None


def line_of(order: Order, around: Surroundings) -> Waiting | None:
    """Return the amendments that one of this order would be sent behind; None where it is sent behind none.

    It is not taken now where the line is full or the order is being cancelled; those in line are carried out all the
    same.
    """
    if most_of(around.switches) == FEWEST or order.reduce_only:
        return None
    return None if state_lock(order, words.TITLE, citations.ENDED, citations.STATUS) else around.waiting


def standing(order: Order, around: Surroundings) -> Order:
    """Return the order that the next amendment changes: with all terms that wait, where it is sent behind them."""
    waiting = line_of(order, around)
    for terms in waiting.asked if waiting is not None else ():
        order = with_terms(order, terms)
    return order


def told(order: Order, around: Surroundings) -> tuple[str, Rule] | None:
    """Return what a person must know before sending one behind others; None where there are none."""
    waiting = line_of(order, around)
    if waiting is None or busy(order, around) is not None:
        return None
    count = len(waiting.ids)
    asked = "; ".join(_terms(each) for each in waiting.asked)
    text = (
        f"{_amendments(count)} of this order {_wait(count)} at Bitget ({asked}), {AS_ASKED}. This one is carried out "
        "after that, and skipped if an earlier one fails (25573). Bitget's batch page lets up to five wait in line; "
        "the page of the single call takes one at a time."
    )
    return text, citations.IN_LINE


def _terms(terms: Terms) -> str:
    price = f" at {tidy(terms.price)}" if terms.price is not None else ""
    return f"{tidy(terms.quantity) if terms.quantity is not None else 'the size'}{price}"


def _amendments(count: int) -> str:
    return f"{count} amendment{'s' * (count != 1)}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"
