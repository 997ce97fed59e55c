"""QFEX in the window: the panel's amendments against the practice venue over real sockets, by keys alone."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from tests.helpers.ticket_at_practice import Key, Panel, TicketAtPractice, at_practice

D = Decimal
PRICE, QUANTITY = FieldName.PRICE, FieldName.QUANTITY
TAKE_PROFIT, STOP_LOSS = FieldName.TAKE_PROFIT, FieldName.STOP_LOSS
CONFIRMED = AmendmentStage.CONFIRMED


def params(panel: Panel) -> dict[str, Any]:
    """What the request as shown says; every number keeps its digits."""
    frame = panel.request[panel.request.index("{") :]
    return dict(json.loads(frame, parse_float=str, parse_int=str)["params"])


def received(at: TicketAtPractice) -> list[dict[str, Any]]:
    """What the venue's socket received."""
    return [json.loads(text, parse_float=str, parse_int=str)["params"] for text in at.sent("qfex")]


async def test_the_id_changes_and_row_history_and_next_amendment_follow(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "qfex") as at:
        theirs = at.theirs("qfex", symbol="AAPL-USD", price="200.00")
        first = theirs.order_id
        row, rows = at.lineage(first), at.view.model.rowCount()
        panel = await at.open(row)
        assert "NEW ORDER ID" in panel.words
        panel.type(PRICE, "200.40")
        shown = params(panel)
        assert (shown["order_id"], shown["symbol"], shown["side"]) == (first, "AAPL-USD", "BUY")
        assert (shown["order_type"], D(shown["price"]), D(shown["quantity"])) == ("LIMIT", D("200.4"), D(2))
        assert "client_order_id" not in shown
        assert panel.line("Order id")[2] == "a new id"
        panel.send()
        await at.stage(row, CONFIRMED)

        second = theirs.order_id
        assert second != first
        assert row.order.order_id == second
        assert row.ids == [first, second]
        assert at.view.model.rowCount() == rows, "it is the same row, not another one"
        assert at.view.panels.open_lineage == row.key, "and its panel is still open"
        assert at.cell(row, Column.ORDER_ID) == f"{second} (2 ids)"
        assert at.asked(row, Column.PRICE) == [D("200.4")]
        assert f"{first} → {second}" in at.story()
        assert "price 200 → 200.4" in at.story()

        panel.type(QUANTITY, "1.5")
        assert params(panel)["order_id"] == second
        panel.send()
        await at.stage(row, CONFIRMED)
        third = theirs.order_id
        assert len({first, second, third}) == 3
        assert row.ids == [first, second, third]
        assert (theirs.price, theirs.quantity) == (D("200.40"), D("1.5"))
        assert [each["order_id"] for each in received(at)] == [first, second]
        assert at.lineage(first) is at.lineage(third) is row, "every id it ever had finds it"


async def test_exits_are_sent_as_they_are_changed_and_removed(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "qfex") as at:
        theirs = at.theirs("qfex", symbol="GOOG-USD", side="buy")
        row = at.lineage(theirs.order_id)
        panel = await at.open(row)
        panel.type(PRICE, "160.50")
        shown = params(panel)
        assert (D(shown["take_profit"]), D(shown["stop_loss"])) == (D(175), D(150)), "unchanged ones go as they are"
        panel.type(TAKE_PROFIT, "176.05")
        panel.type(STOP_LOSS, "0")
        shown = params(panel)
        assert (D(shown["price"]), D(shown["quantity"])) == (D("160.5"), D(4))
        assert (D(shown["take_profit"]), D(shown["stop_loss"])) == (D("176.05"), D(0))
        assert panel.line("Stop loss")[2] == "removed"
        panel.send()
        await at.stage(row, CONFIRMED)
        assert theirs.price == D("160.50")
        assert (theirs.attributes["take_profit"], theirs.attributes["stop_loss"]) == (D("176.05"), D(0))
        assert D(panel.text(TAKE_PROFIT)) == D("176.05")
        assert row.order.stop_loss in (None, D(0))


