"""`redline journal` on records that were changed, taken out, emptied, cut short or overwritten."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from app.desk.journal.files import segments
from app.desk.journal.reading import rows
from app.desk.journal.writer import Sizes
from app.domain import events as ev
from tests.cli.conftest import Tell, files_of, three
from tests.helpers.journals import made, tampered
from tests.helpers.recorded_desk import RecordedDesk


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
    assert told.out.startswith("✕ The chain is broken. journal.db: It holds nothing, and a journal is never made so")
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


def test_an_empty_file_of_nobody_is_no_emptied_journal(path: Path, tell: Tell) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    told = tell()
    assert (told.code, told.out) == (2, "")
    assert told.err == f"redline: {path} is an empty file and no journal of Redline; name another with --journal.\n"
    assert not list(path.parent.glob("*.lock*"))
