"""Evidence: a fact from the venue that settles an amendment, and the declaration of which fact does.

Each rulebook states an `EvidencePolicy` and a `judge`; the desk's reconcile room applies them. The default judging of
terms lives here because every venue needs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.amendment import Command, Difference
from app.domain.money import ZERO, tidy
from app.domain.order import Order
from app.domain.plan import Terms
from app.domain.rules import Rule
from app.domain.terms import TERMS

#: In nanoseconds, as every time here.
MILLISECOND = 1_000_000
SECOND = 1_000_000_000


class Finding(StrEnum):
    """Statement of a seen order about a command.

    APPLIED: it has the terms asked for. DIFFERENT: it was changed, but not to the terms asked for. UNCHANGED: it still
    has the old terms. UNRELATED: it says nothing about this command. UNTOLD: it has ended, and nothing tells with which
    terms.
    """

    APPLIED = "applied"
    DIFFERENT = "different"
    UNCHANGED = "unchanged"
    UNRELATED = "unrelated"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rulebook's reading of one seen order: the finding, one sentence, and any differing terms."""

    finding: Finding
    text: str = ""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidencePolicy:
    """Declaration of which evidence settles an amendment on this venue; all times in nanoseconds.

    Attributes:
        settle_after: a look-up or list asked for at least this long after the write that still shows the old terms
            refutes the amendment (the venue works asynchronously; earlier reads prove nothing).
        probe_after: when to look up, counted from the write.
        probe_every: slow probing after that, until evidence closes it.
        answer_within: without any answer for this long the amendment is UNKNOWN (not failed).
        acknowledged: words for the person between acknowledgement and evidence.
        reread_within: an open row is pushed or read again at least so often while its link is up; one that is older
            is stale. 0 where pushes alone keep it true, and a broken link is all that can make it old.
        rule: source of these statements.
        both_legs: routes that replace the order by another one, which are confirmed only when the new order is seen
            *and* the old one is seen to have ended.
    """

    settle_after: int
    probe_after: tuple[int, ...]
    probe_every: int
    answer_within: int
    acknowledged: str
    rule: Rule
    both_legs: frozenset[str] = frozenset()
    reread_within: int = 0


def compare(target: Terms, order: Order, tolerance: Decimal = ZERO) -> tuple[Difference, ...]:
    """The terms of `order` that are not those of `target`; terms the target leaves None are not compared.

    Args:
        target: the terms asked for.
        order: the order as seen.
        tolerance: largest difference still equal (for figures the venue derives by rounding).
    """
    differences: list[Difference] = []
    for term in TERMS:
        asked, seen = term.of_terms(target), term.of_order(order)
        if asked is not None and (seen is None or abs(asked - seen) > tolerance):
            differences.append(Difference(term.field, asked, seen))
    return tuple(differences)


def difference_words(differences: Iterable[Difference]) -> str:
    """The differences in words, such as `price 199.6 instead of 199.51`."""
    labels = {term.field: term.label for term in reversed(TERMS)}

    def show(value: Decimal | None) -> str:
        return "none" if value is None else tidy(value)

    return ", ".join(f"{labels[each.field]} {show(each.found)} instead of {show(each.asked)}" for each in differences)


def terms_of(order: Order, like: Terms) -> Terms:
    """The order's own terms, for the same fields that `like` judges."""
    judged = (term for term in TERMS if term.of_terms(like) is not None)
    return type(like)(**{term.name: term.of_order(order) for term in judged})


def judge_terms(command: Command, seen: Order, tolerance: Decimal = ZERO) -> Judgement:
    """The default judgement: compare the seen order with the terms asked for, then with the old ones."""
    differences = compare(command.target, seen, tolerance)
    if not differences:
        return Judgement(Finding.APPLIED, "The venue shows the terms asked for.")
    if not compare(terms_of(command.order, command.target), seen, tolerance):
        return Judgement(Finding.UNCHANGED, "The venue still shows the old terms.", differences)
    return Judgement(Finding.DIFFERENT, "The venue shows other terms than asked for.", differences)
