"""Total and remaining in the panel, with every venue's rules: one computes the other, and one of them is underlined."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.domain.form import FieldName
from app.domain.order import OrderStatus
from app.ui.amend.panel import AmendPanel
from app.ui.amend.twin_line import TwinLine
from app.ui.look.theme import Theme
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.ui.window.test_window import Bench
from tests.venues.alphapoint.samples import instrument, partly
from tests.venues.bitget.samples import SPOT_BTC
from tests.venues.bitget.samples import order as bitget_order
from tests.venues.qfex.samples import APPLE
from tests.venues.qfex.samples import order as qfex_order

D, QUANTITY = Decimal, FieldName.QUANTITY
PARTLY = OrderStatus.PARTIALLY_FILLED


def bitso(paper: PaperDesk) -> str:
    key = bitso_buy(paper)
    paper.change(key, quantity=D("1.0"), value=D(120000), filled=D("0.25"), status=PARTLY)
    return key


def bitget(paper: PaperDesk) -> str:
    paper.market("bitget", SPOT_BTC, "59900.00", "60100.00")
    order = replace(bitget_order(), account="bitget", quantity=D("1.0"), filled=D("0.25"), status=PARTLY)
    return paper.order(order)


def alphapoint(paper: PaperDesk) -> str:
    paper.market("alphapoint", instrument(), "83990", "84100")
    return paper.order(replace(partly("0.75", "0.25", OrderId=15071), account="alphapoint"))


def qfex(paper: PaperDesk) -> str:
    """An order of which nothing has filled: others cannot be amended there."""
    paper.market("qfex", APPLE, "201.95", "202.05")
    return paper.order(replace(qfex_order(), account="qfex", quantity=D(2), filled=D(0)))


class Case(NamedTuple):
    """What is typed and what it comes to: as the venue's own field, and as its twin."""

    own: str
    twin: str
    typed: str
    comes_to: str


CASES = {
    bitso: Case("1", "0.75", "0.5", "0.75"),
    bitget: Case("1", "0.75", "0.5", "0.75"),
    alphapoint: Case("0.75", "1", "0.8", "0.55"),
    qfex: Case("2", "2", "3", "3"),
}


def opened(bench: Bench, venue: object) -> tuple[AmendPanel, TwinLine, str]:
    assert callable(venue)
    key = venue(bench.paper)
    bench.look()
    bench.open(key)
    panel = bench.ticket.panels.panel(key)
    assert panel is not None
    return panel, panel.fields.twins[QUANTITY], key


def type_into(bench: Bench, line: object, text: str) -> None:
    edit = line.number  # type: ignore[attr-defined]
    edit.setFocus()
    edit.lineEdit().selectAll()
    bench.qtbot.keyClicks(edit, text)
    bench.look()


@pytest.mark.parametrize("venue", CASES, ids=lambda venue: venue.__name__)
def test_typing_one_computes_the_other(venue: object, bench: Bench) -> None:
    case = CASES[venue]  # type: ignore[index]
    panel, twin, key = opened(bench, venue)
    own = panel.fields.lines[QUANTITY]
    assert (own.number.number(), twin.number.number()) == (D(case.own), D(case.twin))
    assert own._label.font().underline()
    assert not twin._label.font().underline()
    filled = bench.paper.desk.state.lineages[key].order.filled
    assert twin.number._suffix == (f"{filled.normalize()} filled" if filled else "nothing filled")

    type_into(bench, twin, case.typed)
    assert own.number.number() == D(case.comes_to)
    assert panel.keeper.draft.values == ((QUANTITY, D(case.comes_to)),)
    assert twin.number.number() == D(case.typed)

    type_into(bench, own, case.own.replace("1", "0.9") if case.own == "1" else "0.6" if case.own == "0.75" else "5")
    difference = D(case.twin) - D(case.own)
    number = own.number.number()
    assert number is not None
    assert twin.number.number() == number + difference
    assert panel.keeper.draft.values == ((QUANTITY, number),)
    panel.revert()
    assert (own.number.number(), twin.number.number()) == (D(case.own), D(case.twin))
    assert not panel.keeper.dirty


@pytest.mark.parametrize("venue, typed, after", [(bitget, "0.5", "0.85"), (alphapoint, "0.8", "0.45")])
def test_what_is_typed_stays_when_more_fills_and_the_other_follows(
    venue: object, typed: str, after: str, bench: Bench
) -> None:
    panel, twin, key = opened(bench, venue)
    type_into(bench, twin, typed)
    bench.paper.change(key, filled=D("0.35"))
    bench.look()
    assert twin.number.number() == D(typed)
    assert panel.fields.lines[QUANTITY].number.number() == D(after)
    assert panel.keeper.draft.number(QUANTITY) == D(after)


def test_a_total_that_has_filled_by_now_blocks_in_words(bench: Bench) -> None:
    panel, twin, key = opened(bench, alphapoint)
    type_into(bench, twin, "0.3")
    assert panel.keeper.draft.number(QUANTITY) == D("0.05")
    bench.paper.change(key, filled=D("0.3"))
    bench.look()
    assert "not above the 0.3 that has filled" in panel.keeper.broken[QUANTITY]
    assert not panel.box.send.isEnabled()
    assert twin.number.text() == "0.3"


def test_a_wish_and_a_broken_text_work_in_the_twin_too(bench: Bench) -> None:
    panel, twin, _ = opened(bench, bitget)
    type_into(bench, twin, "half")
    assert panel.keeper.draft.number(QUANTITY) == D("0.625"), "0.25 filled, and half of 0.75"
    type_into(bench, twin, "1e5")
    assert panel.keeper.broken.keys() == {QUANTITY}
    assert not panel.box.send.isEnabled()
    panel.fields.lines[QUANTITY].number.setFocus()
    bench.key_into(Qt.Key.Key_Down)
    assert not panel.keeper.broken
    assert not twin.leads


def test_a_number_beyond_any_size_is_a_problem_and_no_trouble(bench: Bench) -> None:
    panel, twin, _ = opened(bench, bitget)
    for line in (panel.fields.lines[QUANTITY], twin):
        type_into(bench, line, "9" * 49)
        assert not panel.box.send.isEnabled()
        type_into(bench, line, "0." + "3" * 47)
        assert not panel.box.send.isEnabled()


async def test_after_sending_the_keyboard_is_in_the_twin_it_was_in(bench: Bench) -> None:
    panel, twin, _ = opened(bench, alphapoint)
    type_into(bench, twin, "0.8")
    panel.box.consent.setChecked(True)
    panel.send()
    bench.look()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert twin.isAncestorOf(focus) or panel.fields.last is twin
    assert not twin.leads
    await bench.paper.desk.close()


def test_a_locked_size_locks_its_twin(bench: Bench, theme: Theme) -> None:
    bench.paper.market("qfex", APPLE, "201.95", "202.05")
    order = replace(qfex_order(), account="qfex", quantity=D(2), filled=D("0.5"), status=PARTLY)
    key = bench.paper.order(order)
    bench.look()
    bench.open(key)
    panel = bench.ticket.panels.panel(key)
    assert panel is not None
    twin = panel.fields.twins[QUANTITY]
    assert twin.number.locked
    assert twin.number.number() == D("1.5")
