"""A desk lets ended orders go, a part at a time, and its record tells the same state."""

from __future__ import annotations

from pathlib import Path

from app.desk.fold.forgetting import KEPT_FOR
from app.desk.forgetting import AGAIN, EVERY, KEPT_AT_LEAST, KEPT_ENDED, MOST_AT_ONCE
from app.desk.journal.history import known
from app.desk.journal.reading import rows
from app.desk.journal.replay import state_hash
from app.desk.state import DeskState
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.order import OrderStatus
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import T0, ToyRulebook, amendment, order


def ended(ticket: RecordedDesk, count: int, first: int = 0) -> None:
    """Let so many orders come and go."""
    for number in range(first, first + count):
        at = ticket.clock.now()
        for status in (OrderStatus.WORKING, OrderStatus.CANCELLED):
            ticket.happen(ev.OrderSeen("toy", at, order(f"o{number}", status=status), Source.PUSH))


def later(ticket: RecordedDesk, nanoseconds: int) -> None:
    """Let time pass, and something else happen."""
    ticket.clock.at += nanoseconds
    ticket.happen(ev.OrderSeen("toy", ticket.clock.now(), order("alive"), Source.PUSH))


async def test_they_leave_after_their_time_and_the_record_says_so(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    ended(ticket, 3)
    later(ticket, KEPT_FOR - SECOND)
    assert len(ticket.desk.state.lineages) == 4
    later(ticket, EVERY + SECOND)
    assert list(ticket.desk.state.lineages) == ["toy/alive"]
    await ticket.end()
    assert state_hash(ticket.folded().state) == state_hash(ticket.desk.state)
    assert sum(row.kind == "OrdersForgotten" for row in rows(ticket.path)) == 1


async def test_amendments_that_left_are_told_from_the_journal(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    ticket.happen(ev.OrderSeen("toy", ticket.clock.now(), order(), Source.PUSH))
    made = amendment(order(), at=ticket.clock.now())
    ticket.happen(
        ev.AmendmentRequested("toy", ticket.clock.now(), made),
        ev.AmendmentWritten("toy", ticket.clock.now(), "A1", 10),
        ev.AmendmentRefused("toy", ticket.clock.now(), "A1", "7", "No."),
        ev.OrderSeen("toy", ticket.clock.now(), order(status=OrderStatus.CANCELLED), Source.PUSH),
    )
    await ticket.end()
    again = RecordedDesk(tmp_path / "journal.db", ticket.clock).start()
    later(again, KEPT_FOR + SECOND)
    assert not again.desk.state.amendments
    await again.end()
    told = [*known([ticket.path], {"toy": ToyRulebook()}, [], lambda row: None)]
    assert [(each.amendment.amendment_id, each.amendment.stage, each.ids) for each in told][-1] == (
        "A1",
        AmendmentStage.REFUSED,
        ("o1",),
    )


async def test_what_somebody_has_not_looked_at_stays_and_is_asked_about_again(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    kept = {"toy/o1"}
    ticket.desk.forgetting.keepers.append(lambda: kept)
    ended(ticket, 3)
    later(ticket, KEPT_FOR + SECOND)
    assert list(ticket.desk.state.lineages) == ["toy/o1", "toy/alive"]
    kept.clear()
    later(ticket, AGAIN + EVERY)
    assert list(ticket.desk.state.lineages) == ["toy/alive"]
    await ticket.end()


async def test_so_many_leave_at_a_time(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    ended(ticket, 2 * MOST_AT_ONCE + 1)
    counts = []
    for _ in range(4):
        later(ticket, KEPT_FOR + SECOND if not counts else 1)
        counts.append(len(ticket.desk.state.lineages))
    assert counts == [MOST_AT_ONCE + 2, 2, 1, 1]
    await ticket.end()


async def test_of_very_many_the_oldest_leave_sooner(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    ended(ticket, KEPT_ENDED + 10)
    later(ticket, KEPT_AT_LEAST + 1)
    assert len(ticket.desk.state.lineages) == KEPT_ENDED + 1
    assert "toy/o9" not in ticket.desk.state.lineages
    assert "toy/o10" in ticket.desk.state.lineages
    await ticket.end()


def test_a_state_of_another_moment_is_looked_at_anew(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    ended(ticket, 1)
    ticket.desk.forgetting.note([])
    ticket.desk.state = DeskState(accounts=ticket.desk.state.accounts)
    ticket.desk.forgetting.after("toy", [], T0 + 10 * KEPT_FOR)
    assert not ticket.desk.state.gone
    ticket.journal.close()
