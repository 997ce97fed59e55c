"""The real connector against the practice venue when things go wrong: lost replies, cuts, silence, other people."""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.practice.venues.qfex.rows import order_row
from tests.helpers.logfail import AnnouncedLogs
from tests.venues.qfex.desk_at_practice import NAME, QUICK, DeskAtPractice
from tests.venues.qfex.samples import command

D = Decimal
APPLE, GOOGLE, INDEX = "AAPL-USD", "GOOG-USD", "US100-USD"


def dead_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- outcome unknown, closed by evidence -----------------------------------------------------------------------------


async def test_a_lost_reply_is_unknown_until_the_list_shows_the_new_order() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        before = row.order.order_id
        world.server.faults.add("drop", "amend")
        done = await world.amend(row, price="200.10")
        assert done.stage is AmendmentStage.CONFIRMED
        assert AmendmentStage.UNKNOWN in [rung.stage for rung in done.rungs]
        assert row.ids == [before, done.new_order_id]
        assert world.theirs(row.order.order_id).price == D("200.10")
        assert world.requests("amend") == 1
        assert len(world.state.lineages) == 6
        assert (await world.amend(row, price="200.15")).stage is AmendmentStage.CONFIRMED


async def test_the_new_order_can_be_amended_while_the_reply_that_made_it_may_still_come() -> None:
    async with DeskAtPractice(pace=replace(QUICK, answer_within=20.0)) as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "amend")
        assert (await world.amend(row, price="200.10")).stage is AmendmentStage.CONFIRMED
        assert not world.events(ev.AmendmentUnanswered)
        assert (await world.amend(row, price="200.15")).stage is AmendmentStage.CONFIRMED
        assert world.theirs(row.order.order_id).price == D("200.15")
        assert world.requests("amend") == 2


async def test_a_lost_request_is_not_applied_once_a_late_list_shows_the_old_terms() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "amend", point="request_received")
        done = await world.amend(row, price="200.10")
        assert done.stage is AmendmentStage.NOT_APPLIED
        assert row.order.price == D("200.00")
        assert world.requests("amend") == 1


async def test_a_connection_cut_after_sending_is_settled_after_the_reconnect() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("disconnect", "amend")
        done = await world.amend(row, price="200.10")
        assert done.stage is AmendmentStage.CONFIRMED
        assert row.order.order_id == done.new_order_id
        assert len(world.events(ev.AmendmentUnanswered)) == 1
        assert world.requests("amend") == 1
        assert len(world.state.lineages) == 6


async def test_an_error_that_names_no_request_leaves_it_unknown() -> None:
    async with DeskAtPractice(null_incoming_message=True) as world:
        await world.up()
        world.server.faults.add("rate_limit", "amend")
        done = await world.amend(world.find(APPLE, "buy"), price="200.10")
        assert done.stage is AmendmentStage.NOT_APPLIED
        assert "without saying for which request" in world.events(ev.AmendmentUnanswered)[0].text


async def test_terms_other_than_asked_are_shown_as_such_under_the_new_id() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        before = row.order.order_id
        world.server.faults.add("alter", "amend", price=D("200.05"))
        done = await world.amend(row, price="200.10")
        assert done.stage is AmendmentStage.DIFFERENT
        assert [(each.asked, each.found) for each in done.differences] == [(D("200.10"), D("200.05"))]
        # A reply that differs is a reply.
        assert "answered MODIFIED with price 200.05 instead of 200.1;" in done.replied
        told = [*(rung.note for rung in done.rungs), *(entry.text for entry in row.history)]
        assert any(done.replied in each for each in told)
        assert not any("no answer" in each or "did not answer" in each for each in told)
        assert row.ids[0] == before
        assert row.order.order_id != before
        assert row.order.price == D("200.05")
        assert len(world.state.lineages) == 6


