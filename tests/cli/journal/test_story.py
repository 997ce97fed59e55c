"""The story of one amendment: its records from all files, the session it was asked in, and its rules."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from app.cli.journal import document, report
from app.cli.journal.story import Story, story
from app.cli.journal.survey import Family, amendments, checked, families
from app.domain.plan import Waiting
from tests.cli.conftest import three
from tests.helpers.recorded_desk import PROFILE
from tests.helpers.toy_venue import ToyRulebook


async def told(path: Path, folder: Path, name: str) -> tuple[list[Family], Story]:
    await three(path)
    read = [checked(each, lambda _: None, folder) for each in families(path, folder)]
    (one,) = (each for each in amendments(read, {"toy": ToyRulebook()}, [], lambda _: None, name) if each.whole)
    assert one.whole is not None
    return read, story(read, one.whole, one.path)


async def test_it_has_the_records_the_session_and_the_rules(path: Path, tmp_path: Path) -> None:
    _, one = await told(path, tmp_path, "A2")
    kinds = [each.row.kind for each in one.records]
    assert {"AmendmentRequested", "AmendmentWritten", "AmendmentRefused"} <= set(kinds)
    assert all(each.path == path for each in one.records)
    assert one.session is not None
    assert one.party is not None
    assert one.party.name == "toy"
    assert one.rules is not None
    assert one.rules.profile.title == PROFILE.title
    assert one.unread == ""


async def test_a_person_and_a_program_are_told_the_same(path: Path, tmp_path: Path) -> None:
    read, one = await told(path, tmp_path, "A3")
    shown = json.loads(document.story(read, one, []))
    assert shown["stage"] == "unknown"
    assert shown["chain"] == {"holds": True, "faults": []}
    assert not shown["ticket_ended"]
    text = report.story(read, one, ["One row cannot be read."])
    assert "asked: price 101.0 → 103, by modify" in text
    assert "One row cannot be read." in text
    assert "\x1b" not in text, "a venue's text does nothing to a terminal"
    assert text.rstrip().endswith("in 1 file.")
    assert len(shown["records"]) == len(one.records)


async def test_one_that_was_sent_behind_others_says_so(path: Path, tmp_path: Path) -> None:
    read, one = await told(path, tmp_path, "A3")
    known = one.known.amendment
    waiting = Waiting(known.command.order, ("A1", "A2"), (known.command.target,) * 2)
    behind = replace(known, command=replace(known.command, behind=waiting))
    text = report.story(read, replace(one, known=replace(one.known, amendment=behind)), [])
    assert "asked: price 101.0 → 103, by modify, behind A1, A2" in text
