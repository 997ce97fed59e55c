"""The connector against the practice venue over a real socket. FILL IN: a test for every call and every refusal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from app.desk.desk import Desk
from app.desk.ids import Ids
from app.desk.state import DeskState, Lineage
from app.domain.account import Account, Environment, Secret
from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.plan import Draft
from app.practice.world import PracticeWorld
from app.runtime.clock import SystemClock
from app.venues.example import VENUE

#: Guards against a hang; nothing is measured.
PATIENCE = 20.0


@asynccontextmanager
async def desk_at_practice(secret: str = "") -> AsyncIterator[Desk]:
    """A desk with one account on a quiet practice venue; a secret other than the venue's is a wrong one."""
    async with PracticeWorld(venues=["example"], quiet=True) as world:
        server = world.venues["example"]
        credentials = server.credentials() | ({"secret": secret} if secret else {})
        account = Account(
            "desk",
            "example",
            Environment.PRACTICE,
            server.addresses(),
            {name: Secret(text) for name, text in credentials.items()},
        )
        desk = Desk([account], {"example": VENUE}, SystemClock(), Ids())
        running = asyncio.create_task(desk.run())
        try:
            yield desk
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def row(state: DeskState) -> Lineage | None:
    return next((each for each in state.lineages.values() if each.order.client_id == "first"), None)


async def test_an_amendment_is_confirmed_by_what_the_venue_shows() -> None:
    async with desk_at_practice() as desk:
        assert await desk.wait(lambda state: state.accounts["desk"].link is LinkState.UP, PATIENCE)
        first = row(desk.state)
        assert first is not None
        prepared = desk.prepare(first.key, Draft(first.order, ((FieldName.PRICE, Decimal(905)),)))
        assert prepared.preview is not None
        assert prepared.preview.body == '{"price":"905"}'
        sent = desk.send(prepared)
        assert await desk.wait(lambda state: state.amendments[sent].stage.is_settled, PATIENCE)
        assert desk.state.amendments[sent].stage is AmendmentStage.CONFIRMED
        assert first.order.price == 905


async def test_a_wrong_secret_is_refused_and_said() -> None:
    async with desk_at_practice("wrong") as desk:
        assert await desk.wait(lambda state: state.accounts["desk"].link is LinkState.REFUSED, PATIENCE)
        assert "signature" in desk.state.accounts["desk"].link_text
