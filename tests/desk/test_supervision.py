"""One fault is one account's fault: its link says so, its rows are stale, it starts again, and nobody else notices."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from app.desk.desk import Desk
from app.desk.effects import LookUp
from app.desk.ids import Ids
from app.desk.supervision import fault_text
from app.domain import events as ev
from app.domain.account import Account, Environment
from app.domain.amendment import Source
from app.domain.market import LinkState
from app.domain.order import Order
from app.domain.ports import Clock, Sink
from tests.helpers.logfail import AnnouncedLogs
from tests.helpers.paper_desk import PaperClock, PaperConnector, PaperVenue
from tests.helpers.recorded_desk import PROFILE
from tests.helpers.toy_venue import ToyRulebook, order

Fault = Callable[[], Awaitable[None]]


@dataclass
class FaultyConnector(PaperConnector):
    """Comes up, and fails when the test says so."""

    fail: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: bool = False
    error: BaseException = field(default_factory=lambda: OverflowError("int too large²"))

    async def run(self) -> None:
        self.sink(ev.LinkChanged(self.account.name, self.clock.now(), LinkState.UP, ""))
        seen = order(account=self.account.name)
        self.sink(ev.OpenOrdersListed(self.account.name, self.clock.now(), self.clock.now(), (seen,)))
        await self.fail.wait()
        if self.refuses:
            now = self.clock.now()
            self.sink(ev.LinkChanged(self.account.name, now, LinkState.REFUSED, "The key was refused."))
            return
        raise self.error

    async def look_up(self, order: Order) -> None:
        raise LookupError("no such thing")

    async def cancel(self, order: Order) -> None:
        raise LookupError("no such thing")

    async def refresh(self) -> None:
        raise LookupError("no such thing")


@dataclass(frozen=True)
class FaultyVenue(PaperVenue):
    """The toy venue with those connectors; counts how many it made."""

    made: list[str] = field(default_factory=list)

    def connect(self, account: Account, sink: Sink, clock: Clock) -> FaultyConnector:
        self.made.append(account.name)
        connector = FaultyConnector(account, sink, clock)
        self.connectors[account.name] = connector
        return connector


class Two:
    """A desk with two accounts, running."""

    def __init__(self) -> None:
        self.connectors: dict[str, PaperConnector] = {}
        self.venue = FaultyVenue(PROFILE, ToyRulebook(), self.connectors)
        accounts = [Account(name, "toy", Environment.PRACTICE) for name in ("one", "two")]
        self.desk = Desk(accounts, {"toy": self.venue}, PaperClock(), Ids())
        self.running = asyncio.create_task(self.desk.run())

    def connector(self, name: str) -> FaultyConnector:
        found = self.connectors[name]
        assert isinstance(found, FaultyConnector)
        return found

    async def settle(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)

    async def close(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


@pytest.mark.parametrize(
    "error",
    [OverflowError("int too large²"), ExceptionGroup("many", [ValueError("x" * 900)]), KeyError("data")],
)
async def test_a_fault_of_one_connector_is_that_accounts_alone(
    error: BaseException, announced_logs: AnnouncedLogs
) -> None:
    announced_logs.expect("the connector of one failed", logging.ERROR)
    two = Two()
    await two.settle()
    one, other = two.desk.state.accounts["one"], two.desk.state.accounts["two"]
    assert (one.link, other.link) == (LinkState.UP, LinkState.UP)
    two.connector("one").error = error
    two.connector("one").fail.set()
    await two.settle()
    assert (one.link, other.link) == (LinkState.DOWN, LinkState.UP)
    assert fault_text(error) in one.link_text
    assert "started again in 1 s" in one.link_text
    assert two.desk.state.lineages["one/o1"].stale
    assert not two.desk.state.lineages["two/o1"].stale
    assert any(fault_text(error) in notice.text for notice in two.desk.state.notices)
    two.desk.refresh("one")
    await two.settle()
    assert two.venue.made == ["one", "two", "one"], "a person's refresh starts it again at once"
    assert one.link is LinkState.UP
    assert not two.desk.state.lineages["one/o1"].stale
    await two.close()


@pytest.mark.parametrize(
    "error",
    [asyncio.CancelledError(), SystemExit(1), BaseExceptionGroup("many", [asyncio.CancelledError(), ValueError("x")])],
)
async def test_what_stops_a_connector_though_nobody_asked_is_a_fault_like_any_other(
    error: BaseException, announced_logs: AnnouncedLogs
) -> None:
    announced_logs.expect("the connector of one failed", logging.ERROR)
    two = Two()
    await two.settle()
    two.connector("one").error = error
    two.connector("one").fail.set()
    await two.settle()
    one, other = two.desk.state.accounts["one"], two.desk.state.accounts["two"]
    assert (one.link, other.link) == (LinkState.DOWN, LinkState.UP)
    assert f"it was stopped ({type(error).__name__}), and nobody had asked for that" in one.link_text
    two.desk.refresh("one")
    await two.settle()
    assert one.link is LinkState.UP
    await two.close()
    assert two.running.cancelled(), "what is asked for is no fault"


async def test_a_question_that_was_stopped_from_within_is_told_as_unanswered(announced_logs: AnnouncedLogs) -> None:
    announced_logs.expect("look up one/o1 failed", logging.ERROR)
    announced_logs.expect("refresh one failed", logging.ERROR)
    two = Two()
    await two.settle()

    async def stopped(*_: object) -> None:
        raise asyncio.CancelledError

    two.connector("one").look_up = stopped  # type: ignore[method-assign]
    two.connector("one").refresh = stopped  # type: ignore[method-assign]
    two.desk._run(LookUp("one", two.desk.state.lineages["one/o1"].target))
    two.desk.refresh("one")
    await two.settle()
    texts = [notice.text for notice in two.desk.state.notices]
    assert any("the orders could not be listed" in text and "nobody had asked" in text for text in texts)
    told = two.desk.state.lineages["one/o1"].history[-1].text
    assert "looking it up gave no answer" in told
    assert "it was stopped (CancelledError)" in told
    await two.close()


async def test_a_view_that_is_stopped_from_within_takes_nothing_from_the_others(announced_logs: AnnouncedLogs) -> None:
    announced_logs.expect("a view of the desk failed", logging.ERROR)
    two = Two()

    def failing(*_: object) -> None:
        raise asyncio.CancelledError

    seen: list[object] = []
    two.desk.subscribe(failing)
    two.desk.subscribe(lambda rows, accounts: seen.append(accounts))
    await two.settle()
    assert seen
    assert any("A part of this program that shows orders failed" in each.text for each in two.desk.state.notices)
    await two.close()


async def test_a_refused_login_is_no_fault_and_waits_for_a_person() -> None:
    two = Two()
    await two.settle()
    two.connector("one").refuses = True
    two.connector("one").fail.set()
    await two.settle()
    assert two.desk.state.accounts["one"].link is LinkState.REFUSED
    assert two.desk.state.accounts["one"].link_text == "The key was refused."
    assert not any("unforeseen" in notice.text for notice in two.desk.state.notices)
    two.desk.refresh("one")
    await two.settle()
    assert two.desk.state.accounts["one"].link is LinkState.UP
    await two.close()


async def test_a_cancel_or_a_question_that_breaks_off_is_told_on_its_row(announced_logs: AnnouncedLogs) -> None:
    two = Two()
    await two.settle()
    announced_logs.expect("cancel o1 failed", logging.ERROR)
    announced_logs.expect("look up one/o1 failed", logging.ERROR)
    two.desk.cancel("one/o1")
    assert two.desk.state.lineages["one/o1"].cancelling
    await two.settle()
    row = two.desk.state.lineages["one/o1"]
    assert not row.cancelling
    texts = " ".join(line.text for line in row.history)
    assert "whether the cancel arrived is not known" in texts
    assert "looking it up gave no answer" in texts
    await two.close()


@pytest.mark.parametrize("is_list", [False, True], ids=["a push", "a list"])
async def test_an_event_that_cannot_be_taken_in_raises_in_nobodys_face(
    announced_logs: AnnouncedLogs, monkeypatch: pytest.MonkeyPatch, is_list: bool
) -> None:
    two = Two()
    await two.settle()
    announced_logs.expect("an event of one could not be taken in", logging.ERROR)

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(two.desk._reducer, "folding" if is_list else "apply", broken)
    now, seen = two.desk.clock.now(), order(account="one")
    listed, pushed = ev.OpenOrdersListed("one", now, now, (seen,)), ev.OrderSeen("one", now, seen, Source.PUSH)
    two.desk.dispatch(listed if is_list else pushed)
    assert two.desk.state.lineages["one/o1"].stale
    assert not two.desk.state.lineages["two/o1"].stale
    assert "ZeroDivisionError" in two.desk.state.notices[-1].text
    monkeypatch.undo()
    await two.close()


async def test_a_view_that_fails_takes_nothing_from_the_others(announced_logs: AnnouncedLogs) -> None:
    announced_logs.expect("a view of the desk failed", logging.ERROR)
    two = Two()
    told: list[frozenset[str]] = []

    def broken(rows: frozenset[str], accounts: frozenset[str]) -> None:
        raise ZeroDivisionError

    two.desk.subscribe(broken)
    two.desk.subscribe(lambda rows, accounts: told.append(rows))
    await two.settle()
    assert frozenset({"two/o1"}) in told
    assert "ZeroDivisionError" in two.desk.state.notices[-1].text
    assert len(two.desk.state.notices) == 1, "once, not with every event"
    await two.close()


async def test_when_following_ends_no_link_looks_up(announced_logs: AnnouncedLogs) -> None:
    two = Two()
    await two.settle()
    for supervisor in two.desk._supervisors.values():

        async def fails() -> None:
            raise MemoryError("no room")

        supervisor.run = fails  # type: ignore[method-assign]
    await two.close()
    with pytest.raises(ExceptionGroup):
        await two.desk.run()
    assert {account.link for account in two.desk.state.accounts.values()} == {LinkState.DOWN}
    assert "MemoryError: no room" in two.desk.ended
    assert all(lineage.stale for lineage in two.desk.state.lineages.values())
