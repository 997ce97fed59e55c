"""One total for several orders in the window: said before, sent whole or not at all, told afterwards as proven."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app.desk.batch.cutting import TOTAL
from app.domain.order import OrderStatus
from app.runtime.qtloop import QtLoop
from app.ui.batch.host import ENDED
from app.ui.look.theme import Theme
from tests.helpers.shots import save, shoot
from tests.helpers.ticket_at_practice import CONTROL, Key, TicketAtPractice, at_practice
from tests.ui.window.test_window import Bench

PICTURES = os.environ.get("REDLINE_PICTURES", "")

#: Two orders of one market and side, the better place first: 0.75 at 3,350 and 0.5 at 3,300.
BEST, WORST = "6541", "6523"


def picture(at: TicketAtPractice, name: str) -> None:
    if PICTURES:
        save(shoot(at.ticket.window, 1), Path(PICTURES) / f"{name}.png")


def marked_for_a_total(at: TicketAtPractice, text: str) -> None:
    """Mark the two, open the sheet, and type what shall be left of them together."""
    at.view.model.marks.mark_all([at.lineage(WORST).key, at.lineage(BEST).key])
    at.view.view.setFocus()
    at.view.view.choose(at.lineage(BEST).key)
    at.press(Key.Key_F2)
    sheet = at.view.many.sheet
    sheet.field.button(TOTAL).click()
    sheet.text.setFocus()
    at.write(text)


async def test_a_total_leaves_whole_or_not_at_all(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        marked_for_a_total(at, "0.5")
        await at.seen()
        sheet = at.view.many.sheet
        picture(at, "total-asks")
        assert not sheet.send.isEnabled()
        assert sheet.send.text().startswith("Send 1 of 2")
        assert sheet.summary.text() == (
            "Of one total all leave or none: 1 of them asks first, and without it 1 would be left, not 0.5."
        )
        at.press(Key.Key_Return, CONTROL)
        assert at.view.many.batch is None
        assert QApplication.focusWidget() is sheet.consent
        at.press(Key.Key_Space)
        await at.seen()
        picture(at, "total-consented")
        assert sheet.consent.width() >= sheet.consent.sizeHint().width(), "what is consented to can be read whole"
        assert sheet.summary.text().endswith("0.5 would be left of all.")
        at.press(Key.Key_Return, CONTROL)
        await at.until(lambda: at.view.many.batch is not None and at.view.many.batch.finished, "the end of the batch")
        await at.seen()
        picture(at, "total-done")
        assert sheet.summary.text() == "1 confirmed, 1 cancelled. 0.5 is left of all."


async def test_a_total_that_failed_in_part_is_told_and_tried_again_as_a_whole(
    qloop: QtLoop, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desk.batch.batch.LISTED_AFTER", (0.0,))
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        at.server("alphapoint").faults.add("refuse", "cancel", order_id=WORST, code=101, message="No")
        marked_for_a_total(at, "0.5")
        sheet, many = at.view.many.sheet, at.view.many
        sheet.consent.setChecked(True)
        at.press(Key.Key_Return, CONTROL)
        await at.until(lambda: many.batch is not None and many.batch.finished, "the end of the batch")
        await at.seen()
        assert sheet.summary.text() == "1 confirmed, 1 still open. 1 is left of all; 0.5 was asked for."
        assert sheet.again.text() == "Again: the total of all"
        sheet.again.click()
        await at.seen()
        picture(at, "total-again")
        assert len(many._keys) == 2
        assert not sheet.consent.isChecked(), "the consent was to what was sent"
        assert [each.cancels for each in many._members] == [True, False], "of the worst alone it would be another wish"


async def test_where_nothing_but_what_asks_would_leave_the_sum_is_said_too(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        marked_for_a_total(at, "0.75")
        sheet = at.view.many.sheet
        assert "1 of them asks first, and without it 1.25 would be left, not 0.75." in sheet.summary.text()
        at.desk.stopped = True
        at.view.many.refresh()
        sheet.consent.setChecked(True)
        assert "Sending is stopped for amendments; a cancel leaves all the same." in sheet.summary.text()


@pytest.mark.parametrize("key", [Key.Key_F2, Key.Key_Return, Key.Key_Delete])
async def test_a_key_for_marked_orders_that_have_ended_meets_no_other_one(bench: Bench, key: Qt.Key) -> None:
    view, many, said = bench.ticket.view, bench.ticket.many, bench.ticket.banner
    view.choose(bench.buy)
    view.order_model.marks.mark_all([bench.sell, bench.qfex])
    for ended in (bench.sell, bench.qfex):
        bench.paper.change(ended, status=OrderStatus.CANCELLED)
    bench.look()
    view.setFocus()
    bench.key_into(key)
    assert said.texts() == (ENDED,)
    assert not bench.window.findChildren(QMessageBox)
    assert bench.ticket.panels.open_lineage == ""
    assert many.sheet.isHidden()
    bench.key_into(key)
    assert many.batch is None
    if key == Key.Key_Delete:
        (box,) = bench.window.findChildren(QMessageBox)
        assert box.text().startswith("Cancel buy 0.")
        box.reject()
    else:
        assert bench.ticket.panels.open_lineage == bench.buy


async def test_the_strip_says_that_what_was_marked_has_ended(bench: Bench) -> None:
    view, many = bench.ticket.view, bench.ticket.many
    view.order_model.marks.mark_all([bench.sell])
    bench.paper.change(bench.sell, status=OrderStatus.CANCELLED)
    bench.look()
    many.open(False)
    assert ENDED in bench.ticket.banner.texts()


async def test_what_is_read_only_is_cancelled_by_no_sheet(bench: Bench) -> None:
    many = bench.ticket.many
    bench.paper.desk.read_only = True
    many.cancel_shown()
    assert many.sheet.folded
    assert "The ticket is read-only; switch read-only off first." in bench.ticket.banner.texts()
    bench.paper.desk.read_only = False
    bench.paper.desk.read_only_accounts.add("bitso")
    many.cancel_shown()
    assert not many.sheet.folded
    assert many.sheet.send.text().startswith("Cancel 2 of 3")
    bench.paper.desk.read_only_accounts.clear()
    many.refresh()
    assert many.sheet.send.text().startswith("Cancel 3"), "a switch changes what would leave, and what is said"
    bench.paper.desk.stopped = True
    many.refresh()
    assert many.sheet.summary.text().endswith("Sending is stopped for amendments; a cancel leaves all the same.")
