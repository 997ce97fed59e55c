"""Amending, cancelling and looking up against a scripted venue: each call ends in exactly one outcome."""

from __future__ import annotations

import asyncio
import hashlib
import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.domain import events as ev
from app.domain.amendment import Command, Source
from app.domain.evidence import Finding
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from app.venues.bitget.link.connector import BitgetConnector
from app.venues.bitget.rules.rulebook import BitgetRulebook
from app.venues.bitget.wire import rows as parsing
from tests.venues.bitget.samples import ORDER_ID, command, envelope, push_row, rest_row
from tests.venues.bitget.stand_in import FakeBitget, Watch, connected

OPEN = "/api/v3/trade/unfilled-orders"
MODIFY = "/api/v3/trade/modify-order"
BATCH = "/api/v3/trade/batch-modify-order"
CANCEL = "/api/v3/trade/cancel-order"
INFO = "/api/v3/trade/order-info"
HISTORY = "/api/v3/trade/history-orders"
FILLS = "/api/v3/trade/fills"

OUTCOMES = (
    ev.AmendmentAcknowledged,
    ev.AmendmentRefused,
    ev.AmendmentUnsent,
    ev.AmendmentUnanswered,
)


def listed(watch: Watch) -> Order:
    order = watch.of(ev.OpenOrdersListed)[0].orders[0]
    assert isinstance(order, Order)
    return order


def reprice(watch: Watch, price: str = "64100", quantity: str = "0.002", **more: str) -> Command:
    return command(listed(watch), price, quantity, **more)


async def outcome(connector: BitgetConnector, watch: Watch, made: Command) -> Any:
    """Amend, and give the one outcome there must be."""
    await connector.amend(made)
    found = [each for each in watch.events if isinstance(each, OUTCOMES)]
    assert len(found) == 1
    assert found[0].amendment_id == made.amendment_id
    return found[0]


async def test_an_amendment_is_written_once_and_the_answer_is_a_receipt() -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID, "clientOid": "mine-1"}))
    async with connected(fake) as (connector, watch):
        made = reprice(watch)
        preview = connector.preview(made)
        answer = await outcome(connector, watch, made)
        assert isinstance(answer, ev.AmendmentAcknowledged)
        assert (answer.order_id, answer.note) == (ORDER_ID, "accepted, not yet applied")
        (request,) = fake.requests(MODIFY)
        assert json.loads(request.content) == {
            "orderId": ORDER_ID,
            "price": "64100",
            "qty": "0.002",
            "autoCancel": "no",
            "symbol": "BTCUSDT",
            "category": "USDT-FUTURES",
        }
        (written,) = watch.of(ev.AmendmentWritten)
        assert written.size == len(request.content)
        assert written.digest == hashlib.sha256(request.content).hexdigest()
        assert written.digest == hashlib.sha256(preview.body.encode()).hexdigest()
        assert watch.events.index(written) < watch.events.index(answer)
        wire = [each for each in watch.of(ev.WireSeen) if each.amendment_id == "a1"]
        assert [each.direction for each in wire] == ["out", "in"]


@pytest.mark.parametrize(
    "reply,kind,words",
    [
        ((400, envelope(None, "25571", "same")), ev.AmendmentRefused, "25571"),
        ((200, envelope(None, "25244", "multiple of 0.1")), ev.AmendmentRefused, "multiple of 0.1"),
        ((200, envelope(None, "25572", "")), ev.AmendmentRefused, "waiting"),
        ((400, envelope(None, "40014", "")), ev.AmendmentRefused, "permission"),
        ((200, envelope(None, "40010", "timed out")), ev.AmendmentUnanswered, "40010"),
        ((200, envelope(None, "25001", "")), ev.AmendmentUnanswered, "25001"),
        ((200, envelope(None, "77777", "odd")), ev.AmendmentUnanswered, "77777"),
        ((500, envelope(None, "25571", "")), ev.AmendmentUnanswered, "HTTP 500"),
        ((200, b"{"), ev.AmendmentUnanswered, "no JSON"),
        ((200, envelope({"orderId": "other"})), ev.AmendmentUnanswered, "does not name"),
        (httpx.ReadTimeout("slow"), ev.AmendmentUnanswered, "time ran out"),
        (httpx.ReadError("cut"), ev.AmendmentUnanswered, "connection broke"),
        (httpx.ConnectError("refused"), ev.AmendmentUnsent, "cannot be reached"),
    ],
)
async def test_every_answer_has_its_outcome(reply: Any, kind: type, words: str) -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: reply
    async with connected(fake) as (connector, watch):
        answer = await outcome(connector, watch, reprice(watch))
        assert isinstance(answer, kind)
        assert words in answer.text
        assert len(fake.requests(MODIFY)) == 1


