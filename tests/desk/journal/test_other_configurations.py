"""One account in several configurations, under any name and spelling: an order of it is changed by one at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.desk.journal import elsewhere, turns
from app.desk.journal.elsewhere import Elsewhere
from app.desk.journal.files import kept_under
from app.desk.journal.records import Party, marks_of, words_of
from app.domain.account import Account, Environment
from tests.helpers.recorded_desk import RecordedDesk, account
from tests.helpers.toy_venue import ToyRulebook, order

RULEBOOKS = {"toy": ToyRulebook()}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def at(address: str, name: str = "toy", environment: Environment = Environment.PRACTICE) -> Account:
    return replace(account(name, environment), addresses={"rest": address})


def ticket(state: Path, folder: str, *accounts: Account, clock: RecordedDesk | None = None) -> RecordedDesk:
    """A ticket on a configuration of its own, whose journal lies in a folder of its own."""
    desk = RecordedDesk(state / folder / "journal.db", accounts=accounts, everywhere=lambda: kept_under(state))
    if clock is not None:
        desk.clock = clock.clock
    desk.start().up(*(order(account=each.name) for each in accounts))
    return desk


def requests(desk: RecordedDesk) -> list[str]:
    return [each.amendment_id for connector in desk.connectors.values() for each in connector.sent]


SAME = {
    "a copy": (at("http://127.0.0.1:8001"), at("http://127.0.0.1:8001")),
    "renamed": (at("http://127.0.0.1:8001"), at("http://127.0.0.1:8001", "mine")),
    "spelt otherwise": (at("http://127.0.0.1:8001"), at("http://LOCALHOST:8001/", "mine")),
    "renamed, live": (
        at("https://x.example/api", "a", Environment.LIVE),
        at("https://X.example:443", "b", Environment.LIVE),
    ),
    "at the usual port": (at("http://localhost"), at("http://127.0.0.1:80", "mine")),
    "moved, live": (
        at("https://x.example", "a", Environment.LIVE),
        at("https://y.example", "a", Environment.LIVE),
    ),
}


@pytest.mark.parametrize("first, second", SAME.values(), ids=SAME)
async def test_what_one_configuration_has_in_flight_another_does_not_pass_by(
    state: Path, first: Account, second: Account
) -> None:
    one = ticket(state, "one", first)
    one.intent(1, base=order(account=first.name))
    await one.settle()
    two = ticket(state, "two", second, clock=one)
    two.intent(2, base=order(account=second.name))
    await two.settle()
    assert requests(one) == ["A1"]
    assert requests(two) == []
    text = two.desk.state.amendments["A2"].outcome
    assert text.startswith(f"Not sent. A1, an amendment in the journal {one.journal.path}, has this order in flight.")
    one.crash()
    await two.end()


OTHER = {
    "another practice venue": (at("http://127.0.0.1:8001"), at("http://127.0.0.1:8002")),
    "another operator": (
        at("https://x.example", "a", Environment.LIVE),
        at("https://y.example", "b", Environment.LIVE),
    ),
    "another venue at that address": (
        at("https://x.example", "a", Environment.LIVE),
        replace(at("https://x.example", "b", Environment.LIVE), venue="play"),
    ),
}


@pytest.mark.parametrize("first, second", OTHER.values(), ids=OTHER)
def test_other_accounts_share_no_mark(first: Account, second: Account) -> None:
    assert marks_of(first).isdisjoint(marks_of(second))


@pytest.mark.parametrize("first, second", SAME.values(), ids=SAME)
def test_a_session_of_the_same_account_has_a_word_of_it(first: Account, second: Account) -> None:
    assert not marks_of(first).isdisjoint(marks_of(second))
    text = repr(Party.of(first)).lower()
    assert any(word in text for word in words_of(second))


async def test_whoever_began_later_is_seen_too(state: Path) -> None:
    one = ticket(state, "one", account())
    two = ticket(state, "two", account(name="mine"), clock=one)
    two.intent(2, base=order(account="mine"))
    await two.settle()
    two.journal.flush()
    one.intent(1)
    await one.settle()
    assert (requests(one), requests(two)) == ([], ["A2"])
    await one.end()
    two.crash()


async def test_an_account_renamed_in_its_own_configuration_is_the_same(state: Path) -> None:
    before = at("http://127.0.0.1:8001")
    one = ticket(state, "one", before)
    one.intent(1)
    await one.settle()
    one.crash()
    again = ticket(state, "one", at("http://127.0.0.1:8001", "mine"), clock=one)
    again.intent(2, base=order(account="mine"))
    await again.settle()
    assert requests(again) == []
    text = again.desk.state.amendments["A2"].outcome
    assert "A1, an amendment that account toy has in this ticket's own journal, has this order in flight" in text
    assert "Give the account that name again to settle it" in text
    await again.end()


async def test_journals_of_other_accounts_are_not_folded(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        ticket(state, f"old{number}", at(f"http://127.0.0.1:900{number}")).crash()
    mine = ticket(state, "mine", at("http://127.0.0.1:8001"))
    mine.intent(1)
    await mine.settle()
    mine.crash()
    folded: list[Path] = []
    read = elsewhere.rows

    def noted(path: Path, **how: bool) -> object:
        folded.append(path.parent)
        return read(path, **how)

    monkeypatch.setattr(elsewhere, "rows", noted)
    ours = at("http://127.0.0.1:8001", "other name")
    unread: list[str] = []
    (found,) = Elsewhere(RULEBOOKS, words_of(ours)).of(kept_under(state), marks_of(ours), ["o1"], unread)
    assert (found.amendment.amendment_id, found.account, unread) == ("A1", "toy", [])
    assert set(folded) == {state / "mine"}


async def test_a_session_of_ours_in_a_journal_of_others_is_seen(state: Path) -> None:
    theirs, ours = at("http://127.0.0.1:9000", "theirs"), at("http://127.0.0.1:8001")
    one = ticket(state, "one", theirs)
    asked = Elsewhere(RULEBOOKS, words_of(ours))
    one.journal.flush()
    assert asked.of(kept_under(state), marks_of(ours), ["o1"], []) == []
    one.crash()
    again = ticket(state, "one", ours, clock=one)
    again.intent(1)
    await again.settle()
    (found,) = asked.of(kept_under(state), marks_of(ours), ["o1"], [])
    assert found.amendment.amendment_id == "A1"
    again.crash()


def test_the_journals_that_tickets_keep_are_found_and_nothing_else(state: Path) -> None:
    assert kept_under(state) == []
    for name in ("b/journal.db", "a/journal.0002.db", "a/journal-3.db", "a/mine.db", "a/deep/journal.db"):
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).touch()
    (state / "journal.db").touch()
    (state / "c").symlink_to(state / "b")
    assert kept_under(state) == [state / "a" / "journal.db", state / "a" / "journal-3.db", state / "b" / "journal.db"]


async def test_what_cannot_be_read_is_a_doubt(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.0)
    one = ticket(state, "one", account())
    (state / "two").mkdir()
    (state / "two" / "journal.db").write_text("Dear diary,")
    one.intent(1)
    await one.settle()
    assert requests(one) == []
    assert "move that file away" in one.desk.state.amendments["A1"].outcome
    await one.end()
