"""The real connector against the practice venue, over real sockets: what a person would see of each case."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.venues.qfex.wire import vocabulary as words
from tests.venues.qfex.desk_at_practice import NAME, DeskAtPractice
from tests.venues.qfex.samples import command

D = Decimal
APPLE, GOOGLE = "AAPL-USD", "GOOG-USD"


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
        assert "cancelled; this ticket does not amend them" in locks["STOP_LOSS"]
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
        text = world.events(ev.AmendmentUnsent)[0].text
        assert "on its way" in text
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