async def test_an_order_that_is_gone_is_said_to_be() -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: (400, envelope(None, "25204", "Order does not exist"))
    async with connected(fake) as (connector, watch):
        answer = await outcome(connector, watch, reprice(watch))
        assert answer.code == "25204"


async def test_a_request_refused_for_its_time_measures_the_clock_and_is_not_repeated() -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: (400, envelope(None, "40008", "Request timestamp expired"))
    async with connected(fake) as (connector, watch):
        asked = len(fake.requests("/api/v2/public/time"))
        answer = await outcome(connector, watch, reprice(watch))
        assert "clock" in answer.text
        assert len(fake.requests(MODIFY)) == 1
        assert len(fake.requests("/api/v2/public/time")) == asked + 1


async def test_nothing_is_sent_while_the_link_is_down() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        made = reprice(watch)
        fake.login = {"event": "error", "code": 30011, "msg": ""}
        assert fake.private is not None
        fake.private.transport.abort()
        await watch.link(LinkState.REFUSED)
        answer = await outcome(connector, watch, made)
        assert isinstance(answer, ev.AmendmentUnsent)
        assert "refused" in answer.text
        assert fake.requests(MODIFY) == []


async def test_one_amendment_of_an_order_at_a_time() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        first, second = reprice(watch), reprice(watch, "64200", amendment_id="a2")
        fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID}))
        await asyncio.gather(connector.amend(first), connector.amend(second))
        assert [each.amendment_id for each in watch.of(ev.AmendmentUnsent)] == ["a2"]
        assert [each.amendment_id for each in watch.of(ev.AmendmentAcknowledged)] == ["a1"]
        await connector.amend(reprice(watch, "64300", amendment_id="a3"))
        assert len(watch.of(ev.AmendmentAcknowledged)) == 2


async def test_the_rate_limit_makes_it_wait_and_says_so() -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: (200, envelope({"orderId": ORDER_ID}))
    async with connected(fake) as (connector, watch):
        for each in range(9):
            await connector.amend(reprice(watch, str(64100 + each), amendment_id=f"a{each}"))
        (queued,) = watch.of(ev.AmendmentQueued)
        assert queued.amendment_id == "a8"
        assert queued.until > queued.at
        (late,) = [each for each in watch.of(ev.AmendmentWritten) if each.amendment_id == "a8"]
        assert late.at >= queued.until - 5_000_000


@pytest.mark.parametrize(
    "row,words",
    [
        (rest_row(price="64001", updatedTime="1700000000300"), "changed at Bitget to 0.002 at 64001"),
        (rest_row(qty="0.003", updatedTime="1700000000300"), "changed at Bitget to 0.003"),
        (rest_row(stopLoss="60000", updatedTime="1700000000300"), "0.002 at 64000.5, stop loss 60000"),
        (rest_row(orderStatus="cancelled", updatedTime="1700000000300"), "is cancelled"),
        (
            rest_row(cumExecQty="0.0015", orderStatus="partially_filled", updatedTime="1700000000300"),
            "0.0015 has been filled meanwhile, more than the quantity asked for",
        ),
        (
            rest_row(cumExecQty="0.001", orderStatus="partially_filled", updatedTime="1700000000300"),
            "0.001 has been filled meanwhile, all of the quantity asked for",
        ),
    ],
)
async def test_an_order_read_again_just_before_and_found_changed_is_not_amended(row: Any, words: str) -> None:
    fake = FakeBitget()
    async with connected(fake, switches={"reread_after_s": "0"}) as (connector, watch):
        made = reprice(watch, "64100", "0.001")
        fake.orders = [row]
        answer = await outcome(connector, watch, made)
        assert isinstance(answer, ev.AmendmentUnsent)
        assert words in answer.text
        assert fake.requests(MODIFY) == []
        assert watch.of(ev.OrderSeen)[-1].source is Source.LOOKUP


