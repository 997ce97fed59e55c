"""Amendments of one order in line: each was sent while those before it had no outcome yet. Pure.

Where an account's switch allows it, an order may have several amendments that its venue has accepted and not shown. The
venue carries them out in turn and skips those behind one that fails, by its documents. The command of a later one has
as its order the terms of the one before it; what comes of that one moves this base (`rebase`).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile

from app.desk.fold.reconcile import heard_at
from app.desk.state import DeskState, Lineage
from app.domain.amendment import Amendment, AmendmentStage
from app.domain.evidence import EvidencePolicy, Finding, terms_of
from app.domain.form import IdAfter
from app.domain.order import Order
from app.domain.plan import Waiting, with_terms
from app.domain.ports import Rulebook

#: Outcomes with which an amendment that left may take effect all the same.
_MAY_COME = frozenset({AmendmentStage.NOT_APPLIED, AmendmentStage.DIFFERENT})


def waiting_of(desk: DeskState, lineage: Lineage) -> Waiting | None:
    """Return the unsettled amendments of a row; None where there are none, or where one is not known to be accepted."""
    opened = desk.open_amendments(lineage)
    if not opened or any(
        each.stage is not AmendmentStage.ACKNOWLEDGED or each.command.id_after is not IdAfter.SAME for each in opened
    ):
        return None
    return Waiting(
        lineage.order,
        tuple(each.amendment_id for each in opened),
        tuple(each.command.target for each in opened),
    )


def ahead_of(desk: DeskState, lineage: Lineage, amendment: Amendment) -> Waiting | None:
    """Return the unsettled amendments of a row before one of them, on the order as shown; None where there are none."""
    opened = takewhile(lambda each: each.amendment_id != amendment.amendment_id, desk.open_amendments(lineage))
    before = tuple(opened)
    if not before:
        return None
    return Waiting(
        lineage.order, tuple(each.amendment_id for each in before), tuple(each.command.target for each in before)
    )


def in_line(desk: DeskState, lineage: Lineage) -> list[Amendment]:
    """Return the amendments of a row that may still take effect in turn, oldest first; [] where none waits for another.

    One that was confirmed ends the line before it. One that was taken for not applied stays in it while others wait
    behind it: it may come late, and they are carried out after it.
    """
    opened = desk.open_amendments(lineage)
    if all(each.command.behind is None for each in opened):
        return []
    ids = {each.amendment_id for each in opened}
    ids.update(known for each in opened if each.command.behind is not None for known in each.command.behind.ids)
    line: list[Amendment] = []
    for amendment in (desk.amendments[each] for each in lineage.amendments if each in ids):
        if amendment.stage is AmendmentStage.CONFIRMED:
            line.clear()
        elif amendment.is_open or (amendment.stage in _MAY_COME and amendment.acknowledged_at is not None):
            line.append(amendment)
    return line


def fits_before(amendment: Amendment, order: Order, rules: Rulebook) -> bool:
    """Return True if a seen order has terms that it may have had before an amendment in line, so that they prove none.

    Without others before it an amendment asks for other terms than the order has.
    """
    command = amendment.command
    if command.behind is None:
        return False
    targets = [terms_of(state, command.target) for state in command.behind.states()[:-1]]
    return any(rules.judge(replace(command, target=each), order).finding is Finding.APPLIED for each in targets)


def refutable_from(desk: DeskState, amendment: Amendment, policy: EvidencePolicy) -> int | None:
    """From when on a read refutes an amendment by old terms: the settling time after it was the first in line.

    Returns:
        Nanoseconds since 1970 UTC; None while that cannot be told, as an answer may still come.
    """
    since = heard_at(amendment, policy)
    if since is None or amendment.command.behind is None:
        return None if since is None else since + policy.settle_after
    for before in (desk.amendments.get(each) for each in amendment.command.behind.ids):
        if before is None:
            continue
        over = before.latest.at if before.stage.is_settled else refutable_from(desk, before, policy)
        if over is None:
            return None
        since = max(since, over)
    return since + policy.settle_after


def is_late(desk: DeskState, amendment: Amendment, policy: EvidencePolicy, asked_at: int | None) -> bool:
    """Return True if a read asked for at that time is late enough for old terms to refute; no push ever is."""
    late_enough = refutable_from(desk, amendment, policy)
    return asked_at is not None and late_enough is not None and asked_at >= late_enough


def rebase(desk: DeskState, lineage: Lineage) -> list[Amendment]:
    """Let every unsettled amendment in line stand on what is true of those before it.

    That is the nearest one that may still take effect or did; where none is left, the order as it was shown when this
    one was asked for. So "unchanged" and "different" are told by the true old terms.

    Returns:
        The unsettled amendments that wait in line.
    """
    waiting = [each for each in desk.open_amendments(lineage) if each.command.behind is not None]
    for amendment in waiting:
        command = amendment.command
        assert command.behind is not None
        terms = terms_of(command.behind.shown, command.target)
        for before in (desk.amendments.get(each) for each in reversed(command.behind.ids)):
            if before is not None and (before.is_open or before.stage is AmendmentStage.CONFIRMED):
                terms = before.command.target
                break
        order = with_terms(command.order, terms)
        if order != command.order:
            desk.amendments[amendment.amendment_id] = replace(amendment, command=replace(command, order=order))
    return waiting