async def test_a_repeated_reply_and_an_unknown_status_do_no_harm() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("duplicate", "amend", point="before_reply")
        done = await world.amend(row, price="200.10")
        assert done.stage is AmendmentStage.CONFIRMED
        await world.until(lambda _: len(world.events(ev.AmendmentAcknowledged)) == 2, "the repeated answer")
        rungs = world.state.amendments[done.amendment_id].rungs
        assert [rung.count for rung in rungs if rung.stage is AmendmentStage.ACKNOWLEDGED] == [2]
        world.server.faults.add("unknown_status", "push_order", text="MOON_PHASE")
        odd = await world.amend(row, price="200.15")
        assert odd.stage is AmendmentStage.CONFIRMED
        assert row.order.price == D("200.15")
        assert len(world.state.lineages) == 6


# -- other people ----------------------------------------------------------------------------------------------------


async def test_somebody_elses_amendment_is_followed_to_its_new_id() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(GOOGLE, "buy")
        old = row.order.order_id
        world.server.foreign_amend(world.theirs(old), D("159.00"), None)
        await world.until(lambda _: row.order.price == D("159.00"), "the foreign terms")
        assert row.ids == [old, row.order.order_id]
        assert set(world.their_open()) == {each.order.order_id for each in world.state.lineages.values()}
        assert (await world.amend(row, price="159.50")).stage is AmendmentStage.CONFIRMED


async def test_a_foreign_amendment_that_beats_ours_makes_the_venue_refuse_and_is_followed() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("foreign_amend", "amend", price="200.05")
        done = await world.amend(row, price="200.10")
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "CANNOT_MODIFY_NO_SUCH_ORDER")
        await world.until(lambda _: row.order.price == D("200.05"), "the foreign terms")
        assert set(world.their_open()) == {each.order.order_id for each in world.state.lineages.values()}


def refuse_somebody_else(world: DeskAtPractice, order_id: str, status: str) -> None:
    """Another session of the account is refused, or an earlier request is: every session gets the order reply."""
    frame = {"order_response": order_row(world.theirs(order_id), status)}
    for session in world.server.trade_socket.sessions:
        session.push_json(frame, "push_order")


async def written(world: DeskAtPractice, amendment_id: str) -> None:
    """Wait until an amendment has left; the bump holds its answer."""
    await world.until(lambda desk: desk.amendments[amendment_id].stage is AmendmentStage.WRITTEN, "the hand-over")


async def test_another_sessions_refusal_does_not_hide_that_our_amendment_was_made() -> None:
    async with DeskAtPractice(pace=replace(QUICK, answer_within=20.0), bump_ms=400) as world:
        await world.up()
        row = world.find(APPLE, "buy")
        before = row.order.order_id
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        refuse_somebody_else(world, before, "INVALID_TICK_SIZE_PRECISION_PRICE")
        await world.until(lambda _: row.order.price == D("200.10"), "our terms")
        assert [event.amendment_id for event in world.events(ev.AmendmentAcknowledged)] == [amendment_id]
        assert row.ids == [before, row.order.order_id]
        assert set(world.their_open()) == {each.order.order_id for each in world.state.lineages.values()}


async def test_another_sessions_refusal_that_names_other_terms_is_not_ours() -> None:
    async with DeskAtPractice(pace=replace(QUICK, answer_within=20.0), bump_ms=400) as world:
        await world.up()
        row = world.find(APPLE, "buy")
        amendment_id = world.send(row, price="200.10")
        await written(world, amendment_id)
        theirs = order_row(world.theirs(row.order.order_id), "INVALID_TICK_SIZE_PRECISION_PRICE")
        for session in world.server.trade_socket.sessions:
            session.push_json({"order_response": {**theirs, "price": D("200.03")}}, "push_order")
        done = await world.settled(amendment_id)
        assert done.stage is AmendmentStage.CONFIRMED
        assert not world.events(ev.AmendmentRefused)


