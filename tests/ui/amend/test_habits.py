"""Habits: how an order was sent last goes along with the next draft; a consent stands for one market and one thing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.form import FieldName
from app.domain.plan import Caution, Draft
from app.ui.amend.habits import Habits, market_of
from app.ui.amend.panel import AmendPanel
from app.ui.amend.session_consent import SessionConsent
from tests.helpers.paper_desk import resting
from tests.ui.window.test_window import Bench
from tests.venues.alphapoint.samples import instrument
from tests.venues.alphapoint.samples import order as sample

D, Key, Mod = Decimal, Qt.Key, Qt.KeyboardModifier
PRICE, REPRICED = FieldName.PRICE, FieldName.WHEN_REPRICED
ORDER = replace(sample(OrderId=15070, Side="Buy", Price=84000), account="alphapoint")
PLACE = Caution("Its place is lost.", confirm=True, about_place=True)


def test_a_consent_is_for_one_market_of_one_account_and_for_the_place_alone() -> None:
    habits = Habits()
    changed: list[bool] = []
    habits.changed.connect(lambda: changed.append(True))
    habits.agree(ORDER, agreed=True)
    assert habits.covers(ORDER, PLACE)
    assert not habits.covers(ORDER, Caution("Both may be held.", confirm=True))
    for other in (
        resting("alphapoint", "1", "ETHCAD", "1", "1"),
        resting("second", "15070", "BTCCAD", "1", "1"),
        resting("alphapoint", "1", "BTCCAD", "1", "1", market="perp"),
    ):
        assert market_of(other) != market_of(ORDER)
        assert not habits.covers(other, PLACE)
    habits.agree(ORDER, agreed=False)
    assert not habits.covers(ORDER, PLACE)
    assert len(changed) == 2


def test_only_how_an_order_is_repriced_is_kept_of_its_choices() -> None:
    habits = Habits()
    values = ((PRICE, D(1)), (REPRICED, "keep_spend"), (FieldName.ON_FAILURE, "cancel_order"))
    habits.sent("a", Draft(ORDER, values), "modify")
    assert habits.choices("a") == {REPRICED: "keep_spend"}
    assert habits.route("a") == "modify"
    assert habits.choices("b") == {}
    assert habits.route("b") is None


class At(NamedTuple):
    """An order of a venue with two routes, its panel open."""

    bench: Bench
    key: str

    @property
    def panel(self) -> AmendPanel:
        panel = self.bench.ticket.panels.panel(self.key)
        assert panel is not None
        return panel

    @property
    def sent(self) -> int:
        return len(self.bench.paper.connectors["alphapoint"].sent)

    def press(self, *keys: tuple[Key, Mod] | Key) -> None:
        for key in keys:
            self.bench.key_into(*(key if isinstance(key, tuple) else (key, Mod.NoModifier)))


SEND, ROUTE = (Key.Key_Return, Mod.ControlModifier), (Key.Key_R, Mod.AltModifier)


@pytest.fixture
def at(bench: Bench) -> At:
    bench.paper.market("alphapoint", instrument(), "83990", "84100")
    bench.paper.balance("alphapoint", "CAD", "900000", "800000")
    key = bench.paper.order(ORDER)
    bench.look()
    bench.ticket.view.choose(key)
    bench.ticket.view.setFocus()
    return At(bench, key)


async def leave(at: At) -> None:
    for _ in range(3):
        await asyncio.sleep(0)
    await at.bench.paper.desk.close()


async def test_four_keys_move_an_order_that_is_only_replaced_by_one_tick(at: At) -> None:
    at.press(Key.Key_F2, Key.Key_Up, ROUTE)
    assert at.panel.box.consent.hasFocus(), "what the route asks for is asked at once"
    assert not at.panel.box.consent.isChecked()
    at.press(SEND)
    await leave(at)
    command = at.bench.paper.connectors["alphapoint"].sent[0]
    assert (command.route, command.target.price) == ("replace", D("84000.01"))
    assert at.sent == 1


async def test_without_consent_ctrl_enter_goes_to_the_box_and_never_is_the_consent(at: At) -> None:
    at.press(Key.Key_F2, ROUTE, Key.Key_Up)
    panel = at.panel
    assert panel.fields.lines[PRICE].number.hasFocus(), "there was nothing to ask for yet"
    at.press(SEND, SEND, SEND)
    assert panel.box.consent.hasFocus()
    assert not panel.box.consent.isChecked()
    assert "Space ticks it" in panel.box.error_text()
    assert at.sent == 0
    at.press(Key.Key_Space)
    assert panel.box.error_text() == ""
    at.press(SEND)
    await leave(at)
    assert at.sent == 1


@pytest.mark.parametrize("more", ["post-only", "dear"])
async def test_what_asks_for_more_than_the_place_is_ticked(at: At, more: str) -> None:
    paper = at.bench.paper
    if more == "dear":
        paper.balance("alphapoint", "CAD", "84000", "0")
    if more == "post-only":
        paper.change(at.key, post_only=True)
    price = {"post-only": "84200", "dear": "84010"}[more]
    at.bench.ticket.panels.habits.agree(ORDER, agreed=True)
    at.press(Key.Key_F2)
    at.bench.price(at.key, price)
    at.press(ROUTE, SEND, SEND)
    assert at.sent == 0
    assert at.panel.box.consent.isVisible()
    asked = " ".join(at.panel.box.asked)
    assert "place" not in asked, "that is agreed to"
    assert asked
    at.press(Key.Key_Space, SEND)
    await leave(at)
    assert at.sent == 1


async def test_a_key_held_down_is_pressed_once(at: At) -> None:
    at.press(Key.Key_F2, ROUTE, Key.Key_Up)
    focus = QApplication.focusWidget()
    assert focus is not None
    for repeated in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, Mod.ControlModifier, "", repeated)
        QApplication.sendEvent(QApplication.focusWidget() or focus, event)
    await leave(at)
    assert at.sent == 0


async def test_the_consent_of_the_session_is_shown_while_it_stands_and_can_be_taken_back(at: At) -> None:
    at.press(Key.Key_F2)
    box = at.panel.box
    assert box.session.isHidden(), "nothing asks for it"
    at.press(Key.Key_Up, ROUTE)
    assert box.session.isVisible()
    box.session.check.setFocus()
    at.press(Key.Key_Space)
    assert box.consent.isHidden()
    assert box.session.isVisible()
    assert "In force for BTCCAD (alphapoint)" in box.session.check.accessibleDescription()
    assert box.send.isEnabled()
    at.press(Key.Key_Escape)
    assert box.session.isVisible(), "it stands, draft or none"
    box.session.check.setFocus()
    at.press(Key.Key_Space)
    assert box.session.isHidden()
    at.bench.price(at.key, "84001")
    at.panel.next_route()
    assert box.consent.isVisible()
    assert not box.send.isEnabled()
    await leave(at)


async def test_a_warning_that_came_up_since_the_last_look_is_not_covered_by_anything(at: At) -> None:
    at.bench.ticket.panels.habits.agree(ORDER, agreed=True)
    at.press(Key.Key_F2, Key.Key_Up, ROUTE)
    assert at.panel.box.send.isEnabled()
    at.bench.paper.quote("alphapoint", "BTCCAD", "83000", "83500")  # the new price would trade at once
    at.press(SEND)
    assert at.sent == 0
    assert "another one than when you looked" in at.panel.box.error_text()
    assert at.panel.box.consent.isVisible()
    assert "would trade at once" in " ".join(at.panel.box.asked)
    await leave(at)


async def test_every_consent_can_be_taken_back_from_the_palette(at: At) -> None:
    at.bench.ticket.panels.habits.agree(ORDER, agreed=True)
    at.press((Key.Key_K, Mod.ControlModifier))
    at.bench.qtbot.keyClicks(at.bench.ticket.commands.palette.box, "take back")
    at.press(Key.Key_Return)
    assert not at.bench.ticket.panels.habits.agreed(ORDER)
    assert any("asked about again in BTCCAD (alphapoint)" in text for text in at.bench.ticket.banner.texts())
    await leave(at)


async def test_the_route_of_the_last_amendment_is_the_orders_own(at: At) -> None:
    at.bench.ticket.panels.habits.agree(ORDER, agreed=True)
    at.press(Key.Key_F2, Key.Key_Up, ROUTE, SEND)
    for _ in range(3):
        await asyncio.sleep(0)
    at.bench.paper.refuse("alphapoint", "1", "not now")
    at.bench.look()
    at.press(Key.Key_Escape, Key.Key_Escape)
    assert at.bench.ticket.panels.open_lineage == ""
    at.press(Key.Key_F2)
    assert at.panel.fields.routes.value() == "replace"
    assert not at.panel.box.revert.isEnabled(), "it is no draft"
    at.press(Key.Key_Up, SEND)
    for _ in range(3):
        await asyncio.sleep(0)
    assert [each.route for each in at.bench.paper.connectors["alphapoint"].sent] == ["replace", "replace"]
    await leave(at)


async def test_where_there_is_one_way_the_route_key_says_so(bench: Bench) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    bench.key_into(*ROUTE)
    assert "one way only" in panel.box.error_text()


async def test_keep_spend_stays_the_choice_of_its_order(bench: Bench) -> None:
    bench.open(bench.buy)
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    pills = panel.fields.lines[REPRICED].pills
    bench.price(bench.buy, "119000")
    pills.button("keep_spend").setFocus()
    pills.button("keep_spend").click()
    bench.key_into(*SEND)
    for _ in range(3):
        await asyncio.sleep(0)
    sent = bench.paper.connectors["bitso"].sent
    assert dict(sent[0].fields).keys() == {"price"}, "the price alone"
    line = panel.fields.lines[REPRICED]
    bench.look()
    assert line.isAncestorOf(QApplication.focusWidget()), "not in the size, where the next key would change it"
    with_spend = D("100000") / D("119000")
    bench.paper.change(bench.buy, price=D("119000.00"), quantity=with_spend.quantize(D("0.00000001")), value=D(100000))
    bench.paper.acknowledge("bitso")
    bench.look()
    panel = bench.ticket.panels.panel(bench.buy)
    assert panel is not None
    assert panel.fields.lines[REPRICED].pills.value() == "keep_spend"
    assert bench.ticket.panels.drafts() == (), "by itself it is no draft"
    await bench.paper.desk.close()


def test_the_words_of_a_consent(qtbot: QtBot) -> None:
    consent = SessionConsent()
    qtbot.addWidget(consent)
    consent.show_standing("BTCCAD (alphapoint)", offered=True, agreed=False)
    assert not consent.isHidden()
    assert "nothing but the place" in consent.check.accessibleDescription()
    consent.show_standing("BTCCAD (alphapoint)", offered=False, agreed=False)
    assert consent.isHidden()
