"""Lines of the panel on an amendment that was sent: what was asked, and the request that left."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.desk.desk import Desk
from app.desk.fold.amendments import asked_text
from app.desk.fold.line import ahead_of
from app.desk.guard import plan_of
from app.desk.state import DeskState
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.forecast import one_of
from app.domain.form import FieldName, Form
from app.domain.order import Order
from app.domain.plan import BalanceForecast, Draft, Line, Terms, Waiting, WirePreview
from app.domain.terms import Term, own_terms
from app.ui.look.numbers import grouped
from app.ui.orders.chips import stage_words

_NOT_LEFT = (AmendmentStage.DRAFT, AmendmentStage.CHECKED, AmendmentStage.QUEUED)


def asked_balance(desk: Desk, amendment: Amendment) -> BalanceForecast | None:
    """Forecast of the balance for an amendment that was sent: now is as the venue shows, whatever waits before it."""
    lineage = desk.lineage(amendment.lineage)
    around = replace(desk.surroundings(lineage), waiting=ahead_of(desk.state, lineage, amendment))
    values = {name: new for name, _, new in amendment.asked}
    if amendment.command.behind is not None:
        values |= {term.field: value for term, value in _own(amendment.command.target)}
    draft = Draft(lineage.order, tuple(values.items()), amendment.command.route)
    rules, limits = desk.venues[lineage.account].rulebook, desk.limits[lineage.account]
    plan = plan_of(rules, lineage, draft, around, limits, desk.state)
    return plan.consequence.balance if plan.consequence is not None else None


def asked_lines(form: Form, amendment: Amendment, shown: Order, waiting: Waiting | None = None) -> tuple[Line, ...]:
    """The fields that were asked to change: as the venue shows them now, in flight, and as asked for.

    One that was sent behind others asks for every one of its terms anew, as none of theirs is shown yet.

    Args:
        form: of the order now.
        amendment: has no outcome yet.
        shown: the order as the venue shows it.
        waiting: those before it that have none either; None where there are none.
    """
    states = waiting.states() if waiting is not None else (shown,)
    asked: dict[FieldName, tuple[Decimal | str | None, Decimal | str]]
    asked = {name: (old, new) for name, old, new in amendment.asked}
    if amendment.command.behind is not None:
        asked = {term.field: (None, value) for term, value in _own(amendment.command.target)} | asked
    lines = []
    for name, (old, new) in asked.items():
        field = form.field(name)
        label = field.label if field is not None else name.value.replace("_", " ").capitalize()
        passed: list[Decimal | str | None] = [_value(form, name, each, shown, old) for each in states]
        peak = one_of([*passed, new]) if any(each != new for each in passed) else new
        every = ", ".join(_words(each) for each in dict.fromkeys([*passed, new]))
        note = f"until it is settled: {every}" if peak != new else "sent too, as it is"
        lines.append(Line(label, passed[0], peak, new, changed=passed[0] != new, note=note))
    lines.append(Line("Order id", shown.order_id, None, amendment.new_order_id or amendment.command.id_after.value))
    return tuple(lines)


def _own(terms: Terms) -> list[tuple[Term, Decimal]]:
    found = ((term, term.of_terms(terms)) for term in own_terms())
    return [(term, value) for term, value in found if value is not None]


def _value(form: Form, name: FieldName, state: Order, shown: Order, old: Decimal | str | None) -> Decimal | str | None:
    """Content of a field in one state of an order; a choice, which no order tells, is as it was before."""
    field = form.field(name)
    if state == shown == form.order and field is not None:
        return field.current
    term = next((each for each in own_terms() if each.field is name), None)
    return term.shown(state) if term is not None else old


def _words(value: Decimal | str | None) -> str:
    return grouped(value) if isinstance(value, Decimal) else (value or "none").replace("_", " ")


def line_words(desk: Desk, key: str, form: Form) -> tuple[str, ...]:
    """Sentences on the amendments of an order that wait in line; none where it takes one at a time, as most do."""
    state = desk.state
    opened = state.open_amendments(desk.lineage(key))
    if not opened or (form.locked and len(opened) == 1):
        return ()
    asked = "; ".join(asked_text(each) for each in opened)
    if any(each.stage is not AmendmentStage.ACKNOWLEDGED for each in opened):
        # Whether they were carried out in turn depends on what is not known.
        return (f"Asked for one after the other: {asked}. Not of all is it known that the venue has them.",)
    if form.locked:
        # How many there are stands in the lock.
        return (f"Carried out in turn: {asked}. None of that is shown yet.",)
    more = "Fields stand on what the order is to have then; a change is sent behind them."
    return (f"{len(opened)} without an outcome, carried out in turn: {asked}. None of that is shown yet. {more}",)


def refused_lines(form: Form, amendment: Amendment) -> tuple[Line, ...]:
    """Changes asked of an order that has ended: the value now, and the one that was not taken."""
    outcome = stage_words(amendment.stage).lower()
    lines = []
    for name, _, new in amendment.asked:
        field = form.field(name)
        label = field.label if field is not None else name.value.replace("_", " ").capitalize()
        asked = grouped(new) if isinstance(new, Decimal) else new.replace("_", " ")
        lines.append(Line(label, field.current if field is not None else None, None, f"{asked} ({outcome})"))
    return tuple(lines)


def sent_request(state: DeskState, amendment: Amendment) -> WirePreview | None:
    """The request as it left, secrets masked; None if it has not left or is no longer kept in memory."""
    for message in reversed(state.wire):
        if message.amendment_id == amendment.amendment_id and message.direction == "out":
            return WirePreview(message.transport, message.head, message.body)
    return None


def request_shown(desk: Desk, amendment: Amendment) -> tuple[str, WirePreview | None, str]:
    """Return the heading over an amendment's request, its text, and a note where there is none."""
    if amendment.stage not in _NOT_LEFT:
        note = "The request has left; its text is in the journal."
        return "ON THE WIRE · SENT", sent_request(desk.state, amendment), note
    waits = "WAITS FOR THE RATE LIMIT" if amendment.stage is AmendmentStage.QUEUED else "ABOUT TO LEAVE"
    return f"ON THE WIRE · {waits}", desk.request_of(amendment), ""


def lines_now(form: Form) -> tuple[Line, ...]:
    """Return the order's terms now, where there is no forecast; of one that has ended, also what was left then."""
    lines = tuple(Line(each.label, each.current, None, None) for each in form.fields if not each.is_choice)
    ended = not form.order.is_open and form.order.unfilled
    return (*lines, Line("Left when it ended", form.order.unfilled, None, None)) if ended else lines
