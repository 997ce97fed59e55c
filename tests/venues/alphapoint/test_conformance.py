"""The real connector against the practice venue, over real sockets: in sync, cancelling, looking up, the link."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.practice.exchange.orders import TRADER
from tests.venues.alphapoint.desk_at_practice import DeskAtPractice

pytestmark = pytest.mark.usefixtures("_quick")

D = Decimal
BUY, PARTLY, ICEBERG, STOP, QUOTE, POST_ONLY, REPLACED = "6507", "6511", "6514", "6518", "6523", "6526", "6534"


# -- staying in sync -------------------------------------------------------------------------------------------------


async def test_the_whole_account_comes_up() -> None:
    """Every order, balance and market of the venue, and quotes of the markets with orders."""
    async with DeskAtPractice() as world:
        await world.up()
        theirs = {order.order_id: order for order in world.server.exchange.open_orders(TRADER)}
        ours = {row.order.order_id: row.order for row in world.state.lineages.values()}
        assert ours.keys() == theirs.keys()
        for order_id, order in ours.items():
            truth = theirs[order_id]
            assert (order.price, order.quantity, order.filled) == (truth.price, truth.quantity, truth.filled)
        account = world.state.accounts["desk"]
        assert account.instruments[("BTCUSD", "")].tick == D("0.01")
        truth_usd = world.server.exchange.ledger.balance(TRADER, "USD")
        usd = account.balances["USD"]
        assert (usd.total, usd.available) == (truth_usd.total, truth_usd.total - usd.locked)
        await world.until(lambda desk: len(desk.accounts["desk"].quotes) == 3, "quotes of three markets")
        quote = account.quotes[("BTCUSD", "")]
        assert quote.bid is not None
        assert quote.ask is not None
        assert quote.bid < quote.ask
        assert not [notice.text for notice in world.state.notices]


async def test_every_kind_of_order_has_its_form() -> None:
    """Limit orders may change; an iceberg, a stop and a quote can be reduced by consent."""
    async with DeskAtPractice() as world:
        await world.up()
        for order_id in (BUY, PARTLY, POST_ONLY, REPLACED):
            form = world.desk.form(world.row(order_id).key)
            assert {field.name.value for field in form.fields if field.editable} == {"price", "quantity"}
        for order_id, word in ((ICEBERG, "iceberg"), (STOP, "StopLimit"), (QUOTE, "quote")):
            form = world.desk.form(world.row(order_id).key)
            assert [field.name.value for field in form.editable] == ["quantity"]
            assert word in form.routes[1].reason
            told = world.prepare(order_id, quantity=str(world.row(order_id).order.remaining / 2)).plan.verdict
            assert told.ok
            assert any(word in each.text and each.confirm for each in told.cautions)
        assert world.row(STOP).order.status is OrderStatus.UNTRIGGERED
        assert world.row(PARTLY).order.status is OrderStatus.PARTIALLY_FILLED


async def test_fills_and_other_people_s_changes_are_followed() -> None:
    """By pushes, without any list."""
    async with DeskAtPractice() as world:
        await world.up()
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, D("0.25"))
        row = await world.row_when(BUY, lambda row: row.order.filled == D("0.25"), "a fill")
        await world.row_when(BUY, lambda row: len(row.fills) == 1, "its execution")
        assert (row.order.quantity, row.order.remaining) == (D(1), D("0.75"))
        world.server.foreign_amend(order, None, D("0.75"))
        await world.row_when(BUY, lambda row: row.order.remaining == D("0.5"), "the colleague's reduction")
        world.server.foreign_cancel(order)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.reason) == (OrderStatus.CANCELLED, "UserModified")


async def test_a_colleague_s_replacement_moves_the_row() -> None:
    """Another user of the account replaces our order: the same row goes on under the new id."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.foreign_amend(world.server.exchange.order(BUY), D(95100), None)
        await world.until(
            lambda desk: any(row.order.price == D(95100) and row.order.is_open for row in desk.lineages.values()),
            "the new order",
        )
        row = world.row(BUY)
        assert row.order.price == D(95100)
        assert row.ids[0] == BUY
        assert len(row.ids) == 2


