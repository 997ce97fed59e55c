"""A desk for one headless verb: start it, wait until the venues have answered, let go of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from app.desk.desk import Desk, DeskError
from app.desk.protocols import Venue
from app.desk.state import AccountState, DeskState, Lineage
from app.domain.market import LinkState
from app.runtime.opening import open_desk
from app.runtime.settings import load

#: How long prices and balances may lag behind the list before a verb goes on without them, in seconds.
EXTRAS_LIMIT = 3.0


#: The registry, as the door hands it over: venue names to the venues themselves.
Registry = Callable[[set[str]], Mapping[str, Venue]]


@asynccontextmanager
async def desk(config: Path, registry: Registry, journal: Path | None = None) -> AsyncIterator[Desk]:
    """A running desk on a configuration.

    A headless verb names its order and its values itself, so the ticket does not start read-only here.

    Raises:
        app.runtime.settings.SettingsError, app.domain.form.InputError: one sentence about the configuration.
        app.desk.journal.JournalError: one sentence about the journal.
    """
    found = open_desk(load(config), registry, journal)
    found.read_only = False
    running = asyncio.create_task(found.run(), name="desk")
    try:
        yield found
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await found.close()


def has_answered(account: AccountState) -> bool:
    """Whether an account has listed its orders, or said why it cannot."""
    return account.listed_at > 0 or account.link is LinkState.REFUSED or (bool(account.link_text) and is_dead(account))


def is_dead(account: AccountState) -> bool:
    """Whether the account's venue could not be reached or would not have us."""
    return account.link in (LinkState.DOWN, LinkState.REFUSED)


async def all_listed(found: Desk, seconds: float) -> list[str]:
    """Wait until every account has listed its orders or failed.

    Returns:
        One sentence for each account whose orders are not known.
    """
    await found.wait(lambda state: all(map(has_answered, state.accounts.values())), seconds)
    return complaints(found.state.accounts.values())


def complaints(accounts: Iterable[AccountState]) -> list[str]:
    """One sentence for each account that has not listed its orders."""
    found: list[str] = []
    for account in accounts:
        if account.listed_at == 0:
            why = account.link_text or "no list of open orders arrived in time; check its address and try again."
            found.append(why if account.name in why else f"{account.name}: {why}")
    return found


async def order_ready(found: Desk, order_id: str, seconds: float) -> Lineage:
    """Wait until an order is listed and what surrounds it is known.

    Raises:
        DeskError: if no account lists it, naming the accounts that could not be asked.
    """
    await found.wait(
        lambda state: bool(state.find(order_id)) or all(map(has_answered, state.accounts.values())), seconds
    )
    if not found.state.find(order_id):
        silent = complaints(found.state.accounts.values())
        if silent:
            raise DeskError(f"Order “{order_id}” was not found; not every account could be asked: {' '.join(silent)}")
    lineage = found.find(order_id)
    account = found.state.accounts[lineage.account]
    if not await found.wait(lambda state: _ready(account), seconds):
        raise DeskError(account.link_text or f"{lineage.account} is not ready; try again.")
    await found.wait(lambda state: _surrounded(state, lineage), EXTRAS_LIMIT)
    return lineage


def _ready(account: AccountState) -> bool:
    return account.link is LinkState.UP and bool(account.instruments)


def _surrounded(state: DeskState, lineage: Lineage) -> bool:
    account = state.accounts[lineage.account]
    return bool(account.balances) and (lineage.order.symbol, lineage.order.market) in account.quotes
