"""An order in doubt is locked whoever asks, and neither form nor plan nor preview ever raises."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest

from app.desk import guard
from app.desk.desk import DeskError
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.form import FieldName
from app.domain.plan import Draft
from tests.helpers.logfail import AnnouncedLogs
from tests.helpers.paper_desk import PaperDesk, bitso_buy


@pytest.fixture(autouse=True)
def nothing_logged_yet() -> None:
    guard._SAID.clear()


@pytest.fixture
def paper() -> PaperDesk:
    return PaperDesk("bitso")


def draft(paper: PaperDesk, key: str) -> Draft:
    return Draft(paper.desk.lineage(key).order, ((FieldName.PRICE, Decimal(99000)),))


async def test_an_order_in_doubt_offers_nothing_and_sends_nothing(paper: PaperDesk) -> None:
    key = bitso_buy(paper)
    row = paper.desk.lineage(key)
    assert paper.desk.form(key).editable
    ready = paper.desk.prepare(key, draft(paper, key))
    now = paper.clock.now()
    event = ev.OrderUnreadable(row.account, now, row.order.order_id, "its price is below zero (-5)", "{}", Source.PUSH)
    paper.happen(event)
    form = paper.desk.form(key)
    assert form.editable == ()
    assert "its price is below zero (-5)" in form.locked
    assert all(form.locked == field.reason for field in form.fields)
    plan = paper.desk.prepare(key, draft(paper, key)).plan
    assert [problem.text for problem in plan.verdict.problems] == [form.locked]
    with pytest.raises(DeskError, match="as it cannot be"):
        paper.desk.send(ready, confirmed=True)
    assert paper.connectors["bitso"].sent == []


@pytest.mark.parametrize("method", ["form", "plan"])
def test_a_rulebook_that_fails_costs_no_traceback(
    paper: PaperDesk, monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs, method: str
) -> None:
    key = bitso_buy(paper)

    def broken(*_: object) -> None:
        raise OverflowError("cannot convert ²")

    monkeypatch.setattr(type(paper.desk.venues["bitso"].rulebook), method, broken)
    announced_logs.expect(f"the {method} of ", logging.ERROR)
    if method == "form":
        assert "OverflowError: cannot convert ²" in paper.desk.form(key).locked
    else:
        prepared = paper.desk.prepare(key, draft(paper, key))
        assert prepared.command is None
        assert "OverflowError: cannot convert ²" in prepared.plan.verdict.problems[0].text


def test_a_form_that_fails_each_second_is_logged_once(
    paper: PaperDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = bitso_buy(paper)

    def broken(*_: object) -> None:
        raise OverflowError("cannot convert ²")

    monkeypatch.setattr(type(paper.desk.venues["bitso"].rulebook), "form", broken)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            paper.desk.form(key)
    assert len(caplog.records) == 1
    assert caplog.records[0].exc_info


def test_a_preview_that_fails_costs_no_traceback(
    paper: PaperDesk, monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs
) -> None:
    key = bitso_buy(paper)

    def broken(*_: object) -> None:
        raise ValueError("no request")

    monkeypatch.setattr(paper.connectors["bitso"], "preview", broken)
    announced_logs.expect("the preview for ", logging.ERROR)
    prepared = paper.desk.prepare(key, draft(paper, key))
    assert prepared.preview is None
    assert "ValueError: no request" in prepared.plan.verdict.problems[0].text
