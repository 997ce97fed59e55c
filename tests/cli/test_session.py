"""Waiting for the venues: what counts as an answer, and that a silent account leaves nothing to guess."""

from __future__ import annotations

import asyncio

import pytest

from app.cli import session
from app.cli.session import NotAsked, all_listed, complaints, has_answered, not_said_at_the_end, order_ready
from app.desk.desk import DeskError
from app.domain.amendment import Source
from app.domain.events import Condition, LinkChanged, Noticed, OpenOrdersListed, OrderUnreadable
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from tests.helpers.paper_desk import BTC_USD, PaperDesk, bitso_buy, resting


def listed(paper: PaperDesk, account: str) -> None:
    now = paper.clock.now()
    orders = tuple(each.order for each in paper.desk.state.open_lineages() if each.account == account)
    paper.happen(OpenOrdersListed(account, now, now, orders))


def dead(paper: PaperDesk, account: str, state: LinkState = LinkState.DOWN) -> None:
    paper.happen(LinkChanged(account, paper.clock.now(), state, "No route to the venue."))


@pytest.mark.parametrize(
    "state, text, answered",
    [
        (LinkState.CONNECTING, "", False),
        (LinkState.SYNCING, "Reading.", False),
        (LinkState.DOWN, "", False),
        (LinkState.DOWN, "No route.", True),
        (LinkState.REFUSED, "", True),
    ],
)
def test_an_answer_is_a_list_or_a_reason(state: LinkState, text: str, answered: bool) -> None:
    paper = PaperDesk("bitso")
    paper.happen(LinkChanged("bitso", paper.clock.now(), state, text))
    assert has_answered(paper.desk.state.accounts["bitso"]) is answered


async def test_an_account_that_did_not_list_is_named_once() -> None:
    paper = PaperDesk("bitso", "qfex")
    bitso_buy(paper)
    listed(paper, "bitso")
    dead(paper, "qfex")
    assert await all_listed(paper.desk, 1) == ["qfex: No route to the venue."]
    dead(paper, "bitso")
    assert complaints([paper.desk.state.accounts["bitso"]]) == [], "what it listed stays known"


async def test_an_order_is_ready_when_every_account_has_answered() -> None:
    paper = PaperDesk("bitso", "qfex")
    key = bitso_buy(paper)
    listed(paper, "bitso")
    with pytest.raises(NotAsked, match="another account that could not be asked may have one too; write “bitso/"):
        await order_ready(paper.desk, "qlbga6b600n3xta7", 0.01)
    lineage = await order_ready(paper.desk, key, 0.01)
    assert lineage.key == key
    listed(paper, "qfex")
    assert await order_ready(paper.desk, "qlbga6b600n3xta7", 0.01) is lineage
    with pytest.raises(DeskError, match="No open order"):
        await order_ready(paper.desk, "nothing", 0.01)


async def test_an_account_whose_link_is_lost_is_not_ready() -> None:
    paper = PaperDesk("bitso")
    paper.market("bitso", BTC_USD, "119990.00", "120050.00")
    key = paper.order(resting("bitso", "o1", "btc_usd", "120000.00", "1"))
    listed(paper, "bitso")
    dead(paper, "bitso")
    with pytest.raises(NotAsked, match="No route to the venue"):
        await order_ready(paper.desk, key, 0.01)


def part_listed(paper: PaperDesk, account: str, *unreadable: str) -> None:
    now = paper.clock.now()
    orders = tuple(each.order for each in paper.desk.state.open_lineages() if each.account == account)
    for order_id in unreadable:
        paper.happen(OrderUnreadable(account, now, order_id, "its side cannot be read", "{}", Source.LISTING, now))
    paper.happen(OpenOrdersListed(account, now, now, orders, complete=False))


@pytest.fixture
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EXTRAS_LIMIT", "RULES_LIMIT"):
        monkeypatch.setattr(session, name, 0.01)


@pytest.mark.usefixtures("_hurried")
async def test_one_unreadable_row_does_not_keep_a_readable_order_from_being_used() -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    part_listed(paper, "bitso", "bad1")
    assert (await order_ready(paper.desk, "qlbga6b600n3xta7", 0.01)).key == key, "with one account it can be no other"
    told = await all_listed(paper.desk, 0.01)
    assert any("bad1" in each and "its side cannot be read" in each for each in told)
    assert any("incomplete" in each for each in told)
    assert not any("address" in each for each in told)