async def test_a_push_since_then_stops_it_without_a_read() -> None:
    fake = FakeBitget()
    async with connected(fake, switches={"reread_after_s": "600"}) as (connector, watch):
        made = reprice(watch)
        await fake.push("order", [push_row(price="64001", updatedTime="1700000000300")])
        await watch.some(ev.OrderSeen)
        answer = await outcome(connector, watch, made)
        assert "64001" in answer.text
        assert fake.requests(INFO) == []


async def test_an_order_that_cannot_be_read_just_before_is_not_amended() -> None:
    fake = FakeBitget()
    fake.routes[INFO] = lambda _: httpx.ReadTimeout("slow")
    async with connected(fake, switches={"reread_after_s": "0"}) as (connector, watch):
        answer = await outcome(connector, watch, reprice(watch))
        assert isinstance(answer, ev.AmendmentUnsent)
        assert "just before sending" in answer.text
        fake.routes[INFO] = lambda _: (400, envelope(None, "25204"))
        watch.events = [each for each in watch.events if not isinstance(each, OUTCOMES)]
        answer = await outcome(connector, watch, reprice(watch))
        assert "no longer knows" in answer.text
        assert watch.of(ev.OrderMissing)


async def test_a_batch_has_an_outcome_for_every_row() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(orderId=each, clientOid=f"c{each}") for each in ("1", "2", "3")]
    rows = [{"orderId": "2", "code": "25571", "msg": "same"}, {"orderId": "1", "clientOid": "c1"}]
    fake.routes[BATCH] = lambda _: (200, envelope(rows))
    async with connected(fake) as (connector, watch):
        orders = watch.of(ev.OpenOrdersListed)[0].orders
        commands = [command(each, "64100", "0.002", amendment_id=each.order_id) for each in orders]
        await connector.amend_batch(commands)
        assert [each.amendment_id for each in watch.of(ev.AmendmentWritten)] == ["1", "2", "3"]
        assert [each.amendment_id for each in watch.of(ev.AmendmentAcknowledged)] == ["1"]
        assert [(each.amendment_id, each.code) for each in watch.of(ev.AmendmentRefused)] == [("2", "25571")]
        assert [each.amendment_id for each in watch.of(ev.AmendmentUnanswered)] == ["3"]
        body = json.loads(fake.requests(BATCH)[0].content)
        assert [each["orderId"] for each in body] == ["1", "2", "3"]


async def test_a_batch_that_gets_no_answer_is_unknown_in_every_row() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(orderId=each) for each in ("1", "2")]
    fake.routes[BATCH] = lambda _: httpx.ReadTimeout("slow")
    async with connected(fake) as (connector, watch):
        orders = watch.of(ev.OpenOrdersListed)[0].orders
        commands = [command(each, "64100", "0.002", amendment_id=each.order_id) for each in orders]
        await connector.amend_batch(commands)
        assert [each.amendment_id for each in watch.of(ev.AmendmentUnanswered)] == ["1", "2"]
        with pytest.raises(ValueError, match="at most once"):
            await connector.amend_batch([commands[0], commands[0]])
        fake.routes[BATCH] = lambda _: httpx.ConnectError("refused")
        await connector.amend_batch(commands)
        assert [each.amendment_id for each in watch.of(ev.AmendmentUnsent)] == ["1", "2"]
        assert len(fake.requests(BATCH)) == 2


@pytest.mark.parametrize(
    "reply,taken,words",
    [
        ((200, envelope({"orderId": ORDER_ID})), True, ""),
        ((400, envelope(None, "25204", "Order does not exist")), False, "not open any more"),
        ((200, envelope(None, "40010", "")), False, "does not tell"),
        ((503, b""), False, "HTTP 503"),
        (httpx.ReadTimeout("slow"), False, "may not have arrived"),
    ],
)
async def test_a_cancel_is_asked_once(reply: Any, taken: bool, words: str) -> None:
    fake = FakeBitget()
    fake.routes[CANCEL] = lambda _: reply
    async with connected(fake) as (connector, watch):
        await connector.cancel(listed(watch))
        (answer,) = watch.of(ev.CancelAnswered)
        assert (answer.order_id, answer.taken) == (ORDER_ID, taken)
        assert words in answer.text
        (request,) = fake.requests(CANCEL)
        assert json.loads(request.content) == {"orderId": ORDER_ID, "category": "USDT-FUTURES"}


