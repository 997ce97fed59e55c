"""The real connector against the practice venue, over real sockets: what a person would see of each case."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import AmendmentStage
from app.domain.evidence import SECOND
from app.domain.form import FieldName, InputError
from app.domain.market import LinkState
from app.domain.order import OrderKind, OrderStatus
from app.practice.core.orders import HOUSE, TRADER
from app.venues.bitso import VENUE, connector, market
from app.venues.bitso.rulebook import BitsoRulebook
from app.venues.transport.clock import SystemClock
from tests.venues.bitso.desk_at_practice import DeskAtPractice

D = Decimal
BUY = "qlbga6b600n3xta7"
"""The worked example: buy 1 BTC at 100,000 USD."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Poll and settle faster than a real venue would like; what is told stays the same."""
    monkeypatch.setattr(connector, "LIST_EVERY", 0.4)
    monkeypatch.setattr(connector, "LIST_AT_MOST", 0.05)
    tenth = SECOND // 10
    probes = tuple(step * tenth for step in (1, 3, 6, 10, 16, 20))
    policy = replace(BitsoRulebook.evidence, settle_after=15 * tenth, probe_after=probes, probe_every=5 * tenth)
    monkeypatch.setattr(BitsoRulebook, "evidence", policy)


def by_kind(world: DeskAtPractice, kind: OrderKind, triggered: bool) -> str:
    rows = world.state.lineages.values()
    return next(row.order.order_id for row in rows if row.order.kind is kind and row.order.triggered is triggered)


def of(world: DeskAtPractice, status: OrderStatus) -> str:
    return next(row.order.order_id for row in world.state.lineages.values() if row.order.status is status)


# -- staying in sync -----------------------------------------------------------------------------------------------


async def test_the_whole_account_comes_up() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        account = world.state.accounts["desk"]
        theirs = {order.order_id: order for order in world.server.exchange.open_orders(TRADER)}
        ours = {row.order.order_id: row.order for row in world.state.lineages.values()}
        assert ours.keys() == theirs.keys()
        for order_id, order in ours.items():
            truth = theirs[order_id]
            assert (order.price, order.quantity, order.filled, order.stop) == (
                truth.price,
                truth.quantity,
                truth.filled,
                truth.stop,
            )
            assert order.value == truth.value
            assert order.filled_value == truth.filled_value
            assert order.triggered is (truth.triggered_ns is not None)
        assert account.instruments[("btc_usd", "")].tick == D("0.01")
        assert account.balances["usd"].locked == D(200000)
        assert world.row("desk-0017").order.order_id != BUY
        links = [event.state for event in world.events(ev.LinkChanged)]
        assert links == [LinkState.CONNECTING, LinkState.SYNCING, LinkState.UP]
        await world.until(lambda desk: ("btc_usd", "") in desk.accounts["desk"].quotes, "a quote")
        quote = account.quotes[("btc_usd", "")]
        assert quote.bid is not None
        assert quote.ask is not None
        assert quote.bid < quote.ask


async def test_every_kind_of_order_has_its_form() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        kinds = {
            by_kind(world, OrderKind.STOP_LIMIT, False): {"when_repriced"},
            by_kind(world, OrderKind.STOP_LIMIT, True): {"stop"},
            BUY: {"stop"},
            "po_1": {"stop", "when_repriced"},
            "q-1": {"price", "when_repriced", "quantity", "value", "stop", "on_failure"},
        }
        for order_id, locked in kinds.items():
            form = world.desk.form(world.row(order_id).key)
            assert {field.name.value for field in form.fields if not field.editable} == locked
        partly = world.row(of(world, OrderStatus.PARTIALLY_FILLED)).order
        assert partly.filled_value == D(94000)
        assert len(world.row(partly.order_id).fills) == 1


async def test_other_people_s_changes_are_followed() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        order = world.server.exchange.order(BUY)
        world.server.foreign_amend(order, D(101000), None)
        await world.row_when(BUY, lambda row: row.order.price == D(101000), "the foreign price")
        world.server.exchange.cancel(order)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.CANCELLED
        assert row.order.filled == 0


async def test_a_fill_arrives_with_its_execution_and_an_order_that_filled_up_is_filled() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, D("0.25"))
        row = await world.row_when(BUY, lambda row: row.order.filled == D("0.25"), "a fill")
        await world.row_when(BUY, lambda row: len(row.fills) == 1, "its execution")
        assert row.order.status is OrderStatus.PARTIALLY_FILLED
        await world.row_when(BUY, lambda row: row.order.filled_value == D(25000), "its value")
        world.server.market.fill(order, order.remaining)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert row.order.status is OrderStatus.FILLED
        assert row.order.filled == D(1)
        assert len(row.fills) == 2


