"""The quick buttons: the prices and sizes they draft, and when they can be pressed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from app.domain.form import Field, FieldName
from app.domain.market import Quote
from app.domain.order import Side
from app.ui.amend.quick_buttons import Quick, QuickButtons, half_size, own_touch, passive_mid
from tests.helpers.toy_venue import T0, order

D = Decimal
BUY, SELL = order(), order(side=Side.SELL)
QUOTE = Quote("AB", "", D("100.00"), D("100.05"), D("100.00"), T0)


def field(name: FieldName, *, editable: bool = True) -> Field:
    return Field(name, name.value, name.value, editable, D(100))


def test_the_touch_is_the_orders_own_side() -> None:
    assert (own_touch(BUY, QUOTE), own_touch(SELL, QUOTE)) == (D("100.00"), D("100.05"))
    assert own_touch(BUY, None) is None


@pytest.mark.parametrize(
    "tick, buy, sell", [("0.01", "100.02", "100.03"), ("0.005", "100.025", "100.025"), ("0.1", "100.0", "100.1")]
)
def test_a_mid_between_two_ticks_stays_on_the_orders_side(tick: str, buy: str, sell: str) -> None:
    assert passive_mid(BUY, QUOTE, D(tick)) == D(buy)
    assert passive_mid(SELL, QUOTE, D(tick)) == D(sell)


@pytest.mark.parametrize(
    "quantity, step, half", [("3", "1", "1"), ("3", "0.5", "1.5"), ("0.3", None, "0.15"), ("1", "2", "0")]
)
def test_half_a_size_is_on_a_step(quantity: str, step: str | None, half: str) -> None:
    assert half_size(D(quantity), D(step) if step is not None else None) == D(half)


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