async def test_a_look_up_reads_the_order() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        fake.orders = [rest_row(orderStatus="cancelled", cancelReason="normal_cancel", updatedTime="1700000000900")]
        await connector.look_up(listed(watch))
        (seen,) = watch.of(ev.OrderSeen)
        assert (seen.source, seen.order.status, seen.order.reason) == (
            Source.LOOKUP,
            OrderStatus.CANCELLED,
            "normal_cancel",
        )
        assert seen.asked_at is not None
        assert seen.asked_at <= seen.at


async def test_an_answer_older_than_a_push_proves_nothing() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        await fake.push("order", [push_row(cumExecQty="0.001", updatedTime="1700000000500")])
        await watch.some(ev.OrderSeen)
        await connector.look_up(listed(watch))
        (failed,) = watch.of(ev.LookUpFailed)
        assert "older" in failed.text


async def test_a_list_older_than_a_push_is_no_late_reading_of_anything() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(), rest_row(orderId="7")]
    async with connected(fake, switches={"poll_every_s": "0"}) as (connector, watch):
        await fake.push("order", [push_row(cumExecQty="0.001", updatedTime="1700000000500")])
        pushed = await watch.some(ev.OrderSeen)
        await connector.refresh()
        stale = watch.of(ev.OpenOrdersListed)[-1]
        assert ([order.order_id for order in stale.orders], stale.complete) == (["7"], False)
        assert stale.asked_at < pushed.at, "its other rows are as old"
        fake.orders[0] = rest_row(cumExecQty="0.001", updatedTime="1700000000500")
        await connector.refresh()
        fresh = watch.of(ev.OpenOrdersListed)[-1]
        assert ([order.order_id for order in fresh.orders], fresh.complete) == ([ORDER_ID, "7"], True)
        assert fresh.orders[0].filled == Decimal("0.001")
        assert fresh.asked_at > pushed.at


async def test_a_push_that_overtakes_a_list_leaves_it_whole_but_for_that_row() -> None:
    fake = FakeBitget()
    fake.orders = [rest_row(), rest_row(orderId="7")]
    async with connected(fake, switches={"poll_every_s": "0"}) as (connector, watch):
        before = await watch.some(ev.OpenOrdersListed)
        listing = fake.routes[OPEN]

        def overtaken(request: httpx.Request) -> Any:
            if len(watch.of(ev.OrderSeen)) == 0:
                connector._listener.pushed_orders((push_row(cumExecQty="0.001", updatedTime="1700000000500"),), 1)
            return listing(request)

        fake.routes[OPEN] = overtaken
        await connector.refresh()
        found = watch.of(ev.OpenOrdersListed)[-1]
        assert ([order.order_id for order in found.orders], found.complete) == (["7"], True)
        assert found.asked_at > before.at


async def test_a_vanished_order_is_found_in_the_history() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        fake.orders = []
        ended = rest_row(orderStatus="filled", cumExecQty="0.002", updatedTime="1700000000900")
        fake.routes[HISTORY] = lambda _: (200, envelope({"list": [rest_row(orderId="9"), ended]}))
        await connector.look_up(listed(watch))
        (seen,) = watch.of(ev.OrderSeen)
        assert (seen.source, seen.order.status, seen.order.filled) == (
            Source.HISTORY,
            OrderStatus.FILLED,
            Decimal("0.002"),
        )
        first = fake.requests(HISTORY)[0].url.params
        assert (first["category"], first["symbol"], first["startTime"]) == (
            "USDT-FUTURES",
            "BTCUSDT",
            "1699999999000",
        )


async def test_a_history_older_than_a_push_proves_nothing() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        await fake.push("order", [push_row(cumExecQty="0.001", updatedTime="1700000000500")])
        await watch.some(ev.OrderSeen)
        fake.routes[HISTORY] = lambda _: (200, envelope({"list": [rest_row()]}))
        fake.orders = []
        await connector.look_up(listed(watch))
        assert "older" in watch.of(ev.LookUpFailed)[0].text
        assert len(watch.of(ev.OrderSeen)) == 1


