"""One practice venue inside the running event loop, for drills: quiet, alone in its world, gone when the block ends."""

from __future__ import annotations

import asyncio
import decimal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.practice.exchange.numbers import context
from app.practice.world import PracticeWorld

#: The day every drill lives through.
SEED = 1


@dataclass(frozen=True, slots=True)
class RunningVenue:
    """A running venue: its account's table, and the address of the control endpoint."""

    account: Mapping[str, Any]
    control: str


@asynccontextmanager
async def started(venue: str, switches: Mapping[str, Any]) -> AsyncIterator[RunningVenue]:
    """Run one venue until the block ends.

    It runs in a task of its own, so that its decimal context is not its client's.

    Args:
        venue: its folder.
        switches: set before anything starts.
    """
    ready: asyncio.Future[RunningVenue] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def run() -> None:
        decimal.setcontext(context())
        world = PracticeWorld(SEED, [venue], quiet=True)
        for name, value in switches.items():
            world.venues[venue].switches.set(name, value)
        async with world:
            ready.set_result(RunningVenue(world.venues[venue].config(), world.control_url))
            await over.wait()

    task = asyncio.create_task(run(), name=f"practice {venue}")
    try:
        first: list[asyncio.Future[Any]] = [task, ready]
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield ready.result()
    finally:
        over.set()
        await task