async def test_an_exit_on_the_wrong_side_takes_a_consent(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "qfex") as at:
        row = at.lineage(at.theirs("qfex", symbol="GOOG-USD", side="buy").order_id)
        panel = await at.open(row)
        panel.type(TAKE_PROFIT, "155")
        assert panel.problems == ""
        assert "155 is not above the price 160" in panel.words
        panel.send()
        assert at.sent("qfex") == [], "not without the consent"
        panel.consent()
        panel.send()
        refused = await at.stage(row, AmendmentStage.REFUSED)
        assert refused.code == "INVALID_TAKEPROFIT_PRICE"


async def test_a_reduce_only_order_is_amended_by_saying_that_it_is_one(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "qfex") as at:
        theirs = at.theirs("qfex", symbol="GOOG-USD", side="sell", reduce_only=True)
        row = at.lineage(theirs.order_id)
        panel = await at.open(row)
        panel.type(PRICE, "172.50")
        panel.choose(FieldName.REDUCE_ONLY, "yes, as I placed it")
        assert '"reduce_only":true' in panel.request.replace(" ", "")
        assert "because you say so" in panel.words
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.price, theirs.reduce_only) == (D("172.50"), True)


async def test_a_partly_filled_order_is_locked_and_the_card_states_the_conflict(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "qfex") as at:
        theirs = at.theirs("qfex", symbol="AAPL-USD", side="sell")
        panel = await at.open(at.lineage(theirs.order_id))
        assert all(panel.locked(name) for name in panel.widget.fields.lines)
        assert "partly filled (0.5 of 1.5)" in panel.words
        panel.go(PRICE)
        at.press(Key.Key_F1)
        card = at.rule_card()
        assert "The sources contradict each other" in card
        assert "Enums page" in card
        assert "Modify Order page" in card
        assert "read 2026-11-21" in card
        at.press(Key.Key_Escape)
        assert not at.rule_card()
        at.write("250")
        panel.send()
        assert at.sent("qfex") == []
        assert theirs.price == D(207)


async def test_one_amendment_at_a_time_while_the_speed_bump_holds_it(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "qfex", bump_ms=400) as at:
        theirs = at.theirs("qfex", symbol="AAPL-USD", price="200.00")
        row = at.lineage(theirs.order_id)
        panel = await at.open(row)
        panel.type(PRICE, "200.40")
        panel.send()
        await at.until(lambda: panel.locked(PRICE), "the lock of the fields")
        assert "still unresolved" in panel.words
        await at.until(lambda: at.asked(row, Column.PRICE) == [D(200), D("200.4")], "what is asked for beside what is")
        panel.send()
        at.write("300")
        panel.send()
        await at.stage(row, CONFIRMED)
        assert len(at.sent("qfex")) == 1
        assert theirs.price == D("200.40")
        assert at.asked(row, Column.PRICE) == [D("200.4")]


async def test_a_fill_in_flight_is_refused_and_then_the_order_is_locked(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "qfex") as at:
        theirs = at.theirs("qfex", symbol="AAPL-USD", price="200.00")
        at.server("qfex").faults.add("fill", "amend", quantity="0.5")
        row = at.lineage(theirs.order_id)
        panel = await at.open(row)
        panel.type(PRICE, "200.40")
        panel.send()
        await at.stage(row, AmendmentStage.REFUSED)
        await at.until(lambda: panel.locked(PRICE), "the lock of the partly filled order")
        assert "CANNOT_MODIFY_PARTIAL_FILL" in panel.words
        assert "partly filled (0.5 of 2)" in panel.words
        assert at.cell(row, Column.AMENDMENT) == "✕ Refused CANNOT_MODIFY_PARTIAL_FILL"
        assert at.asked(row, Column.PRICE) == [D(200)]
        assert D(panel.text(PRICE)) == D(200), "what cannot be sent any more does not come back into a locked field"
        assert not panel.can_send
