"""A journal of the toy venue with sessions, amendments, fills and checkpoints in it; no socket is opened for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from app.desk.journal.writer import Sizes
from app.domain import events as ev
from app.domain.account import Environment
from app.domain.amendment import Source
from app.domain.order import OrderStatus
from tests.helpers.recorded_desk import RecordedDesk, account
from tests.helpers.toy_venue import order


async def toy_journal(
    path: Path,
    *,
    sessions: int = 2,
    rounds: int = 6,
    sizes: Sizes | None = None,
    worlds: Sequence[Environment] = (Environment.DEMO,),
) -> Path:
    """Write a journal and return its first segment.

    Args:
        path: where.
        sessions: how many; the last but one is killed.
        rounds: how often in each an order is amended, pushed and told of.
        sizes: when a checkpoint is written, and when another segment begins.
        worlds: of the account, by session; the last for those after it.
    """
    at = RecordedDesk(path, sizes=sizes)
    number = 0
    for session in range(sessions):
        at.accounts = (account(environment=worlds[min(session, len(worlds) - 1)]),)
        at.start()
        at.up(order(), order(order_id="o2", price=Decimal(7)))
        for each in range(rounds):
            number += 1
            known = at.desk.state.lineages["toy/o1"].order
            one = at.intent(number, price=str(101 + number), base=known)
            at.happen(
                ev.AmendmentWritten("toy", at.clock.now(), one.amendment_id, 40),
                ev.AmendmentAcknowledged("toy", at.clock.now(), one.amendment_id),
            )
            if each % 3:
                at.push(known, price=Decimal(101 + number))
            else:
                at.happen(ev.AmendmentRefused("toy", at.clock.now(), one.amendment_id, "17", "Too late."))
            at.happen(ev.Noticed("toy", at.clock.now(), f"Round {number}.", serious=bool(each % 2)))
        if session == 0:
            at.push(order(order_id="o2", price=Decimal(7)), status=OrderStatus.CANCELLED)
        at.happen(ev.OrderSeen("toy", at.clock.now(), at.desk.state.lineages["toy/o1"].order, Source.LISTING))
        if session == sessions - 2:
            at.crash()
        else:
            await at.end()
        at.clock.pass_time(3600)
    return path
