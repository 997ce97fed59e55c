"""The rows of a desk answer what the list asks: what sorts a row is what its own texts are sorted by."""

from __future__ import annotations

import pytest

from app.domain.order import OrderStatus
from app.ui.orders.row import Column
from app.ui.orders.rows import DeskRows
from app.ui.orders.source import RowSource
from tests.helpers.paper_desk import PaperDesk, bitso_buy


@pytest.mark.parametrize("status", [OrderStatus.WORKING, OrderStatus.CANCELLED])
async def test_what_sorts_a_row_is_what_the_row_itself_sorts_by(status: OrderStatus) -> None:
    paper = PaperDesk("bitso")
    key = bitso_buy(paper)
    paper.change(key, status=status)
    rows, lineage = DeskRows(paper.desk), paper.desk.lineage(key)
    row = rows.row(key)
    assert row is not None
    order = lineage.order
    assert rows.key(lineage, Column.PRICE) == order.price
    assert rows.key(lineage, Column.QUANTITY) == order.quantity
    assert rows.key(lineage, Column.REMAINING) == order.remaining
    assert rows.key(lineage, Column.ORDER_ID) == order.order_id == row.order_id
    assert rows.key(lineage, Column.SIDE) == "buy"
    assert rows.key(lineage, Column.ORDER) == row.order.word
    assert (rows.key(lineage, Column.TOUCH) is None) is (status is OrderStatus.CANCELLED), "no market reaches it"


def test_the_list_asks_four_things() -> None:
    assert {name for name in vars(RowSource) if not name.startswith("_")} == {"listed", "key", "row", "ended"}
