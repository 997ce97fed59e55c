"""`redline journal` on journals of the toy venue: what it tells, what it refuses, and that it touches nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.cli.journal import command
from app.cli.journal.command import Progress
from app.cli.parser import parser
from app.desk.fold import Folded
from app.desk.journal import Journal, Sizes
from app.desk.journal_chain import Row
from app.desk.journal_files import Lock, segments, sibling
from app.desk.journal_reading import rows
from app.desk.journal_store import SCHEMA
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.order import OrderStatus
from tests.helpers.journals import kept, made, tampered
from tests.helpers.recorded_desk import PROFILE, RecordedDesk
from tests.helpers.toy_venue import ToyRulebook, amendment, order

VENUES = {"toy": SimpleNamespace(profile=PROFILE, rulebook=ToyRulebook())}


@dataclass(frozen=True)
class Told:
    """How the verb ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], path: Path) -> Callable[..., Told]:
    def run(*arguments: str) -> Told:
        named = () if "--journal" in arguments else ("--journal", str(path))
        code = command.run(parser().parse_args(["journal", *arguments, *named]), lambda: VENUES)
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return run


Tell = Callable[..., Told]


async def three(path: Path) -> RecordedDesk:
    """A desk that was killed with A3 in flight; A1 was confirmed, A2 refused."""
    ticket = RecordedDesk(path).start()
    ticket.up()
    await ticket.settle()
    one = ticket.intent(1, "101.0")
    await ticket.settle()
    ticket.push(one.command.order, price=one.command.target.price)
    ticket.intent(2, "150")
    await ticket.settle()
    ticket.happen(ev.AmendmentRefused("toy", ticket.clock.now(), "A2", "E7", "Too far."))
    ticket.intent(3, "103")
    await ticket.settle()
    ticket.happen(
        ev.WireSeen("toy", ticket.clock.now(), "in", "http", "504", '{"oops":"\x1b[2J"}', "A3"),
        ev.AmendmentUnanswered("toy", ticket.clock.now(), "A3", "no answer."),
    )
    ticket.crash()
    return ticket


def files_of(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}


async def test_the_list_has_every_amendment_and_those_without_an_outcome_first(path: Path, tell: Tell) -> None:
    await three(path)
    told = tell("--json")
    assert told.code == 0
    assert told.err == ""
    assert told.json["chain"] == {"holds": True, "faults": []}
    (family,) = told.json["families"]
    assert family["sessions"] == {"count": 1, "killed": 0, "last_without_end": True}
    assert family["segments"][0]["records"] == len(list(sqlite3.connect(path).execute("SELECT 1 FROM record")))
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
        assert (told.code, told.json["orders"]) == (0, [{"account": "toy", "ids": ["o1", "o2"]}])
        assert [each["amendment"] for each in told.json["amendments"]] == ["A2", "A1"], "the newest first"
    text = tell("o2").out
    assert text.startswith("toy  order o1 → o2\n\n2 amendments, 1 of them without an outcome\n")
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


def test_without_a_name_it_says_what_to_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(parser().parse_args(["journal"]), dict) == 2
    assert "Give --journal FILE, or --config FILE" in capsys.readouterr().err


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
    monkeypatch.setattr("app.desk.journal_store.os.access", lambda *_: False)
    assert tell().code == 0
    assert set(files_of(path)) == {"journal.db"}
    monkeypatch.undo()
    lock = Lock(path)
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


@pytest.mark.parametrize(
    "statement, fault",
    [
        (
            "UPDATE record SET body = replace(body, '103', '104') WHERE kind = 'AmendmentRequested'",
            "edited",
        ),
        ("DELETE FROM record WHERE kind = 'AmendmentWritten'", "missing"),
        ("DELETE FROM record WHERE seq > (SELECT max(seq) - 2 FROM record)", "missing"),
    ],
)
async def test_a_broken_chain_is_told_first_and_last_with_all_the_rest(
    path: Path, tell: Tell, statement: str, fault: str
) -> None:
    await three(path)
    tampered(path, statement)
    told = tell("--json")
    assert told.code == 3
    (found,) = told.json["chain"]["faults"]
    assert (found["file"], found["fault"]) == (str(path), fault)
    assert str(found["row"]) in found["text"]
    assert {each["amendment"] for each in told.json["amendments"]} == {"A1", "A2", "A3"}
    for lines in (tell().out.splitlines(), tell("A3").out.splitlines()):
        assert lines[0] == lines[-1] == f"✕ The chain is broken. journal.db: {found['text']}"
    assert tell("A3").code == 3
    assert "its chain is broken, so it may have been taken out" in tell("A9").err


async def test_an_intent_whose_order_was_taken_out_is_still_named(path: Path, tell: Tell) -> None:
    await three(path)
    tampered(path, "DELETE FROM record WHERE kind = 'OpenOrdersListed'", "DELETE FROM mention")
    told = tell("--json")
    assert told.code == 3
    assert {each["amendment"] for each in told.json["amendments"]} == {"A1", "A2", "A3"}
    (lost,) = [each for each in told.json["amendments"] if each["amendment"] == "A1"]
    assert not lost["settled"]
    assert "cannot be told" in lost["outcome"]
    assert "AmendmentRequested" in [each["kind"] for each in tell("A1", "--json").json["records"]]


