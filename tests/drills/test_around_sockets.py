"""Drills of venues with a socket for everything fail on a ticket that is wrong, and without what they are about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.drills.language import Tell
from app.venues.alphapoint.link.look_up import LookUp
from app.venues.qfex.link.connector import QfexConnector
from app.venues.qfex.rules import rulebook
from tests.helpers.wrong_ticket import case_of, failed, played, wait_at_most


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_at_most(monkeypatch, 3.0)


def test_a_ticket_that_does_not_send_what_a_person_says_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = rulebook.wire_fields

    def silent(order: Any, asked: Any, around: Any) -> Any:
        return fields(order, replace(asked, reduce_only=False), around)

    monkeypatch.setattr(rulebook, "wire_fields", silent)
    assert {"stage", "row"} <= failed(played(11, "qfex", case_of(11, "qfex", "said to be one")))


def test_a_ticket_that_pauses_one_way_in_only_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QfexConnector, "_too_many", lambda connector, reply: connector._rest.too_many(reply))
    found = played(36, "qfex", case_of(36, "qfex", "in HTML"))
    assert "no amendment leaves" in found.trouble


def test_a_ticket_that_takes_what_a_list_leaves_out_for_gone_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(look_up: LookUp, order: Any) -> None:
        return None

    monkeypatch.setattr(LookUp, "find", gone)
    assert not played(18, "alphapoint", case_of(18, "alphapoint", "leaves orders out")).held


@pytest.mark.parametrize("venue, number", [("qfex", 25), ("alphapoint", 21)])
def test_without_the_stranger_it_fails(venue: str, number: int) -> None:
    drill = case_of(number, venue, "another session")
    kept = tuple(step for step in drill.steps if not (isinstance(step, Tell) and step.path == "faults"))
    assert failed(played(number, venue, replace(drill, steps=kept)))
