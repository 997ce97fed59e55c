"""The budget of requests: reads that keep rows true have their share, waits are told, and too many is too many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.evidence import SECOND
from app.domain.market import LinkState
from app.venues.bitso.link import amend, connector, rest
from app.venues.bitso.link.rest import KEPT_FOR_A_PERSON, KEPT_FOR_ROWS, Rest, Use
from app.venues.bitso.link.waiting import ReadsWait
from app.venues.bitso.profile import PRIVATE_PER_MINUTE
from app.venues.bitso.rules.rulebook import BitsoRulebook
from app.venues.bitso.wire.codec import Endpoints
from app.venues.bitso.wire.signing import Keys
from app.venues.common.reporter import Reporter
from app.venues.transport.http import HttpClient
from tests.helpers.paper_desk import PaperClock
from tests.venues.bitso.samples import command, plan
from tests.venues.bitso.stand_in import DeskAtFake, FakeBitso, at_fake, failure, raw, row, success

D = Decimal
ALL = [Use.PERSON, Use.ROWS, Use.ROUTINE]


@pytest.fixture
def clock() -> PaperClock:
    return PaperClock()


@pytest.fixture
def calls(clock: PaperClock) -> Rest:
    http = HttpClient("http://127.0.0.1:1", account="desk", sink=lambda _: None, clock=clock)
    return Rest(http, Keys("k", "s"), Endpoints("/api"), clock)


def test_the_share_of_lists_cannot_be_used_up_by_anything_else(calls: Rest, clock: PaperClock) -> None:
    for _ in range(PRIVATE_PER_MINUTE):
        calls.private.reserve()
    assert not calls.has_room
    assert calls.private.delay() > 0
    assert calls.private.delay(KEPT_FOR_A_PERSON, shared=True) == 0
    # A list every two seconds and a look-up of stop prices with each fit into it.
    assert 60 / connector.LIST_EVERY * 2 <= KEPT_FOR_ROWS < KEPT_FOR_A_PERSON


def test_the_promise_is_kept_by_the_regular_lists() -> None:
    promised = BitsoRulebook.evidence.reread_within
    assert 2 * connector.LIST_EVERY * SECOND < promised <= 10 * SECOND


async def test_a_change_made_elsewhere_is_shown_while_amendments_use_the_budget_up(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A minute of the venue in 4 s, with the same parts of a budget of 40.
    monkeypatch.setattr(rest, "_MINUTE", 4.0)
    monkeypatch.setattr(rest, "PRIVATE_PER_MINUTE", 40)
    monkeypatch.setattr(rest, "KEPT_FOR_A_PERSON", 20)
    monkeypatch.setattr(rest, "KEPT_FOR_ROWS", 20)
    fake = FakeBitso(*(row(f"a{number}") for number in range(42)), row("theirs"))
    async with at_fake(fake) as world:
        changes = []
        for number in range(42):
            order = world.row(f"a{number}").order
            change = replace(command(order, plan(order, price="101000")), amendment_id=f"A{number}")
            changes.append(asyncio.create_task(world.connector.amend(change)))
        await world.until(lambda: len(fake.bodies) > 5, "changes on their way")
        asked = [event.asked_at for event in world.events(ev.OpenOrdersListed)]
        fake.rows[-1] = row("theirs", price="99000", original_value="99000")
        await world.until(lambda: world.row("theirs").order.price == D(99000), "somebody else's change")
        await world.lists(6)
        assert len(fake.bodies) < 42, "the budget was to be used up meanwhile"
        asked = [event.asked_at for event in world.events(ev.OpenOrdersListed)][len(asked) - 1 :]
        assert max(late - early for early, late in zip(asked, asked[1:], strict=False)) < 2 * SECOND
        for change_task in changes:
            change_task.cancel()
        await asyncio.gather(*changes, return_exceptions=True)


def reads_told(world: DeskAtFake) -> list[ev.Noticed]:
    return [event for event in world.events(ev.Noticed) if event.about is ev.Condition.READS]


async def test_lists_that_have_to_wait_are_told_with_their_end_and_their_end_is_told(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        world.connector._rest.private.pause(2.0)
        await world.until(lambda: bool(reads_told(world)), "a word on the wait")
        told = reads_told(world)[0]
        assert "open orders are read in 2 s" in told.text
        assert told.until is not None
        assert told.at < told.until <= told.at + 2 * SECOND
        assert world.state.accounts["desk"].reads_until == told.until
        await world.until(lambda: reads_told(world)[-1].over, "its end")
        assert len(reads_told(world)) == 2, "one wait is told once"
        assert world.state.accounts["desk"].reads_until == 0
        assert world.link is LinkState.UP


def test_a_short_wait_needs_no_word_and_a_longer_one_a_new_one(clock: PaperClock) -> None:
    told: list[ev.Event] = []
    wait = ReadsWait(Reporter("desk", told.append, clock))
    wait.over()
    wait.waits(0.0)
    wait.waits(0.999)
    assert told == []
    wait.waits(1.0)
    assert len(told) == 1
    clock.pass_time(0.5)
    wait.waits(1.5)
    assert len(told) == 1
    wait.paused(60.0)
    assert len(told) == 2
    wait.over()
    wait.over()
    assert len(told) == 3
    assert [each.over for each in told if isinstance(each, ev.Noticed)] == [False, False, True]


DRESSES: list[Callable[[], httpx.Response]] = [
    lambda: raw("<html>slow down</html>", 429, retry_after="1"),
    lambda: raw("<html>slow down</html>", 420, retry_after="1"),
    lambda: raw("Too many requests", 429, retry_after="1"),
    lambda: raw("", 429, retry_after="1"),
    lambda: raw('{"error":"rate"}', 429, retry_after="1"),
    lambda: raw("[]", 418, retry_after="1"),
    lambda: raw('{"success":false,"error":{"code":"0801","message":"x"}}', 420, retry_after="1"),
    lambda: raw('{"success":false,"error":{"code":"0312","message":"x"}}', 429, retry_after="1"),
    lambda: raw("<html>", 503, retry_after="1"),
]


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("where", ["open_orders", "balance"])
async def test_too_many_requests_in_any_dress_pause_for_what_is_asked(
    quick: None, monkeypatch: pytest.MonkeyPatch, dress: Callable[[], httpx.Response], where: str
) -> None:
    monkeypatch.setattr(connector, "BALANCE_EVERY", 0.1)
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        fake.reply = lambda request: dress() if where in request.url.path else None
        before = fake.count(where)
        await world.until(lambda: fake.count(where) > before, "the answer")
        fake.reply = lambda request: None
        await asyncio.sleep(0.1)
        sent = len(fake.heads)
        await asyncio.sleep(0.6)
        assert fake.heads[sent:] == []
        assert any("for 1 s" in told.text and told.until for told in reads_told(world))
        await world.until(lambda: world.link is LinkState.UP and len(fake.heads) > sent, "the end of the pause")
        await world.until(lambda: reads_told(world)[-1].over, "a word on its end")


@pytest.mark.parametrize("dress", DRESSES[:-1])
async def test_a_change_refused_for_too_many_requests_was_not_made_and_pauses_what_follows(
    quick: None, dress: Callable[[], httpx.Response]
) -> None:
    fake = FakeBitso(row(), row("b2"))
    async with at_fake(fake) as world:
        fake.reply = lambda request: dress() if request.method == "PATCH" else None
        amendment_id = world.send(price="101000", when_repriced="keep_spend")
        await world.until(lambda: world.state.amendments[amendment_id].stage is AmendmentStage.REFUSED, "the refusal")
        fake.reply = lambda request: None
        sent = len(fake.heads)
        second = world.send("b2", price="101000", when_repriced="keep_spend")
        await world.until(lambda: world.state.amendments[second].stage is AmendmentStage.QUEUED, "the wait")
        world.desk.cancel(world.row().key)
        await world.until(lambda: fake.count("DELETE") == 1, "a cancel, which never waits")
        assert [head for head in fake.heads[sent:] if "DELETE" not in head] == []


@pytest.mark.parametrize("body", ['{"success":true,"payload":{"oid":"a1"}}'])
async def test_a_success_under_that_status_is_no_certain_refusal(quick: None, body: str) -> None:
    fake = FakeBitso(row())
    fake.reply = lambda request: raw(body, 429, retry_after="1") if request.method == "PATCH" else None
    async with at_fake(fake) as world:
        world.send(price="101000", when_repriced="keep_spend")
        await world.until(lambda: bool(world.events(ev.AmendmentUnanswered)), "no answer")


async def test_a_limit_of_public_requests_stops_no_private_one(quick: None) -> None:
    fake = FakeBitso(row())
    fake.reply = lambda request: failure(420, "0801") if "ticker" in request.url.path else None
    async with at_fake(fake) as world:
        await world.until(lambda: fake.count("ticker") == 1, "the answer")
        await world.lists(3)
        assert world.link is LinkState.UP
        assert fake.count("ticker") == 1
        assert reads_told(world) == []


async def test_what_stands_before_the_venue_and_counts_everything_pauses_everything(quick: None) -> None:
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        fake.reply = lambda request: raw("<html>", 429, retry_after="3") if "ticker" in request.url.path else None
        await world.until(lambda: bool(reads_told(world)), "a word")
        sent = len(fake.heads)
        await asyncio.sleep(1.0)
        assert len(fake.heads) == sent


async def test_a_row_nobody_waits_for_is_looked_up_from_the_share_of_rows(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeBitso(row())
    async with at_fake(fake) as world:
        uses: list[Use] = []
        read = world.connector._rest.read

        async def recorded(request: object, use: Use = Use.PERSON, **more: bool) -> object:
            if "/orders/a1" in str(request):
                uses.append(use)
            return await read(request, use, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(world.connector._rest, "read", recorded)
        await world.connector.look_up(world.row().order)
        assert uses == [Use.ROWS]
        monkeypatch.setattr(amend, "FRESH", 10**18)
        fake.reply = lambda request: success({"oid": "a1"}) if request.method == "PATCH" else None
        world.send(price="101000", when_repriced="keep_spend")
        await world.until(lambda: len(fake.bodies) == 1, "the change")
        uses.clear()
        await world.connector.look_up(world.row().order)
        assert uses[-1] is Use.PERSON
        assert set(uses) < set(ALL)
