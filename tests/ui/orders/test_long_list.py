"""Long lists are made, filtered and sorted in parts: no turn of the loop takes more than its share of rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.ui.orders import model as module
from app.ui.orders.model import OrderModel
from app.ui.orders.row import Column
from tests.ui.conftest import MadeRows, make_row

#: As little as shows the parts.
MOST_ARRANGED, MOST_MADE = 60, 20
COUNT = 2 * MOST_ARRANGED + 10


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ARRANGED", MOST_ARRANGED)
    monkeypatch.setattr(module, "MOST_MADE", MOST_MADE)


@pytest.fixture
def model(qapp: QApplication) -> Iterator[OrderModel]:
    template = {f"L{number:05}": make_row(f"L{number:05}", number=Decimal(number % 97)) for number in range(COUNT)}
    model = OrderModel(MadeRows(template.get))
    model.touch(template)
    while model.unfinished:
        model.flush()
    yield model
    model.deleteLater()


def test_a_turn_makes_no_more_rows_than_it_may(qapp: QApplication, qtbot: QtBot) -> None:
    a_turn: list[int] = []
    source = MadeRows(lambda lineage: make_row(lineage))
    model = OrderModel(source)
    model.set_visible(lambda: range(3))
    model.flushed.connect(lambda rows: a_turn.append(len(rows)))
    model.touch(f"L{number}" for number in range(3 * MOST_MADE + 1))
    assert source.keyed == []
    qtbot.waitUntil(lambda: model.rowCount() == 3 * MOST_MADE + 1)
    assert a_turn == [MOST_MADE] * 3 + [1]
    assert model.lineages() == tuple(sorted(model.lineages()))
    assert source.made == [], "nobody looked at one"
    model.deleteLater()


def test_a_long_list_is_sorted_in_parts_and_what_is_chosen_stays(qtbot: QtBot, model: OrderModel) -> None:
    kept = QPersistentModelIndex(model.index_of("L00096", Column.AGE))
    before = model.lineages()
    model.sort(Column.PRICE, Qt.SortOrder.DescendingOrder)
    assert model.lineages() == before, "what is shown stays until the new order is ready"
    assert model.unfinished > 0
    qtbot.waitUntil(lambda: not model.unfinished)
    assert model.lineages()[0] == "L00096"
    assert (kept.row(), kept.column()) == (0, Column.AGE)


def test_a_filter_looks_at_a_part_a_turn(qtbot: QtBot, model: OrderModel) -> None:
    looked: list[str] = []

    def passes(lineage: str) -> bool:
        looked.append(lineage)
        return lineage.endswith("7")

    kept = QPersistentModelIndex(model.index_of("L00017"))
    tester = ModelTester(model)
    tester.check(model, force_py=True)
    model.set_filter(passes)
    assert len(looked) == MOST_ARRANGED
    qtbot.waitUntil(lambda: not model.unfinished)
    assert len(looked) == COUNT
    assert all(name.endswith("7") for name in model.lineages())
    assert kept.row() == model.lineages().index("L00017")
    model.set_filter(None)
    qtbot.waitUntil(lambda: not model.unfinished)
    assert model.rowCount() == COUNT
    assert model.lineages()[kept.row()] == "L00017"
    tester._cleanup()


def test_what_changes_while_the_list_is_made_anew_is_not_lost(qtbot: QtBot, model: OrderModel) -> None:
    changed = set[str]()
    model.set_filter(lambda lineage: lineage not in changed)
    changed.add("L00003")
    model.touch(["L00003"])
    model.flush()
    qtbot.waitUntil(lambda: model.position_of("L00003") is None)
    assert model.rowCount() == COUNT - 1


def test_another_order_asked_for_meanwhile_wins(qtbot: QtBot, model: OrderModel) -> None:
    model.sort(Column.PRICE)
    model.sort(Column.PRICE, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: not model.unfinished)
    assert model.lineages()[0] == "L00096"
