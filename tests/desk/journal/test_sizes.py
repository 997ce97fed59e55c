"""Counters of what a checkpoint and a file take: they follow what is open, and not what was."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from app.desk.fold.forgetting import KEPT_FOR
from app.desk.forgetting import KEPT_ENDED
from app.desk.journal.codec import _JSON, dumps
from app.desk.journal.files import segments
from app.desk.journal.replay import Folded
from app.desk.journal.writer import Journal, Sizes
from app.desk.state import KEPT_GONE, KEPT_LINES, DeskState
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.evidence import SECOND
from app.domain.order import OrderStatus
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import order

#: What an order that rests takes, with all its lines, and what an id of one that was forgotten takes, at most.
ROW, LINE, GONE = 2_200, 120, 60


def pushed(ticket: RecordedDesk, number: int, **changes: object) -> None:
    event = ev.OrderSeen("toy", ticket.clock.now(), order(f"o{number}", **changes), Source.PUSH)
    ticket.happen(event)


def bytes_of(state: DeskState) -> int:
    """Bytes of text of a checkpoint."""
    return len(dumps(Folded(state)))


async def test_a_checkpoint_follows_what_is_open(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    for number in range(20):
        pushed(ticket, number)
    before = bytes_of(ticket.desk.state)
    for number in range(100, 1_100):
        pushed(ticket, number)
        pushed(ticket, number, status=OrderStatus.CANCELLED)
    assert len(ticket.desk.state.lineages) == 1_020
    for _ in range(12):
        ticket.clock.at += KEPT_FOR
        pushed(ticket, 1)
    assert len(ticket.desk.state.lineages) == 20
    assert bytes_of(ticket.desk.state) < before + KEPT_GONE * GONE + 1_000
    await ticket.end()


async def test_a_row_that_changes_all_day_takes_no_more(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    for cents in range(20 * KEPT_LINES):
        pushed(ticket, 1, price=Decimal(cents + 1))
    row = ticket.desk.state.lineages["toy/o1"]
    assert (len(row.history), row.told_before) == (KEPT_LINES, 19 * KEPT_LINES - 1)
    assert bytes_of(ticket.desk.state) < ROW + KEPT_LINES * LINE
    await ticket.end()


async def test_rows_that_ended_are_never_more_than_a_few_thousand(tmp_path: Path) -> None:
    ticket = RecordedDesk(tmp_path / "journal.db").start()
    most = 0
    for number in range(3 * KEPT_ENDED):
        pushed(ticket, number)
        pushed(ticket, number, status=OrderStatus.CANCELLED)
        ticket.clock.at += SECOND // 10
        most = max(most, len(ticket.desk.state.lineages))
    assert most < KEPT_ENDED + 100
    await ticket.end()


def test_files_end_at_their_size(tmp_path: Path) -> None:
    sizes = Sizes(segment=400_000, checkpoint=100_000)
    journal = Journal(tmp_path / "journal.db", sizes)
    journal.checkpoint(Folded())
    for number in range(12_000):
        journal.append(ev.Noticed("toy", number, "x" * 100))
        if journal.wants_checkpoint:
            journal.checkpoint(Folded())
        if number % 50 == 0:
            journal.flush()
    journal.close()
    found = [each.stat().st_size for each in segments(tmp_path / "journal.db")]
    assert len(found) > 4
    assert max(found) < 1.15 * sizes.segment


def test_a_record_is_the_text_that_json_writes() -> None:
    seen = ev.OrderSeen("toy", 1, order(reason="“no” \ud800 \n", attributes=(("a", "b"),)), Source.PUSH, 7)
    listed = ev.OpenOrdersListed("toy", 1, 1, (order("o1"), replace(order("o2"), value=Decimal("1.50"))), complete=True)
    for value in (seen, listed, Folded(), (), (1, None, True), {"a": Decimal("1.0")}, [Source.PUSH]):
        assert dumps(value) == _JSON.encode(value)
