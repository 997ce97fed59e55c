"""The window on the journal of a real run: it shows what its ticket saw, says REPLAY everywhere, and can do nothing."""

from __future__ import annotations

import ast
import asyncio
import hashlib
import os
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMessageBox

from app.desk.replay.copying import NotReplayed
from app.domain.account import Environment
from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.domain.order import OrderStatus
from app.runtime.lifecycle import Lifecycle
from app.runtime.qtloop import QtLoop
from app.ui.look.numbers import dated
from app.ui.look.plain import question
from app.ui.look.theme import DARK, LIGHT, Theme, Tone
from app.ui.replay.bar import ReplayBar
from app.ui.window import replayed as module
from app.ui.window.replayed import replayed
from app.venues import registry
from tests.helpers.journals import made, tampered
from tests.helpers.real_journal import real_journal
from tests.helpers.replays import ShownReplay, shown, toy_only, until
from tests.helpers.toy_journal import toy_journal
from tests.house.test_house_rules import trees

pytestmark = [
    pytest.mark.sockets,
    pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True),
]


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of a real run on two practice venues."""
    return asyncio.run(real_journal(tmp_path_factory.mktemp("run"), "bitso", "qfex"))


def prints(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        each.name: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns) for each in folder.iterdir()
    }


def says_replay(text: str) -> bool:
    """Whether a text says that it is a replay, and of which world, and of no other."""
    others = [each.value.upper() for each in Environment if each is not Environment.PRACTICE]
    return "REPLAY of PRACTICE" in text and not any(each in text for each in others)


# -- what it shows -----------------------------------------------------------------------------------------------------


async def test_it_shows_each_moment_as_the_ticket_had_it(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        count = len(at.record.steps)
        sent = [place for place, step in enumerate(at.record.steps, 1) if step.kind == "AmendmentWritten"]
        settled = [each for each in at.desk.state.amendments.values() if each.stage.is_settled]
        assert len(settled) == len(sent) == 4
        await at.go(sent[0])
        (under_way,) = at.desk.state.unsettled()
        assert under_way.stage is AmendmentStage.WRITTEN
        assert at.rows()[under_way.lineage].startswith("Sent")
        at.view.view.choose(under_way.lineage)
        QApplication.processEvents()
        assert "written" in at.view.side.story.ladder.accessibleDescription().lower() or at.view.waiting.count() == 1
        await at.go(count)
        assert not at.desk.state.unsettled()
        assert at.rows()[under_way.lineage].startswith("Confirmed")
        assert at.view.waiting.open_orders == sum(1 for row in at.desk.state.lineages.values() if row.order.is_open)


async def test_ages_and_freshness_are_those_of_the_moment(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        for step in (len(at.record.steps), len(at.record.steps) // 2):
            await at.go(step)
            moment = at.record.moment(step)
            assert at.desk.clock.now() == moment
            assert all(at.view.waiting.seen_at(name) <= moment for name in at.desk.accounts)
            at.view.feed.tick.emit()
            ages = {at.view.model.row_at(each).age for each in range(at.view.model.rowCount())}
            await asyncio.sleep(0.3)
            at.view.feed.tick.emit()
            assert {at.view.model.row_at(each).age for each in range(at.view.model.rowCount())} == ages


async def test_a_moment_may_be_asked_for(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        wanted = at.record.moment(len(at.record.steps) // 2)
    async with shown(theme, journal, moment=wanted, registry=registry.load) as at:
        assert at.record.moment(at.scrubber.step) == wanted


@pytest.mark.parametrize("year,words", [(2020, "begins at"), (2030, "ends at")])
async def test_a_moment_outside_the_record_is_said(
    qloop: QtLoop, theme: Theme, journal: Path, year: int, words: str
) -> None:
    asked, said = (year - 1970) * 365 * 86_400 * 10**9, list[str]()
    async with replayed(theme, journal, asked, registry.load, Lifecycle(), say=said.append) as replay:
        await until(lambda: replay.scrubber is not None and replay.scrubber.step, "the record")
        assert replay.scrubber is not None
        assert replay.record is not None
        step = replay.scrubber.step
        assert step == (1 if year == 2020 else len(replay.record.steps))
        (sentence,) = said
        assert sentence.startswith(f"The record {words} {dated(replay.record.moment(step))}; shown is its ")
        bar = replay.scrubber.parent()
        assert isinstance(bar, ReplayBar)
        assert bar.said.text().startswith(f"{sentence}  row ")
        replay.scrubber.go(2)
        await until(lambda: not replay.scrubber.moving, "the step")  # type: ignore[union-attr]
        assert bar.said.text().startswith("row 2 of "), "elsewhere it is of no use"


async def test_no_byte_of_the_journal_changes(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    before = prints(journal.parent)
    async with shown(theme, journal, registry=registry.load) as at:
        await at.go(10)
        at.view.show_all()
    assert prints(journal.parent) == before


# -- which world it is -------------------------------------------------------------------------------------------------


async def test_badge_title_cards_and_rows_say_replay(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        assert at.window.windowTitle() == "REPLAY – journal.db · of PRACTICE"
        assert at.view.top.badge.text() == "REPLAY of PRACTICE"
        assert "replay of practice" in at.view.top.badge.accessibleName()
        for card in at.view.top.strip.cards.values():
            assert says_replay(card.accessibleDescription())
        menu: QMenu = at.view.top.strip.show_menu("Bitso practice", QPoint(3, 3))
        assert says_replay(menu.actions()[0].text())
        menu.close()
        key = at.view.view.lineage()
        menu_of_row = at.view.menu.show_of(key, QPoint(3, 3))
        assert menu_of_row is not None
        assert says_replay(menu_of_row.actions()[0].text())
        menu_of_row.close()
        name = at.view.rows.name(key)
        assert name is not None
        assert says_replay(name.where)


async def test_the_panel_says_replay_and_is_locked(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        key = next(row.key for row in at.desk.state.lineages.values() if row.order.is_open)
        before = set(at.desk.state.amendments)
        panel = at.view.panels.open(key)
        assert panel is not None
        assert says_replay(panel.name.text())
        assert not panel.box.send.isEnabled()
        assert all(not field.editable for field in at.desk.form(key).fields)
        assert FieldName.PRICE in panel.fields.lines
        QTest.keyClick(panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert at.desk.state.amendments.keys() == before


async def test_every_question_says_replay(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        for more in (("Nothing is lost.",), ("PRACTICE · Bitso",), ("REPLAY of PRACTICE · Bitso",)):
            box: QMessageBox = question(at.view.view, "Go on", "Do it?", *more)
            assert says_replay(box.windowTitle())
            assert says_replay(f"{box.text()} {box.informativeText()}")
            box.close()


async def test_a_copied_row_says_replay(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        menu = at.view.menu.show_of(at.view.view.lineage(), QPoint(3, 3))
        assert menu is not None
        next(each for each in menu.actions() if each.text().startswith("Copy row")).trigger()
        menu.close()
        assert QGuiApplication.clipboard().text().split("\t")[-1] == "REPLAY of PRACTICE"


async def test_its_badge_is_like_no_other_in_both_themes(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        for colours in (DARK, LIGHT):
            theme.use(colours)
            style = at.view.top.badge.styleSheet()
            assert "dashed" in style, "told by its outline too"
            assert not any(each in style for each in (colours.sell, colours.warn, colours.accent))


def test_only_an_account_tells_its_world(repo_root: Path) -> None:
    """Whatever shows a world or takes one out of the window has it from `Account.world`, which knows of replays."""
    kept = {"app/ui/window/kept_drafts.py"}  # of live tickets alone; a replay keeps no draft
    found = [
        f"{path}:{node.lineno}"
        for path, tree in [*trees(repo_root, "app/ui"), *trees(repo_root, "app/cli/text.py")]
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "value"
        if isinstance(node.value, ast.Attribute) and node.value.attr == "environment"
    ]
    assert [each for each in found if each.split(":")[0] not in kept] == []


# -- what it does not do -----------------------------------------------------------------------------------------------


async def test_it_opens_no_socket_and_starts_no_process(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    heard: list[str] = []
    listening = [True]

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if listening[0] and event in ("socket.connect", "socket.bind", "socket.sendto", "subprocess.Popen", "os.exec"):
            heard.append(event)

    sys.addaudithook(hear)
    try:
        async with shown(theme, journal, registry=registry.load) as at:
            await everything_pressed(at)
    finally:
        listening[0] = False
    assert heard == []


async def everything_pressed(at: ShownReplay) -> None:
    """Try every action of the palette, the keys, the menus and the attention list."""
    at.window.activateWindow()
    for step in (len(at.record.steps), len(at.record.steps) // 2):
        await at.go(step)
        for name, act in list(at.view.commands._acts.items()):
            if name not in ("theme", "keys"):
                act()
        for key in (Qt.Key.Key_F5, Qt.Key.Key_Delete, Qt.Key.Key_F2):
            QTest.keyClick(at.view.view, key)
        await asyncio.sleep(0.1)
        for widget in QApplication.topLevelWidgets():
            assert not isinstance(widget, QMessageBox) or not widget.isVisible(), "it asks nothing"


ACTS: dict[str, Callable[[ShownReplay], object]] = {
    "look up": lambda at: at.view.check_now(),
    "list again": lambda at: at.view.refresh_all(),
    "cancel": lambda at: at.view.menu.ask_cancel(at.view.view.lineage()),
    "stop": lambda at: at.view.top.turn_stop(),
    "read-only": lambda at: at.view.top.turn_read_only(),
}


@pytest.mark.parametrize("act", ACTS)
async def test_every_act_is_refused_in_the_banner(qloop: QtLoop, theme: Theme, journal: Path, act: str) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        at.view.keep_first()
        ACTS[act](at)
        assert at.desk.refusal in at.view.banner.texts()
        assert at.desk.refusal.startswith("This is a replay of journal.db, the record of PRACTICE;")


async def test_nothing_can_be_drafted(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        key = next(row.key for row in at.desk.state.lineages.values() if row.order.is_open and row.amendments)
        at.view.view.choose(key)
        at.view.undo()
        at.view._draft_price(Decimal(7))
        await at.rest()
        assert not list(at.view.panels.drafts())
        words = [each.text() for each in at.view.side.findChildren(QLabel)]
        assert not any("drag" in each for each in words), "nothing invites to what is refused"
        assert at.rows()[key] != "Draft"


async def test_a_marked_batch_cannot_leave_either(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        at.view.many.cancel_shown()
        QTest.keyClick(at.view.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        assert at.view.many.sheet.isHidden(), "no strip and no sheet offers it"
        assert not at.view.model.marks.listed()
        assert at.view.banner.texts() == (at.desk.refusal,)
        at.view.many.send()
        assert at.view.many.batch is None


async def test_that_it_cannot_act_is_no_trouble(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        for act in ACTS.values():
            act(at)
        said = at.view.banner.findChildren(QLabel)
        assert [each.text()[0] for each in said if at.desk.refusal in each.text()] == ["◌"]


async def test_its_menu_and_palette_offer_nothing_that_acts(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        menu = at.view.menu.show_of(at.view.view.lineage(), QPoint(3, 3))
        assert menu is not None
        offered = [each.text() for each in menu.actions() if each.isEnabled() and not each.isSeparator()]
        menu.close()
        assert offered == ["Show its fields   F2", "Copy order id", "Copy row   Ctrl C"]
        at.view.panels.open(at.view.view.lineage())
        at.view.commands.open()
        names = {each.name for each in at.view.commands._actions()}
        assert names == {"amend", "copy_id", "ladder", "pane", "search", "show_all", "theme", "keys", "palette"} & names
        assert {"amend", "copy_id", "search"} <= names
        assert all("end" not in each.text for each in at.view.commands._actions() if each.name == "amend")


async def test_an_order_that_ended_is_not_shown_as_if_it_rested(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        rows = [row for row in at.desk.state.lineages.values() if row.order.status is OrderStatus.CANCELLED]
        assert {row.account for row in rows} == set(at.desk.accounts)
        for row in rows:
            assert row.order.unfilled
            position = at.view.model.position_of(row.key)
            assert position is not None
            shown_row = at.view.model.row_at(position)
            assert Decimal(shown_row.remaining.replace("\u202f", "")) == 0
            assert shown_row.touch == ""
            panel = at.view.panels.open(row.key)
            assert panel is not None
            assert panel.bars.isHidden()
            assert "Nothing is locked" in panel._balance_note.text()
            lines = {line.label: (line.now, line.peak, line.after) for line in panel.changes.lines()}
            assert not any(label.startswith(("Locked", "Remaining", "Worst")) for label in lines)
            assert lines["Left when it ended"] == (row.order.unfilled, None, None)


async def test_links_of_a_replay_never_look_as_if_they_were_up_now(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        cards = at.view.top.strip.cards.values()
        assert {card.news.left for card in cards} == {"not followed"}, "the ticket ended in order"
        assert {card.news.tone for card in cards} == {Tone.QUIET}
        assert "not followed" in at.view.foot.fresh.text()
        assert not any(row.stale for row in map(at.view.model.row_at, range(at.view.model.rowCount())))
        await at.go(len(at.record.steps) - 1)
        assert {card.news.left[:5] for card in cards} == {"then "}
        assert {card.news.state for card in cards} == {"connected then"}
        assert {card.news.tone for card in cards} == {Tone.QUIET}
        down = [place for place, step in enumerate(at.record.steps, 1) if step.kind == "LinkChanged"][0] - 1
        await at.go(down)
        assert Tone.BAD in {card.news.tone for card in cards}, "as the record has them"


async def test_the_switches_are_not_there(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    async with shown(theme, journal, registry=registry.load) as at:
        assert at.view.top.stop.isHidden()
        assert at.view.top.read_only.isHidden()


async def test_closing_asks_nothing(qloop: QtLoop, theme: Theme, journal: Path) -> None:
    life = Lifecycle()
    async with replayed(theme, journal, None, registry.load, life) as replay:
        await until(lambda: replay.scrubber is not None and not replay.scrubber.moving, "the record")
        assert replay.scrubber is not None
        sent = next(place for place, step in enumerate(replay.scrubber._record.steps, 1) if "Written" in step.kind)
        replay.scrubber.go(sent)
        replay.window.close()
        await asyncio.wait_for(life.stopping(), 5)
        assert replay.code == 0


# -- what it is given --------------------------------------------------------------------------------------------------


async def failed(theme: Theme, path: Path) -> str:
    """The sentence on a file that cannot be shown; it is the end of the program, and no window opens."""
    life, said = Lifecycle(), list[str]()
    async with replayed(theme, path, None, toy_only, life, say=said.append) as replay:
        await asyncio.wait_for(life.stopping(), 5)
        assert replay.code == 2
        assert not replay.window.isVisible()
    (sentence,) = said
    return sentence


async def test_what_cannot_be_shown_is_told_without_a_window(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    assert "There is no file" in await failed(theme, tmp_path / "none.db")
    assert "No session of a ticket is recorded" in await failed(theme, made(tmp_path / "journal.db"))
    short = tmp_path / "short.db"
    short.write_bytes((await toy_journal(tmp_path / "whole.db")).read_bytes()[:8192])
    sentence = await failed(theme, short)
    assert sentence.endswith("and none of its rows can be read; restore it from a backup.")
    assert sentence.count("backup") == 1


async def test_what_turns_out_late_is_told_in_the_window_too(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_OPENS_AFTER", 0)
    shown_first = Event()

    def late(*_: object) -> None:
        shown_first.wait(5)
        raise NotReplayed("It cannot be shown.")

    monkeypatch.setattr(module, "read", late)
    life, said = Lifecycle(), list[str]()
    async with replayed(theme, tmp_path / "a.db", None, toy_only, life, say=said.append) as replay:
        await until(replay.window.isVisible, "the window")
        shown_first.set()
        await until(lambda: replay.failed, "the sentence")
        assert replay.window.start.said.text() == "It cannot be shown."
        assert replay.window.start.close_button.isVisible()
        assert not replay.window.start.retry.isVisible()
        assert said == ["It cannot be shown."]
        assert replay.window.isVisible(), "nobody reads a window that is gone"


async def test_a_broken_chain_is_code_3(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    path = await toy_journal(tmp_path / "journal.db")
    tampered(path, "DELETE FROM record WHERE seq = 20")
    async with replayed(theme, path, None, toy_only, Lifecycle()) as replay:
        await until(lambda: replay.scrubber is not None and replay.scrubber.step, "the record")
        assert replay.code == 3
        assert replay.scrubber is not None
        assert replay.scrubber.step == 19


async def test_a_long_reading_says_how_far_it_is_and_ends_with_the_window(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SAY_EVERY", 10)
    said: list[str] = []
    path = await toy_journal(tmp_path / "journal.db", rounds=20)
    async with replayed(theme, path, None, toy_only, Lifecycle()) as replay:
        start, real = replay.window.start, replay.window.start.show_progress

        def heard(text: str, *, can_close: bool = False) -> None:
            said.append(text)
            real(text, can_close=can_close)

        monkeypatch.setattr(start, "show_progress", heard)
        await until(lambda: replay.scrubber is not None, "the record")
    assert said[0] == "Reading journal.db…"
    async with replayed(theme, path, None, toy_only, Lifecycle()):
        pass  # closed before it is read
    assert not [each for each in os.listdir(tmp_path) if "replay" in each]
