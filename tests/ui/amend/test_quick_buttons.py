"""The quick buttons: the prices and sizes they draft, and when they can be pressed."""

from __future__ import annotations

from decimal import Decimal

from pytestqt.qtbot import QtBot

from app.domain.form import Field, FieldName
from app.domain.market import Quote
from app.domain.order import Side
from app.ui.amend.quick_buttons import Quick, QuickButtons
from tests.helpers.toy_venue import T0, order

D = Decimal
BUY, SELL = order(), order(side=Side.SELL)
QUOTE = Quote("AB", "", D("100.00"), D("100.05"), D("100.00"), T0)


def field(name: FieldName, *, editable: bool = True) -> Field:
    return Field(name, name.value, name.value, editable, D(100))


def test_only_what_can_do_something_can_be_pressed(qtbot: QtBot) -> None:
    buttons = QuickButtons()
    qtbot.addWidget(buttons)
    price, quantity = field(FieldName.PRICE), field(FieldName.QUANTITY, editable=False)
    buttons.fit(SELL, price, quantity, None, legal=False)
    on = {quick for quick in Quick if buttons.button(quick).isEnabled()}
    assert on == {Quick.TICK_DOWN, Quick.TICK_UP}
    assert buttons.button(Quick.JOIN).text() == "join ask"
    buttons.fit(BUY, price, field(FieldName.QUANTITY), QUOTE, legal=True)
    assert all(buttons.button(quick).isEnabled() for quick in Quick)
    with qtbot.waitSignal(buttons.wanted) as wanted:
        buttons.button(Quick.HALF).click()
    assert wanted.args == [Quick.HALF]