async def test_the_late_refusal_of_an_earlier_amendment_is_not_the_answer_to_the_next() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "amend", point="request_received")
        assert (await world.amend(row, price="200.10")).stage is AmendmentStage.NOT_APPLIED
        world.server.switches.set("bump_ms", 400)
        second = world.send(row, price="200.15")
        await written(world, second)
        refuse_somebody_else(world, row.order.order_id, "REJECTED_FAILED_TO_PROCESS")
        done = await world.settled(second)
        assert done.stage is AmendmentStage.CONFIRMED
        assert AmendmentStage.UNKNOWN in [rung.stage for rung in done.rungs]
        assert not world.events(ev.AmendmentRefused)
        assert world.theirs(row.order.order_id).price == D("200.15")
        assert [event.amendment_id for event in world.events(ev.AmendmentAcknowledged)] == [second]


async def test_fills_arrive_with_their_executions() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        await world.amend(row, price="200.10")
        world.server.fill_now(world.theirs(row.order.order_id), D("0.5"))
        await world.until(lambda _: row.order.filled == D("0.5") and len(row.fills) == 1, "the fill")
        assert row.order.status is OrderStatus.PARTIALLY_FILLED
        world.server.fill_now(world.theirs(row.order.order_id), D("1.5"))
        await world.until(lambda _: row.order.status is OrderStatus.FILLED, "the end")


# -- looking up and cancelling ---------------------------------------------------------------------------------------


async def test_orders_that_vanish_while_we_were_away_are_looked_up() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        cancelled, filled = world.find(GOOGLE, "buy"), world.find(APPLE, "buy")
        listeners = {listener.name: listener for listener in world.server.listeners}
        await listeners["trade"].go_down()
        await world.link(LinkState.DOWN)
        assert all(row.stale for row in world.state.lineages.values())
        world.server.foreign_cancel(world.theirs(cancelled.order.order_id))
        world.server.fill_now(world.theirs(filled.order.order_id), D(2))
        await listeners["trade"].come_up()
        await world.link(LinkState.UP)
        await world.until(lambda _: cancelled.order.status is OrderStatus.CANCELLED, "the cancel")
        await world.until(lambda _: filled.order.status is OrderStatus.FILLED, "the fill")
        assert filled.order.filled == 2
        assert len(filled.fills) == 1


async def test_an_unknown_order_is_missing_and_nothing_is_sent_for_it() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        unknown = replace(world.find(APPLE, "buy").order, order_id="00000000-0000-4000-8000-000000000000")
        await world.connector.look_up(unknown)
        missing = world.events(ev.OrderMissing)
        assert [event.order_id for event in missing] == [unknown.order_id]
        await world.connector.amend(command(unknown, price="200.05"))
        assert "does not list" in world.events(ev.AmendmentUnsent)[0].text
        await world.connector.cancel(unknown)
        answer = world.events(ev.CancelAnswered)[0]
        assert not answer.taken
        assert "new id" in answer.text
        assert world.requests("amend") == 0


async def test_an_order_that_changed_just_before_sending_is_not_amended() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        stale = command(replace(row.order, quantity=D(3)), price="200.05")
        await world.connector.amend(stale)
        assert "changed at QFEX" in world.events(ev.AmendmentUnsent)[0].text
        assert world.requests("amend") == 0


async def test_an_order_that_is_neither_open_nor_closed_leaves_the_open_orders() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        gone = replace(row.order, order_id="00000000-0000-4000-8000-000000000000")
        await world.connector.look_up(gone)
        ended = [event.order for event in world.events(ev.OrderSeen) if event.order.order_id == gone.order_id]
        assert [(each.status, each.raw_status) for each in ended] == [(OrderStatus.ENDED, "not listed any more")]
        assert "neither as open nor as closed" in ended[0].reason
        # Lists may not show stop orders, so that one is not listed says nothing.
        stop = replace(world.find(INDEX, "sell", "STOP_LOSS").order, order_id="00000000-0000-4000-8000-000000000001")
        await world.connector.look_up(stop)
        assert stop.order_id not in [event.order.order_id for event in world.events(ev.OrderSeen)]
        assert [event.order_id for event in world.events(ev.OrderMissing)] == [gone.order_id, stop.order_id]


