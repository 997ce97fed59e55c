"""The list of what waits: money first, missing evidence on every line, two buttons, and stillness under the hands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.plan import Draft
from app.runtime.qtloop import QtLoop
from app.ui.detail.attention_list import AttentionLine
from app.ui.detail.bottom_dock import Page
from app.ui.look.theme import Theme
from tests.helpers.paper_desk import BTC_USD, resting
from tests.ui.window.test_window import Bench

D = Decimal
PRICE = FieldName.PRICE


class Waiting(Bench):
    """The window with its last tab in front."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        super().__init__(qtbot, theme)
        order = resting("bitso", "large", "btc_usd", "110000.00", "3", raw_status="open")
        self.large = self.paper.order(replace(order, value=D("330000")))
        self.paper.balance("bitso", "usd", "2000000.00", "1000000.00")
        self.ticket.dock.show_attention()
        self.look()

    async def amend(self, key: str, price: str) -> None:
        lineage = self.paper.desk.state.lineages[key]
        prepared = self.paper.desk.prepare(key, Draft(lineage.order, ((PRICE, D(price)),)))
        self.paper.desk.send(prepared, confirmed=True)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def look(self) -> None:
        super().look()
        self.ticket.dock.refresh()
        self.ticket.foot.refresh()
        QApplication.processEvents()

    def refuse(self, key: str) -> None:
        amendment = self.paper.desk.state.lineages[key].amendments[-1]
        now = self.paper.clock.now()
        self.paper.happen(ev.AmendmentRefused("bitso", now, amendment, "0379", "Bitso refused it."))

    def lines(self) -> list[AttentionLine]:
        return self.ticket.dock.attention.lines()

    def keys(self) -> list[str]:
        return [line.key for line in self.lines()]

    @property
    def tab(self) -> str:
        return self.ticket.dock.tabs.tabText(Page.ATTENTION)


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Waiting]:
    bench = Waiting(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


def test_nothing_waits_and_it_says_so(bench: Waiting) -> None:
    assert bench.tab == "Needs attention"
    assert bench.lines() == []
    assert "Nothing waits for you" in bench.ticket.dock.attention.note()
    assert bench.ticket.foot.unresolved.isHidden()


async def test_the_largest_money_comes_first_and_says_what_is_missing(bench: Waiting) -> None:
    await bench.amend(bench.buy, "119000.00")
    await bench.amend(bench.large, "109000.00")
    bench.look()
    assert bench.tab == "Needs attention 2"
    assert bench.ticket.foot.unresolved.text() == "2 unresolved"
    first, second = bench.lines()
    assert "110\u202f000.00" in first.what.text()
    assert "price 110\u202f000 → 109\u202f000" in first.what.text()
    assert first.figures.text() == "330\u202f000 USD at risk"
    assert second.figures.text() == "99\u202f999.9996 USD at risk"
    assert first.missing.text().startswith("Missing: ")
    chip = first.mark.chip()
    assert chip is not None
    assert chip.word == "Sent"
    bench.paper.clock.pass_time(12)
    bench.look()
    assert first.since.text() == "for 12 s"
    assert "at risk" in first.accessibleDescription()
    await bench.paper.desk.close()


async def test_check_now_looks_up_and_cancel_asks_in_the_line(bench: Waiting) -> None:
    await bench.amend(bench.buy, "119000.00")
    bench.look()
    (line,) = bench.lines()
    connector = bench.paper.connectors["bitso"]
    line.check.click()
    await asyncio.sleep(0)
    assert connector.looked_up == ["qlbga6b600n3xta7"]
    line.cancel.click()
    assert line.asking
    assert line.keep.hasFocus(), "the answer that is offered keeps the order"
    assert "Cancel buy 0.83333333 btc_usd" in line.question.text()
    assert not line.figures.isVisible(), "the question needs the room"
    bench.key_into(Qt.Key.Key_Escape)
    assert not line.asking
    assert line.figures.isVisible()
    assert line.hasFocus()
    line.cancel.click()
    bench.key_into(Qt.Key.Key_Return)
    await asyncio.sleep(0)
    assert connector.cancelled == []
    line.cancel.click()
    line.really.setFocus()
    bench.key_into(Qt.Key.Key_Return)
    await asyncio.sleep(0)
    assert connector.cancelled == ["qlbga6b600n3xta7"]
    bench.look()
    assert not line.cancel.isEnabled()
    assert line.cancel.text() == "Cancelling…"
    await bench.paper.desk.close()


async def test_what_the_desk_will_not_do_is_said(bench: Waiting) -> None:
    await bench.amend(bench.buy, "119000.00")
    bench.look()
    bench.paper.desk.read_only = True
    (line,) = bench.lines()
    line.cancel.click()
    line.really.click()
    assert any("read-only" in text for text in bench.ticket.banner.texts())
    await bench.paper.desk.close()


async def test_enter_goes_to_the_row_and_the_arrows_walk(bench: Waiting) -> None:
    await bench.amend(bench.buy, "119000.00")
    await bench.amend(bench.large, "109000.00")
    bench.look()
    first, second = bench.lines()
    first.setFocus()
    bench.key_into(Qt.Key.Key_Down)
    assert second.hasFocus()
    bench.key_into(Qt.Key.Key_Up)
    bench.key_into(Qt.Key.Key_Up)
    assert first.hasFocus()
    bench.key_into(Qt.Key.Key_Down)
    bench.key_into(Qt.Key.Key_Return)
    assert bench.ticket.view.lineage() == bench.buy
    assert bench.ticket.view.hasFocus()
    bench.qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert bench.ticket.view.lineage() == bench.large
    assert bench.paper.connectors["bitso"].cancelled == []
    await bench.paper.desk.close()


async def test_no_line_moves_or_goes_while_somebody_is_at_it(bench: Waiting) -> None:
    await bench.amend(bench.buy, "119000.00")
    bench.look()
    (line,) = bench.lines()
    line.check.setFocus()
    await bench.amend(bench.large, "109000.00")
    bench.look()
    assert bench.lines()[0] is line, "the new one waits below, though it weighs more"
    bench.refuse(bench.buy)
    bench.look()
    assert bench.lines()[0] is line
    assert (line.over, line.check.text(), line.check.hasFocus()) == (False, "Seen", True)
    chip = line.mark.chip()
    assert chip is not None
    assert chip.word == "Refused 0379"
    assert line.missing.text() == "Bitso refused it."
    assert bench.tab == "Needs attention 2"
    line.check.click()
    assert line.over
    assert line.hasFocus(), "the focus stays in the line whose buttons went"
    bench.look()
    assert bench.tab == "Needs attention 1"
    bench.ticket.view.setFocus()
    bench.look()
    assert [each.what.text().split(" · ")[1] for each in bench.lines()] == ["buy 3 btc_usd at 110\u202f000.00"]
    await bench.paper.desk.close()


async def test_what_came_out_different_waits_until_it_was_looked_at(bench: Waiting) -> None:
    """The row said so for a moment; a look elsewhere, and nobody ever knew."""
    await bench.amend(bench.buy, "119000.00")
    bench.paper.acknowledge("bitso")
    bench.paper.clock.pass_time(60)
    row = bench.paper.desk.state.lineages[bench.buy]
    now = bench.paper.clock.now()
    bench.paper.happen(ev.OrderSeen("bitso", now, replace(row.order, price=D("119500.00")), Source.LOOKUP, now))
    bench.look()
    (line,) = bench.lines()
    chip = line.mark.chip()
    assert chip is not None
    assert chip.word == "Came out different"
    assert "Price: asked 119000, got 119500." in line.missing.text(), "asked and got, side by side"
    assert bench.ticket.foot.unresolved.text() == "1 to check"
    listed = bench.ticket.rows.row(bench.buy)
    assert listed is not None
    assert listed.attention
    line.chosen.emit(line.key)
    bench.look()
    assert bench.ticket.view.lineage() == bench.buy
    assert (bench.lines(), bench.tab) == ([], "Needs attention")
    listed = bench.ticket.rows.row(bench.buy)
    assert listed is not None
    assert not listed.attention
    await bench.paper.desk.close()


async def test_tab_reaches_every_button_line_by_line(bench: Waiting) -> None:
    await bench.amend(bench.buy, "119000.00")
    await bench.amend(bench.large, "109000.00")
    bench.look()
    first, second = bench.lines()
    first.setFocus()
    walked = []
    for _ in range(5):
        bench.key_into(Qt.Key.Key_Tab)
        walked.append(QApplication.focusWidget())
    assert walked == [first.check, first.cancel, second, second.check, second.cancel]
    assert all(button.accessibleName() for button in first.findChildren(QPushButton))
    await bench.paper.desk.close()


async def test_orders_not_found_and_accounts_without_a_link_wait_too(bench: Waiting) -> None:
    now = bench.paper.clock.now() + 1
    bench.paper.happen(ev.OpenOrdersListed("qfex", now, now, ()))
    bench.paper.happen(ev.LinkChanged("bitso", now, LinkState.REFUSED, "Bitso refused the key; check it."))
    bench.look()
    assert bench.keys() == [f"gone {bench.qfex}", "link bitso"]
    row, account = bench.lines()
    assert "no longer in the venue's list" in row.what.text()
    assert "neither a fill nor a cancel is proven" in row.missing.text()
    assert account.what.text() == "Bitso refused the key; check it"
    assert account.cancel.isHidden()
    assert bench.ticket.foot.unresolved.text() == "2 to check"
    account.check.click()
    await asyncio.sleep(0)
    assert bench.paper.connectors["bitso"].refreshed == 1
    place = bench.ticket.model.position_of(bench.qfex)
    assert place is not None
    assert bench.ticket.model.row_at(place).attention
    bench.key_into(Qt.Key.Key_Return)
    await bench.paper.desk.close()


async def test_the_foot_lists_what_waits_and_brings_the_tab_to_the_front(bench: Waiting) -> None:
    bench.ticket.dock.tabs.setCurrentIndex(Page.TIMELINE)
    await bench.amend(bench.buy, "119000.00")
    bench.look()
    bench.ticket.foot.unresolved.click()
    assert bench.ticket.model.lineages() == (bench.buy,)
    assert bench.ticket.dock.tabs.currentIndex() == Page.ATTENTION
    bench.refuse(bench.buy)
    bench.look()
    assert bench.ticket.model.lineages() == (bench.buy,), "it came out otherwise, and nobody looked yet"
    bench.lines()[0].check.click()
    bench.ticket.feed.touch([bench.buy])
    bench.look()
    assert bench.ticket.model.lineages() == ()
    assert "No order waits for you" in bench.ticket.empty.text()
    bench.ticket.foot.unresolved.click()
    assert len(bench.ticket.model.lineages()) == 4
    await bench.paper.desk.close()


async def test_a_long_list_is_counted(bench: Waiting) -> None:
    bench.paper.market("bitso", BTC_USD, "119990.00", "120050.00")
    for number in range(45):
        bench.paper.order(resting("bitso", f"n{number}", "btc_usd", "100.00", "1", raw_status="open"))
    now = bench.paper.clock.now() + 1
    bench.paper.happen(ev.OpenOrdersListed("bitso", now, now, ()))
    bench.look()
    assert len(bench.lines()) == 40
    assert bench.ticket.dock.attention.note() == "And 7 more."
    assert bench.tab == "Needs attention 47"
    await bench.paper.desk.close()


def test_the_venues_own_text_of_what_cannot_be_read_is_a_button_away(bench: Waiting) -> None:
    raw = '{"oid":"x7","price":"-5"}'
    now = bench.paper.clock.now()
    bench.paper.happen(ev.OrderUnreadable("bitso", now, "x7", "its price is below zero (-5)", raw, Source.LISTING))
    bench.look()
    (line,) = bench.lines()
    assert line.what.text() == "Bitso · order x7 is not readable: its price is below zero (-5)"
    assert line.cancel.isHidden(), "nobody knows what would be cancelled"
    assert line.raw.isHidden()
    line.show_raw.click()
    assert not line.raw.isHidden()
    assert line.raw.toPlainText() == raw
    assert bench.ticket.dock.tabs.tabText(Page.ATTENTION) == "Needs attention 1"
