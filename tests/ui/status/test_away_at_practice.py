"""Over real sockets: a link that is lost and found, and a ticket that is closed and opened again on its journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.domain.market import LinkState
from app.practice.exchange.orders import TRADER
from app.practice.world import PracticeWorld
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.window.application import opened
from app.venues import registry
from tests.helpers.ticket_at_practice import TicketAtPractice, at_practice

D = Decimal
ACCOUNT = "Bitget practice"


def told(at: TicketAtPractice) -> dict[str, str]:
    """What the sheet says, by chip."""
    found = {}
    for line in at.view.sheet.lines.lines():
        chip = line.mark.chip()
        assert chip is not None
        found[chip.word] = f"{line.order.text()}: {line.note.text()}".replace("\u202f", "")
    return found


async def test_what_happened_while_the_socket_was_cut_is_told(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        focus = QApplication.focusWidget()
        server = at.server("bitget")
        resting = server.exchange.open_orders(TRADER)
        spot = next(order for order in resting if order.order_id.endswith("882"))
        other = next(order for order in resting if order is not spot)
        for listener in server.listeners:
            listener.cut()
        server.fill_now(spot, D("0.1"))
        server.foreign_cancel(other)
        await at.until(lambda: at.desk.state.accounts[ACCOUNT].link is not LinkState.UP, "the loss of the link")
        await at.until(at.view.sheet.isVisible, "the sheet")
        await at.until(lambda: "Not listed" not in told(at), "the end of the order that is not listed")
        words = told(at)
        assert words["Part filled"].endswith("filled 0 → 0.1.")
        assert words["Cancelled"].startswith("Bitget UTA · ")
        assert QApplication.focusWidget() is focus
        assert not at.view.sheet.folded


@asynccontextmanager
async def session(theme: Theme, world: PracticeWorld, folder: Path) -> AsyncIterator[TicketAtPractice]:
    config = folder / "practice.toml"
    world.write_config(config)
    journal = folder / "journal.db"
    async with opened(theme, config, registry.load, quiet=True, journal=journal) as ticket:
        ticket.window.activateWindow()
        at = TicketAtPractice(world, ticket)
        await at.until(ticket.window.isActiveWindow, "the keyboard")
        await at.listed()
        yield at
        assert not ticket.sink.problems


async def test_after_a_restart_the_window_tells_what_the_last_session_did_not_see(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    before = asyncio.all_tasks()
    async with PracticeWorld(venues=("bitget",), quiet=True) as world:
        async with session(theme, world, tmp_path) as at:
            await at.seen()
            assert at.view.sheet.isHidden(), "a first session has nothing to compare with"
            foot = at.view.foot
            await at.until(lambda: foot.journal.text() == "journal new", "a journal of this session")
            await at.until(lambda: foot.clocks.text().startswith("Bitget UTA clock "), "the venue's clock")
        server = world.venues["bitget"]
        spot = next(order for order in server.exchange.open_orders(TRADER) if order.order_id.endswith("882"))
        server.foreign_amend(spot, D("59000"), None)
        async with session(theme, world, tmp_path) as at:
            await at.until(at.view.sheet.isVisible, "the sheet")
            assert told(at)["Changed"].endswith("Price 59840 → 59000.")
            assert "since the last session ended at" in at.view.sheet.since.text()
            await at.until(lambda: at.view.foot.journal.text() == "journal verified", "the end of the check")
            assert str(tmp_path / "journal.db") in at.view.foot.journal.toolTip()
    for _ in range(100):
        if not asyncio.all_tasks() - before:
            break
        await asyncio.sleep(0.02)
