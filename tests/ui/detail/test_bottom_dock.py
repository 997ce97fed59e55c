"""The dock below the list: what it says about an order, and the timeline of its last amendment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desk.state import HistoryLine, Lineage
from app.desk.views.attention import Attention
from app.domain.amendment import AmendmentStage, Rung, Source
from app.domain.events import FillSeen, WireSeen
from app.domain.form import FieldName
from app.domain.order import Fill, Side
from app.domain.plan import Draft
from app.runtime.qtloop import QtLoop
from app.ui.amend.under_way import asked_lines, sent_request
from app.ui.detail.bottom_dock import BottomDock, Page
from app.ui.detail.dock_texts import asked_words, lineage_lines, rules_lines, wire_lines
from app.ui.detail.ladder_view import LadderView, ladder_steps, rung_words
from app.ui.detail.quote_tape import QuoteTape, Track
from app.ui.detail.timeline_view import TimelineView, moments
from app.ui.look.theme import Theme
from app.ui.orders.rows import DeskRows
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.helpers.shots import ink, shoot
from tests.helpers.toy_venue import T0, amendment, order
from tests.ui.amend.test_draft_keeper import form

D = Decimal
MS = 1_000_000


@pytest.fixture
def paper() -> PaperDesk:
    return PaperDesk("bitso")


async def _amend(paper: PaperDesk, key: str) -> Lineage:
    """Send a price change of the Bitso buy."""
    lineage = paper.desk.state.lineages[key]
    prepared = paper.desk.prepare(key, Draft(lineage.order, ((FieldName.PRICE, D("119000.00")),)))
    paper.desk.send(prepared, confirmed=True)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return lineage


async def test_messages_that_concern_the_order_are_listed(paper: PaperDesk) -> None:
    key = bitso_buy(paper)
    lineage = await _amend(paper, key)
    now = paper.clock.now()
    mine = lineage.amendments[-1]
    for message in (
        WireSeen("bitso", now, "out", "http", "PATCH /api/v4/orders/x", '{"price":"119000.00"}', mine),
        WireSeen("bitso", now, "in", "http", "200", '{"oid":"qlbga6b600n3xta7"}'),
        WireSeen("bitso", now, "in", "http", "200", '{"oid":"another"}'),
        WireSeen("bitso", now, "out", "http", "PATCH", "{}", "A-of-another"),
    ):
        paper.happen(message)
    lines = wire_lines(paper.desk.state, lineage)
    assert len(lines) == 2
    assert "→ PATCH" in lines[0]
    assert "← 200" in lines[1]
    sent = sent_request(paper.desk.state, paper.desk.state.amendments[mine])
    assert sent is not None
    assert sent.body == '{"price":"119000.00"}'
    assert sent_request(paper.desk.state, amendment(order())) is None
    await paper.desk.close()


async def test_ids_amendments_and_fills_are_told_together(paper: PaperDesk) -> None:
    key = bitso_buy(paper)
    lineage = await _amend(paper, key)
    fill = Fill("bitso", "f1", "qlbga6b600n3xta7", "btc_usd", Side.BUY, D("120000"), D("0.1"), paper.clock.now())
    paper.happen(FillSeen("bitso", paper.clock.now(), fill, Source.PUSH))
    text = "\n".join(lineage_lines(paper.desk.state, lineage))
    assert "1. qlbga6b600n3xta7  ← now" in text
    assert "filled 0.1 at 120000" in text
    assert "price 120000 → 119000: written to the wire" in text
    assert "0.1 in executions seen here" in text
    await paper.desk.close()


async def test_every_field_and_route_quotes_its_rule(paper: PaperDesk) -> None:
    key = bitso_buy(paper)
    text = "\n".join(rules_lines(paper.desk.form(key)))
    assert "Stop: locked. Only an untriggered stop order" in text
    assert "read 2026-" in text
    assert "PATCH /api/v4/orders/{oid}" in text


def test_the_timeline_has_every_rung_and_the_fills_between() -> None:
    made = replace(
        amendment(order()),
        stage=AmendmentStage.CONFIRMED,
        rungs=(
            Rung(AmendmentStage.DRAFT, T0, Source.YOU),
            Rung(AmendmentStage.CHECKED, T0, Source.APP),
            Rung(AmendmentStage.WRITTEN, T0 + MS, Source.WIRE),
            Rung(AmendmentStage.CONFIRMED, T0 + 60 * MS, Source.PUSH),
        ),
    )
    history = [
        HistoryLine(T0 - 5_000 * MS, Source.PUSH, "filled 1 at 5"),
        HistoryLine(T0 + 30 * MS, Source.PUSH, "filled 0.5 at 100"),
    ]
    found = moments(made, history)
    assert [(moment.lane, moment.kind) for moment in found] == [
        (0, "plain"),
        (1, "plain"),
        (2, "plain"),
        (3, "plain"),
        (3, "good"),
    ]
    assert [moment.words for moment in moments(None, history)] == ["filled 1 at 5", "filled 0.5 at 100"]


def test_the_timeline_is_drawn_and_spoken(qtbot: QtBot, theme: Theme) -> None:
    view = TimelineView(theme)
    qtbot.addWidget(view)
    view.resize(900, 150)
    view.show_moments([], Track())
    assert "Nothing" in view.accessibleDescription()
    empty = ink(shoot(view))
    track = Track()
    for second in range(6):
        track.times.append(T0 / 1e9 + second / 100)
        track.bids.append(100.0 + second)
        track.asks.append(101.0 + second)
    rungs = (Rung(AmendmentStage.DRAFT, T0, Source.YOU), Rung(AmendmentStage.REFUSED, T0 + 50 * MS, Source.REPLY))
    view.show_moments(moments(replace(amendment(order()), rungs=rungs), []), track)
    assert "venue: refused" in view.accessibleDescription()
    assert ink(shoot(view)) > empty


def test_the_ladder_says_who_when_and_what_is_missing(qtbot: QtBot, theme: Theme) -> None:
    view = LadderView(theme)
    qtbot.addWidget(view)
    view.show_amendment(None)
    assert "No amendment" in view.accessibleDescription()
    rungs = (
        Rung(AmendmentStage.DRAFT, T0, Source.YOU),
        Rung(AmendmentStage.WRITTEN, T0 + MS, Source.WIRE, "44 bytes"),
        Rung(AmendmentStage.ACKNOWLEDGED, T0 + 64 * MS, Source.REPLY, "accepted", count=2),
    )
    made = replace(
        amendment(order()),
        stage=AmendmentStage.ACKNOWLEDGED,
        rungs=rungs,
        written_at=T0 + MS,
        acknowledged_at=T0 + 64 * MS,
        missing="the order's terms",
        probes=2,
    )
    view.show_amendment(made)
    assert view.rungs() == [
        "Written to the wire: 44 bytes",
        "Received by the venue: accepted ×2",
        "Waiting for the order's terms",
    ]
    assert rung_words(rungs[2], T0 + MS)[1] == "+63.0 ms"
    queued = Rung(AmendmentStage.QUEUED, T0, Source.APP, "waits for the venue's rate limit")
    assert rung_words(queued, T0)[0] == "Waits for the venue's rate limit", "said once"
    assert view.sources() == [
        "wire, 22:13:20.001",
        "venue reply, 22:13:20.064",
        "missing: a look-up, list or push",
    ]
    assert "2 look-ups" in view.accessibleDescription()
    assert view.heightForWidth(120) > view.heightForWidth(400)
    assert view.beside(640)
    assert not view.beside(300)
    assert view.heightForWidth(640) < view.heightForWidth(300), "source and time stand beside the words"
    view.resize(640, view.heightForWidth(640))
    assert ink(shoot(view)) > 10
    view.resize(300, view.heightForWidth(300))
    assert ink(shoot(view)) > 10


def test_the_ladder_names_what_is_missing_at_every_step_to_come() -> None:
    drafted = Rung(AmendmentStage.DRAFT, T0, Source.YOU)
    written = Rung(AmendmentStage.WRITTEN, T0 + MS, Source.WIRE)
    queued = replace(amendment(order()), stage=AmendmentStage.QUEUED, rungs=(drafted,), missing="the order's terms")
    assert [step.words for step in ladder_steps(queued)] == [
        "Not on the wire yet",
        "No answer yet",
        "Waiting for the order's terms",
    ]
    lost = replace(queued, stage=AmendmentStage.UNKNOWN, rungs=(drafted, written), written_at=T0 + MS, probes=1)
    steps = ladder_steps(lost)
    assert [step.words for step in steps] == [
        "Written to the wire",
        "No usable answer came",
        "Waiting for the order's terms",
    ]
    assert steps[1].source == "missing: the venue's answer to the request"
    assert steps[2].after == "1 look-up"
    done = replace(
        lost,
        stage=AmendmentStage.CONFIRMED,
        rungs=(*lost.rungs, Rung(AmendmentStage.CONFIRMED, T0 + 2 * MS, Source.LOOKUP)),
    )
    assert all("missing" not in step.source for step in ladder_steps(done))


def test_what_was_asked_stands_where_the_forecast_was() -> None:
    lines = asked_lines(form(order()), amendment(order()), order())
    assert [(line.label, line.now, line.after) for line in lines] == [
        ("price", D(100), D(101)),
        ("Order id", "o1", "same"),
    ]
    assert asked_words(amendment(order())) == "price 100 → 101"


class Bench:
    """A dock on a paper desk."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.qtbot = qtbot
        self.paper = PaperDesk("bitso")
        self.key = bitso_buy(self.paper)
        desk = self.paper.desk
        rows = DeskRows(desk)
        self.waiting = Attention(desk.state, rows.both_legs)
        self.dock = BottomDock(desk, rows, QuoteTape(desk.state), self.waiting, theme)
        qtbot.addWidget(self.dock)
        self.dock.resize(1000, 200)
        self.dock.show()
        qtbot.waitExposed(self.dock)


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Bench:
    return Bench(qtbot, theme)


