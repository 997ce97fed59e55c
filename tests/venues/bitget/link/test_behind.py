"""Amendments behind others of their order, against a scripted venue: by the batch call, from any state of the line."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain import events as ev
from app.domain.amendment import Command
from app.domain.order import Order
from app.domain.plan import Terms, Waiting
from app.venues.bitget.link.amend import states_of
from tests.venues.bitget.link.test_amend import BATCH, INFO, MODIFY, listed, outcome, reprice
from tests.venues.bitget.samples import ORDER_ID, command, envelope, rest_row
from tests.venues.bitget.stand_in import FakeBitget, Watch, connected


def behind(watch: Watch, *prices: str, order: Order | None = None) -> Command:
    """A price of 64500 for an order of which these prices were asked for before."""
    shown = order or listed(watch)
    asked = tuple(Terms(price=Decimal(price), quantity=shown.quantity) for price in prices)
    waiting = Waiting(shown, tuple(f"A{number}" for number, _ in enumerate(prices)), asked)
    return replace(command(waiting.expected, "64500", "0.002"), behind=waiting)


async def test_one_behind_others_leaves_by_the_batch_call_alone() -> None:
    fake = FakeBitget()
    fake.routes[BATCH] = lambda _: (200, envelope([{"orderId": ORDER_ID, "clientOid": "mine-1"}]))
    async with connected(fake) as (connector, watch):
        made = behind(watch, "64100")
        assert [each.price for each in states_of(made)][1:] == [Decimal(64100), Decimal(64100)]
        assert states_of(reprice(watch)) == (listed(watch),)
        preview = connector.preview(made)
        assert preview.head == f"POST {BATCH}"
        answer = await outcome(connector, watch, made)
        assert isinstance(answer, ev.AmendmentAcknowledged)
        (request,) = fake.requests(BATCH)
        assert request.content.decode() == preview.body
        (row,) = json.loads(request.content)
        assert (row["orderId"], row["price"]) == (ORDER_ID, "64500")
        assert not fake.requests(MODIFY)


@pytest.mark.parametrize("code", ["25572", "25573"])
async def test_too_many_in_line_and_one_skipped_are_refused_for_certain(code: str) -> None:
    fake = FakeBitget()
    fake.routes[BATCH] = lambda _: (200, envelope([{"orderId": ORDER_ID, "code": code, "msg": "no"}]))
    async with connected(fake) as (connector, watch):
        answer = await outcome(connector, watch, behind(watch, "64100"))
        assert isinstance(answer, ev.AmendmentRefused)
        assert answer.code == code


@pytest.mark.parametrize(
    "price, quantity, leaves",
    [
        ("64000.5", "0.002", True),
        ("64100", "0.002", True),
        ("64200", "0.002", True),
        ("64300", "0.002", False),
        ("64100", "0.003", False),
    ],
)
async def test_an_order_may_be_anywhere_in_the_line_just_before_one_leaves(
    price: str, quantity: str, leaves: bool
) -> None:
    fake = FakeBitget()
    fake.routes[BATCH] = lambda _: (200, envelope([{"orderId": ORDER_ID}]))
    async with connected(fake) as (connector, watch):
        shown = replace(listed(watch), price=Decimal("64000.5"))
        row = rest_row(price=price, qty=quantity, updatedTime="1700000000300")
        fake.routes[INFO] = lambda _: (200, envelope(row))
        answer = await outcome(connector, watch, behind(watch, "64100", "64200", order=shown))
        assert isinstance(answer, ev.AmendmentAcknowledged if leaves else ev.AmendmentUnsent)
        if not leaves:
            assert "The order changed at Bitget to" in answer.text
        # Whatever it came from, it was asked for here: nothing was put back.
        fake.routes[INFO] = lambda _: (200, envelope(rest_row(price="64500", updatedTime="1700000000400")))
        await connector.look_up(listed(watch))
        assert not [each.text for each in watch.of(ev.Noticed) if "put its" in each.text]
