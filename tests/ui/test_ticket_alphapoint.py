"""AlphaPoint in the window: both routes against the practice venue over real sockets, by keys alone."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.practice.exchange.orders import SimOrder
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from tests.helpers.ticket_at_practice import CONTROL, NONE, Key, Panel, TicketAtPractice, at_practice

D = Decimal
PRICE, REMAINING, STOP = FieldName.PRICE, FieldName.QUANTITY, FieldName.STOP
CONFIRMED = AmendmentStage.CONFIRMED
BUY, PARTLY = "6507", "6511"
KEEPS, LOSES = "Reduce, keeps its place", "Replace, loses its place"


def payload(panel: Panel) -> dict[str, Any]:
    """The inner message of the frame as shown; every number keeps its digits."""
    frame = json.loads(panel.request[panel.request.index("{") :])
    return dict(json.loads(frame["o"], parse_float=str))


def ahead(at: TicketAtPractice, order: SimOrder) -> Decimal:
    """What other people's orders stand before this one."""
    return at.server("alphapoint").exchange.book(order.symbol).place(order.uid).quantity_ahead


async def test_a_reduction_is_only_received_until_the_venue_shows_it(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        at.server("alphapoint").faults.add("late_effect", "amend", ms=1200)
        theirs = at.theirs("alphapoint", order_id=BUY)
        before = ahead(at, theirs)
        row = at.lineage(BUY)
        panel = await at.open(row)
        assert "ModifyOrder" in panel.words
        assert "IN PLACE" in panel.words
        panel.type(REMAINING, "0.6")
        assert payload(panel)["OrderId"] == int(BUY)
        assert D(payload(panel)["Quantity"]) == D("0.6")
        assert "LimitPrice" not in payload(panel)
        assert panel.numbers("Locked USD") == [D(95000), D(95000), D(57000)], "all of it is held until it takes effect"
        panel.send()

        await at.stage(row, AmendmentStage.ACKNOWLEDGED)
        assert at.cell(row, Column.AMENDMENT) == "? Received, not confirmed"
        assert "not yet confirmed; the order may still have its old terms" in panel.words
        assert at.asked(row, Column.REMAINING) == [D(1), D("0.6")], "what the venue's request means"
        assert theirs.remaining == D(1)
        assert panel.locked(REMAINING), "one at a time"
        assert "now 95000, peak 95000, after 57000" in panel.bars, "what will be, once it takes effect"

        await at.stage(row, CONFIRMED)
        assert "Confirmed" in at.cell(row, Column.AMENDMENT)
        assert theirs.remaining == D("0.6")
        assert row.order.order_id == theirs.order_id == BUY
        assert ahead(at, theirs) == before, "it keeps its place"
        assert D(panel.text(REMAINING)) == D("0.6")
        assert len(at.sent("alphapoint")) == 1


async def test_a_larger_quantity_or_a_price_names_the_other_route_and_is_not_sent(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        panel = await at.open(at.lineage(BUY))
        panel.type(REMAINING, "1.5")
        assert "“reduce” only goes down" in panel.problems
        assert "needs route “replace”" in panel.problems
        assert not panel.can_send
        panel.send()

        panel.type(REMAINING, "0.6")
        assert not panel.problems
        panel.type(PRICE, "95100")
        assert "A new price needs route “replace”" in panel.problems
        assert not panel.can_send
        panel.send()
        assert at.sent("alphapoint") == []
        assert panel.widget.fields.routes.value() == "reduce", "no route is ever changed in silence"


async def test_replacing_is_chosen_warned_of_agreed_to_and_followed(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        theirs = at.theirs("alphapoint", order_id=BUY)
        row, rows = at.lineage(BUY), at.view.model.rowCount()
        panel = await at.open(row)
        panel.type(PRICE, "95100")
        panel.choose_route(LOSES)
        assert "CancelReplaceOrder" in panel.words
        assert "NEW ORDER ID" in panel.words
        assert "Loses the place in the queue" in panel.words
        assert panel.line("Order id")[2] == "new"
        assert panel.numbers("Locked USD") == [D(95000), D(190100), D(95100)], "both may be held for a moment"
        assert not panel.problems
        panel.send()
        assert at.sent("alphapoint") == []
        assert "confirm" in panel.problems
        panel.consent()
        assert payload(panel)["OrderIdToReplace"] == int(BUY)
        panel.send()
        await at.stage(row, CONFIRMED)

        assert not theirs.is_open
        new = at.theirs("alphapoint", symbol="BTCUSD", side="buy")
        assert new.order_id != BUY
        assert (new.price, new.remaining) == (D(95100), D(1))
        assert row.ids == [BUY, new.order_id]
        assert at.view.model.rowCount() == rows, "it is the same row, not another one"
        assert at.cell(row, Column.ORDER_ID) == f"{new.order_id} (2 ids)"
        assert f"{BUY} → {new.order_id}" in at.story()

        await at.until(lambda: not panel.locked(REMAINING), "the fields of the new order")
        assert panel.widget.fields.routes.value() == "replace", "the route of its last amendment, shown as such"
        panel.type(REMAINING, "0.7")
        assert "keeps its place by route “reduce”" in panel.problems
        at.press(Key.Key_R, Qt.KeyboardModifier.AltModifier)
        assert panel.widget.fields.routes.value() == "reduce"
        assert payload(panel)["OrderId"] == int(new.order_id)
        panel.send()
        await at.stage(row, CONFIRMED)
        assert new.remaining == D("0.7")
        assert len(at.sent("alphapoint")) == 2


async def test_one_tick_is_four_keys_and_three_from_then_on(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        row = at.lineage(BUY)
        at.view.view.choose(row.key)
        pressed = 0

        def keys(*pairs: tuple[Key, Qt.KeyboardModifier]) -> None:
            nonlocal pressed
            pressed = 0
            for key, modifier in pairs:
                at.press(key, modifier)
                pressed += 1

        send, up, edit = (Key.Key_Return, CONTROL), (Key.Key_Up, NONE), (Key.Key_F2, NONE)
        keys(edit, up, (Key.Key_R, Qt.KeyboardModifier.AltModifier), send)
        await at.stage(row, CONFIRMED)
        assert pressed == 4
        first = at.theirs("alphapoint", symbol="BTCUSD", side="buy").price
        at.press(Key.Key_Escape)

        panel = await at.open(row)
        panel.type(PRICE, "95200")
        session = panel.widget.box.session.check
        at.walk_to(session)
        at.press(Key.Key_Space)
        assert "In force for BTCUSD" in panel.words
        for _ in range(3):
            at.press(Key.Key_Escape)
        assert at.view.panels.open_lineage == ""
        for count in (1, 2):
            keys(edit, up, send)
            await at.stage(row, CONFIRMED)
            assert pressed == 3
            assert len(at.sent("alphapoint")) == 1 + count
            at.press(Key.Key_Escape)
        now = at.theirs("alphapoint", symbol="BTCUSD", side="buy").price
        assert first is not None
        assert now is not None
        assert now > first


async def test_what_is_executed_already_is_not_counted_in_what_should_remain(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        theirs = at.theirs("alphapoint", order_id=PARTLY)
        row = at.lineage(PARTLY)
        panel = await at.open(row)
        assert D(panel.text(REMAINING)) == D(1)
        assert "after 0.2 executed of a total of 1.2" in panel.words
        panel.type(REMAINING, "0.5")
        assert panel.numbers("Total") == [D("1.2"), D("1.2"), D("0.7")]
        assert panel.can_send
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.remaining, theirs.filled) == (D("0.5"), D("0.2"))
        assert "quantity 1 → 0.5" in panel.words


async def test_orders_of_which_no_document_speaks_are_reduced_by_consent(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        for order_id, why in (("6523", "market-maker quote"), ("6518", "StopLimit"), ("6514", "iceberg")):
            row = at.lineage(order_id)
            panel = await at.open(row)
            assert panel.locked(PRICE)
            half = row.order.remaining / 2
            panel.type(FieldName.QUANTITY, str(half))
            assert why in panel.words
            panel.send()
            assert at.sent("alphapoint") == [], "not without the consent"
        panel.consent()
        panel.send()
        await at.stage(row, CONFIRMED)
        assert row.order.remaining == half
