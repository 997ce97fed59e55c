"""Two tickets at a time: what one says of the other, and what it reads of the other's amendments."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.desk.journal import elsewhere
from app.desk.journal.elsewhere import Elsewhere, _Family, in_flight, others
from app.desk.journal.files import families, remove, segments
from app.desk.journal.records import marks_of
from app.desk.journal.replay import Folded
from app.desk.journal.writer import Sizes
from tests.helpers.journals import made, note
from tests.helpers.recorded_desk import RecordedDesk, account
from tests.helpers.toy_venue import ToyRulebook, order

RULEBOOKS = {"toy": ToyRulebook()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


async def test_a_second_ticket_is_told_of_the_first(path: Path) -> None:
    window = RecordedDesk(path).start()
    verb = RecordedDesk(path, window.clock).start()
    for each, problems in ((window, 0), (verb, 1)):
        assert each.desk.recovered is not None
        assert len(each.desk.recovered.problems) == problems
    assert verb.desk.recovered is not None
    assert verb.desk.recovered.problems[0] == (
        f"Another ticket is running on {path}; this one writes {verb.journal.path}. Neither sends a change of an order "
        "of which the other has one in flight."
    )
    assert verb.desk.recovered.beside == verb.desk.recovered.problems[0]
    assert verb.desk.journal is not None
    assert verb.desk.journal.broken == "", "nothing is wrong with the journal"
    running = asyncio.create_task(verb.desk.run())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [(each.text, each.serious) for each in verb.desk.state.notices] == [(verb.desk.recovered.beside, False)]
    verb.crash()
    window.crash()


async def test_what_another_ticket_has_in_flight_is_read_beside_it(path: Path) -> None:
    window = RecordedDesk(path).start()
    window.up(order(), order("o2"))
    window.intent(7)
    await window.settle()
    window.journal.flush()
    verb = RecordedDesk(path, window.clock).start()
    verb.up(order(), order("o2"))
    unread: list[str] = []
    (found,) = in_flight([path, path], verb.journal.path, RULEBOOKS, unread)
    assert (found.amendment.amendment_id, found.path, found.account) == ("A7", path, "toy")
    marks = marks_of(verb.desk.accounts["toy"])
    assert found.marks == marks
    assert found.is_of(marks, ["o0", "o1"])
    assert not found.is_of(marks, ["o2"])
    assert not found.is_of(frozenset({"another account"}), ["o1"])
    assert in_flight([path], path, RULEBOOKS, unread) == [], "what is its own it knows"
    window.push(order(), price=window.desk.state.amendments["A7"].command.target.price)
    window.journal.flush()
    assert in_flight([path], verb.journal.path, RULEBOOKS, unread) == []
    assert unread == []
    verb.crash()
    window.crash()


async def test_an_account_that_was_set_aside_is_read_too(path: Path) -> None:
    both = (account(), account("other"))
    ticket = RecordedDesk(path, accounts=both).start()
    ticket.up(order(account="other"))
    ticket.intent(base=order(account="other"))
    await ticket.settle()
    ticket.crash()
    again = RecordedDesk(path, ticket.clock).start()
    again.journal.flush()
    (found,) = in_flight([path], None, RULEBOOKS, [])
    assert (found.account, found.ids) == ("other", ("o1",))
    again.crash()


def test_what_cannot_be_read_is_said_and_what_is_not_there_is_not(path: Path) -> None:
    unread: list[str] = []
    assert in_flight([path], None, RULEBOOKS, unread) == []
    assert unread == []
    made(path, 2000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    made(path.with_name("journal-2.db"))
    path.with_name("journal-3.db").write_text("Dear diary,")
    path.with_name("journal-4.db").touch()
    assert in_flight([path], None, RULEBOOKS, unread) == []
    assert ["malformed" in unread[0], "is no journal of Redline" in unread[1], len(unread)] == [True, True, 2]


class Counted:
    """Reads what lies beside a journal, and counts the rows."""

    def __init__(self, own: Path) -> None:
        self._own = own
        self._elsewhere = Elsewhere(RULEBOOKS)
        self.rows = 0

    def look(self) -> dict[str, str]:
        """Stages of the amendments of the order, and in `rows` how many records were read for it."""
        self.rows, unread = 0, list[str]()
        read = self._elsewhere.of(others([self._own], self._own), marks_of(account()), ("o1",), unread, self._at_row)
        assert unread == []
        return {each.amendment.amendment_id: each.amendment.stage.value for each in read}

    def _at_row(self) -> None:
        self.rows += 1


async def test_only_what_was_added_is_read_again(path: Path) -> None:
    ticket = RecordedDesk(path, sizes=Sizes(segment=40_000, total=10_000_000, checkpoint=10_000)).start()
    ticket.up()
    ticket.intent(1)
    await ticket.settle()
    ticket.journal.flush()
    beside = Counted(path.with_name("journal-2.db"))
    assert beside.look() == {"A1": "written"}
    before = beside.rows
    assert before > 3
    ticket.push(order(), price=ticket.desk.state.amendments["A1"].command.target.price)
    ticket.journal.flush()
    assert beside.look() == {"A1": "confirmed"}
    assert beside.rows == 1
    number = 0
    while len(segments(path)) < 3:
        number += 1
        ticket.happen(note(number, f"{number:0200}"))
        ticket.journal.flush()
        if number % 50 == 0:
            assert beside.look() == {"A1": "confirmed"}
    ticket.intent(2, base=ticket.desk.state.lineages["toy/o1"].order)
    await ticket.settle()
    ticket.journal.flush()
    assert beside.look() == {"A1": "confirmed", "A2": "written"}
    ticket.crash()


async def test_another_journal_in_the_place_of_one_is_read_from_its_beginning(path: Path) -> None:
    for number in (1, 2):
        ticket = RecordedDesk(path).start()
        ticket.up()
        ticket.intent(number)
        await ticket.settle()
        ticket.crash()
        if number == 1:
            beside = Counted(path.with_name("journal-2.db"))
            assert beside.look() == {"A1": "written"}
            remove(path)
    assert beside.look() == {"A2": "written"}


async def test_a_journal_that_lies_still_is_not_read_again(path: Path) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.intent(1)
    await ticket.settle()
    ticket.crash()
    beside = Counted(path.with_name("journal-2.db"))
    beside.look()
    beside.look()
    assert beside._elsewhere._families[path]._still is None, "it was written a moment ago; a change might not show"
    os.utime(path, (1_700_000_000, 1_700_000_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elsewhere, "STILL_AFTER", -1)
        assert beside.look() == {"A1": "written"}
        patch.setattr(elsewhere, "rows", None)
        assert beside.look() == {"A1": "written"}
    again = RecordedDesk(path, ticket.clock).start()
    again.journal.flush()
    assert beside.look() == {"A1": "unknown"}
    again.crash()


async def test_what_is_taken_over_while_it_is_read_is_seen_in_one_of_the_two(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = RecordedDesk(path).start()
    verb = RecordedDesk(path, window.clock).start()
    verb.up()
    verb.intent(9)
    await verb.settle()
    verb.crash()
    window.crash()
    taken_over: list[RecordedDesk] = []
    read = _Family.read

    def meanwhile(self: _Family, at_row: Callable[[], None]) -> Folded:
        folded = read(self, at_row)
        if not taken_over:
            taken_over.append(RecordedDesk(path, window.clock).start())
            taken_over[0].journal.flush()
        return folded

    monkeypatch.setattr(_Family, "read", meanwhile)
    assert "A9" in Counted(path.with_name("journal-3.db")).look()
    assert set(taken_over[0].desk.state.amendments) == {"A9"}
    taken_over[0].crash()


def test_families_of_a_name_whichever_of_them_is_named(path: Path) -> None:
    assert families(path) == []
    assert others([path], None) == []
    for name in ("journal.db", "journal-2.db", "journal-3.0002.db", "journal-99.db", "journal-2-2.db", "journalx.db"):
        made(path.with_name(name), 1)
    first = [path, path.with_name("journal-2.db"), path.with_name("journal-3.db")]
    assert families(path) == first
    assert families(path.with_name("journal-2.db")) == [*first, path.with_name("journal-2-2.db")]
    assert others([path, path.with_name("journal-3.db")], path) == first[1:]


def test_a_journal_that_was_taken_away_while_it_was_read_is_no_doubt(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(path)

    def gone(segment: Path) -> str:
        segment.unlink()
        return f"{segment} cannot be read."

    monkeypatch.setattr(elsewhere, "not_ours", gone)
    unread: list[str] = []
    assert in_flight([path], None, RULEBOOKS, unread) == []
    assert unread == []
