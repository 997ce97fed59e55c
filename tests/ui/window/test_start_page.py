"""A start that fails says why, in which file, and what to do; and it can be tried again without a new window."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.practice.world import PracticeWorld
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.window.application import opened
from app.ui.window.ticket import Ticket
from app.venues import registry


async def until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


def failed(ticket: Ticket) -> bool:
    return not ticket.window.start.title.isHidden()


async def test_a_mistake_in_the_configuration_names_the_file_and_can_be_mended(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('[[account]]\nname = "one"\nvenue = "bitso"\n')
    async with (
        PracticeWorld(venues=("bitso",), quiet=True) as world,
        opened(theme, config, registry.load) as ticket,
    ):
        await until(lambda: failed(ticket))
        page = ticket.window.start
        assert "“environment” is missing" in page.said.text()
        assert page.file.text() == str(config)
        assert "Try again" in page.advice.text()
        assert "could not start" in page.accessibleName()
        assert page.said.font().pixelSize() > QApplication.font().pixelSize()
        world.write_config(config)
        page.retry.click()
        assert not failed(ticket)
        await until(lambda: ticket.window.ticket is not None)
        assert ticket.desk is not None


async def test_a_missing_configuration_is_a_failure_and_closing_ends_it(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with opened(theme, tmp_path / "none.toml", registry.load) as ticket:
        await until(lambda: failed(ticket))
        assert ticket.window.start.file.text() == str(tmp_path / "none.toml")
        ticket.window.start.close_button.click()
        async with asyncio.timeout(5):
            await ticket.life.stopping()


async def test_a_journal_that_cannot_be_opened_is_told_with_its_own_way_on(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.db"
    journal.write_text("This is a letter, not a journal.\n" * 100)
    async with PracticeWorld(venues=("bitso",), quiet=True) as world:
        world.write_config(tmp_path / "practice.toml")
        async with opened(theme, tmp_path / "practice.toml", registry.load, journal=journal) as ticket:
            await until(lambda: failed(ticket))
            page = ticket.window.start
            assert str(journal) in page.said.text()
            assert page.file.isHidden()
            assert not page.retry.isHidden()
