"""The amend panel of an order that has ended, and outcomes that are not of what is typed now."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from app.domain.form import FieldName
from app.domain.order import OrderStatus
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.rows import DraftShown
from tests.ui.amend.test_panel import Bench, close, settle

D = Decimal
PRICE = FieldName.PRICE


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Bench]:
    bench = Bench(qtbot, theme)
    yield bench
    bench.paper.desk._effects.timers.clear()


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.EXPIRED, OrderStatus.FILLED])
async def test_a_draft_goes_with_its_order_and_that_is_said_once(bench: Bench, status: OrderStatus) -> None:
    drafts: list[DraftShown | None] = []
    dropped: list[str] = []
    bench.panel.drafted.connect(lambda _, shown: drafts.append(shown))
    bench.panel.dropped.connect(lambda _, words: dropped.append(words))
    bench.type(PRICE, "119000")
    assert drafts[-1] is not None
    bench.paper.change(bench.key, status=status)
    bench.panel.refresh()
    bench.panel.refresh()
    assert drafts[-1] is None
    assert not bench.panel.keeper.dirty
    assert bench.line(PRICE).number.value() == D("120000.00"), "the field shows the order's own again"
    assert len(dropped) == 1
    assert dropped[0].endswith("What was typed is dropped: Price 119\u202f000.")
    assert dropped[0] in bench.note("problem"), "until the next key"
    assert bench.panel.fields._heading.text() == "ENDED"
    assert "the order has ended" in bench.panel.wire.text.toPlainText()
    assert not any(head.text() for head in bench.panel.changes._heads)
    await close(bench)


async def test_an_earlier_outcome_is_told_as_an_earlier_one(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.panel.send()
    await settle(bench)
    bench.paper.refuse("bitso", "0379", "Bitso refused: not enough funds.")
    await settle(bench)
    assert bench.panel.box._outcome.text().startswith("✕ Refused 0379")
    assert "typed here again" in bench.panel.box._outcome.text()
    bench.type(PRICE, "118000")
    assert bench.panel.box._outcome.text().startswith("Earlier: ✕ Refused 0379")
    bench.panel.revert()
    assert bench.panel.box._outcome.text().startswith("✕ Refused 0379")
    await close(bench)
