"""`redline journal` on journals of the toy venue: what it tells, what it refuses, and that it touches nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from app.cli.journal import command
from app.cli.journal.command import Progress
from app.cli.parser import parser
from app.desk.journal.chain import Row
from app.desk.journal.files import FamilyLock, segments, sibling
from app.desk.journal.replay import Folded
from app.desk.journal.store import SCHEMA
from app.desk.journal.writer import Journal, Sizes
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.order import OrderStatus
from tests.cli.conftest import Tell, files_of, three
from tests.helpers.journals import kept, made
from tests.helpers.recorded_desk import RecordedDesk
from tests.helpers.toy_venue import amendment, order


async def test_the_list_has_every_amendment_and_those_without_an_outcome_first(path: Path, tell: Tell) -> None:
    await three(path)
    told = tell("--json")
    assert told.code == 0
    assert told.err == ""
    assert told.json["chain"] == {"holds": True, "faults": []}
    (family,) = told.json["families"]
    assert family["sessions"] == {"count": 1, "killed": 0, "last_without_end": True}
    with closing(sqlite3.connect(path)) as db:
        assert family["segments"][0]["records"] == len(list(db.execute("SELECT 1 FROM record")))
    found = told.json["amendments"]
    assert [(each["amendment"], each["stage"]) for each in found] == [
        ("A3", "unknown"),
        ("A2", "refused"),
        ("A1", "confirmed"),
    ]
    assert found[2]["asked"] == [{"field": "price", "old": "100", "new": "101.0"}]
    assert found[1]["outcome"] == "Too far."
    assert found[0]["missing"]
    text = tell().out
    assert "3 amendments, 1 of them without an outcome" in text
    assert "price 100 → 101.0" in text
    assert "it still runs, or was killed" in text
    doubt = "  no end of its ticket is recorded: it still runs, or was killed and nothing waits for an answer"
    assert text.splitlines().count(doubt) == 1
    assert tell("A3").out.splitlines().count(doubt) == 1
    assert not tell("A3", "--json").json["ticket_ended"]
    assert text.rstrip().endswith("rows in 1 file.")


async def test_one_amendment_with_its_ladder_records_rules_and_clocks(path: Path, tell: Tell) -> None:
    await three(path)
    told = tell("A3", "--json").json
    assert [rung["stage"] for rung in told["ladder"]] == ["draft", "checked", "written", "unknown"]
    kinds = [each["kind"] for each in told["records"]]
    assert kinds == ["AmendmentRequested", "AmendmentWritten", "WireSeen", "AmendmentUnanswered"]
    assert told["records"][2]["record"]["body"] == '{"oops":"\x1b[2J"}'
    assert told["session"]["rules"]["title"] == "Toy"
    assert told["session"]["rules"]["documents"][0]["url"] == "https://toy.example/api"
    assert told["clocks"]["before"]["at"] == told["records"][0]["at"]
    text = tell("A3").out
    assert "  asked for: price 101.0 → 103, by modify\n" in text
    assert "AmendmentRequested" not in text
    assert "\x1b" not in text
    assert '{"oops":"\\x1b[2J"}' in text
    assert "document: Toy API, https://toy.example/api, read 2026-11-21, documented" in text
    # The evidence that settled it names no amendment; it is told because it names the order.
    assert [each["kind"] for each in tell("A1", "--json").json["records"]][-1] == "OrderSeen"


async def test_of_a_ticket_that_ended_it_says_that_nobody_waits(path: Path, tell: Tell) -> None:
    ticket = await three(path)
    await ticket.start().end()
    assert "its ticket has ended: nothing waits for an answer until the next one starts on this journal" in tell().out
    assert tell("--json").json["amendments"][0]["ticket_ended"]


async def test_an_order_is_told_by_any_name_it_has_had(path: Path, tell: Tell) -> None:
    ticket = RecordedDesk(path).start()
    mine = order("o1", client_id="mine")
    ticket.up(mine, order("o9"))
    ticket.intent(1, "101")
    await ticket.settle()
    ticket.happen(
        ev.OrderSeen("toy", ticket.clock.now(), order("o2", price=Decimal(101)), Source.PUSH, replaces="o1"),
    )
    renamed = ticket.desk.state.lineages["toy/o1"].order
    second = replace(amendment(renamed, "102", 2, at=ticket.clock.now()), lineage="toy/o1")
    ticket.happen(ev.AmendmentRequested("toy", ticket.clock.now(), second))
    ticket.intent(3, "105", order("o9"))
    await ticket.settle()
    ticket.crash()
    for name in ("o1", "o2", "toy/o1", "toy/o2", "mine"):
        told = tell(name, "--json")
        assert (told.code, told.json["orders"]) == (0, [{"account": "toy", "environment": "demo", "ids": ["o1", "o2"]}])
        assert [each["amendment"] for each in told.json["amendments"]] == ["A2", "A1"], "the newest first"
    text = tell("o2").out
    assert text.startswith("DEMO toy  order o1 → o2\n\n2 amendments, 1 of them without an outcome\n")
    assert "A3" not in text
    assert tell("o").code == 2


async def test_the_list_may_be_of_one_account_or_since_a_time(path: Path, tell: Tell) -> None:
    await three(path)
    assert tell("--account", "other", "--json").json["amendments"] == []
    assert "No amendment is recorded on other." in tell("--account", "other").out
    assert "3 amendments on toy, 1 of them" in tell("--account", "toy").out
    at = {each["amendment"]: each["at"] for each in tell("--json").json["amendments"]}
    since = [each["amendment"] for each in tell("--since", at["A2"], "--json").json["amendments"]]
    assert since == ["A3", "A2"]
    assert tell("--since", "2023-01-01", "--json").json["amendments"]
    assert tell("o1", "--since", "2999-01-01T10:00+01:00", "--json").json["amendments"] == []
    assert "No amendment is recorded since 2999-01-01T09:00:00" in tell("--since", "2999-01-01T10:00+01:00").out
    with pytest.raises(SystemExit):
        tell("--since", "yesterday")


@pytest.mark.parametrize(
    "wanted, code, says",
    [
        ("A", 2, "“A” begins or ends 3 amendments: A3, A2, A1; write more of it."),
        ("3", 0, ""),
        ("A9", 2, "knows no amendment “A9” and none of an order of that id; `redline journal` lists"),
        ("", 2, "begins or ends 3 amendments"),
    ],
)
async def test_an_id_may_be_cut_as_long_as_it_is_clear(
    path: Path, tell: Tell, wanted: str, code: int, says: str
) -> None:
    await three(path)
    told = tell(wanted)
    assert told.code == code
    assert says in told.err
    assert told.err.count("\n") == (code > 0)
    assert ("A cancel is none: `redline open " in told.err) is (wanted == "A9")


@pytest.mark.parametrize("name, ids", [("journal_v1.sql", "A3 A2 A1"), ("journal_v2.sql", "A4 A3 A2 A1")])
def test_journals_of_older_schemas_are_read_as_they_are(path: Path, tell: Tell, name: str, ids: str) -> None:
    before = kept(path, name).read_bytes()
    told = tell("--json").json
    assert told["chain"]["holds"]
    assert {each["amendment"] for each in told["amendments"]} == set(ids.split())
    assert "AmendmentRequested" in [each["kind"] for each in tell("A3", "--json").json["records"]]
    assert path.read_bytes() == before


def _foreign(path: Path) -> Path:
    path.parent.mkdir()
    path.write_text("Dear diary,")
    return path


def _newer(path: Path) -> Path:
    db = sqlite3.connect(made(path))
    db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    db.close()
    return path


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda path: path, "There is no journal at"),
        (_foreign, "is no journal of Redline"),
        (_newer, f"was written by a newer Redline (schema {SCHEMA + 1}"),
        (_folder, "cannot be read"),
    ],
)
def test_what_is_no_journal_is_one_sentence_and_stays_as_it_is(
    path: Path, tell: Tell, make: Callable[[Path], Path], says: str
) -> None:
    make(path)
    before = files_of(path) if path.is_file() else {}
    told = tell("--json")
    assert told.code == told.json["exit"] == 2
    assert says in told.json["error"]
    assert told.err.count("\n") == 1
    assert path.exists() is (bool(before) or path.is_dir())
    assert not before or files_of(path)[path.name] == before[path.name]


def test_without_a_name_it_says_what_to_give(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "my state"
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    asked = parser().parse_args(["journal"])
    assert command.run(asked, dict) == 2
    said = capsys.readouterr().err
    assert "Give --journal FILE, or --config FILE" in said
    assert (
        f"none lies in {state / 'redline'}, where tickets keep theirs; the window and `redline amend` make one." in said
    )
    latest = state / "redline" / "b-2" / "journal.db"
    for each in (state / "redline" / "a-1" / "journal.db", latest):
        each.parent.mkdir(parents=True)
        made(each)
    os.utime(latest, ns=(2**62, 2**62))
    assert command.run(asked, dict) == 2
    assert f"the one written last is `redline journal --journal '{latest}'`." in capsys.readouterr().err
    asked.journal = tmp_path / "nothing.db"
    assert command.run(asked, dict) == 2
    assert f"There is no journal at {tmp_path / 'nothing.db'}; the one written last is" in capsys.readouterr().err


def test_the_file_is_neither_locked_nor_changed(path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    made(path)
    path.with_name("journal.db.lock").unlink()
    before = path.read_bytes()
    assert tell().code == 0
    assert path.read_bytes() == before
    assert not path.with_name("journal.db.lock").exists()
    for beside in ("-wal", "-shm"):
        path.with_name(f"journal.db{beside}").unlink()
    # In a folder that may not be written SQLite could not make its index; a copy that lies still needs none.
    monkeypatch.setattr("app.desk.journal.store.os.access", lambda *_: False)
    assert tell().code == 0
    assert set(files_of(path)) == {"journal.db"}
    monkeypatch.undo()
    lock = FamilyLock(path)
    assert tell().code == 0
    lock.release()


async def test_it_reads_beside_the_ticket_that_writes(path: Path, tell: Tell) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.intent()
    await ticket.settle()
    ticket.journal.flush()
    assert [each["stage"] for each in tell("--json").json["amendments"]] == ["written"]
    ticket.happen(ev.AmendmentAcknowledged("toy", ticket.clock.now(), "A1"))
    ticket.journal.flush()
    assert [each["stage"] for each in tell("--json").json["amendments"]] == ["acknowledged"]
    ticket.crash()


async def test_what_the_state_has_forgotten_is_told_too(path: Path, tell: Tell) -> None:
    ticket = RecordedDesk(path, sizes=Sizes(segment=4_000, checkpoint=2_000)).start()
    ticket.up()
    one = ticket.intent(1, "101")
    await ticket.settle()
    ticket.push(one.command.order, price=one.command.target.price, status=OrderStatus.FILLED, raw_status="filled")
    for number in range(60):
        ticket.happen(ev.Noticed("toy", ticket.clock.now(), f"Filler {number}."))
    await ticket.end()
    ticket.clock.pass_time(3 * 86_400)
    ticket.start()
    assert ticket.desk.state.amendments == {}
    ticket.up(order("o2"))
    ticket.intent(2, "102", ticket.desk.state.lineages["toy/o2"].order)
    await ticket.settle()
    await ticket.end()
    assert len(segments(path)) > 1
    told = tell("--json").json
    assert [(each["amendment"], each["stage"]) for each in told["amendments"]] == [
        ("A2", "written"),
        ("A1", "confirmed"),
    ]
    assert told["families"][0]["sessions"] == {"count": 2, "killed": 0, "last_without_end": False}
    assert tell("A1", "--json").json["records"][0]["kind"] == "AmendmentRequested"


async def test_a_family_that_took_an_amendment_over_tells_its_end(path: Path, tell: Tell) -> None:
    first = Journal(path)
    first.checkpoint(Folded())
    beside = RecordedDesk(path).start()
    assert beside.journal.shared
    beside.up()
    beside.intent()
    await beside.settle()
    beside.crash()
    first.close()
    after = RecordedDesk(path, beside.clock).start()
    after.up()
    after.push(order(), price=after.desk.state.amendments["A1"].command.target.price)
    assert after.desk.state.amendments["A1"].stage is AmendmentStage.CONFIRMED
    await after.end()
    told = tell("--json").json
    assert [Path(each["file"]).name for each in told["families"]] == ["journal.db", "journal-2.db"]
    (one,) = told["amendments"]
    assert (one["stage"], Path(one["file"])) == ("confirmed", path)
    records = tell("A1", "--json").json["records"]
    files = [Path(each["file"]) for each in records]
    assert files == sorted(files, key=lambda each: each == path), "first where it was sent, then where it was settled"
    kinds = [each["kind"] for each in records]
    assert kinds[0] == "AmendmentRequested"
    assert {"TakenOver", "LeftBehind"} < set(kinds)
    assert kinds[-1] == "OrderSeen"
    assert "taken over from journal-2.db" in tell("A1").out
    assert sibling(path, 2).exists()


async def test_a_clock_that_was_set_is_told(path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = RecordedDesk(path).start()
    ticket.up()
    ticket.intent()
    await ticket.settle()
    monkeypatch.setattr(ticket.clock, "monotonic", lambda: ticket.clock.at / 1e9 - 90)
    ticket.up()
    ticket.crash()
    told = tell("A1", "--json").json["clocks"]
    assert 89.9e9 < told["set_by_ns"] < 90.1e9
    assert told["before"]["venue_ahead_ns"] is None
    assert "Our clock was set by +" in tell("A1").out


def test_a_long_check_says_how_far_it_is() -> None:
    now, said = [0.0], list[str]()
    progress = Progress("of 9,000 rows checked", said.append, lambda: now[0])
    row = Row(1, 0, "Noticed", "toy", "{}", b"")
    for number in range(9000):
        now[0] = number // 1000
        progress.at_row(row)
    assert said == ["2,000 of 9,000 rows checked", "7,000 of 9,000 rows checked"]


def test_an_interrupt_ends_it_in_one_sentence(path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    made(path)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "checked", interrupted)
    told = tell()
    assert (told.code, told.out, told.err) == (4, "", "redline: Interrupted; the journal was not read to its end.\n")


def test_a_journal_without_amendments_says_so(path: Path, tell: Tell) -> None:
    made(path)
    assert "No amendment is recorded." in tell().out


def test_a_path_through_a_file_is_told_with_a_way_on(path: Path, tell: Tell) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("no folder")
    told = tell("--journal", str(path / "x.db"))
    assert told.code == 2
    assert "Errno" not in told.err
    assert "not a directory" in told.err
    assert told.err.endswith("; check its name, or name another.\n")
