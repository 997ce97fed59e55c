"""Lines of the panel on an amendment that was sent: what was asked, and the request that left."""

from __future__ import annotations

from decimal import Decimal

from app.desk.desk import Desk
from app.desk.fold.amendments import asked_text
from app.desk.state import DeskState
from app.domain.amendment import Amendment
from app.domain.form import Form
from app.domain.plan import Draft, Line, WirePreview
from app.ui.look.numbers import grouped
from app.ui.orders.chips import stage_words


def asked_draft(amendment: Amendment) -> Draft:
    """The draft an amendment was made of, for what it would do to the balance; it is never sent."""
    command = amendment.command
    return Draft(command.order, tuple((name, new) for name, _, new in amendment.asked), command.route)


def asked_lines(form: Form, amendment: Amendment) -> tuple[Line, ...]:
    """The fields that were asked to change: the value then, in flight, the value asked for."""
    lines = []
    for name, old, new in amendment.asked:
        field = form.field(name)
        label = field.label if field is not None else name.value.replace("_", " ").capitalize()
        lines.append(Line(label, old, "either", new, changed=True))
    order = amendment.command.order
    lines.append(Line("Order id", order.order_id, None, amendment.new_order_id or amendment.command.id_after.value))
    return tuple(lines)


def line_words(desk: Desk, key: str, form: Form) -> tuple[str, ...]:
    """Sentences on the amendments of an order that wait in line; none where it takes one at a time, as most do."""
    state = desk.state
    opened = state.open_amendments(desk.lineage(key))
    if not opened or (form.locked and len(opened) == 1):
        return ()
    asked = "; ".join(asked_text(each) for each in opened)
    more = "" if form.locked else " Fields stand on what the order is to have then; a change is sent behind them."
    return (f"{len(opened)} without an outcome, carried out in turn: {asked}. None of that is shown yet.{more}",)


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


def lines_now(form: Form) -> tuple[Line, ...]:
    """Return the order's terms now, for a venue that forecasts nothing while nothing is typed."""
    return tuple(Line(each.label, each.current, None, None) for each in form.fields if not each.is_choice)
