"""Only what is seen is built: texts of rows, letters of a search and frames counted, which no machine changes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.ui.orders.model import MOST_KEPT, OrderModel
from app.ui.orders.row import Column
from app.ui.orders.row_order import Place
from tests.ui.conftest import KeyedRow, MadeRows, make_row

COUNT, SEEN, TOUCHED = 600, range(100, 130), 500


class Counted:
    """A list of which thirty rows are in sight."""

    def __init__(self) -> None:
        self.rows: dict[str, KeyedRow] = {
            f"L{number:03}": make_row(f"L{number:03}", number=Decimal(number)) for number in range(COUNT)
        }
        self.source = MadeRows(self.rows.get)
        self.model = OrderModel(self.source)
        self.seen = SEEN
        self.model.set_visible(lambda: self.seen)
        self.model.touch(self.rows)
        while self.model.unfinished:
            self.model.flush()
        self.model.sort(Column.PRICE)
        self.forget()

    def forget(self) -> None:
        """Count from here."""
        self.source.made.clear()
        self.source.keyed.clear()

    def look(self) -> list[str]:
        """Read all that is in sight, as painting does: each cell of each row."""
        return [self.model.row_at(position).text(column) for position in self.seen for column in Column]

    def push(self, price: str) -> None:
        """Change the first 500 rows."""
        for lineage in list(self.rows)[:TOUCHED]:
            self.rows[lineage] = make_row(lineage, number=self.rows[lineage].keys[Column.PRICE], price=price)
        self.model.touch(list(self.rows)[:TOUCHED])


@pytest.fixture
def counted(qapp: QApplication) -> Iterator[Counted]:
    counted = Counted()
    yield counted
    counted.model.deleteLater()


def test_a_burst_builds_the_rows_in_sight_and_no_other(counted: Counted) -> None:
    announced: list[int] = []
    counted.model.dataChanged.connect(lambda first, last, roles: announced.append(first.row()))
    assert counted.source.made == []
    counted.look()
    assert len(counted.source.made) == len(SEEN)
    counted.forget()
    for price in ("1", "2", "3"):
        counted.push(price)
    counted.model.flush()
    assert len(counted.source.made) == len(SEEN)
    assert len(counted.source.keyed) == TOUCHED
    assert sorted(announced) == list(SEEN)
    counted.look()
    assert len(counted.source.made) == len(SEEN), "painting builds nothing again"


def test_a_row_that_comes_into_sight_is_as_it_is_now(counted: Counted) -> None:
    counted.look()
    counted.push("42")
    counted.model.flush()
    counted.forget()
    counted.seen = range(300, 330)
    assert counted.look()[Column.PRICE] == "42"
    assert len(counted.source.made) == 30
    counted.look()
    assert len(counted.source.made) == 30


def test_the_texts_of_what_went_out_of_sight_are_bounded_and_forgotten_with_time(counted: Counted) -> None:
    for position in range(COUNT):
        counted.model.row_at(position)
    assert len(counted.model._made) == MOST_KEPT
    counted.look()
    counted.forget()
    counted.model.touch_seen()
    assert len(counted.model._made) == len(SEEN)
    counted.model.flush()
    assert (len(counted.source.made), len(counted.source.keyed)) == (len(SEEN), len(SEEN))


def test_a_search_builds_no_row_and_a_longer_one_looks_at_what_is_shown(counted: Counted) -> None:
    looked: list[str] = []

    def having(text: str, *, narrower: bool) -> int:
        looked.clear()

        def fits(lineage: str) -> bool:
            looked.append(lineage)
            return text in lineage

        counted.model.set_filter(fits, narrower=narrower)
        return len(looked)

    assert having("L1", narrower=False) == COUNT
    assert having("L12", narrower=True) == 100
    assert having("L123", narrower=True) == 10
    assert counted.model.lineages() == ("L123",)
    assert having("L12", narrower=False) == COUNT
    counted.model.set_filter(None)
    assert counted.model.rowCount() == COUNT
    assert (counted.source.made, counted.source.keyed) == ([], []), "what is sorted already is not sorted again"


def test_a_further_letter_that_every_row_has_moves_nothing(counted: Counted) -> None:
    def sift(places: list[Place]) -> list[Place]:
        return [place for place in places if "L1" in place[2]]

    moved: list[int] = []
    counted.model.set_filter(lambda lineage: "L1" in lineage, sift=sift)
    shown = counted.model.lineages()
    assert shown
    assert all("L1" in lineage for lineage in shown)
    for sign in (counted.model.layoutChanged, counted.model.rowsRemoved, counted.model.rowsInserted):
        sign.connect(lambda *_: moved.append(1))
    counted.model.set_filter(lambda lineage: "L1" in lineage, narrower=True, sift=sift)
    assert counted.model.lineages() == shown
    assert moved == []
    counted.rows["L1x"] = make_row("L1x", number=Decimal(0))
    counted.model.touch(["L1x"])
    counted.model.flush()
    assert counted.model.lineages() == ("L1x", *shown), "one that comes later is asked for by itself"


def test_a_hidden_row_keeps_its_order_up_to_date(counted: Counted) -> None:
    counted.model.set_filter(lambda lineage: lineage == "L007")
    counted.rows["L005"] = make_row("L005", number=Decimal(1000))
    counted.rows["NEW"] = make_row("NEW", number=Decimal("0.5"))
    del counted.rows["L009"]
    counted.model.touch(["L005", "L009", "NEW"])
    counted.model.flush()
    assert counted.model.lineages() == ("L007",)
    assert counted.model.known == COUNT
    counted.model.set_filter(None)
    assert counted.model.lineages() == tuple(
        sorted(counted.rows, key=lambda lineage: counted.rows[lineage].keys[Column.PRICE] or 0)
    )
    counted.model.sort(Column.PRICE, Qt.SortOrder.DescendingOrder)
    assert counted.model.lineages()[:2] == ("L005", "L599")


def test_one_new_row_moves_no_other(counted: Counted) -> None:
    laid_out: list[object] = []
    counted.model.layoutChanged.connect(lambda *args: laid_out.append(args))
    counted.rows["NEW"] = make_row("NEW", number=Decimal("7.5"))
    counted.model.touch(["NEW"])
    counted.model.flush()
    assert (counted.model.position_of("NEW"), laid_out) == (8, [])
    assert (counted.source.made, counted.source.keyed) == ([], ["NEW"])


def test_a_row_that_is_gone_from_the_desk_says_so_until_it_leaves(counted: Counted) -> None:
    del counted.rows["L100"]
    assert counted.model.row_at(100).order.word == "Not listed any more"
    counted.model.flush()
    assert counted.model.position_of("L100") is None
