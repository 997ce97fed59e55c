"""Reasons why an order is in the state it is in: what says so, what is still open, and what would settle it. Pure."""

from __future__ import annotations

from collections.abc import Callable

from app.desk.story.telling import Story
from app.domain.market import LinkState
from app.domain.money import tidy
from app.domain.order import Order, OrderStatus


def reasons(story: Story, when: Callable[[int], str]) -> list[str]:
    """Return what there is to say, one sentence a line; the first tells the state.

    Args:
        story: of an order that the record knows.
        when: writes a moment, in nanoseconds since 1970 UTC.
    """
    row = story.row
    assert row is not None
    order = row.order
    lines = [f"{_state(order)}, as {row.source.value} showed it {when(row.seen_at)}."]
    if order.reason:
        lines.append(f"The venue's words for that: {order.reason}.")
    if row.elsewhere:
        lines.append(f"Changed elsewhere {when(row.elsewhere_at)}: {row.elsewhere}.")
    for amendment in story.amendments.values():
        if amendment.is_open:
            lines.append(f"{amendment.amendment_id} has no outcome: {amendment.outcome}")
            if amendment.missing:
                lines.append(f"It is settled by: {amendment.missing}")
    last = next(iter(reversed(story.amendments.values())), None)
    if last is not None and not last.is_open:
        code = f" (code {last.code})" if last.code else ""
        lines.append(
            f"The last amendment, {last.amendment_id}, {last.stage.value.replace('_', ' ')}{code}: {last.outcome}"
        )
    if row.cancelling:
        lines.append("A cancel was asked for and is not answered; the next list or look-up tells.")
    if row.doubt is not None:
        lines.append(
            f"Not believed since {when(row.doubt.at)}: {row.doubt.text}. A reading that can be believed ends that."
        )
    if row.vanished_at is not None:
        lines.append(f"No list has it since {when(row.vanished_at)}; a look-up at the venue tells what became of it.")
    if order.is_open and story.ended_at is not None:
        lines.append(f"The ticket that wrote this ended {when(story.ended_at)}: what happened since is not known here.")
    elif order.is_open and row.stale:
        lines.append(
            "The link broke since it was last seen: what happened meanwhile is not known until it is read again."
        )
    if order.is_open and story.ended_at is None and story.link is not None and story.link is not LinkState.UP:
        lines.append(f"The link is {story.link.value} since {when(story.link_at)}; nothing is proven until it is up.")
    if order.is_open and len(lines) == 1:
        lines.append("Nothing is open: no amendment waits, and the venue showed it last as it is told here.")
    return lines


def _state(order: Order) -> str:
    word = order.raw_status if order.status is OrderStatus.UNRECOGNISED else order.status.value.replace("_", " ")
    price = f" at {tidy(order.price)}" if order.price is not None else ""
    filled = f", {tidy(order.filled)} of {tidy(order.quantity)} filled" if order.filled else ""
    if order.is_open:
        return f"It is {word}: {tidy(order.unfilled)} left{price}{filled}"
    left = f", {tidy(order.unfilled)} never filled" if order.unfilled else ""
    return f"It has ended: {word}{filled}{left}{price}"
