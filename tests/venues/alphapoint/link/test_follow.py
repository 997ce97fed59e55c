"""Reading while the link is up: open orders now and then, whatever a round runs into."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from app.domain import events as ev
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.venues.alphapoint import VENUE
from app.venues.alphapoint.link import follow
from app.venues.alphapoint.link.connector import PATIENCE, PING_EVERY
from app.venues.transport.socket import SocketSettings
from tests.helpers.logfail import AnnouncedLogs
from tests.venues.alphapoint.samples import raw_order
from tests.venues.alphapoint.stand_in import Desk, Silent, account, connector, failure, running, serving, up

pytestmark = pytest.mark.filterwarnings("error")

QUICK = SocketSettings(beat_every=0.05, ping_every=None, ping_within=None, first_delay=0.02)


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "RELIST", 0.1)


def test_the_promise_is_what_the_reading_keeps() -> None:
    """A list is due so often, is looked for at each beat, and may take as long as a reply may."""
    promised = VENUE.rulebook.evidence.reread_within
    assert (follow.RELIST + PING_EVERY + PATIENCE) * SECOND <= promised <= 60 * SECOND


@pytest.mark.usefixtures("_soon")
async def test_orders_are_listed_again_and_again() -> None:
    """A change that no event told of shows."""
    async with serving() as gateway:
        desk = Desk()
        async with running(connector(account(gateway.url), desk, settings=QUICK)):
            await up(desk)
            gateway.orders = [raw_order(Quantity="0.7")]
            listed = await desk.until(ev.OpenOrdersListed, lambda event: event.orders[0].remaining != 1)
        assert str(listed.orders[0].remaining) == "0.7"


@pytest.mark.usefixtures("_soon")
@pytest.mark.parametrize("answer", [failure(102, "Server Error"), Silent, None, "x", {}])
async def test_a_round_that_fails_is_told_and_the_next_one_comes(answer: Any) -> None:
    """Without taking the link down."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk, settings=QUICK, patience=0.1)
        async with running(made):
            await up(desk)
            gateway.answers["GetOpenOrders"] = answer
            await desk.until(ev.Noticed, lambda event: "could be read again" in event.text)
            before = len(desk.events)
            gateway.answers["GetOpenOrders"] = [raw_order()]
            await desk.until(ev.OpenOrdersListed, after=before)
        assert LinkState.DOWN not in [event.state for event in desk.of(ev.LinkChanged)]


@pytest.mark.usefixtures("_soon")
async def test_an_error_nobody_thought_of_costs_one_round(
    monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs
) -> None:
    """The reading goes on."""
    announced_logs.expect("a round of reading ap failed", logging.ERROR)
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk, settings=QUICK)
        async with running(made):
            await up(desk)
            listing, failed = made._listener.listing, asyncio.Event()

            def fail_once(rows: Any, asked_at: int) -> None:
                if not failed.is_set():
                    failed.set()
                    raise RuntimeError("never thought of")
                listing(rows, asked_at)

            monkeypatch.setattr(made._listener, "listing", fail_once)
            await failed.wait()
            before = len(desk.events)
            await desk.until(ev.OpenOrdersListed, after=before)
        assert any("never thought of" in event.text for event in desk.of(ev.Noticed))
        assert LinkState.DOWN not in [event.state for event in desk.of(ev.LinkChanged)]


@pytest.mark.usefixtures("_soon")
async def test_a_look_up_that_waits_holds_up_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are two tasks."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk, settings=QUICK)
        async with running(made):
            await up(desk)
            await desk.until(ev.QuoteSeen)
            monkeypatch.setattr(made._follower, "_look_up", lambda order: asyncio.sleep(3600))
            monkeypatch.setattr(made._listener, "undescribed", lambda: (object(),))
            await asyncio.sleep(0.2)
            before = len(desk.events)
            async with asyncio.timeout(2.0):
                await desk.until(ev.OpenOrdersListed, after=before)


async def test_a_broken_link_ends_the_reading() -> None:
    """Nothing is asked beside the next login."""
    async with serving() as gateway:
        desk = Desk()
        made = connector(account(gateway.url), desk)
        async with running(made):
            await up(desk)
            tasks = tuple(made._follower._tasks)
            assert len(tasks) == 2
            await gateway.connections[0].close()
            await desk.until(ev.LinkChanged, lambda event: event.state is LinkState.DOWN)
            await asyncio.gather(*tasks, return_exceptions=True)
            assert all(task.cancelled() for task in tasks)


@pytest.mark.usefixtures("_soon")
async def test_what_the_venue_never_gives_is_asked_for_less_and_less() -> None:
    """Each wait is twice the one before."""
    async with serving() as gateway:
        gateway.answers["GetInstruments"] = []
        desk = Desk()
        made = connector(account(gateway.url), desk, settings=QUICK)
        async with running(made):
            await up(desk)
            await asyncio.sleep(1.0)
        assert 2 <= len(gateway.sent("GetInstruments")) <= 5
