"""Nothing ever belongs to another order than the one selected and named; planted bugs prove that this can fail.

More steps: `python -m tests.benchmarks.wrong_order --steps 1000000`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PySide6.QtGui import QContextMenuEvent
from pytestqt.qtbot import QtBot

from app.runtime.qtloop import QtLoop
from app.ui.amend.panel_host import PanelHost
from app.ui.look.theme import Theme
from app.ui.orders.view import OrderView
from app.ui.window.desk_view import DeskView
from tests.helpers.random_hands import Hands, WrongOrder

WINDOWS, STEPS = 40, 500

pytestmark = [
    pytest.mark.slow,
    pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True),
]


@asynccontextmanager
async def hands_of(seed: int, theme: Theme) -> AsyncIterator[Hands]:
    hands = Hands(seed, theme)
    try:
        yield hands
    finally:
        await hands.desk.close()
        hands.close()


@pytest.mark.parametrize("seed", range(WINDOWS))
async def test_whatever_is_done_nothing_meets_another_order(
    seed: int, qtbot: QtBot, qloop: QtLoop, theme: Theme
) -> None:
    async with hands_of(seed, theme) as hands:
        for _ in range(STEPS):
            await hands.step()
        assert hands.opened > 0


def by_place_of_the_view(view: OrderView, event: QContextMenuEvent) -> None:
    """The menu of old: by key too it was that of the row at the event's place."""
    view._want_menu(view.indexAt(event.pos()), event.pos(), by_pointer=True)


def first_row(ticket: DeskView) -> None:
    """Enter in the search of old: the first row listed, matching or only pinned."""
    if ticket.model.rowCount():
        ticket.view.setCurrentIndex(ticket.model.index(0, 0))
        ticket.view.setFocus()


def says_nothing(host: PanelHost, lineage: str) -> None:
    """A panel of old: it stayed as it was while the list went to another order."""


PLANTED = {
    "the menu by key is of the row below": (OrderView, "contextMenuEvent", by_place_of_the_view, "menu"),
    "a pinned row is a match": (DeskView, "_search_done", first_row, "Enter after"),
    "the panel does not say that the list is elsewhere": (PanelHost, "_chosen", says_nothing, "the panel of"),
}


@pytest.mark.parametrize("bug", PLANTED)
async def test_a_planted_bug_is_found(
    bug: str, qtbot: QtBot, qloop: QtLoop, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, name, instead, told = PLANTED[bug]
    monkeypatch.setattr(owner, name, instead)
    errors: list[str] = []
    for seed in range(6):
        async with hands_of(seed, theme) as hands:
            try:
                for _ in range(200):
                    await hands.step()
            except WrongOrder as error:
                errors.append(str(error))
                break
    assert errors, "nothing was noticed"
    assert told in errors[0]
