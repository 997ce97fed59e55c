"""The real connector against the practice venue, over real sockets: what a person would see of each case."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.venues.qfex import vocabulary as words
from tests.venues.qfex.desk_at_practice import NAME, QUICK, DeskAtPractice
from tests.venues.qfex.samples import command

D = Decimal
APPLE, GOOGLE, INDEX = "AAPL-USD", "GOOG-USD", "US100-USD"


def dead_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# -- staying in sync -------------------------------------------------------------------------------------------------


async def test_the_whole_account_comes_up() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        theirs = world.their_open()
        ours = {row.order.order_id: row.order for row in world.state.lineages.values()}
        assert ours.keys() == theirs.keys()
        for order_id, order in ours.items():
            truth = theirs[order_id]
            assert (order.price, order.stop, order.quantity, order.filled, order.client_id) == (
                truth.price,
                truth.stop,
                truth.quantity,
                truth.filled,
                truth.client_id,
            )
        locks = {row.order.raw_kind: world.desk.form(row.key).locked for row in world.state.lineages.values()}
        assert "cancelled; they are not amended" in locks["STOP_LOSS"]
        assert locks["ALO"] == ""
        partly = world.desk.form(world.find(APPLE, "sell", partly=True).key)
        assert partly.rule is not None
        assert "stricter" in partly.rule.conflict
        account = world.state.accounts[NAME]
        held = world.server.exchange.ledger.balance("trader", "USD")
        balance = account.balances["USD"]
        assert (balance.available, balance.locked) == (held.available, held.locked)
        google = account.instruments[(GOOGLE, "")]
        assert (google.tick, google.lot, google.attribute(words.LEVERAGE)) == (D("0.05"), D("0.001"), "20")
        links = [event.state for event in world.events(ev.LinkChanged)]
        assert links == [LinkState.CONNECTING, LinkState.SYNCING, LinkState.UP]


@pytest.mark.parametrize("shape", ["auth", "authenticated", "type_authenticated"])
async def test_every_known_answer_to_a_login_is_understood(shape: str) -> None:
    async with DeskAtPractice(auth_shape=shape) as world:
        await world.link(LinkState.UP)


async def test_no_secret_is_shown_on_the_wire() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        shown = "\n".join(f"{event.head} {event.body}" for event in world.events(ev.WireSeen))
        sent = [seen.text for seen in world.server.gate.requests if seen.operation == "login"]
        login = json.loads(sent[0], parse_float=Decimal)["params"]["hmac"]
        for secret in (login["signature"], login["nonce"], *world.server.credentials().values()):
            assert secret not in shown
        assert '"type":"auth"' in shown


# -- amending --------------------------------------------------------------------------------------------------------


async def test_an_amendment_gets_a_new_id_and_the_next_one_and_the_cancel_follow_it() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        first = row.order.order_id
        one = await world.amend(row, price="200.50", quantity="1.5")
        assert one.stage is AmendmentStage.CONFIRMED
        assert (row.order.price, row.order.quantity) == (D("200.50"), D("1.5"))
        second = row.order.order_id
        assert second != first
        assert one.new_order_id == second
        two = await world.amend(row, price="200.40")
        assert two.stage is AmendmentStage.CONFIRMED
        assert two.command.order.order_id == second
        assert row.ids == [first, second, row.order.order_id]
        truth = world.theirs(row.order.order_id)
        assert (truth.price, truth.quantity) == (D("200.40"), D("1.5"))
        assert len(world.state.lineages) == 6
        world.desk.cancel(row.key)
        await world.until(lambda _: row.order.status is OrderStatus.CANCELLED, "the cancel")
        assert not truth.is_open
        assert len(world.events(ev.AmendmentWritten)) == 2


async def test_what_is_previewed_is_what_leaves() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(GOOGLE, "buy")
        prepared = world.desk.prepare(row.key, world.draft(row.order, quantity="3"))
        assert prepared.preview is not None
        await world.settled(world.desk.send(prepared, confirmed=True))
        sent = [seen.text for seen in world.server.gate.requests if seen.operation == "amend"]
        assert sent == [prepared.preview.body]
        assert '"client_order_id"' not in sent[0]


async def test_exits_are_repeated_set_and_removed() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(GOOGLE, "buy")
        kept = await world.amend(row, price="159.00")
        assert kept.stage is AmendmentStage.CONFIRMED
        truth = world.theirs(row.order.order_id)
        assert truth.attributes["take_profit"] == D("175.00")
        assert truth.attributes["stop_loss"] == D("150.00")
        changed = await world.amend(row, take_profit="180", stop_loss="0")
        assert changed.stage is AmendmentStage.CONFIRMED
        assert (row.order.take_profit, row.order.stop_loss) == (D(180), None)
        assert world.theirs(row.order.order_id).attributes["stop_loss"] == 0


async def test_a_post_only_order_is_amended_and_a_crossing_price_is_not_sent() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy", "ALO")
        moved = await world.amend(row, price="199.55", quantity="2.5")
        assert moved.stage is AmendmentStage.CONFIRMED
        assert row.order.post_only
        world.server.move_price(APPLE, D("199.70"))
        await world.until(
            lambda desk: (desk.accounts[NAME].quotes[(APPLE, "")].ask or D(0)) < D("199.80"), "the lower offer"
        )
        prepared = world.desk.prepare(row.key, world.draft(row.order, price="199.80"))
        assert "add-liquidity-only" in prepared.plan.verdict.problems[0].text


@pytest.mark.parametrize("switch", ["keep_id", "drop_client_id", "emit_old_cancelled", "strip_omitted_tpsl"])
async def test_amendments_work_whatever_the_documents_leave_open(switch: str) -> None:
    async with DeskAtPractice(**{switch: True}) as world:
        await world.up()
        row = world.find(GOOGLE, "buy")
        before = row.order.order_id
        done = await world.amend(row, quantity="3.5")
        assert done.stage is AmendmentStage.CONFIRMED, done.outcome
        assert (row.order.order_id == before) is (switch == "keep_id")
        assert row.order.is_open
        again = await world.amend(row, quantity="3.25")
        assert again.stage is AmendmentStage.CONFIRMED, again.outcome
        assert len(world.state.lineages) == 6


async def test_two_amendments_of_different_shapes_run_side_by_side_and_a_third_waits_for_the_limit() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        one = world.send(world.find(APPLE, "buy"), price="200.10")
        two = world.send(world.find(APPLE, "buy", "ALO"), price="199.45")
        three = world.send(world.find(GOOGLE, "buy"), price="160.05")
        for amendment_id in (one, two, three):
            assert (await world.settled(amendment_id)).stage is AmendmentStage.CONFIRMED
        queued = world.events(ev.AmendmentQueued)
        assert [event.amendment_id for event in queued] == [three]
        assert queued[0].until > queued[0].at


async def test_an_order_of_the_same_shape_is_locked_while_another_is_in_flight() -> None:
    async with DeskAtPractice(bump_ms=300) as world:
        await world.up()
        one, other = world.find(GOOGLE, "buy"), world.find(APPLE, "buy")
        row = world.find(APPLE, "buy", "ALO")
        world.server.faults.add("drop", "amend")
        world.send(other, price="200.10")
        await world.until(lambda _: world.events(ev.AmendmentWritten), "the write")
        rival = replace(other.order, order_id="another", quantity=D(5))
        assert world.desk.form(one.key).locked == ""
        assert world.desk.form(row.key).locked == ""
        around = world.desk.surroundings(one)
        assert "could not be told apart" in world.venue.rulebook.form(rival, around).locked
        # Past the rulebook, the connector's own last look stops it as well.
        await world.connector.amend(command(other.order, price="200.05"))
        assert "nothing was sent" in world.events(ev.AmendmentUnsent)[0].text
        assert len(world.events(ev.AmendmentWritten)) == 1


# -- refusals --------------------------------------------------------------------------------------------------------


async def test_a_refusal_by_the_engine_leaves_the_order_as_it_was() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        before = row.order
        world.server.faults.add("refuse", "amend", code="FAILED_MARGIN_CHECK")
        done = await world.amend(row, quantity="3")
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "FAILED_MARGIN_CHECK")
        assert "margin" in done.outcome
        await world.until(lambda _: world.requests("list_orders") >= 2, "a look-up")
        assert row.order == before
        assert (await world.amend(row, quantity="1")).stage is AmendmentStage.CONFIRMED


async def test_a_fill_in_flight_makes_the_venue_refuse() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("fill", "amend", quantity="0.5")
        done = await world.amend(row, price="200.10")
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "CANNOT_MODIFY_PARTIAL_FILL")
        await world.until(lambda _: row.order.filled == D("0.5") and len(row.fills) == 1, "the fill")
        assert "partly filled" in world.desk.form(row.key).locked


async def test_an_order_that_fills_up_or_is_cancelled_in_flight_is_gone() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        filled = world.find(APPLE, "buy")
        world.server.faults.add("fill", "amend", quantity="all")
        done = await world.amend(filled, price="200.10")
        assert done.stage in (AmendmentStage.REFUSED, AmendmentStage.OVERTAKEN)
        await world.until(lambda _: filled.order.status is OrderStatus.FILLED, "the end")
        assert filled.order.filled == 2
        cancelled = world.find(GOOGLE, "buy")
        world.server.faults.add("foreign_cancel", "amend")
        done = await world.amend(cancelled, price="160.05")
        assert done.stage in (AmendmentStage.REFUSED, AmendmentStage.OVERTAKEN)
        await world.until(lambda _: cancelled.order.status is OrderStatus.CANCELLED, "the cancel")


async def test_a_reduce_only_order_is_refused_where_the_venue_wants_the_flag_and_does_not_tell_it() -> None:
    async with DeskAtPractice(require_reduce_only=True) as world:
        await world.up()
        row = world.find(GOOGLE, "sell")
        done = await world.amend(row, price="172.50")
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "CANNOT_MODIFY_NO_SUCH_ORDER")
        assert "reduce-only" in done.outcome
        await world.until(lambda _: world.requests("list_orders") >= 2, "a look-up")
        await world.until(lambda _: row.order.status is OrderStatus.WORKING, "the order still there")
        assert (await world.amend(world.find(APPLE, "buy"), price="200.10")).stage is AmendmentStage.CONFIRMED


async def test_the_switch_leaves_reduce_only_out() -> None:
    async with DeskAtPractice(switches={"reduce_only": "omit"}) as world:
        await world.up()
        assert (await world.amend(world.find(APPLE, "buy"), price="200.10")).stage is AmendmentStage.CONFIRMED
        sent = [seen.text for seen in world.server.gate.requests if seen.operation == "amend"]
        assert "reduce_only" not in sent[0]


async def test_too_fast_is_a_certain_no_and_pauses() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("rate_limit", "amend")
        row = world.find(APPLE, "buy")
        done = await world.amend(row, price="200.10")
        assert (done.stage, done.code) == (AmendmentStage.REFUSED, "RateLimited")
        again = await world.amend(row, price="200.10")
        assert again.stage is AmendmentStage.CONFIRMED
        assert world.events(ev.AmendmentQueued)[0].amendment_id == again.amendment_id


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
        assert done.stage is AmendmentStage.NOT_APPLIED
        assert [(each.asked, each.found) for each in done.differences] == [(D("200.10"), D("200.05"))]
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
        assert len(world.events(ev.AmendmentAcknowledged)) == 1
        world.server.faults.add("unknown_status", "push_order", text="MOON_PHASE")
        odd = await world.amend(row, price="200.15")
        assert odd.stage is AmendmentStage.CONFIRMED
        assert row.order.price == D("200.15")
        assert len(world.state.lineages) == 6


# -- other people ----------------------------------------------------------------------------------------------------


async def test_somebody_elses_amendment_is_followed_by_the_list() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(GOOGLE, "buy")
        old = row.order.order_id
        world.server.foreign_amend(world.theirs(old), D("159.00"), None)
        await world.until(
            lambda desk: any(each.order.price == D("159.00") for each in desk.lineages.values()), "the foreign terms"
        )
        await world.until(lambda _: row.order.status is OrderStatus.UNRECOGNISED, "the dead id")
        assert set(world.their_open()) == {
            each.order.order_id for each in world.state.lineages.values() if each is not row
        }


async def test_a_foreign_amendment_with_our_terms_in_flight_loses_no_order() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.find(APPLE, "buy")
        world.server.faults.add("foreign_amend", "amend", price="200.05")
        done = await world.amend(row, price="200.10")
        assert done.stage is AmendmentStage.REFUSED
        assert done.code == "CANNOT_MODIFY_NO_SUCH_ORDER"
        shown = {each.order.order_id for each in world.state.lineages.values()}
        await world.until(
            lambda desk: set(world.their_open()) <= {each.order.order_id for each in desk.lineages.values()},
            "all orders",
        )
        assert shown


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
        await world.until(
            lambda _: len([each for each in world.events(ev.LinkChanged) if each.state is LinkState.DOWN]) >= 2,
            "two attempts",
        )
        text = world.state.accounts[NAME].link_text
        assert f"ws://127.0.0.1:{port}" in text
        assert "check the address" in text
        assert "qfex_pub" not in text


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
        assert "not loaded yet" in prepared.plan.verdict.problems[0].text
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
