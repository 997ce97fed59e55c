"""Ctrl+Shift+Z drafts the inverse of the selected order's last amendment, says what stays, and sends nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from app.domain.form import FieldName
from app.domain.order import OrderStatus
from app.domain.undo import UndoError
from app.ui.amend.undoing import inverse_now
from tests.ui.window.test_window import Bench
from tests.venues.alphapoint.samples import instrument
from tests.venues.alphapoint.samples import order as sample

D, Key = Decimal, Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
UNDO = (Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
PRICE, QUANTITY = FieldName.PRICE, FieldName.QUANTITY


async def sent(bench: Bench) -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    bench.look()


async def repriced(bench: Bench) -> None:
    """Move the Bitso buy to 119000 and have it confirmed."""
    bench.open(bench.buy)
    bench.price(bench.buy, "119000")
    bench.key_into(Key.Key_Return, CONTROL)
    await sent(bench)
    bench.paper.change(bench.buy, price=D("119000.00"), value=D("99166.66627"))
    bench.paper.acknowledge("bitso")
    bench.paper.change(bench.buy, average_price=None)
    await sent(bench)


def about(bench: Bench) -> str:
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    return " ".join(
        each.text() for each in panel.findChildren(QLabel) if each.property("role") == "moved" and each.isVisible()
    )


@pytest.mark.parametrize("where", ["list", "price field"])
async def test_the_inverse_is_drafted_and_waits(where: str, bench: Bench) -> None:
    await repriced(bench)
    if where == "list":
        bench.key_into(Key.Key_Escape)
        assert bench.ticket.view.hasFocus()
    bench.key_into(*UNDO)
    await sent(bench)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.keeper.draft.number(PRICE) == D(120000)
    assert panel.fields.lines[PRICE].number.number() == D(120000)
    assert "Undo of price 120000 → 119000" in about(bench)
    assert "Nothing is sent until you send it" in about(bench)
    assert len(bench.paper.connectors["bitso"].sent) == 1
    assert panel.box.send.isEnabled()
    bench.key_into(*UNDO)
    assert any("typed for this order already" in text for text in bench.ticket.banner.texts())
    panel.revert()
    assert about(bench) == ""
    await bench.paper.desk.close()


async def test_where_there_is_nothing_to_undo_it_says_so_and_opens_nothing(bench: Bench) -> None:
    bench.ticket.view.choose(bench.buy)
    bench.ticket.view.setFocus()
    bench.key_into(*UNDO)
    assert bench.ticket.panels.open_lineage == ""
    assert any("nothing to undo" in text for text in bench.ticket.banner.texts())
    await repriced(bench)
    bench.key_into(Key.Key_Escape)
    bench.paper.change(bench.buy, price=D("118000.00"))
    bench.look()
    bench.key_into(*UNDO)
    assert bench.ticket.panels.open_lineage == ""
    assert any("changed since (price 118000, not the 119000" in text for text in bench.ticket.banner.texts())
    bench.paper.change(bench.buy, price=D("119000.00"), status=OrderStatus.CANCELLED)
    with pytest.raises(UndoError, match="cannot be undone now"):
        inverse_now(bench.paper.desk, bench.buy)
    await bench.paper.desk.close()


async def test_a_reduction_that_grew_back_names_the_way_there_is(bench: Bench) -> None:
    """The draft stands on the route that cannot do it, and says which one can: no route is chosen in silence."""
    bench.paper.market("alphapoint", instrument(), "83990", "84100")
    order = replace(sample(OrderId=15090), account="alphapoint")
    key = bench.paper.order(order)
    bench.look()
    bench.open(key, None)
    panel = bench.ticket.panels.panel(key)
    assert panel is not None
    panel.fields.lines[QUANTITY].set_number(D("0.6"))
    panel.send()
    await sent(bench)
    bench.paper.acknowledge("alphapoint")
    bench.paper.change(key, quantity=D("0.6"))
    await sent(bench)
    bench.key_into(*UNDO)
    panel = bench.ticket.panels.panel(key)
    assert panel is not None
    assert panel.keeper.draft.number(QUANTITY) == D(1)
    assert panel.fields.routes.value() == "reduce"
    assert not panel.box.send.isEnabled()
    panel.next_route()
    assert panel.fields.routes.value() == "replace"
    await bench.paper.desk.close()
