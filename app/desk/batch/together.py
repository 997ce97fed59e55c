"""Orders of one total: all of their changes leave or none, for a part of them comes to another total. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from app.desk.batch.members import STOPPED, Ending, Member, Remark, Said
from app.desk.state import Lineage
from app.domain.money import ZERO, exact, tidy

#: Endings after which it is not known what remains of an order.
_OPEN_ENDED = frozenset({Ending.WAITING, Ending.UNDER_WAY, Ending.UNKNOWN})


def whole(members: Sequence[Member]) -> list[Member]:
    """Return the members of one total: where one of them cannot leave, the others are held back, and say why.

    Of an order that has ended nothing is left, so it holds nobody back.
    """
    stuck = [each for each in members if _counts(each) and each.verdict in STOPPED]
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


def _counts(member: Member) -> bool:
    """Return True if the total hangs on what is done with an order: it rests, and is to be changed."""
    return member.order.is_open and member.verdict is not Remark.SAME


def why_not_all(members: Sequence[Member], leaving: Sequence[Member]) -> str:
    """Return why a total cannot leave in part, "" where all of it would.

    Args:
        members: all orders of the total.
        leaving: those that would leave now.
    """
    gone = {each.key for each in leaving}
    staying = [each for each in members if each.key not in gone and _counts(each)]
    if not staying:
        return ""
    one = len(staying) == 1
    asks = f"{len(staying)} of them ask{'s' if one else ''} first"
    return f"Of one total all leave or none: {asks}, and without {'it' if one else 'them'} " + (
        f"{tidy(left(members, leaving))} would be left, not {tidy(wanted(members))}."
    )


def wanted(members: Sequence[Member]) -> Decimal:
    """Return the total asked for, in base units, as it stands once every order that would leave has its change."""
    return left(members, [each for each in members if each.sends])


def left_as_proven(members: Sequence[Member], rows: Mapping[str, Lineage]) -> Decimal | None:
    """Return what is left of all together as their venue shows it now, in base units; None while that is not known.

    Args:
        members: all orders of the total, after they were sent.
        rows: what is known of orders now, by key.
    """
    found = ZERO
    for each in members:
        row = rows.get(each.key)
        if row is None or row.stale or row.doubt is not None or each.ending in _OPEN_ENDED:
            return None
        with exact():
            found += row.order.remaining
    return found


def total_words(members: Sequence[Member], rows: Mapping[str, Lineage]) -> str:
    """Return what came of a total, in one sentence.

    Args:
        members: all orders of the total, after they were sent.
        rows: what is known of orders now, by key.
    """
    found, asked = left_as_proven(members, rows), wanted(members)
    if found is None:
        return f"What is left of all is not known yet; {tidy(asked)} was asked for."
    return f"{tidy(found)} is left of all" + ("." if found == asked else f"; {tidy(asked)} was asked for.")
