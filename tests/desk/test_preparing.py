"""A check is made once for one moment: the very same while nothing happens, and anew after whatever did."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from app.desk.desk import DeskError
from app.desk.preparing import Preparing
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.form import FieldName
from app.domain.limits import Limits
from app.domain.market import LinkState
from app.domain.plan import Draft
from tests.helpers.logfail import AnnouncedLogs
from tests.helpers.many_orders import many_orders
from tests.helpers.paper_desk import D, PaperDesk, bitso_buy


def drafted(paper: PaperDesk, key: str, less: str = "10") -> Draft:
    order = paper.desk.lineage(key).order
    assert order.price is not None
    return Draft(order, ((FieldName.PRICE, order.price - D(less)),))


def plans_of(paper: PaperDesk, monkeypatch: pytest.MonkeyPatch) -> list[Draft]:
    """The drafts that are planned from now on."""
    found: list[Draft] = []
    rules = type(paper.desk.venues["bitso"].rulebook)
    plan = rules.plan
    monkeypatch.setattr(rules, "plan", lambda self, draft, around: found.append(draft) or plan(self, draft, around))
    return found


async def test_a_send_right_after_its_check_makes_one_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    planned = plans_of(paper, monkeypatch)
    prepared = paper.desk.prepare(key, drafted(paper, key))
    assert paper.desk.prepare(key, drafted(paper, key)) is prepared
    paper.clock.pass_time(0.005)
    paper.desk.send(prepared, confirmed=True)
    assert len(planned) == 1
    await paper.desk.close()


def test_whatever_happened_since_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    desk, draft = paper.desk, drafted(paper, key)
    planned = plans_of(paper, monkeypatch)

    def balance() -> None:
        paper.happen(ev.BalancesSeen("bitso", paper.clock.now(), ()))

    def limits() -> None:
        desk.limits["bitso"] = replace(Limits(), hard_size=D("0.001"))

    def time() -> None:
        paper.clock.pass_time(0.02)

    for happens in (balance, limits, time):
        before = desk.prepare(key, draft)
        count = len(planned)
        happens()
        assert desk.prepare(key, draft) is not before
        assert len(planned) == count + 1, happens.__name__
    desk.prepare(key, drafted(paper, key, "20"))
    desk.prepare(key, draft, ahead=1)
    assert len(planned) == 6, "one for each of the first, what happened, and either way of asking otherwise"


def test_what_broke_off_half_way_is_looked_at(monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    desk, draft, now = paper.desk, drafted(paper, key), paper.clock.now()
    announced_logs.expect("an event of bitso could not be taken in", logging.ERROR)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(desk._reducer, "apply", broken)
    monkeypatch.setattr(desk._reducer, "folding", broken)
    order = desk.lineage(key).order
    for event in (ev.OrderSeen("bitso", now, order, Source.PUSH), ev.OpenOrdersListed("bitso", now, now, (order,))):
        before = desk.prepare(key, draft)
        paper.happen(event)
        assert desk.prepare(key, draft) is not before


def test_each_part_of_a_long_list_is_looked_at() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    desk, draft, now = paper.desk, drafted(paper, key), paper.clock.now()
    checks = [desk.prepare(key, draft)]
    orders = (*many_orders(500), desk.lineage(key).order)
    for _ in desk._taking(ev.OpenOrdersListed("bitso", now, now, orders)):
        checks.append(desk.prepare(key, draft))
    checks.append(desk.prepare(key, draft))
    assert len(checks) > 4
    assert len({id(each) for each in checks}) == len(checks)


def test_a_link_that_went_down_between_check_and_send_holds_it_back() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    prepared = paper.desk.prepare(key, drafted(paper, key))
    paper.happen(ev.LinkChanged("bitso", paper.clock.now(), LinkState.DOWN, "gone"))
    with pytest.raises(DeskError):
        paper.desk.send(prepared, confirmed=True)


async def test_what_was_sent_is_not_sent_again_by_the_same_check() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    prepared = paper.desk.prepare(key, drafted(paper, key))
    first = paper.desk.send(prepared, confirmed=True)
    with pytest.raises(DeskError):
        paper.desk.send(prepared, confirmed=True)
    assert [each.amendment_id for each in paper.desk.state.unsettled()] == [first]
    await paper.desk.close()


def test_nothing_is_kept_for_a_row_before_its_first_draft() -> None:
    with pytest.raises(KeyError):
        Preparing({}, {}, {}).sent("bitso/1")
