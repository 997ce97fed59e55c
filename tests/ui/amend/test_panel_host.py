"""The panels of the list: one is open at a time, a draft outlives its panel, what cannot open says so."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.ui.amend.panel_host import PanelHost
from tests.ui.window.test_window import Bench


def test_one_panel_is_open_and_only_a_draft_is_kept(bench: Bench) -> None:
    host: PanelHost = bench.ticket.panels
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    bench.open(bench.sell)
    assert host.open_lineage == bench.sell
    assert host.panel(bench.buy) is not None
    assert host.drafts() == (bench.buy,)
    bench.open(bench.buy)
    assert host.panel(bench.sell) is None, "nothing was typed into it"


def test_an_order_that_the_search_hides_says_so(bench: Bench, qtbot: QtBot) -> None:
    bench.ticket.top.search.setText("AAPL")
    with qtbot.waitSignal(bench.ticket.panels.said) as said:
        assert bench.ticket.panels.open(bench.buy) is None
    assert "clear the search" in said.args[0]
    assert bench.ticket.panels.open_lineage == ""