async def test_a_checkpoint_that_makes_no_sense_is_done_without(path: Path, tell: Tell) -> None:
    ticket = await three(path)
    again = RecordedDesk(path, ticket.clock).start()
    assert again.desk.recovered is not None
    again.journal.checkpoint(again.desk.recovered.folded)
    again.crash()
    last = "WHERE kind = 'Checkpoint' AND seq > 1"
    tampered(path, f"""UPDATE record SET body = replace(body, '"lineage":"toy/o1"', '"lineage":7') {last}""")
    told = tell("--json")
    assert told.code == 3
    assert {each["amendment"] for each in told.json["amendments"]} == {"A1", "A2", "A3"}
    tampered_again = sqlite3.connect(path)
    tampered_again.execute(f"UPDATE record SET body = 'nothing' {last}")
    tampered_again.commit()
    tampered_again.close()
    told = tell("--json")
    assert "cannot be read and is left out" in told.json["problems"][0]
    assert {each["amendment"] for each in told.json["amendments"]} == {"A1", "A2", "A3"}
    assert "cannot be read and is left out" in tell().out


async def test_a_damaged_file_is_told_as_far_as_it_can_be_read(path: Path, tell: Tell) -> None:
    await three(path)
    made(path.with_name("journal-2.db"), 2000)
    with path.with_name("journal-2.db").open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 40_000)
    told = tell("--json")
    assert told.code == 3
    assert [each["fault"] for each in told.json["chain"]["faults"]] == ["unreadable"]
    assert len(told.json["amendments"]) == 3
    assert tell("A1").code == 3


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


def test_an_emptied_journal_is_no_whole_one(path: Path, tell: Tell) -> None:
    made(path)
    path.with_name("journal-2.db").touch()
    told = tell("--json")
    assert (told.code, told.json["families"][1]["records"]) == (3, 0)
    (fault,) = told.json["chain"]["faults"]
    assert (Path(fault["file"]).name, fault["fault"]) == ("journal-2.db", "emptied")
    path.write_bytes(b"")
    path.with_name("journal-2.db").unlink()
    told = tell()
    assert told.code == 3
    assert told.out.startswith("✕ The chain is broken. journal.db: It holds no record, and every journal begins with")
    assert "The chain holds" not in told.out


def cut(path: Path, to: float) -> bytes:
    """Take the end of a file away; returns what is left."""
    left = path.read_bytes()[: int(path.stat().st_size * to)]
    path.write_bytes(left)
    return left


async def test_a_journal_cut_in_half_is_told_as_far_as_it_goes(path: Path, tell: Tell) -> None:
    ticket = await three(path)
    ticket.start()
    for number in range(1000):
        ticket.happen(ev.Noticed("toy", ticket.clock.now(), f"Filler {number} {'x' * 200}."))
    ticket.happen(ev.Noticed("toy", ticket.clock.now(), "".join(map(str, range(40_000)))))
    await ticket.end()
    count = len(list(rows(path)))
    whole = list(rows(path))
    left = cut(path, 0.5)
    told = tell("--json")
    assert told.code == 3
    (segment,) = told.json["families"][0]["segments"]
    assert not segment["complete"]
    assert 300 < segment["records"] < count
    (fault,) = told.json["chain"]["faults"]
    assert (fault["file"], fault["fault"]) == (str(path), "unreadable")
    assert (fault["row"], segment["first"] is None) == (segment["records"] + 1, False)
    assert f"rows 1 to {segment['records']} were read from a copy, rows {fault['row']} to {count}" in fault["text"]
    assert [each["amendment"] for each in told.json["amendments"]] == ["A3", "A2", "A1"]
    text = tell().out
    assert "journal.db (incomplete)" in text
    assert text.splitlines()[0] == text.splitlines()[-1]
    story = tell("A3", "--json")
    assert story.code == 3
    assert {each["file"] for each in story.json["records"]} == {str(path)}
    hashes = [row.hash.hex() for row in whole]
    assert [each["hash"] in hashes for each in story.json["records"]] == [True] * len(story.json["records"])
    assert story.json["session"]["rules"]["title"] == "Toy"
    assert files_of(path)[path.name] == left


@pytest.mark.parametrize("share", [0.02, 0.1, 0.25, 0.75, 0.9, 0.99])
def test_wherever_a_file_is_cut_what_is_read_is_whole(path: Path, tell: Tell, share: float) -> None:
    made(path, 2000)
    text = tell("--json").json
    assert text["families"][0]["records"] == 2001
    cut(path, share)
    told = tell("--json")
    assert told.code == 3
    (fault,) = told.json["chain"]["faults"]
    assert fault["fault"] == "unreadable", "nothing that is read is called edited"
    assert told.json["families"][0]["records"] < 2001
    assert told.json["families"][0]["records"] > (2001 * share * 0.7 if share > 0.1 else -1)


async def test_a_damaged_part_in_the_middle_of_a_family(path: Path, tell: Tell) -> None:
    sizes = Sizes(segment=30_000, checkpoint=10_000)
    ticket = RecordedDesk(path, sizes=sizes).start()
    for number in range(700):
        ticket.happen(ev.Noticed("toy", ticket.clock.now(), f"Filler {number} {'x' * 100}."))
        if number % 50 == 0:
            ticket.journal.flush()
    await ticket.end()
    assert len(segments(path)) > 2
    middle = segments(path)[1]
    cut(middle, 0.5)
    told = tell("--json")
    assert [(Path(each["file"]), each["fault"]) for each in told.json["chain"]["faults"]] == [(middle, "unreadable")]
    assert [each["complete"] for each in told.json["families"][0]["segments"]].count(False) == 1