async def test_the_feed_brings_news_before_the_next_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connector, "LIST_EVERY", 3600.0)
    async with DeskAtPractice() as world:
        await world.up()
        # Subscriptions come after the list; the first quote of the feed shows that they are there.
        await world.until(lambda desk: ("btc_usd", "") in desk.accounts["desk"].quotes, "a quote")
        order = world.server.exchange.order(BUY)
        for step in range(1, 60):
            world.server.foreign_amend(order, D(101000) + step, None)
            if await world.desk.wait(lambda _: world.row(BUY).order.price != D(100000), 0.3):
                break
        assert world.row(BUY).order.price is not None
        assert world.row(BUY).order.price > D(101000)


async def test_without_a_websocket_quotes_are_asked_for() -> None:
    async with DeskAtPractice(addresses={"ws": ""}) as world:
        await world.up()
        books = {row.order.symbol for row in world.state.lineages.values()}
        await world.until(lambda desk: {key[0] for key in desk.accounts["desk"].quotes} >= books, "all quotes")


async def test_a_dead_websocket_is_told_once_and_orders_stay_in_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    async with DeskAtPractice(addresses={"ws": "ws://127.0.0.1:9/"}) as world:
        await world.up()
        await world.until(lambda desk: len(desk.notices) == 1, "a notice")
        notice = world.state.notices[0]
        assert not notice.serious
        assert "ws://127.0.0.1:9" in notice.text
        assert "Quotes are polled" in notice.text
        assert (await world.amend(BUY, price="101000")).stage is AmendmentStage.CONFIRMED
        assert market.QUIET_WITHOUT < market.QUIET_WITH_SOCKET


# -- amendments ----------------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("semantics, stage", [("total", "confirmed"), ("remaining", "not_applied")])
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


@pytest.mark.parametrize("code", ["1002", "1003", "1701"])
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
        assert unanswered[0].text.startswith("Bitso sent a reply that cannot be read")


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
        monkeypatch.setattr(connector, "FRESH", 0)
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
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.CANCELLED, "the end")


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


# -- looking up and cancelling -------------------------------------------------------------------------------------


async def test_a_cancel_is_taken_and_the_second_one_is_told() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        order = world.row(BUY).order
        world.desk.cancel(world.row(BUY).key)
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.CANCELLED, "the cancel")
        assert [event.taken for event in world.events(ev.CancelAnswered)] == [True]
        await world.connector.cancel(order)
        assert [event.taken for event in world.events(ev.CancelAnswered)] == [True, False]


async def test_a_cancel_without_an_answer_is_looked_up() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("disconnect", "cancel")
        world.desk.cancel(world.row(BUY).key)
        await world.row_when(BUY, lambda row: row.order.status is OrderStatus.CANCELLED, "the cancel")
        answered = world.events(ev.CancelAnswered)[0]
        assert not answered.taken
        assert "is looked up now" in answered.text


async def test_an_order_nobody_knows_is_missing() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        await world.connector.look_up(replace(world.row(BUY).order, order_id="nosuchorder00000"))
        missing = world.events(ev.OrderMissing)
        assert [event.order_id for event in missing] == ["nosuchorder00000"]


async def test_a_look_up_without_an_answer_proves_nothing() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("disconnect", "look_up", order_id=BUY)
        await world.connector.look_up(world.row(BUY).order)
        assert "gave no answer" in world.events(ev.LookUpFailed)[-1].text
        assert world.row(BUY).order.is_open


async def test_a_terminal_order_that_is_still_shown_is_taken_as_it_is() -> None:
    world = DeskAtPractice()
    world.server.switches.set("terminal_lookup_ms", 3_600_000)
    async with world:
        await world.up()
        world.server.market.fill(world.server.exchange.order(BUY), D("0.5"))
        world.server.exchange.cancel(world.server.exchange.order(BUY))
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.filled) == (OrderStatus.CANCELLED, D("0.5"))


# -- faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "credentials, words",
    [({"api_key": "nobody"}, "does not accept the API key"), ({"secret": "wrong"}, "does not accept the signature")],
)
async def test_refused_credentials_are_told_in_one_sentence_and_not_hammered(
    credentials: dict[str, str], words: str
) -> None:
    async with DeskAtPractice(credentials=credentials) as world:
        await world.link(LinkState.REFUSED)
        assert words in world.state.accounts["desk"].link_text
        await asyncio.sleep(1.0)
        private = [event for event in world.events(ev.WireSeen) if "open_orders" in event.head]
        assert len(private) <= 2
        assert world.state.lineages == {}


