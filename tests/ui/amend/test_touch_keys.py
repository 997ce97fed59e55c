"""Alt+Up joins the touch and Alt+Down improves it, wherever the panel has the keyboard; nothing is sent by that."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.domain.form import FieldName
from app.domain.order import Side
from tests.helpers.paper_desk import resting
from tests.ui.window.test_window import Bench

D, Key = Decimal, Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
PRICE, QUANTITY = FieldName.PRICE, FieldName.QUANTITY


def text(bench: Bench, key: str, name: FieldName = PRICE) -> Decimal:
    panel = bench.ticket.panels.panel(key)
    assert panel is not None
    return D(panel.fields.lines[name].number.text())


def problems(bench: Bench, key: str) -> str:
    panel = bench.ticket.panels.panel(key)
    assert panel is not None
    return " ".join(
        each.text() for each in panel.findChildren(QLabel) if each.property("role") == "problem" and each.isVisible()
    )


def test_a_buy_joins_the_bid_and_improves_it_upwards(bench: Bench) -> None:
    bench.open(bench.buy)
    bench.key_into(Key.Key_Up, ALT)
    assert text(bench, bench.buy) == D("119990.00")
    bench.key_into(Key.Key_Down, ALT)
    assert text(bench, bench.buy) == D("119990.01"), "one tick better, whatever stood there"
    bench.key_into(Key.Key_Up, ALT)
    assert text(bench, bench.buy) == D("119990.00")
    assert bench.paper.connectors["bitso"].sent == []


def test_a_sell_joins_the_ask_and_improves_it_downwards(bench: Bench) -> None:
    order = resting("bitso", "sell1", "btc_usd", "121000.00", "0.5", raw_status="open", side=Side.SELL)
    key = bench.paper.order(order)
    bench.look()
    bench.open(key)
    bench.key_into(Key.Key_Up, ALT)
    assert text(bench, key) == D("120050.00")
    bench.key_into(Key.Key_Down, ALT)
    assert text(bench, key) == D("120049.99")


@pytest.mark.parametrize("key", [Key.Key_Up, Key.Key_Down])
def test_in_the_size_it_changes_nothing_and_says_so(bench: Bench, key: Key) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    panel.focus_field(QUANTITY)
    before = text(bench, bench.buy, QUANTITY)
    bench.key_into(key, ALT)
    assert text(bench, bench.buy, QUANTITY) == before
    assert text(bench, bench.buy) == D("120000")
    assert "is a wish for a price: choose that field" in problems(bench, bench.buy)


def test_without_a_market_and_in_a_locked_field_it_says_why_not(bench: Bench) -> None:
    key = bench.paper.order(resting("bitso", "eth1", "eth_usd", "4000.00", "0.5", raw_status="open"))
    bench.look()
    bench.open(key)
    bench.key_into(Key.Key_Up, ALT)
    assert "No bid is known" in problems(bench, key)
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    panel.focus_field(FieldName.STOP)
    bench.key_into(Key.Key_Up, ALT)
    assert "Nothing was changed" in problems(bench, bench.buy)
    assert text(bench, bench.buy) == D("120000"), "another field than the one with the keyboard stays as it is"


def test_the_field_and_the_button_tell_the_keys(bench: Bench) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert "Alt+Up joins" in panel.fields.lines[PRICE].number.toolTip()
    assert "Alt+Up" not in panel.fields.lines[QUANTITY].number.toolTip()
