"""Two changes of one order are never under way at once, whatever becomes of the first."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.domain import events as ev
from app.domain.amendment import Command
from tests.venues.bitso.desk_at_practice import BUY, DeskAtPractice
from tests.venues.bitso.worlds import command, plan

pytestmark = pytest.mark.usefixtures("quick")


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
        assert unsent(world)["second"].startswith("An earlier change of this order is still without an answer; wait")
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
