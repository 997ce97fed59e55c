"""The journal of the real program: who keeps one and where, what is in it, and that its fold is the live state."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import tomllib
from pathlib import Path

import pytest

from app.desk.journal.files import segments, sibling
from app.desk.journal.reading import rows, timeline, verify_family
from app.desk.journal.replay import replay, state_hash
from app.desk.journal.writer import Journal
from app.runtime.opening import journal_path
from app.venues import registry
from tests.end_to_end.conftest import REDLINE, Practice
from tests.helpers.live_ticket import LiveTicket

ORDER = "qlbga6b600n3xta7"


def secrets_of(config: Path) -> list[str]:
    accounts = tomllib.loads(config.read_text())["account"]
    return [text for each in accounts for text in each["credentials"].values() if not text.isdigit()]


async def test_the_fold_of_a_live_run_is_the_live_state_and_holds_no_secret(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "journal" / "journal.db"
    rules = {name: venue.rulebook for name, venue in registry.load(set(registry.PACKAGES)).items()}
    for _ in range(2):
        async with LiveTicket.on(practice.config, path) as ticket:
            for _ in range(3):
                for account in ticket.desk.accounts:
                    ticket.send_one(account)
                await asyncio.sleep(0.5)
            await ticket.desk.wait(lambda state: not state.unsettled(), 30.0)
        assert len(ticket.desk.state.amendments) >= 8
        folded = replay((row for each in segments(path) for row in rows(each)), rules)
        assert state_hash(folded.state) == state_hash(ticket.desk.state)
    assert verify_family(segments(path)) == []
    kept = "".join(row.body for each in segments(path) for row in rows(each))
    found = [each for each in secrets_of(practice.config) if json.dumps(each)[1:-1] in kept]
    assert found == []


def test_amend_keeps_a_journal_and_reading_keeps_none(practice: Practice) -> None:
    path = journal_path(practice.config)
    assert practice.run("orders").code == practice.run("preview", ORDER, "price=120000").code == 0
    assert not path.exists()
    assert practice.run("amend", ORDER, "price=119000", "--no-journal").code == 0
    assert not path.exists()
    done = practice.run("amend", ORDER, "price=120000", "--json")
    assert done.code == 0
    assert verify_family(segments(path)) == []
    told = [row.kind for row in timeline(path, done.json["amendment"])]
    assert told[0] == "AmendmentRequested"
    assert {"WireSeen", "AmendmentWritten", "AmendmentAcknowledged"} <= set(told)
    assert [row.kind for row in rows(path)][-1] == "SessionEnded"


def test_a_ticket_beside_a_running_one_keeps_its_own(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    running = Journal(path)
    assert practice.run("amend", ORDER, "price=120000", "--journal", str(path)).code == 0
    running.close()
    assert "AmendmentRequested" not in {row.kind for row in rows(path)}
    assert "AmendmentRequested" in {row.kind for row in rows(sibling(path, 2))}


@pytest.mark.parametrize("verb", [("orders",), ("amend", ORDER, "price=120000")])
def test_a_journal_that_cannot_be_kept_stops_before_anything_is_sent(
    practice: Practice, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary,")
    done = practice.run(*verb, "--journal", str(diary))
    assert done.code == 2
    assert "diary.txt is no journal of Redline; choose another file with --journal." in done.err
    assert diary.read_text() == "Dear diary,"
    assert practice.tell("bitso/requests?operation=amend") == []


@pytest.mark.parametrize(
    "typed",
    [("amend", ORDER, "price=abc"), ("amend", ORDER, "nonsense"), ("amend", "nobody", "price=1"), ("form", "nobody")],
)
def test_bad_input_leaves_no_new_journal(practice: Practice, tmp_path: Path, typed: tuple[str, ...]) -> None:
    path = tmp_path / "new" / "folder" / "mine.db"
    done = practice.run(*typed, "--journal", str(path))
    assert done.code == 2, done.err
    assert not (tmp_path / "new").exists()


def test_bad_input_leaves_a_journal_that_was_there(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    assert practice.run("orders", "--journal", str(path)).code == 0
    assert practice.run("amend", ORDER, "price=abc", "--journal", str(path)).code == 2
    assert verify_family(segments(path)) == []


@pytest.mark.parametrize("said", ["does not lie there any more", "was removed"])
def test_an_amendment_that_would_be_recorded_nowhere_does_not_leave(
    practice: Practice, tmp_path: Path, said: str
) -> None:
    path = tmp_path / "state" / "journal.db"
    command = [str(REDLINE), "amend", ORDER, "price=120000", "--journal", str(path), "--config", str(practice.config)]
    verb = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    log = path.with_name("journal.db-wal")
    while not log.exists() or not log.stat().st_size:
        assert verb.poll() is None
    verb.send_signal(signal.SIGSTOP)
    if said == "was removed":
        shutil.rmtree(path.parent)
    else:
        path.parent.rename(tmp_path / "elsewhere")
    verb.send_signal(signal.SIGCONT)
    out, err = verb.communicate(timeout=60)
    assert verb.returncode in (2, 4)
    sentence = err if verb.returncode == 2 else out
    assert f"The journal {path} {said}" in sentence
    assert "nothing is sent, because it would be recorded nowhere" in sentence
    assert practice.tell("bitso/requests?operation=amend") == []
    assert practice.run("amend", ORDER, "price=120000", "--journal", str(path)).code == 0
