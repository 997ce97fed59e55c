"""Everything that can be known to be wrong with a draft before it is sent."""

from __future__ import annotations

from decimal import Decimal

from app.domain.checking import Findings, check_state, check_values, meeting
from app.domain.form import Field, FieldName, Form
from app.domain.money import ZERO, is_multiple, nearest_multiples, tidy
from app.domain.order import Order
from app.domain.plan import BalanceForecast, Draft, Surroundings, Terms, Verdict
from app.domain.terms import own_terms
from app.venues.example.rules import citations
from app.venues.example.rules.form import ROUTE
from app.venues.example.wire.vocabulary import TITLE

#: Numbers outside are no terms of any market, and would leave the exact range of the arithmetic.
SMALLEST, LARGEST = Decimal("1e-16"), Decimal("1e20")


#: Fields with the new numbers that a draft would send.
Changes = tuple[tuple[Field, Decimal], ...]


def changes_of(draft: Draft, form: Form) -> Changes:
    """Return what a draft would send; a number equal to the order's own counts as not typed."""
    typed = ((field, draft.number(field.name)) for field in form.fields)
    return tuple((field, number) for field, number in typed if number is not None and number != field.current)


def asked_of(changes: Changes) -> Terms:
    """Return the terms that changes ask for."""
    names = {term.field: term.name for term in own_terms()}
    return Terms(**{names[field.name]: number for field, number in changes})


def is_computable(changes: Changes) -> bool:
    """Return True where something is asked that can be reckoned with."""
    return bool(changes) and all(SMALLEST <= number <= LARGEST for _, number in changes)


def verdict(
    draft: Draft, changes: Changes, form: Form, around: Surroundings, forecast: BalanceForecast | None
) -> Verdict:
    """Check a draft against everything that is known; `forecast` is what would become of the balance."""
    findings = Findings()
    check_state(findings, form, around, TITLE)
    check_values(findings, draft, form, TITLE, ROUTE, citations.CHANGE)
    if form.locked:
        return findings.verdict()
    findings.checked += 2
    if around.instrument is None:
        findings.problem("The rules of this market are not loaded yet; wait a moment or refresh.")
    elif not changes:
        findings.problem("Nothing changes: type something that differs from the order.", None, citations.CHANGE)
    for field, number in changes:
        _number(findings, field, number)
    asked = asked_of(changes)
    _size(findings, asked, form.order)
    _funds(findings, forecast)
    _crossing(findings, asked, form.order, around)
    return findings.verdict()


def _number(findings: Findings, field: Field, value: Decimal) -> None:
    """Check one typed number: above zero, on its grid, within its bounds."""
    findings.checked += 3
    step, rule, label = field.step, field.rule, field.label
    least, most = field.minimum if field.minimum is not None else step, field.maximum
    nearest = nearest_multiples(value, step, least, most) if step is not None and abs(value) <= LARGEST else ()
    if value <= ZERO or not SMALLEST <= value <= LARGEST:
        findings.problem(f"{label}: it must be above zero, and a number a market could have.", field.name, rule)
    elif step is not None and rule is not None and not is_multiple(value, step):
        findings.off_grid(label, field.name, value, step, rule, least, most)
    elif least is not None and value < least:
        findings.problem(f"{label}: {TITLE} takes at least {tidy(least)} here.", field.name, rule, nearest)
    elif most is not None and value > most:
        findings.problem(f"{label}: {TITLE} takes at most {tidy(most)} here.", field.name, rule, nearest)


def _size(findings: Findings, asked: Terms, order: Order) -> None:
    findings.checked += 1
    if asked.quantity is not None and ZERO < asked.quantity <= order.filled:
        text = f"Amount: it is the total and must lie above the {tidy(order.filled)} filled already."
        findings.problem(text, FieldName.QUANTITY, citations.LOT)


def _funds(findings: Findings, forecast: BalanceForecast | None) -> None:
    findings.checked += 1
    if forecast is None or forecast.delta <= ZERO:
        return
    more = f"The change locks {tidy(forecast.delta)} {forecast.currency} more, and"
    if forecast.available_now is None:
        findings.caution(f"{more} the balance is not known.", None, citations.FUNDS, confirm=True)
    elif forecast.delta > forecast.available_now:
        text = f"{more} {tidy(forecast.available_now)} {forecast.currency} is available."
        findings.problem(text, None, citations.FUNDS)


def _crossing(findings: Findings, asked: Terms, order: Order, around: Surroundings) -> None:
    findings.checked += 1
    if asked.price is not None and (met := meeting(asked.price, order.side, around.quote)):
        text = f"Price {met}: the order would trade at once."
        findings.caution(text, FieldName.PRICE, citations.CROSSING, confirm=True)
