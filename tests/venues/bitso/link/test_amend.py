"""Amendments through a desk on the practice venue, over real sockets: what becomes of each."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Command
from app.domain.form import FieldName
from app.domain.order import OrderKind, OrderStatus
from app.practice.exchange.orders import HOUSE, TRADER
from app.venues.bitso.link import amend, connector
from tests.venues.bitso.desk_at_practice import BUY, DeskAtPractice, by_kind, of
from tests.venues.bitso.samples import command, plan

pytestmark = pytest.mark.usefixtures("quick")

D = Decimal


async def test_the_worked_examples_end_as_published() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        first = await world.amend(BUY, price="120000", when_repriced="keep_spend")
        assert first.stage is AmendmentStage.CONFIRMED
        order = world.row(BUY).order
        assert (order.quantity, order.value) == (D("0.83333333"), D(100000))
        before = world.state.accounts["desk"].balances["usd"].locked
        second = await world.amend(BUY, price="130000", quantity="1")
        assert second.stage is AmendmentStage.CONFIRMED
        order = world.row(BUY).order
        assert (order.quantity, order.value) == (D(1), D(130000))
        await world.until(
            lambda desk: desk.accounts["desk"].balances["usd"].locked == before + 30000, "30,000 more locked"
        )
        sell = next(row.order.order_id for row in world.state.lineages.values() if row.order.symbol == "btc_usdt"
                    and row.order.price == D(100000))  # fmt: skip
        locked = world.state.accounts["desk"].balances["btc"].locked
        assert (await world.amend(sell, price="120000")).stage is AmendmentStage.CONFIRMED
        assert world.row(sell).order.value == D(120000)
        assert (await world.amend(sell, price="130000", value="100000")).stage is AmendmentStage.CONFIRMED
        order = world.row(sell).order
        assert (order.quantity, order.value) == (D("0.76923077"), D("100000.0001"))
        await world.until(
            lambda desk: desk.accounts["desk"].balances["btc"].locked == locked - D("0.23076923"), "the unlocked rest"
        )


async def test_a_value_goes_as_minor_where_the_account_says_so() -> None:
    world = DeskAtPractice()
    world.switches["native_minor"] = "yes"
    async with world:
        await world.up()
        found = await world.amend(BUY, value="90000")
        assert found.stage is AmendmentStage.CONFIRMED
        assert found.command.fields == (("minor", D(90000)),)
        assert (world.row(BUY).order.quantity, world.row(BUY).order.value) == (D("0.9"), D(90000))


async def test_the_lock_model_agrees_with_the_venue_s_balances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "BALANCE_EVERY", 0.0)
    async with DeskAtPractice() as world:
        await world.up()
        partly = of(world, OrderStatus.PARTIALLY_FILLED)
        assert (await world.amend(partly, price="2340000", when_repriced="keep_spend")).stage.is_settled
        assert (await world.amend("desk-0017", price="121000")).stage.is_settled
        await world.until(lambda _: len(world.events(ev.BalancesSeen)) > 8, "balances")
        assert not world.state.notices


async def test_the_ladder_and_the_wire_tell_the_same_bytes() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        row = world.row(BUY)
        prepared = world.desk.prepare(row.key, world.stale_draft(BUY, price="110000"))
        assert prepared.preview is not None
        assert prepared.preview.head == f"PATCH /api/v4/orders/{BUY}"
        assert prepared.preview.body == '{"price":"110000","major":"1"}'
        secrets = world.server.credentials()
        assert secrets["secret"] not in str(prepared.preview)
        found = await world.amend(BUY, price="110000")
        stages = [rung.stage for rung in found.rungs]
        assert stages[0] is AmendmentStage.DRAFT
        assert stages[-1] is AmendmentStage.CONFIRMED
        assert AmendmentStage.WRITTEN in stages
        written = world.events(ev.AmendmentWritten)
        assert len(written) == 1
        wires = [event for event in world.events(ev.WireSeen) if event.amendment_id == found.amendment_id]
        assert [(event.direction, event.head) for event in wires] == [
            ("out", f"PATCH /api/v4/orders/{BUY}"),
            ("in", f"200 PATCH /api/v4/orders/{BUY}"),
        ]
        assert wires[0].body == prepared.preview.body
        assert written[0].size == len(wires[0].body)
        shown = " ".join(str(event) for event in world.seen)
        assert secrets["secret"] not in shown
        assert "Bitso practicebitso:" not in shown


async def test_a_stop_price_changes() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        order_id = by_kind(world, OrderKind.STOP_LIMIT, False)
        assert (await world.amend(order_id, stop="61000")).stage is AmendmentStage.CONFIRMED
        assert world.row(order_id).order.stop == D(61000)
        assert world.row(order_id).order.status is OrderStatus.UNTRIGGERED


async def test_a_stop_that_triggers_meanwhile_is_refused_and_seen() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        order_id = by_kind(world, OrderKind.STOP_LIMIT, False)
        world.server.faults.add("trigger_stop", "amend")
        found = await world.amend(order_id, stop="61000")
        assert (found.stage, found.code) == (AmendmentStage.REFUSED, "1005")
        await world.row_when(order_id, lambda row: row.order.triggered or not row.order.is_open, "the trigger")


@pytest.mark.parametrize("semantics, stage", [("total", "confirmed"), ("remaining", "different")])
async def test_a_partly_filled_order_shows_which_reading_holds(semantics: str, stage: str) -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("partial_semantics", semantics)
        order_id = of(world, OrderStatus.PARTIALLY_FILLED)
        found = await world.amend(order_id, quantity="0.11")
        assert found.stage.value == stage
        if semantics == "remaining":
            assert "as what remains" in found.outcome
            assert [(each.field, each.asked, each.found) for each in found.differences] == [
                (FieldName.QUANTITY, D("0.11"), D("0.15"))
            ]


async def test_a_partly_filled_buy_keeps_what_remains_locked() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        order_id = of(world, OrderStatus.PARTIALLY_FILLED)
        prepared = world.desk.prepare(
            world.row(order_id).key, world.stale_draft(order_id, price="2300000", when_repriced="keep_spend")
        )
        assert prepared.plan.consequence is not None
        balance = prepared.plan.consequence.balance
        assert balance is not None
        assert balance.locked_now == world.state.accounts["desk"].balances["mxn"].locked - D("157250.0")
        found = await world.amend(order_id, price="2300000", when_repriced="keep_spend")
        assert found.stage is AmendmentStage.CONFIRMED
        assert found.command.target.quantity == world.row(order_id).order.quantity


async def test_the_other_rounding_is_within_the_last_digit() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.switches.set("rounding", "side")
        found = await world.amend("desk-0017", price="131000", when_repriced="keep_spend")
        assert found.stage is AmendmentStage.CONFIRMED


@pytest.mark.parametrize("switch, value", [("value_known", False), ("time_style", "compact"), ("time_style", "zulu")])
async def test_the_ways_bitso_writes_its_rows(switch: str, value: object) -> None:
    world = DeskAtPractice()
    world.server.switches.set(switch, value)
    async with world:
        await world.up()
        assert (await world.amend(BUY, price="90000")).stage is AmendmentStage.CONFIRMED
        assert world.row(BUY).order.created_at is not None


async def test_a_refusal_says_why_and_the_order_is_read_again() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("refuse", "amend", code="0379", message="Insufficient balance.")
        found = await world.amend(BUY, price="101000")
        assert (found.stage, found.code) == (AmendmentStage.REFUSED, "0379")
        assert "available balance does not cover" in found.outcome
        assert world.row(BUY).order.price == D(100000)
        world.server.switches.set("numeric_codes", True)
        world.server.faults.add("refuse", "amend", code="0401", message="Too low.")
        assert (await world.amend(BUY, price="101000")).code == "0401"


async def test_the_cancel_flag_takes_the_order_out_when_the_change_fails() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        order = world.server.exchange.order(BUY)
        # The balance shrinks between the preview and the request, so the venue cannot make the change.
        world.server.exchange.ledger.transfer(TRADER, HOUSE, "usd", D(42400))
        amendment_id = world.send(BUY, price="110000", on_failure="cancel")
        await world.until(lambda _: not order.is_open or order.price == D(110000), "the venue's decision")
        assert not order.is_open
        await world.until(lambda desk: desk.amendments[amendment_id].stage.is_settled, "the outcome")
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.CANCELLED
        assert world.state.amendments[amendment_id].stage is AmendmentStage.OVERTAKEN


async def test_a_post_only_order_through_the_touch_is_cancelled() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        await world.until(lambda desk: ("btc_mxn", "") in desk.accounts["desk"].quotes, "a quote")
        bid = world.state.accounts["desk"].quotes[("btc_mxn", "")].bid
        assert bid is not None
        found = await world.amend("po_1", price=str(bid))
        assert found.stage is AmendmentStage.OVERTAKEN
        assert world.row("po_1").order.status is OrderStatus.CANCELLED


async def test_an_accepted_change_that_is_never_made_is_not_applied() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("silent_failure", "amend")
        found = await world.amend(BUY, price="101000")
        assert found.stage is AmendmentStage.NOT_APPLIED
        assert "did not apply" in found.outcome


async def test_a_late_effect_is_confirmed_when_it_shows() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("late_effect", "amend", ms=700)
        found = await world.amend(BUY, price="101000")
        assert found.stage is AmendmentStage.CONFIRMED
        assert AmendmentStage.ACKNOWLEDGED in [rung.stage for rung in found.rungs]


@pytest.mark.parametrize(
    "action, point, price, stage",
    [
        ("drop", "before_reply", "101000", AmendmentStage.CONFIRMED),
        ("disconnect", "before_reply", "101000", AmendmentStage.CONFIRMED),
        ("disconnect", "request_received", "100000", AmendmentStage.NOT_APPLIED),
        ("http_status", "request_received", "100000", AmendmentStage.NOT_APPLIED),
    ],
)
async def test_no_answer_is_unknown_until_the_order_is_read(
    action: str, point: str, price: str, stage: AmendmentStage
) -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add(action, "amend", point=point)
        found = await world.amend(BUY, price="101000")
        assert found.stage is stage
        assert world.row(BUY).order.price == D(price)
        assert len(world.events(ev.AmendmentWritten)) == 1
        if action != "drop":
            assert AmendmentStage.UNKNOWN in [rung.stage for rung in found.rungs]


@pytest.mark.parametrize("code", ["1002", "1003", "1501"])
async def test_an_error_that_proves_nothing_is_looked_into(code: str) -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("refuse", "amend", point="before_reply", code=code, message="Timeout.")
        found = await world.amend(BUY, price="101000")
        assert found.stage is AmendmentStage.CONFIRMED
        assert AmendmentStage.UNKNOWN in [rung.stage for rung in found.rungs]


async def test_a_reply_that_cannot_be_read_is_no_answer() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        body = "<html>maintenance</html>"
        world.server.faults.add("http_status", "amend", point="before_reply", status=200, body=body)
        found = await world.amend(BUY, price="101000")
        assert found.stage in (AmendmentStage.CONFIRMED, AmendmentStage.NOT_APPLIED)
        unanswered = world.events(ev.AmendmentUnanswered)
        assert "with a web page, which cannot be read" in unanswered[0].text


async def test_a_new_order_id_is_followed_by_row_history_and_the_next_amendment() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("new_id", "amend")
        rows = len(world.state.lineages)
        found = await world.amend(BUY, price="101000")
        assert found.stage is AmendmentStage.CONFIRMED
        row = world.row(BUY)
        assert len(row.ids) == 2
        assert row.order.order_id == row.ids[-1] == found.new_order_id != BUY
        again = await world.amend(BUY, price="102000")
        assert again.stage is AmendmentStage.CONFIRMED
        assert again.command.order.order_id == row.ids[-1]
        await asyncio.sleep(0.6)
        assert len(world.state.lineages) == rows


async def test_a_new_order_id_whose_reply_was_lost_is_found_by_the_client_id() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("new_id", "amend")
        world.server.faults.add("disconnect", "amend", point="before_reply")
        found = await world.amend("desk-0017", price="121000")
        assert found.stage is AmendmentStage.CONFIRMED
        assert len(world.row("desk-0017").ids) == 2


async def test_an_order_that_fills_first_overtakes_the_change() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("fill", "amend", quantity="all")
        found = await world.amend(BUY, price="101000")
        assert found.stage in (AmendmentStage.REFUSED, AmendmentStage.OVERTAKEN)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.FILLED
        assert row.order.filled == D(1)


async def test_a_fill_on_the_way_leaves_the_amendment_judged_by_what_was_sent() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("fill", "amend", quantity="0.5")
        found = await world.amend(BUY, price="90000", when_repriced="keep_spend")
        assert found.stage is AmendmentStage.CONFIRMED
        row = world.row(BUY)
        assert (row.order.filled, row.order.price) == (D("0.5"), D(90000))


async def test_an_order_that_moved_unseen_stops_the_amendment(monkeypatch: pytest.MonkeyPatch) -> None:
    async with DeskAtPractice(addresses={"ws": ""}) as world:
        await world.up()
        monkeypatch.setattr(connector, "LIST_EVERY", 3600.0)
        monkeypatch.setattr(amend, "FRESH", 0)
        await asyncio.sleep(0.6)
        world.server.foreign_amend(world.server.exchange.order(BUY), D(99000), None)
        found = await world.amend(BUY, price="101000")
        assert found.stage is AmendmentStage.NOT_APPLIED
        assert "changed at Bitso since you looked" in found.outcome
        assert world.events(ev.AmendmentWritten) == []
        assert world.row(BUY).order.price == D(99000)
        world.server.exchange.cancel(world.server.exchange.order(BUY))
        gone = await world.amend(BUY, price="101000")
        assert gone.stage is AmendmentStage.NOT_APPLIED
        # No feed tells that it was cancelled, and no trade that it filled.
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.ENDED, "the end")


async def test_closing_the_ticket_on_the_way_leaves_the_amendment_unanswered() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("delay", "amend", point="before_reply", ms=400)
        world.send(BUY, price="101000")
        await world.until(lambda _: bool(world.events(ev.AmendmentWritten)), "the write")
        await world.close_desk()
        assert len(world.events(ev.AmendmentUnanswered)) == 1
        assert world.events(ev.AmendmentAcknowledged) == []
        # The venue's own handler ends before the test does.
        await asyncio.sleep(0.6)


# -- two changes of one order are never under way at once, whatever becomes of the first -------------------------------


def change(world: DeskAtPractice, name: str, price: str) -> Command:
    """A change as the desk would hand it over."""
    order = world.row(BUY).order
    return replace(command(order, plan(order, price=price)), amendment_id=name)


def written(world: DeskAtPractice) -> list[str]:
    return [event.amendment_id for event in world.events(ev.AmendmentWritten)]


def unsent(world: DeskAtPractice) -> dict[str, str]:
    return {event.amendment_id: event.text for event in world.events(ev.AmendmentUnsent)}


async def first_under_way(world: DeskAtPractice) -> asyncio.Task[None]:
    """A change that Bitso has not read yet."""
    first = asyncio.create_task(world.connector.amend(change(world, "first", "101000")))
    await world.until(lambda _: written(world) == ["first"], "the write")
    return first


@pytest.mark.parametrize("end", ["answered", "cut", "broken off"])
async def test_a_second_change_is_turned_away_until_the_first_has_ended(end: str) -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("delay", "amend", point="request_received", ms=800)
        if end == "cut":
            world.server.faults.add("disconnect", "amend", point="before_reply")
        first = await first_under_way(world)
        for name in ("second", "third"):
            await world.connector.amend(change(world, name, "102000"))
        assert written(world) == ["first"]
        assert set(unsent(world)) == {"second", "third"}
        assert unsent(world)["second"].startswith("An amendment of this order is on its way to Bitso already; wait")
        if end == "broken off":
            first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        assert first.cancelled() is (end == "broken off")
        answers = (ev.AmendmentAcknowledged, ev.AmendmentUnanswered)
        assert [event.amendment_id for kind in answers for event in world.events(kind)] == ["first"]
        await world.connector.amend(change(world, "fourth", "103000"))
        assert written(world) == ["first", "fourth"]
        if end == "broken off":
            await asyncio.sleep(1.0)  # the venue's own handler ends before the test does


async def test_a_change_of_another_order_leaves_beside_it() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("delay", "amend", point="request_received", order_id=BUY, ms=800)
        first = await first_under_way(world)
        assert (await world.amend("desk-0017", price="121000")).stage.is_settled
        assert not first.done() or first.exception() is None
        await first
        assert unsent(world) == {}