def execution(number: int, quantity: str) -> dict[str, Any]:
    return {
        "execId": str(number),
        "orderId": ORDER_ID,
        "symbol": "BTCUSDT",
        "side": "buy",
        "execPrice": "64000",
        "execQty": quantity,
        "createdTime": "1700000000000",
    }


async def test_else_its_executions_tell_whether_it_was_filled() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        fake.orders = []
        fake.routes[FILLS] = lambda _: (
            200,
            envelope({"list": [execution(1, "0.0015"), execution(2, "0.0005"), execution(2, "0.0005")]}),
        )
        await connector.look_up(listed(watch))
        (seen,) = watch.of(ev.OrderSeen)
        assert (seen.order.status, seen.order.filled) == (OrderStatus.FILLED, Decimal("0.002"))
        assert BitgetRulebook().judge(reprice(watch), seen.order).finding is Finding.UNTOLD, "no terms, no verdict"
        assert len(watch.of(ev.FillSeen)) == 2


async def test_as_much_as_the_old_size_fills_no_order_that_may_have_grown() -> None:
    fake = FakeBitget()
    fake.routes[MODIFY] = lambda _: httpx.ReadTimeout("slow")
    async with connected(fake, switches={"reread_after_s": "600"}) as (connector, watch):
        await outcome(connector, watch, reprice(watch, quantity="0.003"))
        fake.orders = []
        fake.routes[FILLS] = lambda _: (200, envelope({"list": [execution(1, "0.002")]}))
        await connector.look_up(listed(watch))
        (missing,) = watch.of(ev.OrderMissing)
        assert "its executions come to 0.002" in missing.text
        assert watch.of(ev.OrderSeen) == []
        fake.routes[FILLS] = lambda _: (200, envelope({"list": [execution(1, "0.002"), execution(2, "0.001")]}))
        await connector.look_up(listed(watch))
        (seen,) = watch.of(ev.OrderSeen)
        assert (seen.order.status, seen.order.filled) == (OrderStatus.FILLED, Decimal("0.003"))


async def test_nor_an_order_of_which_nothing_was_seen_since_the_start() -> None:
    fake = FakeBitget()
    fake.orders = []
    fake.routes[FILLS] = lambda _: (200, envelope({"list": [execution(1, "0.002")]}))
    async with connected(fake) as (connector, watch):
        await connector.look_up(parsing.read_order(rest_row(), "main"))
        assert len(watch.of(ev.OrderMissing)) == 1
        assert watch.of(ev.OrderSeen) == []


async def test_else_it_is_missing_and_what_was_filled_is_said() -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        order = listed(watch)
        fake.orders = []
        fake.routes[FILLS] = lambda _: (200, envelope({"list": [execution(1, "0.0015")]}))
        await connector.look_up(order)
        (missing,) = watch.of(ev.OrderMissing)
        assert (missing.order_id, "0.0015" in missing.text) == (ORDER_ID, True)
        fake.routes[INFO] = lambda _: (200, envelope(None))
        await connector.look_up(order)
        assert len(watch.of(ev.OrderMissing)) == 2


@pytest.mark.parametrize(
    "path,reply",
    [
        (INFO, httpx.ReadTimeout("slow")),
        (INFO, (200, b"<html>")),
        (INFO, (200, envelope({"orderId": ORDER_ID}))),
        (INFO, (200, envelope(rest_row(orderId="9")))),
        (INFO, (200, envelope(None, "40010"))),
        (HISTORY, httpx.ReadTimeout("slow")),
        (HISTORY, (200, envelope("x"))),
        (FILLS, (200, envelope({"list": [{}]}))),
    ],
)
async def test_a_look_up_without_a_usable_answer_proves_nothing(path: str, reply: Any) -> None:
    fake = FakeBitget()
    async with connected(fake) as (connector, watch):
        order = listed(watch)
        if path != INFO:
            fake.orders = []
        fake.routes[path] = lambda _: reply
        await connector.look_up(order)
        (failed,) = watch.of(ev.LookUpFailed)
        assert failed.order_id == ORDER_ID
        assert "Bitget" in failed.text
        assert watch.of(ev.OrderMissing) == []