def test_every_page_can_be_shown_with_and_without_an_order(bench: Bench) -> None:
    for key in ("", bench.key):
        bench.dock.show_order(key)
        for page in range(bench.dock.tabs.count()):
            bench.dock.tabs.setCurrentIndex(page)
            assert bench.dock.pages.currentIndex() == page
    assert "qlbga6b600n3xta7" in bench.dock.lineage.toPlainText()
    assert "Bitso" in bench.dock.rules.toPlainText()


def test_the_dock_folds_to_its_tabs_and_a_tab_unfolds_it(bench: Bench) -> None:
    bench.dock.fold.click()
    assert bench.dock.pages.isHidden()
    bench.dock.tabs.setCurrentIndex(Page.LINEAGE)
    assert not bench.dock.pages.isHidden()
    assert bench.dock.fold.text() == "Hide"


async def test_what_needs_attention_leads_to_its_row(bench: Bench) -> None:
    chosen: list[str] = []
    bench.dock.chosen.connect(chosen.append)
    await _amend(bench.paper, bench.key)
    bench.dock.tabs.setCurrentIndex(Page.ATTENTION)
    bench.dock.refresh()
    assert bench.dock.tabs.tabText(Page.ATTENTION) == "Needs attention 1"
    (line,) = bench.dock.attention.lines()
    assert "price 120\u202f000 → 119\u202f000" in line.what.text()
    bench.dock.refresh()
    assert bench.dock.attention.lines() == [line], "the reader's place is kept"
    bench.qtbot.keyClick(line, Qt.Key.Key_Return)
    assert chosen == [bench.key]
    QApplication.processEvents()
    await bench.paper.desk.close()
