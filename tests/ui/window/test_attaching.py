"""A window is painted before what a desk needs is even imported; then the desk moves in."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.practice.world import PracticeWorld
from app.runtime.qtloop import QtLoop
from app.runtime.unhindered import unhindered
from app.ui.look.theme import Theme
from app.ui.window import application, attaching
from app.ui.window.application import opened
from app.ui.window.ticket import Ticket
from app.venues import registry

#: What no first picture needs, and what takes longest to import.
LATER = (
    *("app.desk.desk", "app.ui.window.desk_view", "app.venues.transport.http"),
    *("httpx", "httpx._main", "websockets", "sqlite3", "pyqtgraph", "numpy", "rich", "click"),
)

PROGRAM = f"""
import sys
from app import __main__
from app.cli import parser
from app.venues import registry
from app.ui.window import application
early = [name for name in {LATER!r} if sys.modules.get(name) is not None]
assert not early, early
"""


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


@pytest.mark.sockets
def test_the_first_picture_waits_for_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


async def test_the_window_is_seen_before_the_desk_moves_in(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    attach = attaching.attach

    async def noted(ticket: Ticket, *arguments: object, **named: object) -> None:
        seen.append(ticket.window.start.seen.is_set())
        await attach(ticket, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(attaching, "attach", noted)
    async with PracticeWorld(venues=("bitso",), quiet=True) as world:
        world.write_config(tmp_path / "practice.toml")
        async with opened(theme, tmp_path / "practice.toml", registry.load) as ticket:
            await _until(lambda: ticket.window.ticket is not None)
    assert seen == [True]


async def test_a_window_that_nobody_looks_at_starts_all_the_same(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with opened(theme, tmp_path / "none.toml", registry.load) as ticket:
        ticket.window.start.seen.clear()
        await ticket.window.seen()
        await _until(lambda: not ticket.window.start.title.isHidden())


@pytest.mark.parametrize("name", ["_LISTED_WITHIN", "_LATEST"])
async def test_the_collector_has_its_turns_when_the_start_is_over(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other = {"_LISTED_WITHIN": "_LATEST", "_LATEST": "_LISTED_WITHIN"}[name]
    monkeypatch.setattr(application, name, 0.01)
    monkeypatch.setattr(application, other, 3600.0)
    with unhindered():
        async with opened(theme, tmp_path / "none.toml", registry.load):
            assert not gc.isenabled()
            await _until(gc.isenabled)
    gc.unfreeze()
