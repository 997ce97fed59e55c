"""Two tickets at a time: what one says of the other, and what it reads of the other's amendments."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.desk.journal.elsewhere import in_flight
from app.desk.journal.records import identity_of
from tests.helpers.journals import made
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
        f"Another ticket is running on {path}; this one writes {verb.journal.path}, and amendments in flight there are "
        "not seen here."
    )
    assert verb.desk.journal is not None
    assert verb.desk.journal.broken == "", "nothing is wrong with the journal"
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
    assert found.identity == identity_of(verb.desk.accounts["toy"])
    assert found.is_of(verb.desk.state.lineages["toy/o1"])
    assert not found.is_of(verb.desk.state.lineages["toy/o2"])
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
