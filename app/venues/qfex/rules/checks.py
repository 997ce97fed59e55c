"""Checks of a draft: every rule looked at, in the order a person would fix them."""

from __future__ import annotations

from decimal import Decimal

from app.domain.checking import Findings, check_state, check_values
from app.domain.form import FieldName, Form
from app.domain.money import ZERO, tidy
from app.domain.order import Order, Side
from app.domain.plan import Draft, Surroundings, Verdict
from app.venues.qfex.rules import citations
from app.venues.qfex.rules.asked import LABELS, Asked, absurd
from app.venues.qfex.rules.form import ROUTE
from app.venues.qfex.rules.market_checks import check_market
from app.venues.qfex.wire import vocabulary as words


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
        check_market(findings, asked, form.order, around)
        _declared(findings, asked)
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
        findings.problem(f"{LABELS.get(name, name.value)}: that number has far too many digits; shorten it.", name)
    return bool(names)


def _changed(findings: Findings, asked: Asked) -> None:
    findings.checked += 1
    if not asked.changed:
        findings.problem(
            "Nothing changes: type a price, quantity, take-profit or stop-loss that differs from the order's.",
            None,
            citations.NO_CHANGE,
        )


def _declared(findings: Findings, asked: Asked) -> None:
    findings.checked += 1
    if asked.declared:
        text = (
            f"Reduce-only is sent as “{words.YES if asked.reduce_only else words.NO}” because you say so; QFEX does "
            "not report it, and refuses the change if it is not so."
        )
        findings.caution(text, FieldName.REDUCE_ONLY, citations.REDUCE_ONLY)


def _exits(findings: Findings, asked: Asked, order: Order) -> None:
    """Point out a take-profit or stop-loss that is not on its own side of the price; QFEX says whether it takes it.

    One that is beyond the price would close the position as soon as the order fills, so it takes a consent; one that
    was there before, or lies at the price itself, as in a sample of QFEX's own page, does not.
    """
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
        text = f"{LABELS[name]}: {tidy(value)} is not {where} the price {tidy(price)} of this {order.side.value} order"
        is_new = bool(asked.changed & {name, FieldName.PRICE})
        at_fault = FieldName.PRICE if is_new and name not in asked.changed else name
        findings.caution(f"{text}; QFEX may refuse it.", at_fault, citations.EXITS, confirm=is_new and value != price)


def survives(value: Decimal) -> bool:
    """Return True if a number comes out of a binary float as it went in: QFEX reads its JSON numbers so."""
    return Decimal(repr(float(value))) == value


def _exact(findings: Findings, asked: Asked) -> None:
    """All four are sent, so a word on those that may not come through QFEX's number format unchanged."""
    findings.checked += 1
    for name in LABELS:
        value = asked.number(name)
        if value is not None and not survives(value):
            text = f"{LABELS[name]}: QFEX may read {tidy(value)} as another number; at most 15 digits are sure."
            findings.caution(text, name, citations.EXACT_NUMBERS, confirm=True)
