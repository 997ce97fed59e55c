"""Drills about what stands around an amendment fail on a ticket that is wrong, and without what they are about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.drills.language import Send, Tell, Until, expect
from app.drills.patterns import around
from app.venues.bitget.link.listener import Listener as BitgetListener
from app.venues.bitget.link.rest import Rest as BitgetRest
from app.venues.bitget.wire import codec
from app.venues.bitso.link.look_up import LookUp as BitsoLookUp
from app.venues.bitso.wire import answers as bitso_answers
from tests.helpers.wrong_ticket import case_of, failed, played, wait_at_most


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_at_most(monkeypatch, 3.0)


def test_a_ticket_that_takes_a_short_page_for_the_last_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async def first_page(rest: BitgetRest, page: Any, id_name: str, most: int, **more: Any) -> tuple[list[Any], bool]:
        return codec.page_of(await rest.read(page("")))[0], True

    monkeypatch.setattr(BitgetRest, "rows", first_page)
    drill = case_of(18, "bitget", "short pages")
    # The pages that it does not ask for need not be waited for.
    assert "at_rest" in failed(played(18, "bitget", replace(drill, steps=drill.steps[-1:])))


def test_a_ticket_that_takes_what_a_list_leaves_out_for_gone_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(look_up: BitsoLookUp, order_id: str, use: Any = None) -> None:
        return None

    monkeypatch.setattr(BitsoLookUp, "fetch", gone)
    drill = case_of(18, "bitso", "cut without a word")
    drill = replace(drill, steps=tuple(step for step in drill.steps if not isinstance(step, Until)))
    found = played(18, "bitso", drill)
    assert found.trouble or {"at_rest", "stage", "row", "never_shown"} & failed(found)


def test_a_ticket_that_puts_back_a_strangers_change_in_silence_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BitgetListener, "_put_back", lambda *_: None)
    assert failed(played(25, "bitget", case_of(25, "bitget", "another session"))) == {"notice"}


def test_a_ticket_that_cannot_read_a_429_in_html_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bitso_answers, "TOO_MANY", frozenset())
    assert {"passed", "outcome"} & failed(played(36, "bitso", case_of(36, "bitso", "HTML")))


@pytest.mark.parametrize("number, words", [(21, "another session"), (36, "HTML, by what")])
def test_a_drill_without_its_fault_fails(number: int, words: str) -> None:
    drill = case_of(number, "bitso", words)
    kept = tuple(step for step in drill.steps if not (isinstance(step, Tell) and step.path == "faults"))
    assert failed(played(number, "bitso", replace(drill, steps=kept)))


def test_what_stands_before_a_venue_answers_in_html() -> None:
    planned = around.refused_at_the_gate("amend", 2)
    assert planned.body["count"] == 2
    assert planned.body["arguments"]["status"] == 429
    assert planned.body["arguments"]["body"].startswith("<html>")
    drill = around.too_many_in_html({"order_id": "1"}, Send({"price": "2"}), {"price": "1"}, expect("struck"))
    assert (drill.steps[0], drill.case) == (
        around.refused_at_the_gate("amend"),
        "in HTML, by what stands before the venue",
    )
