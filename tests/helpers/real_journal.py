"""A journal of a real run: a ticket without a window that amends and cancels on practice venues over real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.practice.world import PracticeWorld
from tests.helpers.live_ticket import PATIENCE, LiveTicket


async def real_journal(folder: Path, *venues: str, changes: int = 2) -> Path:
    """Run a ticket on practice venues of these names, and return its closed journal.

    Args:
        folder: where the configuration and the journal are written.
        venues: names of practice venues.
        changes: how many amendments are sent on each account.
    """
    path = folder / "journal.db"
    async with PracticeWorld(venues=venues, quiet=True) as world:
        config = folder / "practice.toml"
        world.write_config(config)
        async with LiveTicket.on(config, path) as ticket:
            for account in ticket.desk.accounts:
                for _ in range(changes):
                    sent = ticket.send_one(account)
                    if sent is not None:
                        await ticket.desk.wait(
                            lambda state, sent=sent: state.amendments[sent].stage.is_settled, PATIENCE
                        )
                last = ticket.rows(account)[-1]
                ticket.desk.cancel(last.key)
                await ticket.desk.wait(lambda state, key=last.key: not state.lineages[key].order.is_open, PATIENCE)
            await asyncio.sleep(0.1)
    return path
