"""Undo of an order's last amendment as the desk knows it now."""

from __future__ import annotations

from app.desk.desk import Desk
from app.domain.evidence import Finding, compare
from app.domain.form import IdAfter
from app.domain.money import ZERO, exact
from app.domain.undo import Inverse, inverse_of, last_to_undo


def inverse_now(desk: Desk, key: str) -> Inverse:
    """Return the draft that undoes the last amendment of a row.

    Raises:
        UndoError: if there is nothing to undo, or not any more.
    """
    lineage = desk.lineage(key)
    amendment = last_to_undo([desk.state.amendments[name] for name in lineage.amendments])
    command, order, fills = amendment.command, lineage.order, ZERO
    # The venue's own rules know what it rounds.
    judged = desk.venues[lineage.account].rulebook.judge(command, order).finding is Finding.APPLIED
    leg = lineage.legs.get(command.order.order_id)
    if command.id_after is IdAfter.NEW and leg is not None:
        with exact():
            fills = max(ZERO, leg.filled - command.order.filled)
    unchanged = judged or not compare(command.target, order)
    return inverse_of(amendment, desk.form(key), unchanged=unchanged, old_fills=fills)
