"""Nothing is taken for certain that Bitget has not shown: states, figures, identities, lists and terms of others."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.desk.desk import Desk
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Source
from app.domain.form import FieldName
from app.domain.order import OrderStatus, Side
from app.domain.plan import Draft
from app.venues.bitget.rules import newest
from tests.venues.bitget.samples import ORDER_ID, command, envelope, push_row, rest_row
from tests.venues.bitget.stand_in import FakeBitget, connected, desk_on

OPEN = "/api/v3/trade/unfilled-orders"
MODIFY = "/api/v3/trade/modify-order"
INFO = "/api/v3/trade/order-info"
HISTORY = "/api/v3/trade/history-orders"
FILLS = "/api/v3/trade/fills"

#: No poll comes into the way.
PUSHES_ONLY = {"poll_every_s": "0"}


def send(desk: Desk, **values: Decimal) -> str:
    key = desk.find(ORDER_ID).key
    draft = Draft(desk.lineage(key).order, tuple((FieldName(name), value) for name, value in values.items()))
    prepared = desk.prepare(key, draft)
    assert prepared.plan.verdict.ok, prepared.plan.verdict.problems
    return desk.send(prepared, confirmed=True)


# -- states ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["rejected", "modify_failed", "frozen", "LIVE", "Filled", "", None, 7, True, "init"])
async def test_asked_terms_in_a_state_nobody_knows_prove_nothing(state: Any) -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID}))
    async with desk_on(fake, switches=PUSHES_ONLY) as desk:
        made = send(desk, price=Decimal(64100))
        assert await desk.wait(lambda _: desk.state.amendments[made].stage is AmendmentStage.ACKNOWLEDGED, 5)
        changed = rest_row(price="64100", orderStatus=state, updatedTime="1700000000900")
        fake.orders = [changed]
        await fake.push("order", [push_row(price="64100", orderStatus=state, updatedTime="1700000000900")])
        await asyncio.sleep(0.8)  # the look-ups of an amendment under way, and those that the state itself asks for
        amendment, row = desk.state.amendments[made], desk.find(ORDER_ID)
        assert not amendment.stage.is_settled
        assert row.order.raw_status == ("" if state is None else str(state))
        assert row.order.is_open
        fake.orders = [rest_row(price="64100", orderStatus="live", updatedTime="1700000000950")]
        assert await desk.wait(lambda _: desk.state.amendments[made].stage is AmendmentStage.CONFIRMED, 5)


@pytest.mark.parametrize("state", ["frozen", ""])
async def test_nothing_is_sent_for_an_order_in_a_state_nobody_knows(state: str) -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        order = watch.of(ev.OpenOrdersListed)[0].orders[0]
        fake.orders = [rest_row(orderStatus=state)]
        await connector.amend(command(order, "64100", "0.002"))
        (unsent,) = watch.of(ev.AmendmentUnsent)
        assert (state or "no state") in unsent.text
        assert fake.requests(MODIFY) == []


# -- figures that only grow --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"cumExecQty": "99999"},
        {"price": "-1"},
        {"qty": "-0.5"},
        {"qty": "0"},
        {"price": "0"},
        {"price": ""},
        {"symbol": " "},
        {"qty": "1e9999"},
        {"cumExecQty": "1e35", "qty": "1e36"},
        {"cumExecValue": "-3"},
        {"qty": "1." + "0" * 5000 + "1"},
        {"price": "²"},
    ],
)
async def test_an_impossible_row_costs_itself_and_is_true_again_with_the_next(wrong: dict[str, str]) -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(), rest_row(orderId="7")]
    async with desk_on(fake, switches=PUSHES_ONLY) as desk:
        before = desk.find(ORDER_ID).order
        asked_at = desk.state.accounts["main"].answered_at
        fake.orders[0] = rest_row(updatedTime="1700000000500", **wrong)
        desk.refresh("main")
        assert await desk.wait(lambda state: state.accounts["main"].answered_at != asked_at, 5)
        row, account = desk.find(ORDER_ID), desk.state.accounts["main"]
        assert (row.order, row.stale, row.doubt is not None) == (before, True, True)
        assert account.list_complete, "the row is there; only it cannot be read"
        assert account.surprises > 0
        assert desk.form(row.key).locked
        assert not desk.form(desk.find("7").key).locked
        fake.orders[0] = rest_row(cumExecQty="0.001", updatedTime="1700000000400")
        desk.refresh("main")
        assert await desk.wait(lambda _: desk.find(ORDER_ID).order.filled == Decimal("0.001"), 5)
        assert desk.find(ORDER_ID).doubt is None


async def test_a_possible_but_wrong_figure_is_overruled_by_reads_that_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest, "LAG", 1_000_000)
    fake = FakeBitget()
    async with desk_on(fake, switches=PUSHES_ONLY) as desk:
        await fake.push("order", [push_row(cumExecQty="0.0015", updatedTime="1700000000900")])
        assert await desk.wait(lambda _: desk.find(ORDER_ID).order.filled == Decimal("0.0015"), 5)
        await asyncio.sleep(0.4)
        desk.refresh("main")
        assert await desk.wait(lambda _: desk.find(ORDER_ID).order.filled == 0, 5)
        assert any("0.0015 shown before was wrong" in line.text for line in desk.find(ORDER_ID).history)
        made = send(desk, price=Decimal(64100))
        assert await desk.wait(lambda _: desk.state.amendments[made].written_at is not None, 5)


# -- identity ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [{"side": "sell"}, {"symbol": "ETHUSDT"}, {"category": "usdc-futures"}])
async def test_a_known_id_under_another_side_or_market_changes_nothing_and_is_shown(other: dict[str, str]) -> None:
    fake = FakeBitget()
    async with desk_on(fake, switches=PUSHES_ONLY) as desk:
        before = desk.find(ORDER_ID).order
        real, fake.routes[INFO] = fake.routes[INFO], lambda _: httpx.ReadTimeout("slow")
        await fake.push("order", [push_row(updatedTime="1700000000900", price="1", **other)])
        assert await desk.wait(lambda _: desk.find(ORDER_ID).doubt is not None, 5)
        row = desk.find(ORDER_ID)
        assert (row.order.side, row.order.symbol, row.order.market, row.order.price) == (
            before.side,
            before.symbol,
            before.market,
            before.price,
        )
        assert desk.form(row.key).locked
        fake.routes[INFO] = real
        fake.orders = [rest_row(cumExecQty="0.001", updatedTime="1700000000300")]
        desk.refresh("main")
        assert await desk.wait(lambda _: desk.find(ORDER_ID).order.filled == Decimal("0.001"), 5), "it is not poisoned"
        assert desk.find(ORDER_ID).doubt is None


async def test_both_readings_of_one_id_in_one_list_reach_the_desk() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(), rest_row(side="sell")]
    async with connected(fake) as (_, watch):
        listed = watch.of(ev.OpenOrdersListed)[0]
        assert {order.side for order in listed.orders} == {Side.BUY, Side.SELL}


@pytest.mark.parametrize("path", [INFO, HISTORY])
async def test_a_look_up_that_shows_another_order_under_the_id_is_told_and_ends_in_doubt(path: str) -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        order = watch.of(ev.OpenOrdersListed)[0].orders[0]
        other = rest_row(side="sell", orderStatus="cancelled", updatedTime="1700000000900")
        fake.orders = [other] if path == INFO else []
        fake.routes[HISTORY] = lambda _: (200, envelope({"list": [other], "cursor": None}))
        await connector.look_up(order)
        assert watch.of(ev.OrderSeen)[-1].order.side is Side.SELL
        await connector.amend(command(order, "64100", "0.002"))
        assert len(watch.of(ev.AmendmentUnsent)) == 1
        assert fake.requests(MODIFY) == []


# -- what the history and executions say -------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [{"qty": "-1"}, {"cumExecQty": "5"}, {"qty": "many"}])
async def test_an_unreadable_row_of_the_history_concludes_nothing(wrong: dict[str, str]) -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        fake.orders = []
        row = rest_row(orderStatus="filled", **wrong)
        fake.routes[HISTORY] = lambda _: (200, envelope({"list": [row], "cursor": None}))
        await connector.look_up(watch.of(ev.OpenOrdersListed)[0].orders[0])
        (unreadable,) = watch.of(ev.OrderUnreadable)
        assert (unreadable.order_id, unreadable.source) == (ORDER_ID, Source.HISTORY)
        assert len(watch.of(ev.LookUpFailed)) == 1
        assert watch.of(ev.OrderSeen) == watch.of(ev.OrderMissing) == []


def execution(number: int, quantity: str, **changes: str) -> dict[str, str]:
    row = {"execId": str(number), "orderId": ORDER_ID, "symbol": "BTCUSDT", "side": "buy", "execPrice": "64000"}
    return {**row, "execQty": quantity, "createdTime": "1700000000000", **changes}


@pytest.mark.parametrize(
    "rows",
    [
        [execution(1, "99999")],
        [execution(1, "0.004"), execution(2, "-0.002")],
        [execution(1, "0.002", side="sell")],
        [execution(1, "0.002", symbol="ETHUSDT")],
    ],
)
async def test_executions_that_cannot_be_end_no_order(rows: list[dict[str, str]]) -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        fake.orders = []
        fake.routes[FILLS] = lambda _: (200, envelope({"list": rows, "cursor": None}))
        await connector.look_up(watch.of(ev.OpenOrdersListed)[0].orders[0])
        assert [each.order.status for each in watch.of(ev.OrderSeen)] == []
        assert len(watch.of(ev.LookUpFailed) + watch.of(ev.OrderMissing)) == 1


# -- lists -------------------------------------------------------------------------------------------------------------


def pages(count: int, size: int, how: str = "by id") -> Any:
    """Answer with pages of open futures orders; `how` says what the cursor does."""
    rows = [rest_row(orderId=str(10_000 - each)) for each in range(count)]

    def answer(request: httpx.Request) -> Any:
        if request.url.params["category"] != "USDT-FUTURES":
            return 200, envelope({"list": [], "cursor": None})
        cursor = request.url.params.get("cursor")
        ids = [row["orderId"] for row in rows]
        start = 0 if cursor is None or how == "ignored" else int(cursor) if how == "same" else ids.index(cursor) + 1
        start -= how == "inclusive" and cursor is not None
        page = rows[start : start + size]
        if how == "none" and start + size >= count:
            return 200, envelope({"list": page})
        following = str(start + size if start + size < count else start) if how == "same" else ""
        return 200, envelope({"list": page, "cursor": following or (page[-1]["orderId"] if page else "")})

    return answer


@pytest.mark.parametrize(
    "count,size,how,complete",
    [
        (250, 50, "by id", True),
        (250, 50, "inclusive", True),
        (250, 50, "none", True),
        (37, 1, "by id", True),
        (1, 50, "ignored", True),
        (250, 50, "ignored", False),
        (2, 2, "ignored", False),
        (100, 100, "ignored", False),
        (100, 100, "by id", True),
        (90, 50, "same", False),
    ],
)
async def test_a_list_is_complete_only_where_its_own_end_was_seen(
    count: int, size: int, how: str, complete: bool
) -> None:
    fake = FakeBitget()
    fake.routes[OPEN] = pages(count, size, how)
    async with connected(fake) as (_, watch):
        listed = watch.of(ev.OpenOrdersListed)[0]
        assert listed.complete is complete
        assert len({order.order_id for order in listed.orders}) == (min(size, count) if how == "ignored" else count)


async def test_an_order_that_ended_is_found_out_beside_an_unreadable_row() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(), rest_row(orderId="7")]
    async with desk_on(fake, switches=PUSHES_ONLY) as desk:
        ended = rest_row(orderStatus="cancelled", updatedTime="1700000000900")
        fake.routes[OPEN] = lambda request: (
            200,
            envelope({"list": [rest_row(orderId="7", qty="?"), None], "cursor": None})
            if request.url.params["category"] == "USDT-FUTURES"
            else envelope({"list": []}),
        )
        fake.orders = [ended]
        desk.refresh("main")
        assert await desk.wait(lambda _: desk.find(ORDER_ID).order.status is OrderStatus.CANCELLED, 5)
        assert desk.find("7").doubt is not None


# -- terms of others ---------------------------------------------------------------------------------------------------


async def test_a_quantity_changed_elsewhere_a_moment_ago_is_not_put_back_by_a_new_price() -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID}))
    async with connected(fake) as (connector, watch):
        order = watch.of(ev.OpenOrdersListed)[0].orders[0]
        fake.orders = [rest_row(qty="0.007", updatedTime="1700000000300")]
        await connector.amend(command(order, "64100", "0.002"))
        (unsent,) = watch.of(ev.AmendmentUnsent)
        assert "changed at Bitget to 0.007" in unsent.text
        assert fake.requests(MODIFY) == []


async def test_what_is_put_back_all_the_same_is_told() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        order = watch.of(ev.OpenOrdersListed)[0].orders[0]

        def meanwhile(_: httpx.Request) -> Any:
            connector._listener.pushed_orders((push_row(qty="0.007", updatedTime="1700000000300"),), 1)
            return 200, envelope({"orderId": ORDER_ID})

        fake.routes[MODIFY] = meanwhile
        await connector.amend(command(order, "64100", "0.002"))
        await fake.push("order", [push_row(price="64100", updatedTime="1700000000400")])
        await watch.until(lambda: any("put its quantity back to 0.002" in each.text for each in watch.of(ev.Noticed)))
        (told_back,) = [each.text for each in watch.of(ev.Noticed) if "put its" in each.text]
        assert "changed elsewhere to 0.007" in told_back


async def test_what_is_not_changed_is_said_to_be_sent_too() -> None:
    async with desk_on(FakeBitget(), switches=PUSHES_ONLY) as desk:
        row = desk.find(ORDER_ID)
        plan = desk.prepare(row.key, Draft(row.order, ((FieldName("price"), Decimal(64100)),))).plan
        assert plan.consequence is not None
        notes = {line.label: line.note for line in plan.consequence.lines}
        assert "sent too" in notes["Quantity"]
        assert "sent too" not in notes["Price"]


async def test_every_order_of_a_batch_is_read_before_it_leaves() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(orderId=each) for each in ("1", "2")]
    fake.routes["/api/v3/trade/batch-modify-order"] = lambda _: (200, envelope([{"orderId": "1"}]))
    async with connected(fake) as (connector, watch):
        orders = watch.of(ev.OpenOrdersListed)[0].orders
        fake.orders[1] = rest_row(orderId="2", qty="0.009", updatedTime="1700000000300")
        await connector.amend_batch([command(each, "64100", "0.002", amendment_id=each.order_id) for each in orders])
        assert [each.amendment_id for each in watch.of(ev.AmendmentUnsent)] == ["2"]
        (request,) = fake.requests("/api/v3/trade/batch-modify-order")
        assert [row["orderId"] for row in json.loads(request.content)] == ["1"]


async def test_the_history_is_searched_however_short_its_pages_are() -> None:
    fake = FakeBitget()
    rows = [rest_row(orderId=str(100 - each), orderStatus="cancelled") for each in range(5)]
    ended = rest_row(orderStatus="cancelled", updatedTime="1700000000900")

    def page(request: httpx.Request) -> Any:
        place = int(request.url.params.get("cursor", "0"))
        return 200, envelope({"list": [[*rows, ended][place]], "cursor": str(place + 1)})

    async with connected(fake) as (connector, watch):
        fake.orders = []
        fake.routes[HISTORY] = page
        await connector.look_up(watch.of(ev.OpenOrdersListed)[0].orders[0])
        assert watch.of(ev.OrderSeen)[-1].order.status is OrderStatus.CANCELLED