async def test_instruments_and_lists_go_on_after_an_error_nobody_foresaw(
    monkeypatch: pytest.MonkeyPatch, announced_logs: AnnouncedLogs
) -> None:
    announced_logs.expect("a list of desk failed", logging.ERROR)
    announced_logs.expect("a reading of QFEX's instruments failed", logging.ERROR)
    async with DeskAtPractice() as world:
        await world.up()
        failures = iter([ValueError("boom"), KeyError("bang")])

        def fail(*_: object, **__: object) -> None:
            monkeypatch.undo()
            raise next(failures)

        monkeypatch.setattr("app.venues.qfex.link.listener.Listener.listed", fail)
        world.connector._wanted.set()
        await world.until(lambda desk: any("boom" in notice.text for notice in desk.notices), "what went wrong")
        lists = world.requests("list_orders")
        monkeypatch.setattr("app.venues.qfex.link.reference.Instruments.take", fail)
        world.connector._reference._read_again.set()
        await world.until(lambda desk: any("bang" in notice.text for notice in desk.notices), "what went wrong")
        read = world.requests("instruments")
        await world.until(lambda _: world.requests("instruments") > read, "another reading")
        world.connector._wanted.set()
        await world.until(lambda _: world.requests("list_orders") > lists, "another list")
        assert world.state.accounts[NAME].link is LinkState.UP
        assert (await world.amend(world.find(APPLE, "buy"), price="200.10")).stage is AmendmentStage.CONFIRMED


async def test_too_many_requests_pause_lists_and_amendments() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("rate_limit", "list_orders")
        await world.connector.refresh()
        assert "RateLimited" in str(world.events(ev.Noticed))
        assert 0 < world.connector._session.questions.limiter.delay() <= 1
        assert 0 < world.connector._amender.limiter.delay() <= 1
        assert world.state.accounts[NAME].link is LinkState.UP
        await world.connector.refresh()
        assert (await world.amend(world.find(APPLE, "buy"), price="200.10")).stage is AmendmentStage.CONFIRMED


async def test_a_stop_order_can_be_cancelled() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(INDEX, "sell", "STOP_LOSS")
        world.desk.cancel(row.key)
        await world.until(lambda _: row.order.status is OrderStatus.CANCELLED, "the cancel")
        assert world.events(ev.CancelAnswered)[0].taken


async def test_a_cancel_without_an_answer_says_so() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "cancel", point="request_received")
        await world.connector.cancel(row.order)
        answer = world.events(ev.CancelAnswered)[0]
        assert (answer.taken, "did not answer the cancel" in answer.text) == (False, True)


async def test_a_look_up_without_an_answer_fails_and_proves_nothing() -> None:
    pace = replace(QUICK, page_within=0.2)
    async with DeskAtPractice(pace=pace) as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("drop", "list_orders")
        await world.connector.look_up(row.order)
        assert "did not answer get_user_orders" in world.events(ev.LookUpFailed)[0].text
        assert row.order.is_open
        await world.link(LinkState.UP)


# -- the link --------------------------------------------------------------------------------------------------------


async def test_a_refused_key_is_told_once_and_not_hammered() -> None:
    async with DeskAtPractice(credentials={"secret": "qfex_secret_wrong"}) as world:
        await world.link(LinkState.REFUSED)
        text = world.state.accounts[NAME].link_text
        assert "refused the login" in text
        assert "invalid signature" in text
        await asyncio.sleep(0.3)
        assert world.requests("login") == 1
        world.desk.refresh(NAME)
        await world.until(lambda _: world.requests("login") == 2, "one more try, as asked for")


