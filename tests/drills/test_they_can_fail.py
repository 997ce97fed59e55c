"""A drill is worth something if it fails on a ticket that is wrong: each of these breaks the ticket in one way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.cli.drill import play_all
from app.desk.effects import SendAmendment
from app.desk.effects_runner import EffectsRunner
from app.desk.fold import amendments, lineages, orders, reconcile
from app.desk.fold.ladder import TABLE, News
from app.domain.amendment import AmendmentStage as Stage
from app.domain.amendment import Source
from app.domain.ports import Connector
from app.drills.language import NotHere, Tell, drills_of
from app.practice.world import find_venues
from app.venues import registry
from app.venues.bitso.wire.feed import Sequences
from app.venues.transport.limiter import Limiter
from tests.helpers.wrong_ticket import case_of, failed, played, wait_at_most

VENUES = find_venues()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_at_most(monkeypatch, 2.0)


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a venue that takes its time."""
    wait_at_most(monkeypatch, 8.0)


def first(number: int) -> str:
    """A venue that has a drill of this number."""
    return next(venue for venue in VENUES if not isinstance(drills_of(venue)[number], NotHere))


@pytest.mark.usefixtures("_patient")
def test_an_unbroken_ticket_holds_them_all_within_that_patience() -> None:
    drills = [(number, first(number), case_of(number, first(number))) for number in (1, 2, 6, 10, 17, 18, 23, 27)]
    assert [(each.number, each.venue) for each in asyncio.run(play_all(drills, registry.load)) if not each.held] == []


def test_a_ticket_that_takes_a_time_out_for_a_refusal_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, (Stage.WRITTEN, News.UNANSWERED), Stage.REFUSED)
    assert {"passed", "stage"} & failed(played(6, first(6)))


def test_a_ticket_that_sends_twice_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    amend = EffectsRunner._amend

    async def twice(runner: EffectsRunner, connector: Connector, effect: SendAmendment) -> None:
        await amend(runner, connector, effect)
        await amend(runner, connector, effect)

    monkeypatch.setattr(EffectsRunner, "_amend", twice)
    assert "sent_once" in failed(played(17, first(17)))


@pytest.mark.usefixtures("_patient")
def test_a_ticket_that_confirms_on_a_receipt_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, (Stage.WRITTEN, News.ACKNOWLEDGED), Stage.CONFIRMED)
    assert "passed" in failed(played(10, first(10)))


@pytest.mark.usefixtures("_patient")
def test_a_ticket_that_believes_old_terms_at_once_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "settled_by", lambda amendment, policy, asked_at: asked_at is not None)
    monkeypatch.setattr(orders, "settled_by", lambda amendment, policy, asked_at: asked_at is not None)
    assert "never" in failed(played(10, first(10)))


def test_a_ticket_that_closes_a_row_on_any_word_of_a_cancel_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "_may_mean_the_amendment", lambda *_: False)
    assert "never_shown" in failed(played(18, first(18)))


def test_a_ticket_that_books_no_fills_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "filled", lambda turn, event: None)
    assert {"fills", "booked"} <= failed(played(1, first(1)))


def test_a_ticket_that_shows_the_wish_for_the_order_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest mistake of all: painting the asked price before the venue has it."""
    requested = amendments._requested

    def painted(turn: Any, event: Any) -> None:
        requested(turn, event)
        lineage = turn.desk.lineages[event.amendment.lineage]
        target = event.amendment.command.target
        lineage.order = replace(
            lineage.order, price=target.price or lineage.order.price, quantity=target.quantity or lineage.order.quantity
        )

    monkeypatch.setattr(amendments, "_requested", painted)
    assert "shows" in failed(played(23, first(23)))


@pytest.mark.usefixtures("_patient")
@pytest.mark.parametrize("venue", VENUES)
def test_a_ticket_that_believes_whatever_came_last_fails(monkeypatch: pytest.MonkeyPatch, venue: str) -> None:
    monkeypatch.setattr(orders, "_is_older", lambda *_: False)
    assert "followed" in failed(played(41, venue, case_of(41, venue, "a reading asked for before comes after")))


def test_a_ticket_that_counts_no_answer_twice_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amendments, "_repeat", lambda rungs, news: rungs)
    assert failed(played(8, first(8))) == {"counted"}


def test_a_ticket_that_makes_no_pause_when_it_was_too_fast_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limiter, "pause", lambda limiter, seconds: None)
    assert "apart" in failed(played(36, "bitget"))


def test_a_ticket_that_overlooks_a_gap_in_numbers_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sequences, "missed", lambda sequences, moved: 0)
    assert "never came: link be=stale" in played(42, "bitso").trouble


def test_a_ticket_whose_fill_ends_the_wait_of_an_amendment_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    booked = orders.filled

    def ended(turn: Any, event: Any) -> None:
        booked(turn, event)
        for each in turn.desk.unsettled():
            turn.desk.amendments[each.amendment_id] = replace(each, stage=Stage.OVERTAKEN, outcome="It was filled.")

    monkeypatch.setattr(orders, "filled", ended)
    assert {"stage", "proven"} <= failed(played(1, first(1)))


def test_a_ticket_that_shows_one_order_as_two_rows_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = lineages.resolve

    def beside(turn: Any, order: Any, replaces: str) -> Any:
        return resolve(turn, order, "" if turn.source is not Source.LISTING else replaces)

    monkeypatch.setattr(lineages, "_claimants", lambda *_: [])
    monkeypatch.setattr(orders, "resolve", beside)
    assert {"followed", "at_rest"} & failed(played(11, first(11)))


@pytest.mark.parametrize("number", [2, 6, 17])
def test_a_drill_without_its_fault_fails(number: int) -> None:
    venue = first(number)
    drill = case_of(number, venue)
    kept = tuple(step for step in drill.steps if not (isinstance(step, Tell) and step.path in ("faults", "fill")))
    assert failed(played(number, venue, replace(drill, steps=kept)))


def test_a_fault_that_never_strikes_fails() -> None:
    venue = first(27)
    drill = case_of(27, venue)
    unused = Tell("faults", {"action": "drop", "operation": "amend", "arguments": {}})
    assert failed(played(27, venue, replace(drill, steps=(unused, *drill.steps)))) == {"struck"}
