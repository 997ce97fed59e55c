"""Long lists of orders are taken in part by part: the loop goes on between the parts, and the end is the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.desk.fold import lineages
from app.desk.fold.orders import PART
from app.desk.parts import LONG
from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.market import LinkState
from app.domain.order import Order
from tests.helpers.paper_desk import D, PaperDesk, resting

BASE = resting("bitso", "odd", "btc_usd", "120000.00", "0.5")


def listing(paper: PaperDesk, count: int = 3 * LONG) -> ev.OpenOrdersListed:
    now = paper.clock.now()
    orders = [replace(BASE, order_id=f"id{number}", created_at=now, updated_at=now) for number in range(count)]
    orders.append(replace(orders[5], symbol="eth_usd"))  # a contradiction, which is believed nowhere
    return ev.OpenOrdersListed("bitso", now, now, tuple(orders))


def in_one_go() -> PaperDesk:
    paper = PaperDesk("bitso")
    paper.happen(listing(paper))
    return paper


async def test_the_loop_has_its_turn_between_the_parts() -> None:
    paper, told = PaperDesk("bitso"), list[int]()
    paper.desk.subscribe(lambda rows, accounts: told.append(len(rows)))
    paper.happen(listing(paper))
    assert not paper.desk.state.lineages, "nothing is taken in within the call"
    turns = 0
    while len(told) < 3 or paper.desk.state.accounts["bitso"].answered_at == 0:
        turns += 1
        await asyncio.sleep(0)
    assert turns > 3 * LONG // PART
    assert max(told) <= PART + 1
    whole = await asyncio.to_thread(in_one_go)  # a thread has no loop
    assert paper.desk.state == whole.desk.state


def test_a_new_order_is_not_compared_with_all_that_nobody_amends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100,000 listed orders each was compared with all before it, for two minutes and a half."""
    asked: list[Order] = []
    kind = lineages.kind_of_order
    monkeypatch.setattr(lineages, "kind_of_order", lambda order: (asked.append(order), kind(order))[1])
    assert len(in_one_go().desk.state.lineages) == 3 * LONG
    assert asked == []


def test_without_a_loop_it_is_taken_in_at_once() -> None:
    assert len(in_one_go().desk.state.lineages) == 3 * LONG


async def test_what_is_reported_meanwhile_comes_after_it_in_order() -> None:
    paper = PaperDesk("bitso")
    event = listing(paper)
    pushed = replace(event.orders[0], price=D("7"))
    paper.happen(event, ev.OrderSeen("bitso", event.at, pushed, Source.PUSH))
    paper.quote("bitso", "btc_usd", "1", "2")
    assert paper.desk.state.accounts["bitso"].quotes, "a quote need not wait"
    assert ("bitso", "id0") not in paper.desk.state.by_id
    assert await paper.desk.wait(lambda state: state.accounts["bitso"].answered_at > 0, 20)
    assert await paper.desk.wait(lambda state: state.find("id0")[0].order.price == D("7"), 20)


@pytest.mark.parametrize(
    "urgent",
    [
        lambda at: ev.LinkChanged("bitso", at, LinkState.DOWN, "The link is lost."),
        lambda at: ev.CancelRequested("bitso", at, "bitso/none"),
    ],
    ids=["a lost link", "a person"],
)
async def test_what_cannot_wait_finds_the_whole_list(urgent: object) -> None:
    paper = PaperDesk("bitso")
    event = listing(paper)
    paper.happen(event)
    await asyncio.sleep(0)
    assert callable(urgent)
    paper.happen(urgent(event.at + 1))
    assert len(paper.desk.state.lineages) == 3 * LONG
    assert paper.desk.state.accounts["bitso"].answered_at == event.asked_at


async def test_the_end_of_the_desk_leaves_nothing_half_taken_in() -> None:
    paper = PaperDesk("bitso")
    paper.happen(listing(paper))
    await paper.desk.close()
    assert len(paper.desk.state.lineages) == 3 * LONG


async def test_an_order_that_cannot_be_folded_takes_the_rest_behind_it_in(caplog: pytest.LogCaptureFixture) -> None:
    paper = PaperDesk("bitso")
    event = listing(paper)
    broken: Order = replace(event.orders[3], quantity="five")  # type: ignore[arg-type]
    with caplog.at_level("ERROR", "redline.desk"):
        paper.happen(replace(event, orders=(*event.orders[:2000], broken)))
        paper.happen(ev.Noticed("bitso", event.at, "Said after it."))
        said = "Said after it."
        assert await paper.desk.wait(lambda state: any(notice.text == said for notice in state.notices), 20)
    assert any("could not be taken in" in notice.text for notice in paper.desk.state.notices)
