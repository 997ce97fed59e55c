"""An order whose book is never told is amended with a caution, through a desk on the practice venue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.amendment import AmendmentStage
from app.practice.server.faults import FaultPlan
from app.venues.bitso.rules import citations
from tests.venues.bitso.desk_at_practice import BUY, DeskAtPractice
from tests.venues.bitso.samples import draft

pytestmark = pytest.mark.usefixtures("quick")


def _never(plan: FaultPlan) -> None:
    plan.add("http_status", "instruments", count=0, status=503)


def _in_html(plan: FaultPlan) -> None:
    plan.add("http_status", "instruments", count=0, status=200, body="<html>", content_type="text/html")


@pytest.mark.parametrize("fault", [None, _never, _in_html])
async def test_an_order_of_a_book_that_is_never_told(fault: Callable[[FaultPlan], None] | None) -> None:
    world = DeskAtPractice()
    if fault is None:
        world.server.switches.set("books_told", "none")
    else:
        fault(world.server.faults)
    async with world:
        await world.up()
        assert not world.state.accounts["desk"].instruments
        row = world.row(BUY)
        ready = world.desk.prepare(row.key, draft(row.order, price="99000"))
        assert ready.plan.verdict.ok
        assert citations.UNKNOWN_BOOK in [each.rule for each in ready.plan.verdict.cautions]
        found = await world.amend(BUY, price="99000")
        assert found.stage is AmendmentStage.CONFIRMED
