"""A ticket without a window on running practice venues that amends whatever it may, one order after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.desk.desk import Desk, DeskError
from app.desk.state import AccountState, Lineage
from app.domain import events as ev
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.plan import Draft
from app.runtime.opening import open_desk
from app.runtime.settings import load
from app.venues import registry
from tests.helpers.watched_folds import watch_folds

#: Guards against a hang; nothing is measured by it.
PATIENCE = 30.0


class LiveTicket:
    """A desk on a configuration, and a hand that makes legal changes.

    Attributes:
        desk: the desk. seen: told of every event as it is folded.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seen: Callable[[ev.Event], None] = lambda event: None
        self._turn = 0
        watch_folds(desk, after=lambda event: self.seen(event))

    @classmethod
    @asynccontextmanager
    async def on(cls, config: Path, journal: Path | None) -> Any:
        """Open the desk and wait until every venue is up."""
        desk = open_desk(load(config), registry.load, journal)
        desk.read_only = False
        ticket = cls(desk)
        running = asyncio.create_task(desk.run())
        try:
            ready = await desk.wait(lambda state: all(map(is_ready, state.accounts.values())), PATIENCE)
            assert ready, [(each.name, each.link, each.link_text) for each in desk.state.accounts.values()]
            yield ticket
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await desk.close()

    def rows(self, account: str) -> list[Lineage]:
        """An account's working rows that have no amendment under way, the longest untouched first."""
        found = [
            each
            for each in self.desk.state.open_lineages()
            if each.account == account and each.order.is_open and self.desk.state.open_amendment(each) is None
        ]
        return sorted(found, key=lambda each: (len(each.amendments), each.key))

    def drafts(self, row: Lineage) -> Iterator[Draft]:
        """Small legal changes of a row: a tick up or down, or a smaller quantity where the price is fixed."""
        account = self.desk.state.accounts[row.account]
        market = account.instruments.get((row.order.symbol, row.order.market))
        tick = (market.tick if market is not None else None) or Decimal("0.01")
        lot = (market.lot if market is not None else None) or Decimal("0.01")
        form = self.desk.form(row.key)
        fields = {each.name: each for each in form.fields if each.editable}
        # Farther each time, so that no two requests of a row are alike.
        way = len(row.amendments) + 1
        if FieldName.PRICE in fields and row.order.price is not None:
            for step in (way * tick, -way * tick) if way % 2 else (-way * tick, way * tick):
                yield Draft(row.order, ((FieldName.PRICE, row.order.price + step),))
        if FieldName.QUANTITY in fields and isinstance(fields[FieldName.QUANTITY].current, Decimal):
            yield Draft(row.order, ((FieldName.QUANTITY, fields[FieldName.QUANTITY].current - lot),))

    def send_one(self, account: str) -> str | None:
        """Send the first change of the account that may be sent; its amendment's id, or None if there is none now."""
        for row in self.rows(account):
            for draft in self.drafts(row):
                prepared = self.desk.prepare(row.key, draft)
                if prepared.command is None:
                    continue
                try:
                    return self.desk.send(prepared, confirmed=True)
                except DeskError:
                    continue
        return None


def is_ready(account: AccountState) -> bool:
    """Whether an account's link is up and its markets are known."""
    return account.link is LinkState.UP and bool(account.instruments) and account.listed_at > 0
