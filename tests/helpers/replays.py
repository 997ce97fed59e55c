"""Replays in the real window: on a journal of the toy venue, or on any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from app.desk.replay.desk import ReplayDesk
from app.desk.replay.record import Record
from app.domain.ports import Venue
from app.runtime.lifecycle import Lifecycle
from app.ui.look.theme import Theme
from app.ui.replay.scrubber import Scrubber
from app.ui.window.desk_view import DeskView
from app.ui.window.replayed import Replay, replayed
from tests.helpers.paper_desk import PaperVenue
from tests.helpers.recorded_desk import PROFILE
from tests.helpers.toy_venue import ToyRulebook


def toy_only(names: set[str]) -> Mapping[str, Venue]:
    """The registry of a program that knows the toy venue."""
    return {name: PaperVenue(PROFILE, ToyRulebook(), {}) for name in names}


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so; a guard against a hang, no measurement."""
    for _ in range(800):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited for {what}")


class ShownReplay:
    """The parts of an open replay that a test looks at."""

    def __init__(self, replay: Replay) -> None:
        assert replay.scrubber is not None
        assert replay.desk is not None
        assert replay.record is not None
        assert replay.window.ticket is not None
        self.window = replay.window
        self.scrubber: Scrubber = replay.scrubber
        self.desk: ReplayDesk = replay.desk
        self.record: Record = replay.record
        self.view: DeskView = replay.window.ticket

    async def go(self, step: int) -> None:
        """Go to a step, and let every view follow."""
        self.scrubber.go(step)
        await self.rest()

    async def rest(self) -> None:
        """Wait until the step asked for is shown, its hash too."""
        await until(lambda: not self.scrubber.moving and self.bar_hash() != "state …", "the step and its hash")
        self.view.feed.flush()
        self.view.model.flush()

    def bar_hash(self) -> str:
        """The hash as the bar shows it."""
        bar = self.scrubber.parent()
        return str(bar.hash.text())  # type: ignore[attr-defined]

    def rows(self) -> dict[str, str]:
        """By lineage, the words of its amendment's chip; "" for none."""
        model = self.view.model
        found = (model.row_at(each) for each in range(model.rowCount()))
        return {row.lineage: row.amendment.word if row.amendment else "" for row in found}


@asynccontextmanager
async def shown(
    theme: Theme,
    path: Path,
    moment: int | None = None,
    registry: Callable[[set[str]], Mapping[str, Venue]] = toy_only,
) -> AsyncIterator[ShownReplay]:
    """The window on a journal, once its first step is shown."""
    async with replayed(theme, path, moment, registry, Lifecycle()) as replay:
        await until(lambda: replay.failed or (replay.scrubber is not None and not replay.scrubber.moving), "the record")
        assert not replay.failed, replay.window.start.said.text()
        at = ShownReplay(replay)
        await at.rest()
        yield at