# -- cancel, look-ups, the link --------------------------------------------------------------------------------------


async def test_cancel() -> None:
    """A receipt, then the end."""
    async with DeskAtPractice() as world:
        await world.up()
        world.desk.cancel(world.row(BUY).key)
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.cancelling) == (OrderStatus.CANCELLED, False)


async def test_an_order_that_vanished_is_looked_up() -> None:
    """It ended while the link was down: the list lacks it and the look-up tells how it ended."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("drop", "push_order", point="before_push", count=0)
        order = world.server.exchange.order(BUY)
        world.server.market.fill(order, order.remaining)
        world.desk.refresh("desk")
        row = await world.row_when(BUY, lambda row: not row.order.is_open, "the end")
        assert (row.order.status, row.order.filled) == (OrderStatus.FILLED, D(1))


async def test_an_unknown_order_is_said_to_be_missing() -> None:
    """Neither open nor in any history."""
    async with DeskAtPractice() as world:
        await world.up()
        ghost = replace(world.row(BUY).order, order_id="999999")
        await world.desk._connectors["desk"].look_up(ghost)
        assert [event.order_id for event in world.events(ev.OrderMissing)] == ["999999"]


async def test_the_link_comes_back_and_everything_is_read_anew() -> None:
    """What happened in between is found; amendments work again."""
    async with DeskAtPractice() as world:
        await world.up()
        world.server.faults.add("disconnect", "ping", point="before_reply")
        await world.link(LinkState.DOWN)
        world.server.market.fill(world.server.exchange.order(BUY), D("0.25"))
        await world.link(LinkState.UP)
        await world.row_when(BUY, lambda row: row.order.filled == D("0.25"), "the fill")
        await world.row_when(BUY, lambda row: len(row.fills) == 1, "its execution")
        assert (await world.amend(BUY, quantity="0.6")).stage is AmendmentStage.CONFIRMED


async def test_http_looks_up_while_the_socket_is_down() -> None:
    """The fall-back has a session of its own."""
    async with DeskAtPractice(addresses={"ws": "ws://127.0.0.1:9/WSGateway/"}) as world:
        await world.until(lambda desk: "ws://127.0.0.1:9" in desk.accounts["desk"].link_text, "the address")
        world.desk.refresh("desk")
        await world.until(lambda desk: len(desk.lineages) > 0, "the orders")
        order = world.row(BUY).order
        await world.desk._connectors["desk"].look_up(order)
        looked = [event for event in world.events(ev.OrderSeen) if event.source is Source.LOOKUP]
        assert [event.order.order_id for event in looked] == [BUY]
        await world.desk._connectors["desk"].cancel(order)
        assert [event.taken for event in world.events(ev.CancelAnswered)] == [True]
        assert not world.events(ev.AmendmentWritten)


@pytest.mark.parametrize(
    "credentials", [{"api_key": "0" * 32}, {"secret": "wrong"}, {"user_id": "98"}], ids=["key", "secret", "user"]
)
async def test_a_refused_login_is_told_once(credentials: dict[str, str]) -> None:
    """One attempt, one sentence with what to correct."""
    async with DeskAtPractice(credentials=credentials) as world:
        await world.link(LinkState.REFUSED)
        text = world.state.accounts["desk"].link_text
        assert "Invalid username or password" in text
        assert "api_key" in text
        attempts = [event for event in world.events(ev.WireSeen) if event.head == "AuthenticateUser"]
        assert len([event for event in attempts if event.direction == "out"]) == 1


async def test_secrets_never_show() -> None:
    """In no event at all."""
    async with DeskAtPractice() as world:
        await world.up()
        await world.amend(BUY, quantity="0.6")
        shown = " ".join(str(event) for event in world.seen)
        for name, secret in world.server.credentials().items():
            assert name == "user_id" or secret not in shown
        assert "Signature" in shown
        assert "•••" in shown
