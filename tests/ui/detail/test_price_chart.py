"""The chart: what it draws, and that only an Alt-drag drafts a price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.runtime.qtloop import QtLoop
from app.ui.detail import price_chart
from app.ui.detail.chart_library import is_brought
from app.ui.detail.price_chart import ChartLevels, PriceChart, on_tick
from app.ui.detail.quote_tape import QuoteTape, Track
from app.ui.look.theme import LIGHT, Theme
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.helpers.shots import ink, shoot

D = Decimal


@pytest.mark.parametrize(
    "place, tick, price",
    [(119999.9949, "0.01", "119999.99"), (101.26, "0.5", "101.5"), (0.123456, None, "0.12"), (84110.4, "1", "84110")],
)
def test_a_dropped_line_lands_on_a_tick(place: float, tick: str | None, price: str) -> None:
    assert str(on_tick(place, D(tick) if tick else None)) == price


async def test_the_tape_keeps_each_quote_once(qloop: QtLoop) -> None:
    paper = PaperDesk("bitso")
    bitso_buy(paper)
    tape = QuoteTape(paper.desk.state)
    tape.record("bitso")
    tape.record("bitso")
    paper.quote("bitso", "btc_usd", "119991.00", "120051.00")
    tape.record("bitso")
    track = tape.track(("bitso", "btc_usd", ""))
    assert list(track.bids) == [119990.0, 119991.0]
    assert tape.track(("bitso", "nothing", "")).times == Track().times


class Drag:
    """A mouse drag as the chart's scene reports it."""

    def __init__(self, place: float, *, alt: bool, finish: bool = False) -> None:
        self.place, self.alt, self.finish, self.accepted = place, alt, finish, False

    def modifiers(self) -> Qt.KeyboardModifier:
        return Qt.KeyboardModifier.AltModifier if self.alt else Qt.KeyboardModifier.NoModifier

    def pos(self) -> QPointF:
        # A horizontal line turns its own axes: along it is x, its height is 0.
        return QPointF(0, self.place)

    def isFinish(self) -> bool:
        return self.finish

    def accept(self) -> None:
        self.accepted = True

    def ignore(self) -> None:
        self.accepted = False


@pytest.fixture
def chart(qtbot: QtBot, theme: Theme) -> PriceChart:
    chart = PriceChart(theme)
    qtbot.addWidget(chart)
    chart.resize(326, 250)
    chart.show()
    qtbot.waitExposed(chart)
    qtbot.waitUntil(is_brought, timeout=60_000)
    return chart


def _track() -> Track:
    track = Track()
    for second in range(30):
        track.times.append(1_795_256_000.0 + second)
        track.bids.append(119_990.0 + second)
        track.asks.append(120_050.0 + second)
    return track


def test_nothing_is_imported_until_there_is_something_to_draw(chart: PriceChart) -> None:
    chart.show_market(Track(), ChartLevels())
    assert chart._plot is None


def test_what_was_asked_for_last_is_drawn_when_the_library_comes(
    chart: PriceChart, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[bool] = []
    monkeypatch.setattr(price_chart, "is_brought", lambda: bool(there))
    chart.show_market(_track(), ChartLevels(D("119000")))
    assert chart._plot is None
    assert chart._empty.text() == "The chart comes in a moment."
    chart.show_market(_track(), ChartLevels(D("120000")))
    there.append(True)
    qtbot.waitUntil(lambda: chart._plot is not None)
    assert "order at 120000" in chart.accessibleDescription()
    assert not chart._library.isActive()


def test_nothing_is_drawn_when_the_library_comes_and_the_order_has_gone(
    chart: PriceChart, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[bool] = []
    monkeypatch.setattr(price_chart, "is_brought", lambda: bool(there))
    chart.show_market(_track(), ChartLevels(D("119000")))
    chart.show_market(Track(), ChartLevels())
    there.append(True)
    qtbot.waitUntil(lambda: not chart._library.isActive())
    assert chart._plot is None
    assert chart._empty.text() == "No prices yet."


def test_touch_order_and_draft_are_drawn(chart: PriceChart, theme: Theme) -> None:
    chart.show_market(_track(), ChartLevels(D("120000"), D("119000"), "draft", D("0.5"), D("0.01")))
    QApplication.processEvents()
    assert ink(shoot(chart)) > 8
    assert "order at 120000" in chart.accessibleDescription()
    theme.use(LIGHT)
    chart.show_market(_track(), ChartLevels(D("120000")))
    assert not chart._items["wish"].isVisible()


def test_only_with_alt_a_line_moves_and_only_a_drop_drafts(chart: PriceChart) -> None:
    chart.show_market(_track(), ChartLevels(D("120000"), tick=D("0.5")))
    dropped: list[Any] = []
    chart.price_dragged.connect(dropped.append)
    line = chart._items["price"]
    plain = Drag(5.0, alt=False)
    line.mouseDragEvent(plain)
    assert not plain.accepted
    assert line.value() == 120000
    line.mouseDragEvent(Drag(12.3, alt=True))
    assert line.value() == pytest.approx(120012.3)
    chart.show_market(_track(), ChartLevels(D("120000"), tick=D("0.5")))
    assert line.value() == pytest.approx(120012.3), "a line in the hand stays there"
    line.mouseDragEvent(Drag(1.0, alt=False))
    assert line.value() == 120000
    assert dropped == []
    line.mouseDragEvent(Drag(12.3, alt=True, finish=True))
    assert dropped == [D("120012.5")]
    assert isinstance(dropped[0], Decimal)


@pytest.mark.parametrize("wish, price_below, wish_below", [("120001", True, False), ("119999", False, True)])
def test_labels_of_close_prices_do_not_lie_on_each_other(
    chart: PriceChart, wish: str, price_below: bool, wish_below: bool
) -> None:
    chart.show_market(_track(), ChartLevels(D("120000"), D(wish)))
    above, below = [(0, 1), (0, 1)], [(0, 0), (0, 0)]
    assert chart._items["price"].label.anchors == (below if price_below else above)
    assert chart._items["wish"].label.anchors == (below if wish_below else above)
    chart.show_market(_track(), ChartLevels(D("120000"), D("110000")))
    assert chart._items["wish"].label.anchors == above
