"""A replay of each world: it is that of a record in every place that names one, and never the world itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from app.domain.account import Environment
from app.runtime.qtloop import QtLoop
from app.ui.look.plain import WORLD, question
from app.ui.look.theme import DARK, LIGHT, Theme
from tests.helpers.replays import ShownReplay, shown
from tests.helpers.toy_journal import toy_journal

WORLDS = [each.value.upper() for each in Environment]

#: A world in capitals that is not that of a record.
BARE = re.compile(rf"(?<!REPLAY of )(?<!\w)(?:{'|'.join(WORLDS)})(?!\w)")


def told(at: ShownReplay) -> list[str]:
    """Every text of the window that a person reads or hears, beside its title."""
    found = [at.view.top.badge.text()]
    found += [each.text() for each in at.window.findChildren(QLabel)]
    for card in at.view.top.strip.cards.values():
        found += [card.accessibleName(), card.accessibleDescription(), card.toolTip()]
    model = at.view.model
    for place in range(model.rowCount()):
        row = model.row_at(place)
        found += [row.world, row.venue, row.spoken, *at.view.view.row_as_cells(row.lineage)]
        name = at.view.rows.name(row.lineage)
        assert name is not None
        found.append(name.sentence)
    return found


@pytest.mark.parametrize("world", list(Environment), ids=lambda each: each.value)
async def test_no_text_names_a_world_but_as_that_of_a_record(
    qloop: QtLoop, theme: Theme, tmp_path: Path, world: Environment
) -> None:
    path = await toy_journal(tmp_path / "journal.db", worlds=[world])
    async with shown(theme, path) as at:
        words = f"REPLAY of {world.value.upper()}"
        await at.go(12)
        key = next(iter(at.rows()))
        at.view.view.choose(key)
        at.view.panels.open(key)
        await at.rest()
        texts = told(at)
        assert at.view.top.badge.text() == words
        assert any(words in each for each in texts[1:])
        # The one sentence that refuses says “the record of LIVE”; nothing else may name the world alone.
        bare = [each for each in texts if BARE.search(each.replace(at.desk.refusal, ""))]
        assert bare == []
        assert at.window.property(WORLD) == words
        assert at.window.windowTitle() == f"REPLAY – journal.db · of {world.value.upper()}"
        box = question(at.view.view, "Go on", "Do it?")
        assert words in box.windowTitle()
        assert words in box.informativeText()
        box.close()


async def test_the_badges_of_all_replays_are_alike_and_like_no_other(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    looks: dict[str, set[str]] = {DARK.name: set(), LIGHT.name: set()}
    for world in Environment:
        path = await toy_journal(tmp_path / world.value / "journal.db", worlds=[world])
        async with shown(theme, path) as at:
            for colours in (DARK, LIGHT):
                theme.use(colours)
                looks[colours.name].add(at.view.top.badge.styleSheet())
    for colours in (DARK, LIGHT):
        (style,) = looks[colours.name]
        assert f"2px dashed {colours.replay}" in style
        assert not any(each in style for each in (colours.sell, colours.warn, colours.accent))


async def test_where_an_account_changed_its_world_the_moment_decides(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    path = await toy_journal(tmp_path / "journal.db", worlds=[Environment.DEMO, Environment.LIVE])
    async with shown(theme, path) as at:
        assert at.view.top.badge.text() == "REPLAY of LIVE"
        second = [place for place, step in enumerate(at.record.steps, 1) if step.kind == "Session"][1]
        await at.go(second - 1)
        assert at.view.top.badge.text() == at.window.property(WORLD) == "REPLAY of DEMO"
        assert at.window.windowTitle() == "REPLAY – journal.db · of DEMO"
        assert {row.world for row in map(at.view.model.row_at, range(at.view.model.rowCount()))} == {"REPLAY of DEMO"}
        await at.go(second + 3)
        assert at.view.top.badge.text() == "REPLAY of LIVE"