async def test_a_dead_address_is_named_and_tried_again() -> None:
    port = dead_port()
    async with DeskAtPractice(addresses={"trade_ws": f"ws://127.0.0.1:{port}"}) as world:
        await world.until(lambda _: LinkState.DOWN in [each.state for each in world.events(ev.LinkChanged)], "a fault")
        text = world.state.accounts[NAME].link_text
        assert f"ws://127.0.0.1:{port}" in text
        assert "check the address" in text
        assert "qfex_pub" not in text
        tried = asyncio.Event()

        def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tried.set()
            writer.close()

        async with await asyncio.start_server(accept, "127.0.0.1", port), asyncio.timeout(10):
            await tried.wait()


async def test_dead_market_data_and_rest_are_told_and_orders_are_listed_all_the_same() -> None:
    port = dead_port()
    dead = {"market_ws": f"ws://127.0.0.1:{port}", "rest": f"http://127.0.0.1:{port}"}
    async with DeskAtPractice(addresses=dead) as world:
        await world.link(LinkState.UP)
        assert len(world.state.lineages) == 6
        texts = [notice.text for notice in world.state.notices]
        assert len([text for text in texts if "instruments" in text]) == 1
        assert len([text for text in texts if "Prices are not live" in text]) == 1
        row = world.find(APPLE, "buy")
        prepared = world.desk.prepare(row.key, world.draft(row.order, price="200.10"))
        assert prepared.plan.verdict.ok
        assert "rules of AAPL-USD are not known" in prepared.plan.verdict.cautions[0].text
        assert (await world.amend(row, price="200.10")).stage is AmendmentStage.CONFIRMED
        # History cannot be read, so the end of a vanished order cannot be established.
        unknown = replace(row.order, order_id="00000000-0000-4000-8000-000000000000")
        await world.connector.look_up(unknown)
        assert "could not be asked" in world.events(ev.LookUpFailed)[0].text


async def test_a_silent_socket_is_stale_and_then_replaced() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("pulse_ms", 60_000)
        await world.link(LinkState.STALE)
        row = world.find(APPLE, "buy")
        prepared = world.desk.prepare(row.key, world.draft(row.order, price="200.10"))
        assert "stale" in prepared.plan.verdict.problems[0].text
        await world.connector.amend(command(row.order, price="200.05"))
        assert "not ready" in world.events(ev.AmendmentUnsent)[0].text
        world.server.switches.set("pulse_ms", 100)
        await world.until(lambda _: "connecting again" in str(world.events(ev.LinkChanged)), "a new socket")
        await world.link(LinkState.UP)
        assert (await world.amend(row, price="200.10")).stage is AmendmentStage.CONFIRMED


async def test_a_pulse_that_comes_back_lists_again_before_anything_may_leave() -> None:
    async with DeskAtPractice(pace=replace(QUICK, recycle_after=15.0)) as world:
        await world.up()
        world.server.switches.set("pulse_ms", 900)
        await world.link(LinkState.STALE)
        world.server.switches.set("pulse_ms", 100)
        await world.link(LinkState.UP)
        states = [event.state for event in world.events(ev.LinkChanged)]
        assert states[-3:] == [LinkState.STALE, LinkState.SYNCING, LinkState.UP]


async def test_messages_that_cannot_be_read_are_told_and_change_nothing() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        before = {key: row.order for key, row in world.state.lineages.items()}
        for text in ("not json", '{"order_response":{"status":"ACK"}}', '{"fill_response":{}}', "[]"):
            for session in world.server.trade_socket.sessions:
                session.push(text, "push_order")
        await world.until(lambda desk: len(desk.notices) >= 4, "four notices")
        assert {key: row.order for key, row in world.state.lineages.items()} == before
        assert (await world.amend(world.find(APPLE, "buy"), price="200.10")).stage is AmendmentStage.CONFIRMED
        assert world.state.accounts[NAME].link is LinkState.UP


async def test_a_clock_that_is_off_is_told_and_the_login_still_works() -> None:
    world = DeskAtPractice()
    world.server.clock.skew_ms = 90_000
    async with world:
        await world.link(LinkState.UP)
        assert "clock is" in world.state.notices[0].text
        assert "behind" in world.state.notices[0].text