@pytest.mark.usefixtures("_hurried")
async def test_an_order_that_cannot_be_read_is_named_and_not_called_absent() -> None:
    paper = PaperDesk("bitso", "qfex")
    bitso_buy(paper)
    part_listed(paper, "bitso", "bad1")
    listed(paper, "qfex")
    with pytest.raises(NotAsked, match="cannot be read .its side cannot be read"):
        await order_ready(paper.desk, "bad1", 0.01)
    with pytest.raises(NotAsked, match="not every order could be read"):
        await order_ready(paper.desk, "other", 0.01)


@pytest.mark.usefixtures("_hurried")
async def test_a_market_whose_rules_never_come_keeps_nobody_from_the_form() -> None:
    paper = PaperDesk("bitso")
    key = paper.order(resting("bitso", "o1", "btc_usd", "120000.00", "1"))
    listed(paper, "bitso")
    assert (await order_ready(paper.desk, key, 0.01)).key == key


@pytest.mark.usefixtures("_hurried")
async def test_an_unreadable_row_is_told_in_one_sentence() -> None:
    paper = PaperDesk("bitso")
    part_listed(paper, "bitso", "bad1", "bad2")
    told = await all_listed(paper.desk, 0.01)
    left = not_said_at_the_end(paper.desk, told)
    both = [*left, *session._noticed(paper.desk)]
    for name in ("bad1", "bad2"):
        assert len([each for each in both if name in each]) == 1
    assert any("incomplete" in each for each in left)
    paper.desk.state.notices.clear()
    assert not_said_at_the_end(paper.desk, told) == told, "what no notice says is said now"


@pytest.mark.parametrize(
    "name, sentence, is_named",
    [
        ("x", "http://a.example answered with a redirect to evil.example.", False),
        ("b", "The venue shows order b as it cannot be.", False),
        ("a", "A list did not arrive.", False),
        ("http", "http://a.example cannot be reached.", False),
        ("desk", "desk-2: it is silent.", False),
        ("desk", "desk: it is silent.", True),
        ("desk", "desk is not ready.", True),
        ("my desk", "The login of account my desk was refused.", True),
        ("a (b)", "“a (b)” has no key.", True),
    ],
)
def test_a_sentence_says_which_account_it_is_about(name: str, sentence: str, is_named: bool) -> None:
    """A name that was also a part of some word or host was taken for said."""
    assert session.of_account(name, sentence) == (sentence if is_named else f"{name}: {sentence}")


async def test_an_account_that_is_not_ready_is_named() -> None:
    paper = PaperDesk("bitso")
    key = paper.order(resting("bitso", "o1", "btc_usd", "120000.00", "1"))
    listed(paper, "bitso")
    dead(paper, "bitso")
    with pytest.raises(NotAsked, match=r"^bitso: No route to the venue"):
        await order_ready(paper.desk, key, 0.01)


async def test_an_account_that_has_listed_is_waited_for_until_it_is_in_step(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = PaperDesk("bitso")
    bitso_buy(paper)
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.SYNCING))
    listed(paper, "bitso")
    waiting = asyncio.create_task(all_listed(paper.desk, 1))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done(), "its rows would be told as old"
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.UP))
    assert await waiting == []
    monkeypatch.setattr(session, "READY_LIMIT", 0.01)
    paper.happen(LinkChanged("bitso", paper.clock.now(), LinkState.SYNCING))
    assert await all_listed(paper.desk, 1) == [], "but not for ever"


@pytest.mark.parametrize(
    "about, seconds, told",
    [
        (Condition.READS, 1, False),
        (Condition.READS, 60, True),
        (Condition.READS, None, True),
        (Condition.NONE, 1, True),
    ],
)
def test_a_wait_that_is_over_at_once_is_told_by_nobody(about: Condition, seconds: int | None, told: bool) -> None:
    paper = PaperDesk("bitso")
    now = paper.clock.now()
    until = None if seconds is None else now + seconds * SECOND
    paper.happen(Noticed("bitso", now, "There were too many requests.", about=about, until=until))
    assert session._noticed(paper.desk) == ["bitso: There were too many requests."] * told
