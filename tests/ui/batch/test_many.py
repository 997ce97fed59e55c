"""Many orders in the window, against practice venues over real sockets and by keys alone."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from app.desk.batch.members import Ending, Member, Remark, Said
from app.domain.order import OrderStatus
from app.practice.exchange.orders import TRADER
from app.runtime.qtloop import QtLoop
from app.ui.batch.host import BatchHost
from app.ui.batch.lines import MemberShown
from app.ui.batch.sheet import FIELDS, BatchSheet
from app.ui.look.theme import Theme
from app.ui.orders.chip_line import ChipLine
from tests.helpers.paper_desk import resting
from tests.helpers.shots import save, shoot
from tests.helpers.ticket_at_practice import CONTROL, SHIFT, Key, TicketAtPractice, at_practice
from tests.ui.window.test_window import Bench

D = Decimal
PICTURES = os.environ.get("REDLINE_PICTURES", "")


def lines(at: TicketAtPractice) -> list[ChipLine]:
    return at.view.many.sheet.lines.lines()


def verdicts(at: TicketAtPractice) -> list[str]:
    chips = [line.mark.chip() for line in lines(at)]
    return [chip.word for chip in chips if chip is not None]


def picture(at: TicketAtPractice, name: str) -> None:
    if PICTURES:
        for scale in (1, 2):
            save(shoot(at.ticket.window, scale), Path(PICTURES) / f"{name}-{scale}.png")


async def sent(at: TicketAtPractice) -> dict[str, int]:
    """Press Ctrl+Enter and wait for the end of the batch."""
    at.press(Key.Key_Return, CONTROL)
    await at.until(lambda: at.view.many.batch is not None and at.view.many.batch.finished, "the end of the batch")
    await at.seen()
    assert at.view.many.batch is not None
    return {ending.value: count for ending, count in at.view.many.batch.counts().items()}


async def test_all_orders_of_a_venue_move_by_three_ticks_in_a_few_keys(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "qfex") as at:
        before = {each.order_id: each.price for each in at.server("qfex").exchange.open_orders(TRADER)}
        at.press(Key.Key_A, CONTROL)
        assert at.view.many.sheet.title.text() == "6 orders marked"
        picture(at, "marked")
        at.press(Key.Key_F2)
        at.write("-3t")
        await at.seen()
        assert verdicts(at).count("Blocked") == 2, [line.note.text() for line in lines(at)]
        assert at.view.many.sheet.send.text() == "Send 4 of 6   Ctrl ↵"
        assert "PRACTICE" in at.view.many.sheet.where.text()
        picture(at, "verdicts")
        counts = await sent(at)
        picture(at, "endings")
        assert counts == {"confirmed": 3, "refused": 1, "not sent": 2}, [line.note.text() for line in lines(at)]
        after = [each.price for each in at.server("qfex").exchange.open_orders(TRADER)]
        prices = [price for price in before.values() if price is not None]
        assert len([price for price in prices if price in after]) == 2, "the blocked and the refused one"
        assert at.view.many.sheet.summary.text() == "3 confirmed, 1 refused, 2 not sent."


async def test_marks_are_made_and_taken_back_like_in_any_list(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        view, marks = at.view.view, at.view.model.marks
        shown = list(at.view.model.lineages())

        def click(row: int, modifier: Qt.KeyboardModifier) -> None:
            place = view.visualRect(at.view.model.index(row, 0)).center()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, QPoint(place))

        view.choose(shown[0])
        click(2, CONTROL)
        assert marks.listed() == [shown[2]], "nobody chose the order that was the current one"
        assert view.lineage() == shown[2]
        click(5, SHIFT)
        assert marks.listed() == shown[2:6]
        click(4, CONTROL)
        assert marks.listed() == [*shown[2:4], shown[5]]
        assert "marked" in str(at.view.model.data(at.view.model.index(2, 0), Qt.ItemDataRole.AccessibleTextRole))
        click(1, Qt.KeyboardModifier.NoModifier)
        assert not marks
        assert at.view.many.sheet.isHidden()
        at.press(Key.Key_Down, SHIFT)
        at.press(Key.Key_Down, SHIFT)
        at.press(Key.Key_Up, SHIFT)
        assert marks.listed() == shown[1:3]
        at.press(Key.Key_Escape)
        assert not marks
        at.press(Key.Key_Space, CONTROL)
        assert marks.listed() == [view.lineage()]
        at.press(Key.Key_F2)
        assert at.view.panels.open_lineage == view.lineage(), (
            "one marked order that is the current one is amended as one"
        )


async def test_a_filter_takes_marks_of_what_it_hides_back(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso", "qfex") as at:
        at.press(Key.Key_A, CONTROL)
        assert len(at.view.model.marks) == 14
        at.view.top.search.setText("qfex")
        await at.until(lambda: at.view.model.rowCount() == 6, "the filtered list")
        assert len(at.view.model.marks) == 6
        assert at.view.many.sheet.title.text() == "6 orders marked"


async def test_what_asks_first_waits_for_a_consent_and_nothing_is_sent_by_habit(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        view = at.view.view
        at.view.top.search.setText("BTCUSD")
        await at.until(lambda: at.view.model.rowCount() == 3, "three orders")
        view.setFocus()
        at.press(Key.Key_A, CONTROL)
        at.press(Key.Key_F2)
        at.press(Key.Key_Return, CONTROL)
        assert at.view.many.batch is None, "nothing is typed"
        at.write("-1t")
        assert set(verdicts(at)) == {"Loses its place"}
        at.press(Key.Key_Return, CONTROL)
        assert at.view.many.batch is None
        assert QApplication.focusWidget() is at.view.many.sheet.consent
        await at.seen()
        picture(at, "consent")
        at.press(Key.Key_Space)
        assert await sent(at) == {"confirmed": 3}
        assert len(at.sent("alphapoint", "replace")) == 3


async def test_a_refused_row_may_be_tried_again_and_others_may_not(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        server = at.server("bitget")
        server.faults.add("fail_rows", "batch_amend", rows=[0], code="25202", message="Insufficient balance")
        at.view.top.search.setText("perp")
        await at.until(lambda: at.view.model.rowCount() < 8, "the perpetuals")
        at.view.view.setFocus()
        at.press(Key.Key_A, CONTROL)
        at.press(Key.Key_F2)
        at.write("-1t")
        many = at.view.many
        assert "share requests" in many.sheet.summary.text()
        counts = await sent(at)
        assert counts["refused"] == 1
        assert counts["confirmed"] >= 1
        batches = [json.loads(text.rpartition(" ")[2]) for text in at.sent("bitget", "batch_amend")]
        assert [len(batch) for batch in batches] == [2]
        assert many.sheet.again.isVisible()
        await at.seen()
        picture(at, "refused")
        many.sheet.again.click()
        assert [each.ending for each in many._members] == [Ending.WAITING] * len(many._keys)
        assert many.batch is None
        counts = await sent(at)
        assert counts["confirmed"] == 1
        assert len(at.sent("bitget", "batch_amend")) == 1, "one order alone leaves by the single call"


async def test_cancelling_what_is_shown_says_its_scope_and_proves_it(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitso", "qfex") as at:
        at.view.top.search.setText("qfex")
        await at.until(lambda: at.view.model.rowCount() == 6, "the filtered list")
        at.view.view.setFocus()
        at.press(Key.Key_A, CONTROL)
        at.press(Key.Key_Delete)
        sheet = at.view.many.sheet
        assert QApplication.focusWidget() is sheet.close_button, "a key by habit cancels nothing"
        assert "no other order is touched" in sheet.summary.text()
        assert sheet.send.text() == "Cancel 6   Ctrl ↵"
        await at.seen()
        picture(at, "cancel")
        assert await sent(at) == {"cancelled": 6}
        assert at.server("qfex").exchange.open_orders(TRADER) == []
        assert len(at.server("bitso").exchange.open_orders(TRADER)) == 8
        assert "A list asked for afterwards" in lines(at)[0].note.text()


async def test_one_order_is_cancelled_by_one_key_and_a_yes(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        key = at.view.view.lineage()
        at.press(Key.Key_Delete)
        (box,) = at.ticket.window.findChildren(QMessageBox)
        assert box.defaultButton() is box.button(QMessageBox.StandardButton.No)
        assert at.desk.lineage(key).order.is_open
        box.button(QMessageBox.StandardButton.Yes).click()
        await at.until(lambda: not at.desk.lineage(key).order.is_open, "the cancel")


async def test_a_change_elsewhere_is_seen_before_and_not_sent_over(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        at.view.top.search.setText("btc_usd ")
        at.view.top.search.setText("usd")
        await at.until(lambda: 2 <= at.view.model.rowCount() < 8, "few orders")
        at.view.view.setFocus()
        at.press(Key.Key_A, CONTROL)
        at.press(Key.Key_F2)
        at.write("-1t")
        first = at.view.view.visualRect(at.view.model.index(0, 0)).center()
        QTest.mouseClick(at.view.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, first)
        assert at.view.many.sheet.change() == "price=-1t", "going to another row drops no wish"
        assert not at.view.many.sheet.folded
        at.view.many.sheet.text.setFocus()
        key = next(each.key for each in at.view.many._members if each.sends)
        server = at.server("bitso")
        server.foreign_amend(server.exchange.order(at.desk.lineage(key).order.order_id), D("90000"), None)
        at.desk.refresh("Bitso practice")
        await at.until(lambda: at.desk.lineage(key).order.price == D("90000"), "the change elsewhere")
        at.view.many.refresh()
        assert "Changed since" in verdicts(at)
        assert at.view.many.sheet.again.isVisible()
        counts = await sent(at)
        assert counts["not sent"] >= 1
        at.press(Key.Key_Escape)
        assert at.view.many.sheet.folded


def test_every_verdict_and_every_ending_has_its_own_chip() -> None:
    order = resting("bitso", "1", "btc_usd", "100", "1")
    words: set[str] = set()
    for remark in Remark:
        words.add(MemberShown(Member("k", "bitso", order, (Said(remark, "why"),)), "name").chip.word)
    for ending in Ending:
        words.add(MemberShown(Member("k", "bitso", order, (), ending=ending), "name", sent=True).chip.word)
    assert len(words) == len(Remark) + len(Ending)


async def test_a_sheet_without_marks_says_how_to_mark(bench: Bench) -> None:
    many = bench.ticket.many
    assert isinstance(many, BatchHost)
    assert isinstance(many.sheet, BatchSheet)
    assert [name for name, _ in FIELDS] == ["price", "quantity", "total"]
    many.open(False)
    assert "Ctrl+click" in bench.ticket.banner.texts()[0]
    assert many.sheet.isHidden()


async def test_an_order_that_has_ended_is_none_of_many(bench: Bench) -> None:
    view, many = bench.ticket.view, bench.ticket.many
    bench.paper.change(bench.qfex, status=OrderStatus.CANCELLED)
    bench.look()
    QTest.keyClick(view, Key.Key_A, CONTROL)
    assert many.sheet.title.text() == "2 orders marked"
    assert "2 open orders" in bench.ticket.foot.orders.text()
    bench.paper.change(bench.sell, status=OrderStatus.FILLED)
    bench.look()
    bench.ticket.feed.tick.emit()
    assert many.sheet.title.text() == "1 order marked", "a mark goes with its order"


async def test_a_sheet_says_which_of_its_orders_have_ended_since(bench: Bench) -> None:
    many = bench.ticket.many
    bench.ticket.view.mark_all()
    many.open(False)
    assert many.sheet.title.text() == "Amend 3 orders"
    bench.paper.change(bench.qfex, status=OrderStatus.EXPIRED)
    bench.look()
    bench.ticket.feed.tick.emit()
    assert many.sheet.title.text() == "Amend 3 orders, 1 of them ended"
    many.sheet.text.setText("-1t")
    many.work_out()
    blocked = [each for each in many._members if each.key == bench.qfex]
    assert [each.verdict for each in blocked] == [Remark.BLOCKED]
    assert "The order has expired" in blocked[0].said[-1].text


async def test_another_wish_needs_a_hold_of_its_own(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        for account in at.desk.limits:
            at.desk.limits[account] = replace(at.desk.limits[account], soft_change=D("0.000001"))
        at.view.top.search.setText("btc_usd")
        await at.until(lambda: at.view.model.rowCount() == 4, "four orders")
        at.view.view.setFocus()
        at.press(Key.Key_A, CONTROL)
        at.press(Key.Key_F2)
        at.write("-2%")
        await at.seen()
        sheet = at.view.many.sheet
        sheet.consent.setChecked(True)
        sheet.hold.begin(by_keys=True)
        assert sheet.hold.is_on
        sheet.text.setText("-3%")
        assert not sheet.hold.is_on, "the press was for the wish before"
        assert at.view.many.batch is None
        sheet.hold.begin(by_keys=True)
        QTest.keyRelease(sheet.text, Key.Key_F10)
        assert not sheet.hold.is_on, "whatever key sends, letting it go ends the press"


async def test_a_batch_under_way_stays_in_sight_and_the_window_asks(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        at.server("bitso").faults.add("delay", "amend", ms=600, count=5)
        at.view.top.search.setText("btc_usd")
        await at.until(lambda: at.view.model.rowCount() == 4, "four orders")
        at.view.view.setFocus()
        at.press(Key.Key_A, CONTROL)
        at.press(Key.Key_F2)
        at.write("-1t")
        await at.seen()
        at.press(Key.Key_Return, CONTROL)
        many = at.view.many
        assert many.batch is not None
        assert not many.batch.finished
        assert "wait and would not leave" in many.open_end()
        at.press(Key.Key_Escape)
        assert many.sheet.isVisible()
        assert not many.sheet.folded
        assert "stays in sight" in " ".join(at.banner())
        many.sheet.stop.click()
        await at.until(lambda: many.batch is not None and many.batch.finished, "the end of the batch")
        assert Ending.HELD_BACK in many.batch.counts()
        assert many.open_end() == ""
