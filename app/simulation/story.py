"""An episode in words: one line for each event that a person would want to read."""

from __future__ import annotations

from app.desk.fold.amendments import asked_text
from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.money import tidy
from app.domain.order import Order
from app.simulation.clockwork import BEGINNING


def seconds(at: int) -> str:
    """Time since the beginning."""
    return f"{(at - BEGINNING) / SECOND:9.3f} s"


def row(order: Order) -> str:
    """An order in a few words."""
    price = tidy(order.price) if order.price is not None else "market"
    return f"{order.order_id} {order.status.value} {tidy(order.quantity)} at {price}, filled {tidy(order.filled)}"


def line_of(event: ev.Event) -> str:
    """One line about an event, "" for one of no interest here."""
    match event:
        case ev.LinkChanged():
            return f"link {event.state.value} {event.text}"
        case ev.OpenOrdersListed():
            asked = f"asked {seconds(event.asked_at).strip()}"
            return f"list ({asked}): {'; '.join(map(row, event.orders)) or 'nothing'}"
        case ev.OrderSeen():
            asked = f", asked {seconds(event.asked_at).strip()}" if event.asked_at is not None else ""
            replaces = f", replaces {event.replaces}" if event.replaces else ""
            return f"{event.source.value}{asked}: {row(event.order)}{replaces}"
        case ev.OrderUnreadable():
            return f"{event.source.value}: {event.order_id or 'an order'} cannot be read: {event.raw}"
        case ev.OrderMissing():
            return f"look-up (asked {seconds(event.asked_at).strip()}): {event.order_id} is missing"
        case ev.LookUpFailed():
            return f"look-up of {event.order_id} failed: {event.text}"
        case ev.FillSeen():
            return f"fill {event.fill.fill_id} of {event.fill.order_id}: {tidy(event.fill.quantity)}"
        case ev.AmendmentRequested():
            command = event.amendment.command
            asked = asked_text(event.amendment)
            return f"{command.amendment_id}: you ask by {command.route} of {row(command.order)}: {asked}"
        case ev.AmendmentQueued() | ev.AmendmentWritten() | ev.AmendmentAcknowledged() | ev.ProbeDue():
            return f"{event.amendment_id}: {type(event).__name__.removeprefix('Amendment').lower()}"
        case ev.AmendmentRefused() | ev.AmendmentUnsent() | ev.AmendmentUnanswered():
            return f"{event.amendment_id}: {type(event).__name__.removeprefix('Amendment').lower()}: {event.text}"
        case ev.CancelRequested():
            return f"you cancel {event.lineage}"
        case ev.CancelAnswered():
            return f"cancel of {event.order_id} {'taken' if event.taken else event.text}"
        case _:
            return ""
