"""`redline journal` as a process: on what `amend` recorded, on a killed ticket's record, and on what was changed."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from app.desk.journal.files import FamilyLock, sibling
from app.desk.journal.reading import rows
from app.desk.journal.writer import Journal
from app.runtime.opening import journal_path
from tests.end_to_end.conftest import REDLINE, Done, Practice
from tests.helpers.journals import tampered

ORDER = "qlbga6b600n3xta7"

KEEP = "Keep the file; `redline journal` tells what it has."


def journal(practice: Practice, path: Path, *arguments: str) -> Done:
    return practice.run("journal", "--journal", str(path), *arguments)


@pytest.fixture
def path(practice: Practice, tmp_path: Path) -> Path:
    """The journal of two amendments, of which the second lost its answer on the way."""
    path = tmp_path / "kept" / "journal.db"
    assert practice.run("amend", ORDER, "price=120000", "--journal", str(path)).code == 0
    practice.tell("bitso/faults", action="disconnect", operation="amend")
    assert practice.run("amend", ORDER, "price=119000.50", "--journal", str(path)).code == 0
    return path


def test_the_record_of_amend_is_told_with_every_digit(practice: Practice, path: Path) -> None:
    before = path.read_bytes()
    told = journal(practice, path, "--json")
    assert (told.code, told.err, told.json["problems"]) == (0, "", [])
    assert told.json["chain"]["holds"]
    (family,) = told.json["families"]
    assert family["sessions"] == {"count": 2, "killed": 0, "last_without_end": False}
    assert family["records"] == len(list(rows(path)))
    second, first = told.json["amendments"]
    assert first["asked"] == [{"field": "price", "old": "100000", "new": "120000"}]
    assert second["asked"] == [{"field": "price", "old": "120000", "new": "119000.50"}]
    assert (second["stage"], second["order_ids"], second["account"]) == ("confirmed", [ORDER], "Bitso practice")
    text = journal(practice, path)
    assert text.code == 0
    assert "2 amendments, 0 of them without an outcome" in text.out
    assert "price 120000 → 119000.50" in text.out
    order = journal(practice, path, f"Bitso practice/{ORDER}", "--json")
    assert (order.code, order.json["orders"]) == (
        0,
        [{"account": "Bitso practice", "environment": "practice", "ids": [ORDER]}],
    )
    assert order.json["amendments"] == [second, first]
    assert path.read_bytes() == before


def test_one_amendment_is_told_with_its_messages_its_rules_and_its_clocks(practice: Practice, path: Path) -> None:
    (name, _) = (each["amendment"] for each in journal(practice, path, "--json").json["amendments"])
    told = journal(practice, path, name, "--json")
    assert told.code == 0
    stages = [rung["stage"] for rung in told.json["ladder"]]
    assert stages == ["draft", "checked", "written", "unknown", "confirmed"]
    seen = [each["record"] for each in told.json["records"] if each["kind"] == "WireSeen"]
    wire = seen[next(place for place, each in enumerate(seen) if each["head"].startswith("PATCH")) :]
    assert wire[0]["head"] == f"PATCH /api/v4/orders/{ORDER}"
    assert wire[0]["body"] == '{"price":"119000.5","major":"1"}'
    answers = [each for each in wire if each["direction"] == "in"]
    assert any('"price":"119000.5"' in each["body"] for each in answers), "the look-up that proved it"
    assert told.json["session"]["rules"]["documents"]
    assert told.json["session"]["environment"] == "practice"
    assert isinstance(told.json["clocks"]["before"]["venue_ahead_ns"], int)
    text = journal(practice, path, name[-5:]).out
    assert '{"price":"119000.5","major":"1"}' in text
    assert "gave no answer" in text
    assert "ms ahead of ours" in text or "ms behind ours" in text
    unknown = journal(practice, path, "A0")
    assert unknown.code == 2
    assert unknown.err.count("\n") == 1
    assert "knows no amendment “A0”" in unknown.err


@pytest.mark.parametrize(
    "statement, says",
    [
        ("UPDATE record SET body = replace(body, '120000', '121000') WHERE kind = 'AmendmentRequested'", "was edited"),
        ("DELETE FROM record WHERE kind = 'AmendmentWritten'", "is missing"),
        ("DELETE FROM record WHERE seq > (SELECT max(seq) - 9 FROM record)", "are missing"),
    ],
)
def test_a_changed_record_is_found_and_told_first_and_last(
    practice: Practice, path: Path, statement: str, says: str
) -> None:
    tampered(path, statement)
    told = journal(practice, path, "--json")
    assert told.code == 3
    (fault,) = told.json["chain"]["faults"]
    assert says in fault["text"]
    assert (fault["file"], fault["row"] > 0) == (str(path), True)
    assert len(told.json["amendments"]) == 2
    text = journal(practice, path)
    assert text.code == 3
    lines = text.out.splitlines()
    assert lines[0] == lines[-1] == f"✕ The chain is broken. journal.db: {fault['text']}"
    # What is whole goes on in a file of its own, and whoever starts a ticket on it is told.
    again = practice.run("amend", ORDER, "price=118000", "--journal", str(path), "--json")
    assert (again.code, again.json["stage"]) == (0, "confirmed")
    broken, *waited = again.err.splitlines()
    assert broken == f"redline: The journal {path} does not hold: {fault['text']} {KEEP}"
    # An amendment whose record was changed may look unresolved; a fast machine comes before a second look settles it.
    assert all(line.endswith("waiting for its outcome, nothing is sent yet.") for line in waited), waited
    told = journal(practice, path, "--json")
    assert (told.code, len(told.json["amendments"])) == (3, 3)
    assert [Path(each["file"]).name for each in told.json["families"][0]["segments"]] == [
        "journal.db",
        "journal.0002.db",
    ]
    assert told.json["chain"]["faults"] == [fault]


def test_a_running_ticket_and_one_that_was_killed(practice: Practice, tmp_path: Path) -> None:
    """Reads while another process writes; afterwards the file and its lock are that process's as before."""
    path = tmp_path / "journal.db"
    practice.tell("bitso/faults", action="silent_failure", operation="amend")
    command = [str(REDLINE), "amend", ORDER, "price=120000", "--journal", str(path), "--config", str(practice.config)]
    writer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            if practice.tell("bitso/requests?operation=amend"):
                break
            time.sleep(0.02)
        writer.send_signal(signal.SIGSTOP)  # it stands still wherever it is, the file open, the lock held
        told = journal(practice, path, "--json")
        assert told.code == 0
        assert told.json["families"][0]["sessions"]["last_without_end"]
        (one,) = told.json["amendments"]
        assert not one["settled"]
        assert one["missing"]
        assert writer.poll() is None
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    told = journal(practice, path)
    assert told.code == 0
    assert "1 amendment, 1 of them without an outcome" in told.out
    assert practice.run("orders", "--journal", str(path)).code == 0
    sessions = journal(practice, path, "--json").json["families"][0]["sessions"]
    assert sessions == {"count": 2, "killed": 1, "last_without_end": False}


