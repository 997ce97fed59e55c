"""The real connector against the practice venue, over real sockets: staying in sync, looking up, faults."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import OrderKind, OrderStatus
from app.practice.exchange.orders import TRADER
from app.venues.bitso.link import connector, market_socket
from tests.venues.bitso.desk_at_practice import BUY, DeskAtPractice, by_kind, of

pytestmark = pytest.mark.usefixtures("quick")

D = Decimal


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
        assert market_socket.QUIET_WITHOUT < market_socket.QUIET_WITH_SOCKET


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
