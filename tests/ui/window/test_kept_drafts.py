"""Drafts survive a restart, on their own order alone, and never beside what the venue changed meanwhile."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.form import FieldName
from app.domain.order import OrderStatus
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.window.kept_drafts import DraftShelf, KeptDraft, read_drafts, write_drafts
from tests.ui.window.test_window import Bench

D = Decimal
PRICE = FieldName.PRICE


@pytest.fixture
def sessions(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[list[Bench]]:
    benches: list[Bench] = [Bench(qtbot, theme), Bench(qtbot, theme)]
    yield benches
    for bench in benches:
        bench.ticket.stop()
        bench.life.allow_close()


def shelf_of(bench: Bench, path: Path) -> DraftShelf:
    shelf = bench.window.keep_drafts(path, bench.paper.desk)
    assert shelf is not None
    bench.look()
    return shelf


def typed_in(bench: Bench, folder: Path) -> Path:
    """A file with one draft, typed in a session that is over."""
    path = folder / "drafts.json"
    shelf = shelf_of(bench, path)
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    shelf.keep()
    return path


def _link(path: Path) -> None:
    path.with_name("theirs").write_text("[]")
    path.symlink_to("theirs")


def test_a_draft_comes_back_on_its_row_and_in_its_panel(sessions: list[Bench], tmp_path: Path) -> None:
    two, path = sessions[1], typed_in(sessions[0], tmp_path)
    shelf_of(two, path)
    assert two.ticket.panels.drafts() == (two.buy,)
    assert two.ticket.panels.open_lineage == ""
    row = two.ticket.model.row_at(two.ticket.model.position_of(two.buy) or 0)
    assert row.price_to == "119\u202f000.00"
    assert any("Drafts of the last session" in text for text in two.ticket.banner.texts())
    two.open(two.buy)
    panel = two.ticket.panels.panel(two.buy)
    assert panel is not None
    assert panel.fields.lines[PRICE].number.text() == "119000"
    assert panel.box.send.isEnabled()
    assert two.paper.connectors["bitso"].sent == []


def test_what_the_venue_changed_meanwhile_is_told_and_holds_send_back(sessions: list[Bench], tmp_path: Path) -> None:
    two, path = sessions[1], typed_in(sessions[0], tmp_path)
    two.paper.change(two.buy, price=D("121000.00"))
    two.look()
    shelf_of(two, path)
    two.open(two.buy)
    panel = two.ticket.panels.panel(two.buy)
    assert panel is not None
    assert panel.keeper.conflict
    assert not panel.box.send.isEnabled()


def test_an_order_that_is_gone_takes_its_draft_with_it_and_that_is_said(sessions: list[Bench], tmp_path: Path) -> None:
    two, path = sessions[1], typed_in(sessions[0], tmp_path)
    two.paper.change(two.buy, status=OrderStatus.CANCELLED)
    later = shelf_of(two, path)
    assert two.ticket.panels.drafts() == ()
    assert any(
        "A draft is gone, because its order is open no more: qlbga6" in each for each in two.ticket.banner.texts()
    )
    later.keep()
    assert read_drafts(path) == []


def test_a_draft_waits_where_a_list_is_not_whole(sessions: list[Bench], tmp_path: Path) -> None:
    """A cut list tells nothing of what it lacks."""
    two, path = sessions[1], tmp_path / "drafts.json"
    unlisted = KeptDraft("bitso", "practice", "unlisted", {PRICE: D("119000")}, {PRICE: D("120000")}, None)
    write_drafts(path, [unlisted])
    account = two.paper.desk.state.accounts["bitso"]
    account.answered_at, account.list_complete = 1, False
    later = shelf_of(two, path)
    later.keep()
    assert read_drafts(path) == [unlisted]
    account.list_complete = True
    later.bring_back()
    later.keep()
    assert read_drafts(path) == []


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.write_text("mine"), _link])
def test_nothing_that_is_not_ours_is_read_or_replaced(
    sessions: list[Bench], tmp_path: Path, make: Callable[[Path], object]
) -> None:
    path, one = tmp_path / "drafts.json", sessions[0]
    make(path)
    before = path.lstat()
    assert one.window.keep_drafts(path, one.paper.desk) is None
    assert any("Drafts are not kept" in text for text in one.ticket.banner.texts())
    write_drafts(path, [KeptDraft("a", "live", "1", {PRICE: D(1)}, {}, None)])
    after = path.lstat()
    assert (after.st_ino, after.st_mode, after.st_size) == (before.st_ino, before.st_mode, before.st_size)
    assert {each.name for each in tmp_path.iterdir()} <= {"drafts.json", "theirs"}


def test_a_draft_of_another_world_stays_in_the_file(sessions: list[Bench], tmp_path: Path) -> None:
    path = tmp_path / "drafts.json"
    live = KeptDraft("bitso", "live", "qlbga6b600n3xta7", {PRICE: D("119000")}, {PRICE: D("120000")}, None)
    write_drafts(path, [live])
    shelf = shelf_of(sessions[0], path)
    assert sessions[0].ticket.panels.drafts() == ()
    shelf.keep()
    assert read_drafts(path) == [live]


def test_closing_writes_what_was_typed_last(sessions: list[Bench], tmp_path: Path) -> None:
    one = sessions[0]
    path = tmp_path / "drafts.json"
    shelf_of(one, path)
    one.open(one.buy)
    one.price(one.buy, "118500.50")
    one.life.allow_close()
    one.window.close()
    QApplication.processEvents()
    (draft,) = read_drafts(path)
    assert draft.typed[PRICE] == D("118500.50")
    assert path.stat().st_mode & 0o077 == 0, "nobody else reads it"


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '[{"account": 1}]', "[" * 100_000])
def test_a_broken_file_holds_none(text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "drafts.json"
    path.write_text(text)
    with caplog.at_level("ERROR"):
        assert read_drafts(path) == []
    assert read_drafts(tmp_path / "none.json") == []


def test_a_number_that_no_order_has_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "drafts.json"
    good = KeptDraft("a", "live", "1", {PRICE: D("0.10")}, {PRICE: None}, "replace")
    write_drafts(path, [good])
    kept = json.loads(path.read_text())
    (rows,) = kept.values()
    rows.append(rows[0] | {"typed": {"price": {"number": "NaN"}}})
    path.write_text(json.dumps(kept))
    with caplog.at_level("ERROR"):
        assert read_drafts(path) == [good]
