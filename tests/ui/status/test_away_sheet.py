"""The sheet "while you were away": one for all accounts, no thief of the focus, gone with Esc."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desk.views.away import AwayChange, AwayKind, AwayStep, Settling
from app.domain import events as ev
from app.domain.amendment import AmendmentStage
from app.domain.market import LinkState
from app.domain.order import Order, OrderStatus
from app.runtime.qtloop import QtLoop
from app.ui.look.numbers import when
from app.ui.look.theme import Theme
from app.ui.orders.delegate import ROW_HEIGHT
from app.ui.status.away_sheet import AwaySheet, change_words
from tests.helpers.paper_desk import T0, resting
from tests.helpers.toy_venue import order
from tests.ui.window.test_window import Bench

D = Decimal


class Lost(Bench):
    """The window with links to lose."""

    @property
    def sheet(self) -> AwaySheet:
        return self.ticket.sheet

    def link(self, account: str, state: LinkState) -> None:
        self.paper.clock.pass_time(1)
        self.paper.happen(ev.LinkChanged(account, self.paper.clock.now(), state))
        self.look()

    def back(self, account: str, *orders: Order) -> None:
        self.paper.clock.pass_time(1)
        now = self.paper.clock.now()
        seen = tuple(replace(each, updated_at=now) for each in orders)
        self.paper.happen(ev.OpenOrdersListed(account, now, now, seen))
        self.link(account, LinkState.UP)

    def known(self, key: str, **changes: object) -> Order:
        return replace(self.paper.desk.state.lineages[key].order, **changes)  # type: ignore[arg-type]

    def told(self) -> list[str]:
        return [f"{line.order.text()}: {line.note.text()}" for line in self.sheet.lines.lines()]


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Lost]:
    bench = Lost(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


def test_the_sheet_tells_what_changed_and_takes_no_focus(bench: Lost) -> None:
    bench.ticket.view.setFocus()
    bench.link("bitso", LinkState.DOWN)
    assert bench.sheet.isHidden()
    bench.back("bitso", bench.known(bench.buy, price=D("118000.00")))
    assert bench.sheet.isVisible()
    assert not bench.sheet.folded
    assert bench.ticket.view.hasFocus()
    assert bench.told() == ["Bitso · buy 0.83333333 btc_usd at 118\u202f000.00: Price 120\u202f000 → 118\u202f000."]
    assert bench.sheet.count.text() == "1 order"
    assert bench.sheet.since.text().startswith("Bitso without a link from ")
    assert bench.ticket.rect().contains(bench.sheet.geometry())
    bench.key_into(Qt.Key.Key_Escape)
    assert bench.sheet.isHidden()
    assert bench.ticket.view.hasFocus()
    bench.look()
    assert bench.sheet.isHidden(), "seen is seen"


def test_nothing_is_shown_if_nothing_changed(bench: Lost) -> None:
    bench.link("bitso", LinkState.DOWN)
    bench.back("bitso", bench.known(bench.buy))
    assert bench.sheet.isHidden()


def test_several_accounts_share_one_sheet(bench: Lost) -> None:
    for account in ("bitso", "qfex"):
        bench.link(account, LinkState.STALE)
    bench.back("bitso", bench.known(bench.buy, price=D("118000.00")))
    filled = {"filled": D("0.5"), "status": OrderStatus.PARTIALLY_FILLED}
    bench.back("qfex", bench.known(bench.qfex, **filled))
    assert [line.key for line in bench.sheet.lines.lines()] == [bench.qfex, bench.buy]
    assert bench.sheet.count.text() == "2 orders"
    assert "QFEX without a link" in bench.sheet.since.text()


async def test_what_is_still_open_is_followed_on_the_sheet(bench: Lost) -> None:
    bench.link("bitso", LinkState.DOWN)
    bench.back("bitso")
    assert "Neither a fill nor a cancel is proven" in bench.told()[0]
    done = {"status": OrderStatus.FILLED, "filled": D("0.83333333")}
    bench.paper.change(bench.buy, **done)
    bench.look()
    assert bench.told() == ["Bitso · buy 0.83333333 btc_usd at 120\u202f000.00: Filled 0 → 0.83333333."]
    bench.ticket.sheet.close_button.click()
    assert bench.sheet.isHidden()
    await bench.paper.desk.close()


def test_a_line_goes_on_with_its_row(bench: Lost) -> None:
    bench.link("bitso", LinkState.DOWN)
    bench.back("bitso", bench.known(bench.buy, price=D("118000.00")))
    bench.paper.change(bench.buy, price=D("117000.00"))
    bench.look()
    told = bench.told()[0].replace("\u202f", "")
    assert told.endswith("Price 120000 → 118000. Since then: price 118000 → 117000.")


def hides_nothing(bench: Lost) -> bool:
    """It lies at the lower edge of the list, below the headings, the current row and the row of an open panel."""
    view, ticket = bench.ticket.view, bench.ticket
    top = bench.sheet.mapTo(ticket, QPoint(0, 0)).y()
    row = view.visualRect(view.currentIndex()).translated(view.viewport().mapTo(ticket, QPoint(0, 0)))
    header = view.horizontalHeader()
    return row.top() + ROW_HEIGHT <= top and header.mapTo(ticket, QPoint(0, header.height())).y() <= top


@pytest.mark.parametrize("size", [(1400, 860), (960, 700)])
def test_it_lies_over_the_list_and_leaves_the_current_row_in_sight(bench: Lost, size: tuple[int, int]) -> None:
    bench.window.resize(*size)
    for number in range(40):
        bench.paper.order(resting("bitso", f"more-{number:02}", "btc_usd", f"{1000 + number}", "1"))
    bench.look()
    view = bench.ticket.view
    view.setCurrentIndex(bench.ticket.model.index(view.visible_rows()[-1], 0))
    QApplication.processEvents()
    bench.link("bitso", LinkState.DOWN)
    orders = [each.order for each in bench.paper.desk.state.lineages.values() if each.account == "bitso"]
    bench.back("bitso", *(replace(each, price=D(9)) for each in orders))
    assert bench.sheet.isVisible()
    assert hides_nothing(bench)
    assert view.currentIndex().row() in view.visible_rows()
    assert len(view.visible_rows()) >= 4
    bench.sheet.fold(folded=True)
    QApplication.processEvents()
    assert hides_nothing(bench)
    bench.sheet.close_sheet()
    assert view.currentIndex().row() in view.visible_rows()


def test_a_panel_that_is_opened_has_the_room(bench: Lost) -> None:
    bench.link("qfex", LinkState.DOWN)
    bench.back("qfex", bench.known(bench.qfex, price=D("201.00")))
    assert not bench.sheet.folded
    bench.open(bench.buy)
    assert bench.sheet.folded
    assert hides_nothing(bench)


def test_while_somebody_types_it_is_a_strip_that_hides_no_row(bench: Lost) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    focus = QApplication.focusWidget()
    bench.link("qfex", LinkState.DOWN)
    bench.back("qfex", bench.known(bench.qfex, price=D("201.00")))
    assert QApplication.focusWidget() is focus
    assert bench.sheet.folded
    headings = bench.ticket.view.horizontalHeader()
    assert bench.sheet.height() <= headings.height()
    assert bench.sheet.lines.isHidden()
    bench.sheet.unfold.click()
    assert not bench.sheet.folded
    assert bench.sheet.height() > headings.height()
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.keeper.dirty, "Esc and sheet leave the draft alone"


def test_a_line_leads_to_its_row_and_f6_goes_there_and_back(bench: Lost) -> None:
    bench.link("qfex", LinkState.DOWN)
    bench.back("qfex", bench.known(bench.qfex, price=D("201.00")))
    bench.ticket.view.setFocus()
    bench.key_into(Qt.Key.Key_F6)
    (line,) = bench.sheet.lines.lines()
    assert line.hasFocus()
    bench.key_into(Qt.Key.Key_Return)
    assert bench.ticket.view.lineage() == bench.qfex
    assert bench.ticket.view.hasFocus()
    bench.key_into(Qt.Key.Key_F6)
    bench.key_into(Qt.Key.Key_F6)
    assert bench.ticket.view.hasFocus()
    bench.key_into(Qt.Key.Key_F6)
    bench.key_into(Qt.Key.Key_Escape)
    assert bench.sheet.isHidden()
    assert bench.ticket.view.hasFocus()


def test_the_sheet_follows_the_window(bench: Lost) -> None:
    bench.link("qfex", LinkState.DOWN)
    bench.back("qfex", bench.known(bench.qfex, price=D("201.00")))
    bench.window.resize(900, 620)
    QApplication.processEvents()
    assert bench.ticket.rect().contains(bench.sheet.geometry())
    assert bench.sheet.width() == bench.ticket.view.width()


def change(kind: AwayKind, *steps: AwayStep, amendment: Settling | None = None, **terms: object) -> AwayChange:
    return AwayChange("k", "toy", order(**terms), kind, steps, amendment)


def settling(stage: AmendmentStage, outcome: str) -> Settling:
    return Settling(None, stage, "price 1 → 2", outcome)


ENDED = {"status": OrderStatus.CANCELLED, "reason": "user"}
UNKNOWN = settling(AmendmentStage.UNKNOWN, "Unknown: no answer.")
REFUSED = settling(AmendmentStage.REFUSED, "Refused.")


@pytest.mark.parametrize(
    "told, change",
    [
        (
            "It was working. The venue's reason: user.",
            change(AwayKind.CANCELLED, AwayStep("state", "working", "cancelled"), **ENDED),
        ),
        (
            "Working, price 100.",
            change(AwayKind.NEW, AwayStep("state", None, "working"), AwayStep("price", None, D(100))),
        ),
        (
            "Your amendment (price 1 → 2) is still unknown: no answer.",
            change(AwayKind.UNKNOWN, amendment=UNKNOWN),
        ),
        ("Your amendment (price 1 → 2): Refused.", change(AwayKind.SETTLED, amendment=REFUSED)),
        (
            "Stop loss 90, take profit 9 → —.",
            change(AwayKind.CHANGED, AwayStep("stop loss", None, D(90)), AwayStep("take profit", D(9), None)),
        ),
    ],
)
def test_every_kind_of_change_in_words(told: str, change: AwayChange) -> None:
    assert change_words(change) == ("buy 2 AB at 100", told)


def test_a_moment_of_another_day_has_its_date() -> None:
    assert when(T0, T0) == "10:13:20"
    assert when(T0, T0 + 86_400_000_000_000) == "2026-11-21 10:13:20"
