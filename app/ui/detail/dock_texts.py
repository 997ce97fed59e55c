"""Texts of the bottom dock on an order: its messages, its ids and their fills, its rules."""

from __future__ import annotations

from decimal import Decimal

from app.desk.fold.amendments import asked_text
from app.desk.state import DeskState, Lineage
from app.domain.amendment import Amendment
from app.domain.events import WireSeen
from app.domain.form import Form
from app.domain.money import ZERO
from app.domain.rules import Rule
from app.ui.look.numbers import as_digits, clock, tidy_grouped
from app.ui.orders.chips import stage_words

_SHOWN = 80


def wire_lines(state: DeskState, lineage: Lineage) -> list[str]:
    """The messages that concern an order, oldest first: those of its amendments, and those that name one of its ids."""
    messages = [message for message in state.wire if message.account == lineage.account and _concerns(message, lineage)]
    return [_wire_line(message) for message in messages[-_SHOWN:]]


def _concerns(message: WireSeen, lineage: Lineage) -> bool:
    if message.amendment_id:
        return message.amendment_id in lineage.amendments
    return any(order_id in message.head or order_id in message.body for order_id in lineage.ids)


def _wire_line(message: WireSeen) -> str:
    arrow = "→" if message.direction == "out" else "←"
    return f"{clock(message.at)} {arrow} {message.head} {message.body}".rstrip()


def asked_words(amendment: Amendment) -> str:
    """Words for what an amendment asked for; digits are grouped."""
    words = []
    for name, old, new in amendment.asked:
        words.append(f"{name.value.replace('_', ' ')} {_shown(old)} → {_shown(new)}")
    return ", ".join(words)


def _shown(value: Decimal | str | None) -> str:
    if value is None:
        return "—"
    return tidy_grouped(value) if isinstance(value, Decimal) else value.replace("_", " ")


def lineage_lines(state: DeskState, lineage: Lineage) -> list[str]:
    """Every id the order has had, what led from one to the next, and the fills; first what of it is not believed."""
    amendments = [state.amendments[each] for each in lineage.amendments]
    lines = _not_believed(lineage)
    for number, order_id in enumerate(lineage.ids, start=1):
        mark = "  ← now" if order_id == lineage.order.order_id else ""
        lines.append(f"{number}. {order_id}{mark}")
        for fill in sorted(lineage.fills.values(), key=lambda each: each.at):
            if fill.order_id == order_id:
                lines.append(f"   {clock(fill.at)}  filled {as_digits(fill.quantity)} at {as_digits(fill.price)}")
        for amendment in amendments:
            if amendment.command.order.order_id == order_id:
                at = clock(amendment.rungs[0].at) if amendment.rungs else ""
                lines.append(f"   {at}  {asked_text(amendment)}: {stage_words(amendment.stage).lower()}")
    seen = sum((fill.quantity for fill in lineage.fills.values()), ZERO)
    filled = as_digits(lineage.order.filled)
    lines.append(f"Filled {filled} by the venue's count; {as_digits(seen)} in executions seen here.")
    return lines


def _not_believed(lineage: Lineage) -> list[str]:
    """Lines on what was shown of the order and not believed, with the venue's own text."""
    doubt = lineage.doubt
    if doubt is None:
        return []
    whence = f"{doubt.source.value}, {clock(doubt.at)}"
    lines = [f"Not believed: {doubt.text} ({whence}); locked until it is readable again."]
    return [*lines, *([f"   as received: {doubt.raw}"] if doubt.raw else [])]


def rules_lines(form: Form) -> list[str]:
    """Every field and route with the rule behind it and where that was read."""
    lines = [f"This order: {form.locked}"] if form.locked else []
    for field in form.fields:
        state = "may change" if field.editable else f"locked. {field.reason}"
        lines.append(f"{field.label}: {state}")
        lines += _source(field.rule)
    for route in form.routes:
        state = "offered" if route.offered else f"not offered. {route.reason}"
        lines.append(
            f"{route.label} ({route.call}): {state}. Queue place: {route.queue.value}. Id: {route.id_after.value}."
        )
        for rule in (route.rule, *route.further):
            lines += _source(rule)
    return lines


def _source(rule: Rule | None) -> list[str]:
    if rule is None:
        return []
    lines = [
        f"   {rule.statement}",
        f"   {rule.document}, read {rule.read_on}, {rule.confidence.value}. {rule.url}".rstrip(),
    ]
    if rule.conflict:
        lines.append(f"   Contradiction: {rule.conflict}")
    if rule.way_round:
        lines.append(f"   Way round: {rule.way_round}")
    return lines