async def test_a_dead_address_is_named() -> None:
    async with DeskAtPractice(addresses={"rest": "http://127.0.0.1:9/api", "ws": ""}) as world:
        await world.until(lambda desk: desk.accounts["desk"].link_text != "", "a sentence about the link")
        account = world.state.accounts["desk"]
        assert account.link is LinkState.DOWN
        assert account.link_text == (
            "http://127.0.0.1:9 cannot be reached (the connection was refused); check the address and the network."
        )


async def test_the_link_breaks_and_comes_back_with_what_happened_meanwhile() -> None:
    async with DeskAtPractice(addresses={"ws": ""}) as world:
        await world.up()
        world.server.faults.add("disconnect", "list_orders", count=4)
        await world.link(LinkState.STALE)
        assert world.row(BUY).stale
        world.server.foreign_amend(world.server.exchange.order(BUY), D(99000), None)
        await world.row_when(BUY, lambda row: row.order.price == D(99000) and not row.stale, "the new price")
        await world.link(LinkState.UP)


async def test_a_restarted_venue_is_found_again() -> None:
    async with DeskAtPractice(addresses={"ws": ""}) as world:
        await world.up()
        await world.server.stop()
        await world.link(LinkState.DOWN)
        await world.server.start()
        # The practice venue comes back under another port, which a real one would not; the old one stays dead.
        assert "cannot be reached" in world.state.accounts["desk"].link_text


async def test_an_unreadable_list_is_told_and_the_next_one_used() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("http_status", "list_orders", status=200, body="{]")
        await world.until(lambda desk: any("cannot be read" in notice.text for notice in desk.notices), "a notice")
        await world.link(LinkState.UP)
        assert world.row(BUY).order.price == D(100000)


async def test_a_rate_limit_pauses_everything_but_cancels() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("rate_limit", "list_orders")
        await world.link(LinkState.STALE)
        assert "too fast" in world.state.notices[-1].text
        world.desk.cancel(world.row(BUY).key)
        await world.until(lambda _: bool(world.events(ev.CancelAnswered)), "the cancel's answer")
        assert world.events(ev.CancelAnswered)[0].taken


async def test_a_clock_that_is_off_is_learnt_and_told() -> None:
    world = DeskAtPractice()
    world.server.switches.set("nonce_window_ms", 20_000)
    world.server.faults.add("clock_skew", ms=30_000)
    async with world:
        await world.up()
        assert (await world.amend(BUY, price="101000")).stage is AmendmentStage.CONFIRMED
        assert any(
            "clock is about" in notice.text and "behind Bitso's" in notice.text for notice in world.state.notices
        )


async def test_a_refused_nonce_is_replaced_for_reading_and_told_for_an_amendment() -> None:
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("refuse", "amend", code="0207", message="nonce must be higher", status=401)
        found = await world.amend(BUY, price="101000")
        assert (found.stage, found.code) == (AmendmentStage.REFUSED, "0207")
        assert len(world.events(ev.AmendmentWritten)) == 1
        body = '{"success":false,"error":{"code":"0207","message":"nonce must be higher"}}'
        world.server.faults.add("http_status", "look_up", status=401, body=body, order_id=BUY)
        await world.connector.look_up(world.row(BUY).order)
        assert world.events(ev.LookUpFailed) == []
        await world.link(LinkState.UP)


def test_an_account_without_address_or_key_is_named() -> None:
    def connect(addresses: dict[str, str], credentials: dict[str, str]) -> None:
        account = Account(
            "desk", "bitso", Environment.LIVE, addresses, {name: Secret(text) for name, text in credentials.items()}
        )
        VENUE.connect(account, lambda _: None, SystemClock())

    both = {"api_key": "k", "secret": "s"}
    with pytest.raises(InputError, match="address rest is missing"):
        connect({}, both)
    with pytest.raises(InputError, match="credential api_key is missing"):
        connect({"rest": "https://bitso.com"}, {"secret": "s"})
    with pytest.raises(InputError, match="credential secret is missing"):
        connect({"rest": "https://bitso.com"}, {"api_key": "k", "secret": ""})
    with pytest.raises(InputError, match="address ws is “https://x”"):
        connect({"rest": "https://bitso.com", "ws": "https://x"}, both)
