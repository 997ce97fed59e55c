"""Orders of one total: all of their changes leave or none, for a part of them comes to another total. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.desk.batch.members import STOPPED, Member, Remark, Said
from app.domain.money import ZERO, exact, tidy


def whole(members: Sequence[Member]) -> list[Member]:
    """Return the members of one total: where one of them cannot leave, the others are held back, and say why."""
    stuck = [each for each in members if each.verdict in STOPPED and each.verdict is not Remark.SAME]
    if not stuck:
        return list(members)
    names = ", ".join(each.order.order_id for each in stuck)
    text = f"Of one total all leave or none, and {names} cannot: without it {tidy(left(members, ()))} stays."
    held = Said(Remark.HELD, text)
    return [replace(each, said=(*each.said, held), change=None) if each.sends else each for each in members]


def left(members: Sequence[Member], leaving: Sequence[Member]) -> Decimal:
    """Return what would remain of all together, in base units, if those that leave come out as asked."""
    gone = {each.key for each in leaving}
    with exact():
        return sum((_left_of(each) if each.key in gone else each.order.remaining for each in members), ZERO)


def _left_of(member: Member) -> Decimal:
    target = member.change.target if member.change is not None else None
    if target is None:
        return ZERO
    if target.remaining is not None:
        return target.remaining
    return max(ZERO, target.quantity - member.order.filled) if target.quantity is not None else member.order.remaining


def why_not_all(members: Sequence[Member], leaving: Sequence[Member]) -> str:
    """Return why a total cannot leave in part, "" where all of it would.

    Args:
        members: all orders of the total.
        leaving: those that would leave now.
    """
    staying = [each for each in members if each not in leaving and each.verdict is not Remark.SAME]
    if not staying:
        return ""
    one = len(staying) == 1
    asks = f"{len(staying)} of them ask{'s' if one else ''} first"
    return f"Of one total all leave or none: {asks}, and without {'it' if one else 'them'} " + (
        f"{tidy(left(members, leaving))} would be left."
    )
