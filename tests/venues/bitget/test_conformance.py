"""The real connector against the practice exchange over real sockets: client and server share no parser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.domain import events as ev
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import Amendment, AmendmentStage, Source
from app.domain.evidence import SECOND
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from app.domain.plan import Draft
from app.domain.ports import Venue
from app.practice.server.server import VenueServer
from app.practice.world import PracticeWorld
from app.runtime.clock import SystemClock
from app.venues.bitget import VENUE
from app.venues.bitget.link.connector import BitgetConnector
from app.venues.bitget.rules.rulebook import BitgetRulebook
from app.venues.common.face import VenueFace
from tests.helpers.running import running
from tests.venues.bitget.samples import command
from tests.venues.bitget.stand_in import QUICK, Watch

SPOT = "1312345680000471882"
PERP_PARTLY = "1312345650000471913"
PRESET = "1312345660000471877"
MARGIN = "1312345640000471850"
REDUCE_ONLY = "1312345620000471790"
#: What is only inferred about these warns.
COIN, RPI = "1312345630000471811", "1312345670000471880"
LOCKED = {
    "1312345610000471733": "bitget.order.coin-cm",
}
FILLED = "1312345600000471706"

AMEND = "modify-order"


def account_of(server: VenueServer, **changes: Any) -> Account:
    """The account as the practice world writes it into a configuration."""
    table = server.config()
    made = Account(
        name="main",
        venue=table["venue"],
        environment=Environment(table["environment"]),
        addresses=dict(table["addresses"]),
        credentials={name: Secret(value) for name, value in table["credentials"].items()},
    )
    return replace(made, **changes)


@asynccontextmanager
async def practice() -> AsyncIterator[VenueServer]:
    """A practice exchange whose market does nothing by itself."""
    async with PracticeWorld(1, ["bitget"], quiet=True) as world:
        yield world.venues["bitget"]


@asynccontextmanager
async def connected(
    server: VenueServer, *, up: bool = True, **changes: Any
) -> AsyncIterator[tuple[BitgetConnector, Watch]]:
    """Run a connector on the practice exchange until the block ends."""
    watch = Watch()
    settings = replace(QUICK, beat_every=5.0)
    connector = BitgetConnector(
        account_of(server, **changes), watch, SystemClock(), jitter=lambda: 0.0, settings=settings
    )
    task = asyncio.create_task(connector.run())
    try:
        if up:
            await watch.link(LinkState.UP)
        yield connector, watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()


@asynccontextmanager
async def desk_on(server: VenueServer, venue: Venue = VENUE) -> AsyncIterator[Desk]:
    """The whole desk on the practice exchange: reducer, evidence, probes."""
    desk = Desk([account_of(server)], {"bitget": venue}, SystemClock(), Ids())
    async with running(desk):
        yield desk


def hasty() -> VenueFace[BitgetRulebook, BitgetConnector]:
    """Return the venue with a patience that suits a test; what proves what is the same."""
    rulebook = BitgetRulebook()
    rulebook.evidence = replace(rulebook.evidence, settle_after=SECOND // 2, probe_after=(SECOND // 5, SECOND * 3 // 5))
    return replace(VENUE, rulebook=rulebook)


async def amend(desk: Desk, order_id: str, seconds: float = 8, **values: Decimal | str) -> Amendment:
    """Draft, prepare, send and wait for the outcome."""
    key = desk.find(order_id).key
    draft = Draft(desk.lineage(key).order, tuple((FieldName(name), value) for name, value in values.items()))
    prepared = desk.prepare(key, draft)
    assert prepared.plan.verdict.ok, prepared.plan.verdict.problems
    made = desk.send(prepared, confirmed=True)
    await desk.wait(lambda state: state.amendments[made].stage.is_settled, seconds)
    return desk.state.amendments[made]


def listed(watch: Watch, order_id: str) -> Order:
    orders: tuple[Order, ...] = watch.of(ev.OpenOrdersListed)[-1].orders
    return next(order for order in orders if order.order_id == order_id)


async def test_the_day_is_read_whole() -> None:
    async with practice() as server, connected(server) as (_, watch):
        first = watch.of(ev.OpenOrdersListed)[0]
        assert first.complete
        ours = {SPOT, PERP_PARTLY, PRESET, MARGIN, COIN, RPI, REDUCE_ONLY, *LOCKED}
        assert {order.order_id for order in first.orders} == ours
        partly = listed(watch, PERP_PARTLY)
        assert (partly.status, partly.filled, partly.remaining) == (
            OrderStatus.PARTIALLY_FILLED,
            Decimal("1.3"),
            Decimal("2.7"),
        )
        assert partly.post_only
        assert listed(watch, PRESET).take_profit == Decimal(61500)
        assert listed(watch, MARGIN).market == "margin"
        markets = {each.key: each for each in watch.of(ev.InstrumentsLoaded)[0].instruments}
        assert all(order.symbol and (order.symbol, order.market) in markets for order in first.orders)
        usdt = {each.currency: each for each in watch.of(ev.BalancesSeen)[0].balances}["USDT"]
        assert usdt.total == usdt.available + usdt.locked
        await watch.until(lambda: any(each.quote.symbol == "BTCUSDT" for each in watch.of(ev.QuoteSeen)))


async def test_every_lock_is_one_the_exchange_enforces() -> None:
    async with practice() as server, desk_on(server) as desk:
        for order_id, rule in LOCKED.items():
            form = desk.form(desk.find(order_id).key)
            assert form.rule is not None
            assert form.rule.code == rule
            assert form.editable == ()
        for order_id in (SPOT, PERP_PARTLY, PRESET, MARGIN, COIN, RPI, REDUCE_ONLY):
            form = desk.form(desk.find(order_id).key)
            assert [field.name.value for field in form.editable] == ["price", "quantity", "on_failure"]


@pytest.mark.parametrize(
    "order_id,values",
    [
        (SPOT, {"price": Decimal("59800.01")}),
        (SPOT, {"quantity": Decimal("0.25")}),
        (PERP_PARTLY, {"price": Decimal("3420.05"), "quantity": Decimal("3.5")}),
        (PRESET, {"price": Decimal("59000.5"), "on_failure": "cancel"}),
        (MARGIN, {"quantity": Decimal("0.5")}),
    ],
)
async def test_an_amendment_is_confirmed_and_the_exchange_agrees(order_id: str, values: dict[str, Any]) -> None:
    async with practice() as server, desk_on(server) as desk:
        done = await amend(desk, order_id, **values)
        assert done.stage is AmendmentStage.CONFIRMED, done
        stages = [rung.stage for rung in done.rungs]
        assert stages.index(AmendmentStage.WRITTEN) < stages.index(AmendmentStage.ACKNOWLEDGED) < len(stages) - 1
        truth = server.find(order_id)
        assert truth is not None
        assert truth.price == values.get("price", truth.price)
        assert truth.quantity == values.get("quantity", truth.quantity)
        assert desk.find(order_id).order.remaining == truth.remaining


async def test_the_exchange_gets_exactly_what_was_previewed() -> None:
    async with practice() as server, desk_on(server) as desk:
        key = desk.find(SPOT).key
        draft = Draft(desk.lineage(key).order, ((FieldName.PRICE, Decimal("59800.00")),))
        prepared = desk.prepare(key, draft)
        assert prepared.preview is not None
        desk.send(prepared, confirmed=True)
        assert await desk.wait(lambda state: not state.unsettled("main"), 8)
        sent = [each.text for each in server.gate.requests if each.operation == "amend"]
        assert len(sent) == 1
        assert prepared.preview.body in sent[0]
        assert prepared.preview.body == (
            f'{{"orderId":"{SPOT}","price":"59800","qty":"0.5","autoCancel":"no","symbol":"BTCUSDT","category":"SPOT"}}'
        )


async def test_without_a_push_the_orders_details_confirm() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("push_on_amend", "false")
        done = await amend(desk, SPOT, price=Decimal("59800"))
        assert done.stage is AmendmentStage.CONFIRMED
        assert done.rungs[-1].source is Source.LOOKUP


async def test_a_lost_answer_is_unknown_and_then_confirmed_by_evidence() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("engine_delay_ms", "400")
        server.faults.add("drop", "amend")
        done = await amend(desk, SPOT, price=Decimal("59800"))
        assert done.stage is AmendmentStage.CONFIRMED
        assert len([each for each in server.gate.requests if each.operation == "amend"]) == 1


async def test_a_cancel_on_failure_is_reported_as_one() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.faults.add("silent_failure", "amend")
        done = await amend(desk, SPOT, price=Decimal("59800"), on_failure="cancel")
        assert done.stage is AmendmentStage.OVERTAKEN
        assert "as you chose" in done.outcome


async def test_a_silent_failure_is_not_applied_once_the_venue_has_had_its_time() -> None:
    async with practice() as server, desk_on(server, hasty()) as desk:
        server.faults.add("silent_failure", "amend")
        done = await amend(desk, SPOT, price=Decimal("59800"))
        assert done.stage is AmendmentStage.NOT_APPLIED
        assert AmendmentStage.ACKNOWLEDGED in [rung.stage for rung in done.rungs]
        assert "still works at 59840 for 0.5" in done.outcome


async def test_a_fill_in_flight_that_leaves_no_room_makes_it_fail_silently() -> None:
    async with practice() as server, desk_on(server, hasty()) as desk:
        server.switches.set("equal_to_filled", "fail")
        server.faults.add("fill", "amend", point="in_flight", quantity="0.3")
        done = await amend(desk, SPOT, quantity=Decimal("0.2"))
        assert done.stage is AmendmentStage.NOT_APPLIED
        order = desk.find(SPOT).order
        assert (order.quantity, order.filled) == (Decimal("0.5"), Decimal("0.3"))


async def test_a_complete_fill_in_flight_overtakes_it() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.faults.add("fill", "amend", point="in_flight", quantity="all")
        key = desk.find(SPOT).key
        done = await amend(desk, SPOT, price=Decimal("59800"))
        assert done.stage is AmendmentStage.OVERTAKEN
        assert "filled" in done.outcome
        assert desk.lineage(key).order.status is OrderStatus.FILLED


async def test_a_broken_socket_between_receipt_and_effect_ends_in_evidence() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.switches.set("engine_delay_ms", "300")
        server.faults.add("disconnect", "push_order", point="before_push")
        done = await amend(desk, SPOT, price=Decimal("59800"))
        assert done.stage is AmendmentStage.CONFIRMED
        assert done.rungs[-1].source in (Source.LOOKUP, Source.LISTING)


async def test_repeated_and_late_pushes_change_nothing() -> None:
    async with practice() as server, desk_on(server) as desk:
        server.faults.add("duplicate", "push_order", point="before_push", times=3)
        server.faults.add("reorder", "push_order", point="before_push", skip=3)
        done = await amend(desk, SPOT, price=Decimal("59800"))
        assert done.stage is AmendmentStage.CONFIRMED
        assert desk.find(SPOT).order.price == Decimal(59800)


async def test_somebody_elses_change_just_before_stops_it() -> None:
    async with practice() as server, connected(server, switches={"reread_after_s": "0"}) as (connector, watch):
        server.switches.set("push_on_amend", "false")
        truth = server.find(SPOT)
        assert truth is not None
        server.foreign_amend(truth, Decimal("59700"), None)
        await connector.amend(command(listed(watch, SPOT), "59800", "0.5"))
        (unsent,) = watch.of(ev.AmendmentUnsent)
        assert "59700" in unsent.text


async def test_a_second_amendment_of_the_same_order_is_refused_by_the_exchange_too() -> None:
    async with practice() as server, connected(server) as (connector, watch):
        server.switches.set("engine_delay_ms", "2000")
        order = listed(watch, SPOT)
        await connector.amend(command(order, "59800", "0.5"))
        await connector.amend(command(order, "59801", "0.5", amendment_id="a2"))
        assert [(each.amendment_id, each.code) for each in watch.of(ev.AmendmentRefused)] == [("a2", "25572")]


@pytest.mark.parametrize(
    "order_id,price,quantity,code",
    [
        (SPOT, "59840", "0.5", "25571"),
        (SPOT, "59840.001", "0.5", "25244"),
        (SPOT, "59840", "0.0000001", "25610"),
        (SPOT, "99000", "0.5", "25206"),
        (SPOT, "59840", "50", "25202"),
        (PERP_PARTLY, "3412.10", "400000", "25208"),
        (PERP_PARTLY, "3412.10", "900", "25203"),
        (REDUCE_ONLY, "61900", "0.015", "25574"),
    ],
)
@pytest.mark.parametrize("status", ["400", "200"])
async def test_the_exchanges_refusals_are_certain(
    order_id: str, price: str, quantity: str, code: str, status: str
) -> None:
    async with practice() as server, connected(server) as (connector, watch):
        server.switches.set("error_status", status)
        await connector.amend(command(listed(watch, order_id), price, quantity))
        (refused,) = watch.of(ev.AmendmentRefused)
        assert refused.code == code


async def test_an_unknown_order_is_gone_and_missing() -> None:
    async with practice() as server, connected(server, switches={"reread_after_s": "600"}) as (connector, watch):
        stranger = replace(listed(watch, SPOT), order_id="1312345680000000000")
        await connector.look_up(stranger)
        (missing,) = watch.of(ev.OrderMissing)
        assert missing.order_id == stranger.order_id
        await connector.amend(command(stranger, "59800", "0.5"))
        assert [each.amendment_id for each in watch.of(ev.AmendmentUnsent)] == ["a1"]


async def test_an_order_that_ended_is_looked_up_with_its_end() -> None:
    async with practice() as server, connected(server) as (connector, watch):
        stranger = replace(listed(watch, SPOT), order_id=FILLED, symbol="BTCUSDT")
        await connector.look_up(stranger)
        seen = watch.of(ev.OrderSeen)[-1]
        assert (seen.order.status, seen.order.filled) == (OrderStatus.FILLED, Decimal("0.03"))


async def test_fills_come_in_and_the_order_follows() -> None:
    async with practice() as server, connected(server) as (_, watch):
        truth = server.find(SPOT)
        assert truth is not None
        server.fill_now(truth, Decimal("0.1"))
        fill = await watch.some(ev.FillSeen)
        assert (fill.fill.order_id, fill.fill.quantity) == (SPOT, Decimal("0.1"))
        await watch.until(
            lambda: any(
                each.order.order_id == SPOT and each.order.filled == Decimal("0.1") for each in watch.of(ev.OrderSeen)
            )
        )


async def test_a_cancel_is_a_receipt_and_the_push_its_proof() -> None:
    async with practice() as server, connected(server) as (connector, watch):
        await connector.cancel(listed(watch, SPOT))
        assert watch.of(ev.CancelAnswered)[0].taken
        await watch.until(
            lambda: any(
                each.order.order_id == SPOT and each.order.status is OrderStatus.CANCELLED
                for each in watch.of(ev.OrderSeen)
            )
        )


async def test_a_batch_reports_each_row() -> None:
    async with practice() as server, connected(server) as (connector, watch):
        perps = [listed(watch, PRESET), listed(watch, PERP_PARTLY), listed(watch, REDUCE_ONLY)]
        prices = ["59000", "3420", "61900"]
        commands = [
            command(order, price, str(order.quantity), amendment_id=order.order_id)
            for order, price in zip(perps, prices, strict=True)
        ]
        server.faults.add("omit_rows", "batch_amend", rows=[1])
        await connector.amend_batch(commands)
        assert [each.amendment_id for each in watch.of(ev.AmendmentAcknowledged)] == [PRESET]
        assert [each.amendment_id for each in watch.of(ev.AmendmentUnanswered)] == [PERP_PARTLY]
        assert [(each.amendment_id, each.code) for each in watch.of(ev.AmendmentRefused)] == [(REDUCE_ONLY, "25574")]
        await watch.until(
            lambda: any(
                each.order.order_id == PRESET and each.order.price == Decimal(59000) for each in watch.of(ev.OrderSeen)
            )
        )


@pytest.mark.parametrize("name,words", [("key", "key"), ("secret", "signature"), ("passphrase", "passphrase")])
async def test_wrong_credentials_are_refused_in_one_sentence(name: str, words: str) -> None:
    async with practice() as server:
        credentials = {**account_of(server).credentials, name: Secret("wrong")}
        async with connected(server, up=False, credentials=credentials) as (_, watch):
            change = await watch.link(LinkState.REFUSED)
            assert words in change.text
            assert watch.of(ev.OpenOrdersListed) == []


async def test_a_key_that_only_trades_works_without_balances() -> None:
    async with practice() as server:
        server.switches.set("key_scope", "trade_only")
        async with connected(server) as (connector, watch):
            assert all(not each.complete for each in watch.of(ev.BalancesSeen))
            assert any("40014" in each.text for each in watch.of(ev.Noticed))
            await connector.amend(command(listed(watch, SPOT), "59800", "0.5"))
            assert watch.of(ev.AmendmentAcknowledged)


async def test_after_a_cut_it_comes_back_with_what_changed_meanwhile() -> None:
    async with practice() as server, connected(server) as (_, watch):
        server.faults.add("disconnect", "push_fill", point="before_push")
        server.faults.add("drop", "push_order", point="before_push", count=0)
        truth = server.find(SPOT)
        assert truth is not None
        server.fill_now(truth, Decimal("0.1"))
        await watch.link(LinkState.UP, 2)
        assert listed(watch, SPOT).filled == Decimal("0.1")


async def test_a_malformed_answer_proves_nothing() -> None:
    async with practice() as server, connected(server) as (connector, watch):
        server.faults.add("http_status", "amend", status=200, body="<html>busy</html>", content_type="text/html")
        await connector.amend(command(listed(watch, SPOT), "59800", "0.5"))
        (unanswered,) = watch.of(ev.AmendmentUnanswered)
        assert "with a web page, which cannot be read" in unanswered.text


async def test_a_clock_that_is_off_is_measured_and_signed_for() -> None:
    async with practice() as server:
        server.clock.skew_ms = 3_600_000
        async with connected(server) as (connector, watch):
            assert any("clock" in each.text for each in watch.of(ev.Noticed))
            await connector.amend(command(listed(watch, SPOT), "59800", "0.5"))
            assert watch.of(ev.AmendmentAcknowledged)


async def test_a_dead_exchange_is_named_by_its_address() -> None:
    async with practice() as server:
        account = account_of(server)
        await server.stop()
        async with connected(server, up=False, addresses=account.addresses) as (_, watch):
            change = await watch.link(LinkState.DOWN)
            assert account.addresses["private_ws"] in change.text
