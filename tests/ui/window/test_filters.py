"""Filters: they show themselves, one key takes all of them back, and Enter in the search chooses a match or nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from app.domain.form import FieldName
from app.ui.look.theme import PALETTES
from app.ui.orders import model as model_module
from app.ui.window.row_filter import RowFilter
from tests.helpers.paper_desk import resting
from tests.helpers.shots import shoot
from tests.ui.window.test_window import Bench

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


def search(bench: Bench, text: str) -> None:
    bench.key_into(Key.Key_F, CONTROL)
    bench.qtbot.keyClicks(bench.ticket.top.search, text)
    bench.key_into(Key.Key_Return)


def test_enter_passes_over_the_row_of_an_open_panel(bench: Bench) -> None:
    bench.open(bench.sell)
    assert bench.ticket.model.lineages()[0] == bench.sell, "the panel's row sorts first"
    search(bench, "mine-7")
    assert bench.ticket.view.lineage() == bench.qfex
    assert bench.ticket.view.hasFocus()
    bench.key_into(Key.Key_F2)
    assert bench.ticket.panels.open_lineage == bench.qfex


def test_enter_without_a_match_chooses_nothing_and_says_so(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    search(bench, "nowhere")
    assert bench.ticket.top.search.hasFocus(), "a key that follows reaches no order"
    assert bench.ticket.model.lineages() == (bench.buy,), "the panel's row stays"
    assert any("No order fits nowhere" in text for text in bench.ticket.banner.texts())


def test_enter_waits_for_a_long_list_to_be_looked_through(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_module, "MOST_ARRANGED", 2)
    bench.open(bench.sell)
    bench.ticket.top.search.setFocus()
    bench.ticket.top.search.setText("mine-7")
    assert bench.ticket.model.arranging
    bench.key_into(Key.Key_Return)
    bench.qtbot.waitUntil(lambda: not bench.ticket.model.arranging)
    assert bench.ticket.view.lineage() == bench.qfex


def test_escape_from_the_search_goes_back_to_the_order_chosen_before(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    bench.key_into(Key.Key_F, CONTROL)
    bench.qtbot.keyClicks(bench.ticket.top.search, "mine-7")
    bench.key_into(Key.Key_Escape)
    assert bench.ticket.view.lineage() == bench.buy


def test_a_filter_shows_itself_and_escape_in_the_list_takes_all_back(bench: Bench) -> None:
    ticket = bench.ticket
    assert ticket.foot.filtered.isHidden()
    card = ticket.top.strip.cards["qfex"]
    bench.qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert card.isChecked()
    assert ticket.foot.filtered.text() == "1 of 3 shown · Esc: all"
    ticket.top.search.setText("aapl")
    ticket.foot.unresolved.show()
    ticket.foot.unresolved.setChecked(True)
    assert ticket.foot.filtered.text() == "0 of 3 shown · Esc: all"
    ticket.foot.unresolved.setChecked(False)
    ticket.view.setFocus()
    chosen = ticket.view.lineage()
    bench.key_into(Key.Key_Escape)
    assert len(ticket.model.lineages()) == 3
    assert not card.isChecked()
    assert ticket.top.search.text() == ""
    assert ticket.foot.filtered.isHidden()
    assert ticket.view.lineage() == chosen


def test_the_count_follows_the_orders(bench: Bench) -> None:
    bench.ticket.top.search.setText("aapl")
    bench.paper.order(resting("qfex", "9", "AAPL-USD", "199.00", "1.000"))
    bench.paper.order(resting("qfex", "10", "TSLA-USD", "199.00", "1.000"))
    bench.look()
    assert bench.ticket.foot.filtered.text() == "2 of 5 shown · Esc: all"
    bench.ticket.foot.filtered.click()
    assert len(bench.ticket.model.lineages()) == 5


def test_the_count_is_seen_in_a_narrow_window_too(bench: Bench) -> None:
    bench.window.resize(860, 520)
    bench.ticket.top.search.setText("aapl")
    QApplication.processEvents()
    foot = bench.ticket.foot
    assert foot.rect().contains(foot.filtered.geometry())


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return, Key.Key_Enter])
def test_a_card_is_pressed_by_key_as_by_pointer(bench: Bench, key: Key) -> None:
    card = bench.ticket.top.strip.cards["qfex"]
    card.setFocus(Qt.FocusReason.TabFocusReason)
    bench.key_into(key)
    assert bench.ticket.model.lineages() == (bench.qfex,)
    bench.key_into(Key.Key_Escape)
    assert len(bench.ticket.model.lineages()) == 3


@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_a_pressed_card_looks_pressed(bench: Bench, colours: object) -> None:
    bench.theme.use(colours)  # type: ignore[arg-type]
    card = bench.ticket.top.strip.cards["qfex"]
    plain = shoot(card)
    card.setChecked(True)
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    assert shoot(card) != plain


def test_a_pinned_row_passes_and_is_no_match(bench: Bench) -> None:
    chosen = RowFilter(bench.paper.desk, bench.ticket.rows)
    chosen.search = "aapl"
    assert not chosen.passes(bench.buy)
    bench.ticket.rows.pinned.add(bench.buy)
    assert chosen.passes(bench.buy)
    assert not chosen.matches(bench.buy)
    panel = bench.ticket.panels.open(bench.buy)
    assert panel is not None
    assert FieldName.PRICE in panel.fields.lines
