"""Amendments in flight in other journals: of which order, how many, and what to type to learn more."""

from __future__ import annotations

from pathlib import Path

from app.cli.other_journals import OtherJournals, how_to_ask, read_others
from app.desk.journal.elsewhere import InFlight
from app.desk.state import Lineage
from app.domain.amendment import Source
from tests.cli.conftest import three
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import T0, amendment, order


def flight(path: str, number: int, *ids: str) -> InFlight:
    return InFlight(Path(path), "toy", frozenset({"here"}), ids, amendment(order(), number=number))


def lineage(account: str, order_id: str) -> Lineage:
    return Lineage(f"{account}/{order_id}", account, order(order_id, account=account), [order_id], T0, Source.LISTING)


def test_one_is_of_an_order_by_any_of_its_ids_on_the_same_account() -> None:
    one = flight("/a.db", 1, "o1", "o2")
    others = OtherJournals((one,), (), {"toy": frozenset({"here"}), "demo": frozenset({"there"})})
    assert others.of(lineage("toy", "o2")) is one
    assert others.of(lineage("toy", "o3")) is None
    assert others.of(lineage("demo", "o2")) is None


def test_each_journal_is_one_sentence() -> None:
    others = OtherJournals(
        (flight("/a.db", 1), flight("/a.db", 2), flight("/b c.db", 3)),
        ("/d.db cannot be read.",),
        {"toy": frozenset({"here"})},
    )
    first, second, third = others.sentences(Path("my.toml"))
    assert first.startswith("2 amendments are unresolved in another journal; `redline journal --journal /a.db`")
    assert second.startswith("A3 is unresolved in another journal; `redline journal A3 --journal '/b c.db'`")
    assert third == "/d.db cannot be read."
    assert "`redline orders --config my.toml --journal /x`" in how_to_ask(Path("/x"), Path("my.toml"), ["A1"])


async def test_the_journal_of_another_ticket_is_read_and_our_own_is_not(path: Path, tmp_path: Path) -> None:
    await three(path)
    ticket = RecordedDesk(tmp_path / "mine" / "journal.db").start()
    others = await read_others(ticket.desk, [path, ticket.path])
    assert [each.amendment.amendment_id for each in others.in_flight] == ["A3"]
    assert others.unread == ()
    await ticket.end()
    again = RecordedDesk(path).start()
    assert (await read_others(again.desk, [path])).in_flight == ()
    await again.end()
