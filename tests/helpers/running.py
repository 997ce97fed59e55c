"""A desk that runs for as long as a test needs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.desk.desk import Desk
from app.domain.market import LinkState


@asynccontextmanager
async def running(desk: Desk, account: str = "main") -> AsyncIterator[Desk]:
    """Run a desk, and go on once the link of that account is up."""
    task = asyncio.create_task(desk.run())
    try:
        assert await desk.wait(lambda state: state.accounts[account].link is LinkState.UP, 10)
        yield desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