def killed(practice: Practice, path: Path, price: str = "120000", *, answered: bool = True) -> None:
    """An amendment that Bitso never carries out, and a ticket that is killed with it in flight.

    Acknowledged, it is settled 5 s later; without an answer, no sooner than 15 s after it left, so that the next ticket
    finds it unresolved even where a process takes seconds to start.
    """
    misfortune = {"action": "silent_failure"} if answered else {"action": "drop", "point": "request_received"}
    practice.tell("bitso/faults", operation="amend", **misfortune)
    kind = "AmendmentAcknowledged" if answered else "AmendmentWritten"
    kept = () if path == journal_path(practice.config) else ("--journal", str(path))
    command = [str(REDLINE), "amend", ORDER, f"price={price}", *kept, "--config", str(practice.config)]
    writer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            if path.exists() and kind in {row.kind for row in rows(path)}:
                break
            time.sleep(0.02)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()


def test_amend_after_a_kill_waits_for_the_earlier_outcome_first(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    killed(practice, path, answered=False)
    hasty = practice.run("amend", ORDER, "price=119000", "--journal", str(path), "--wait", "0")
    assert (hasty.code, hasty.out) == (4, "")
    assert "is still unresolved; nothing was sent" in hasty.err
    again = practice.run("amend", ORDER, "price=119000", "--journal", str(path), "--json")
    assert (again.code, again.json["stage"], again.json["order"]["price"]) == (0, "confirmed", "119000")
    assert "waiting for its outcome, nothing is sent yet" in again.err
    told = journal(practice, path, "--json").json["amendments"]
    assert [each["stage"] for each in told] == ["confirmed", "not_applied"]
    assert len(practice.tell("bitso/requests?operation=amend")) == 2


def test_amend_beside_another_ticket_sends_nothing_for_an_order_that_has_one_in_flight(practice: Practice) -> None:
    path = journal_path(practice.config)
    killed(practice, path)
    running = FamilyLock(path)  # as if that ticket were running still
    name = journal(practice, path, "--json").json["amendments"][0]["amendment"]
    refused = practice.run("amend", ORDER, "price=119000", "--json")
    beside, sentence = refused.err.splitlines()
    assert (refused.code, refused.json["exit"]) == (4, 4)
    assert beside == (
        f"redline: Another ticket is running on {path}; this one writes {sibling(path, 2)}. Neither sends a change of "
        "an order of which the other has one in flight."
    )
    assert sentence == (
        f"redline: {name}, an amendment of this order in the journal {path}, is unresolved. Nothing was sent; wait for "
        "its outcome, or add --confirm to send anyway."
    )
    for more in (("--no-journal",), ("--journal", str(practice.config.with_name("mine.db")))):
        assert practice.run("amend", ORDER, "price=119000", *more).code == 4
    assert len(practice.tell("bitso/requests?operation=amend")) == 1
    confirmed = practice.run("amend", ORDER, "price=119000", "--confirm", "--json")
    assert (confirmed.code, confirmed.json["stage"]) == (0, "confirmed")
    assert f"{name}, an amendment of this order" in confirmed.err
    running.release()


def test_orders_that_keeps_no_journal_shows_what_the_tickets_of_the_configuration_have_in_flight(
    practice: Practice,
) -> None:
    path = journal_path(practice.config)
    killed(practice, path)
    before = path.read_bytes()
    name = journal(practice, path, "--json").json["amendments"][0]["amendment"]
    listed = practice.run("orders")
    assert listed.code == 0
    (line,) = (each for each in listed.out.splitlines() if each.endswith(ORDER))
    assert "  unresolved (" in line
    assert listed.err == (
        f"redline: {name} is unresolved in another journal; `redline journal {name} --journal {path}` tells what is "
        f"known, `redline orders --config {practice.config} --journal {path}` looks it up where no ticket is running "
        "on it.\n"
    )
    rows_ = {row["order"]: row for row in practice.run("orders", "--json").json["orders"]}
    assert rows_[ORDER]["amendment"]["amendment"] == name
    assert [order for order, row in rows_.items() if row["unresolved_in"] == str(path)] == [ORDER]
    form = practice.run("form", ORDER, "--json")
    assert (form.json["order"]["amendment"]["amendment"], name in form.err) == (name, True)
    assert name in practice.run("preview", ORDER, "price=119000").err
    assert path.read_bytes() == before
    # What the advice says is true.
    asked = practice.run("orders", "--journal", str(path))
    assert asked.code == 0
    told = journal(practice, path, "--json").json
    assert told["amendments"][0]["stage"] == "not_applied"
    assert practice.run("orders").err == ""


def test_an_amendment_without_an_outcome_says_how_to_learn_it(practice: Practice, tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    practice.tell("bitso/faults", action="silent_failure", operation="amend")
    done = practice.run("amend", ORDER, "price=120000", "--journal", str(path), "--wait", "0.5")
    assert done.code == 4
    name = journal(practice, path, "--json").json["amendments"][0]["amendment"]
    assert f"nothing is resent; `redline journal {name} --journal {path}` tells what is known" in done.out
    assert f"`redline orders --config {practice.config} --journal {path}` looks it up" in done.out
    practice.run("orders", "--journal", str(path))
    practice.tell("bitso/faults", action="silent_failure", operation="amend")
    done = practice.run("amend", ORDER, "price=120000", "--no-journal", "--wait", "0.5")
    assert f"`redline orders --config {practice.config}` shows the order, no journal has the amendment" in done.out


def test_every_family_of_the_name_and_the_one_of_a_configuration(practice: Practice, tmp_path: Path) -> None:
    kept = journal_path(practice.config)
    nothing = practice.run("journal")
    assert nothing.code == 2
    assert nothing.err.startswith(f"redline: There is no journal at {kept}; ")
    assert nothing.err.count("\n") == 1
    assert not kept.parent.exists()
    path = tmp_path / "mine.db"
    running = Journal(path)
    assert practice.run("amend", ORDER, "price=120000", "--journal", str(path)).code == 0
    families = journal(practice, path, "--json").json["families"]
    assert [Path(each["file"]).name for each in families] == ["mine.db", "mine-2.db"]
    running.close()
    assert practice.run("amend", ORDER, "price=119000").code == 0
    assert len(practice.run("journal", "--json").json["amendments"]) == 1
