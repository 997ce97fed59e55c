"""What holds on every venue: nothing leaves by accident, nothing typed is lost, trouble is one sentence.

The window runs on practice venues over real sockets and is driven by keys, by the pointer where the pointer is meant.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.amendment import AmendmentStage
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from tests.helpers.ticket_at_practice import CONTROL, SHIFT, Key, TicketAtPractice, at_practice

D = Decimal
PRICE, QUANTITY = FieldName.PRICE, FieldName.QUANTITY
CONFIRMED = AmendmentStage.CONFIRMED
SPOT = "1312345680000471882"
BUY = "qlbga6b600n3xta7"
TWO_CELLS = (Column.PRICE, Column.QUANTITY)


# -- nothing leaves by accident -------------------------------------------------------


def cell(at: TicketAtPractice, order_id: str, column: Column) -> QPoint:
    """The middle of a cell, in the list's own coordinates."""
    index = at.view.model.index_of(at.lineage(order_id).key, column)
    return at.view.view.visualRect(index).center()


async def test_only_send_sends_and_it_sends_once(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        row, other = at.lineage(SPOT), at.lineage("1312345650000471913")
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        assert panel.can_send
        for key in (Key.Key_Return, Key.Key_Enter, Key.Key_Tab, Key.Key_Return, Key.Key_Backtab):
            at.press(key)
        viewport = at.view.view.viewport()
        for column in TWO_CELLS:
            QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=cell(at, SPOT, column))
            QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=cell(at, SPOT, column))
            await at.seen()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=cell(at, other.order.order_id, Column.SYMBOL))
        at.press(Key.Key_F6)
        at.press(Key.Key_F6)
        at.press(Key.Key_F, CONTROL)
        at.press(Key.Key_Escape)
        at.ticket.window.clearFocus()
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=cell(at, other.order.order_id, Column.PRICE))
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=cell(at, other.order.order_id, Column.PRICE))
        await at.seen()
        assert at.view.panels.open_lineage == other.key
        assert "Draft" in at.cell(row, Column.AMENDMENT)
        assert at.asked(row, Column.PRICE) == [D(59840), D(59850)]
        assert at.sent("bitget") == []

        panel = await at.open(row)
        assert panel.text(PRICE) == "59850.00", "another panel was open meanwhile; the draft is still there"
        panel.send()
        panel.send()
        at.press(Key.Key_Return)
        panel.send()
        await at.stage(row, CONFIRMED)
        assert len(at.sent("bitget")) == 1


async def test_escape_undoes_the_field_then_the_draft_then_closes(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        row = at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(QUANTITY, "0.4")
        panel.type(PRICE, "59850.00")
        at.press(Key.Key_Escape)
        assert D(panel.text(PRICE)) == D(59840), "first the field"
        assert D(panel.text(QUANTITY)) == D("0.4")
        assert panel.can_send
        at.press(Key.Key_Escape)
        assert D(panel.text(QUANTITY)) == D("0.5"), "then the draft"
        assert not panel.can_send
        assert at.view.panels.open_lineage == row.key
        at.press(Key.Key_Escape)
        assert at.view.panels.open_lineage == "", "then the panel"
        assert at.view.view.hasFocus()
        await at.seen()
        assert at.cell(row, Column.AMENDMENT) == "—"
        assert at.sent("bitget") == []


async def test_escape_closes_after_an_amendment_and_brings_no_old_value_back(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        row = at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        panel.send()
        await at.stage(row, CONFIRMED)
        assert panel.editor(PRICE).hasFocus()
        at.press(Key.Key_Escape)
        assert at.view.panels.open_lineage == "", "there is nothing to undo"
        await at.seen()
        assert "Confirmed" in at.cell(row, Column.AMENDMENT)
        assert at.asked(row, Column.PRICE) == [D(59850)], "and no draft of the price that was"


# -- nothing typed is lost ------------------------------------------------------------


async def test_what_is_typed_survives_the_market_and_a_fill(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        server, theirs, row = at.server("bitget"), at.theirs("bitget", order_id=SPOT), at.lineage(SPOT)
        touch = at.cell(row, Column.TOUCH)
        panel = await at.open(row)
        panel.type(QUANTITY, "0.45")
        panel.type(PRICE, "5985")
        server.move_price(theirs.symbol, D("60050.00"))
        await at.until(lambda: at.cell(row, Column.TOUCH) != touch, "another market")
        assert panel.text(PRICE) == "5985", "in the middle of typing"
        at.write("0.00")
        server.fill_now(theirs, D("0.1"))
        await at.until(lambda: row.order.filled == D("0.1"), "the fill")
        await at.seen()
        assert at.cell(row, Column.ORDER) == "◐ Part filled"
        assert (panel.text(PRICE), panel.text(QUANTITY)) == ("59850.00", "0.45")
        assert panel.numbers("Remaining")[::2] == [D("0.4"), D("0.35")], "the plan stands on the order as it is now"
        assert panel.can_send
        panel.send()
        await at.stage(row, CONFIRMED)
        assert (theirs.price, theirs.quantity, theirs.filled) == (D(59850), D("0.45"), D("0.1"))


async def test_a_change_by_somebody_else_stands_beside_what_is_typed(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        server, theirs, row = at.server("bitget"), at.theirs("bitget", order_id=SPOT), at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        server.foreign_amend(theirs, D("59800.00"), None)
        await at.until(lambda: "Venue moved: 59840.00 → 59800.00" in panel.words, "what the venue did")
        assert panel.text(PRICE) == "59850.00"
        assert not panel.can_send
        panel.send()
        assert "changed what you are editing" in panel.problems
        assert at.sent("bitget") == []
        at.walk_to(panel.widget.box.keep)
        at.press(Key.Key_Space)
        assert panel.can_send
        panel.send()
        await at.stage(row, CONFIRMED)
        assert theirs.price == D(59850)


async def test_an_order_that_ends_under_the_hands_says_so_and_sends_nothing(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        server, theirs, row = at.server("bitget"), at.theirs("bitget", order_id=SPOT), at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        server.foreign_cancel(theirs)
        await at.until(lambda: "nothing is left to amend" in panel.words, "the reason of the lock")
        assert at.cell(row, Column.ORDER) == "✕ Cancelled"
        panel.send()
        assert not panel.can_send
        assert at.sent("bitget") == []


# -- bad input ------------------------------------------------------------------------


WRONG = {
    "59850.005": "59850 or 59850.01",
    "0": "above zero",
    "-5": "-5",
    "1e5": "1e5",
    "59,850": "comma",
    "fifty": "fifty",
    "9" * 40: "large",
}


async def test_a_wrong_number_is_one_sentence_and_stays_as_typed(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        panel = await at.open(at.lineage(SPOT))
        for text, says in WRONG.items():
            panel.type(PRICE, text)
            assert panel.text(PRICE) == text
            assert says in panel.problems
            assert " | " not in panel.problems, "one sentence, once"
            assert not panel.can_send
            panel.send()
            assert panel.text(PRICE) == text
        assert at.sent("bitget") == []


async def test_off_the_tick_the_nearest_legal_is_offered_and_one_key_takes_it(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        theirs, row = at.theirs("bitget", order_id=SPOT), at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.007")
        assert panel.offers(PRICE) == ["59850.01", "59850.00"], "nearest first"
        at.press(Key.Key_Period, CONTROL)
        assert panel.text(PRICE) == "59850.01"
        assert panel.can_send
        panel.send()
        await at.stage(row, CONFIRMED)
        assert theirs.price == D("59850.01")


# -- trouble with a venue -------------------------------------------------------------


@pytest.fixture
def dead_port() -> Iterator[int]:
    """A port that nobody listens on and nobody else gets meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def prove_usable(at: TicketAtPractice) -> None:
    """Amend an order of the venue that is well."""
    theirs = at.theirs("qfex", symbol="AAPL-USD", price="200.00")
    row = at.lineage(theirs.order_id)
    panel = await at.open(row)
    panel.type(PRICE, "200.40")
    panel.send()
    await at.stage(row, CONFIRMED)
    assert theirs.price == D("200.40")


async def first_list(at: TicketAtPractice) -> None:
    """Wait for the venue that is well."""
    await at.until(lambda: at.ticket.desk is not None, "a desk")
    account = at.desk.state.accounts["QFEX practice"]
    await at.until(lambda: account.quotes and account.balances and account.instruments, "QFEX's lists")
    await at.until(lambda: at.view.model.rowCount() >= 6, "QFEX's rows")


async def test_a_dead_address_is_one_sentence_and_the_rest_goes_on(
    qloop: QtLoop, theme: Theme, tmp_path: Path, dead_port: int
) -> None:
    def edit(text: str) -> str:
        lines = text.splitlines()
        dead = f'rest = "http://127.0.0.1:{dead_port}/api"'
        return "\n".join(dead if line.startswith("rest") and "/api" in line else line for line in lines)

    async with at_practice(theme, tmp_path, "bitso", "qfex", edit=edit, listed=False) as at:
        await first_list(at)
        await at.until(at.banner, "the banner")
        assert len(at.banner()) == 1
        assert at.banner()[0].startswith("Bitso: ")
        assert f"127.0.0.1:{dead_port}" in at.banner()[0]
        assert at.desk.state.accounts["Bitso practice"].link is LinkState.DOWN
        await prove_usable(at)


async def test_a_refused_login_is_one_sentence_and_the_rest_goes_on(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    def edit(text: str) -> str:
        return text.replace("practice-bitget-secret", "wrong-bitget-secret")

    async with at_practice(theme, tmp_path, "bitget", "qfex", edit=edit, listed=False) as at:
        await first_list(at)
        await at.until(at.banner, "the banner")
        assert len(at.banner()) == 1
        assert at.banner()[0].startswith("Bitget UTA: ")
        assert at.desk.state.accounts["Bitget practice"].link is LinkState.REFUSED
        await prove_usable(at)


async def test_malformed_lists_are_one_sentence_and_the_rest_goes_on(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitso", "qfex") as at:
        junk = {"status": 200, "body": '{"success": tru', "content_type": "application/json"}
        at.server("bitso").faults.add("http_status", "list_orders", count=0, **junk)
        at.press(Key.Key_R, CONTROL)
        await at.until(at.banner, "the banner")
        assert len(at.banner()) == 1
        assert at.banner()[0].startswith("Bitso ")
        assert at.lineage(BUY).order.is_open, "what was known is not thrown away"
        await prove_usable(at)


async def test_a_malformed_answer_is_unknown_until_the_venue_shows_the_order(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitso") as at:
        junk = {"status": 200, "body": "<html>", "content_type": "text/html"}
        at.server("bitso").faults.add("http_status", "amend", point="before_reply", **junk)
        at.server("bitso").faults.add("delay", "look_up", ms=600, count=0)
        theirs, row = at.theirs("bitso", order_id=BUY), at.lineage(BUY)
        panel = await at.open(row)
        panel.type(PRICE, "101000")
        panel.send()
        await at.stage(row, AmendmentStage.UNKNOWN)
        assert at.cell(row, Column.AMENDMENT).startswith("? Unknown")
        assert "Nothing is resent" in panel.words
        assert panel.locked(PRICE)
        await at.stage(row, CONFIRMED)
        assert theirs.price == D(101000)
        assert len(at.sent("bitso")) == 1


async def test_a_state_nobody_knows_is_shown_as_it_is_and_locks_the_order(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        at.server("bitget").faults.add("unknown_status", "push_order", text="limbo")
        row, theirs = at.lineage(SPOT), at.theirs("bitget", order_id=SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        at.server("bitget").fill_now(theirs, D("0.1"))
        await at.until(lambda: at.cell(row, Column.ORDER) == "? limbo", "the state as it came")
        await at.until(lambda: "reports the state “limbo”" in panel.words, "the lock")
        panel.send()
        assert at.sent("bitget") == []


# -- by keys alone --------------------------------------------------------------------


async def test_a_panel_opens_where_it_can_be_seen(qloop: QtLoop, theme: Theme, tmp_path: Path) -> None:
    async with at_practice(theme, tmp_path, "alphapoint", "bitget", "bitso", "qfex") as at:
        lineages = [at.desk.lineage(key) for key in at.view.model.lineages()]
        assert len(lineages) >= 24
        for row in lineages[::-6]:
            panel = await at.open(row)
            top = panel.widget.mapTo(at.view.list_area, QPoint(0, 0))
            assert top.y() >= 0, "its row is still above it"


@pytest.mark.parametrize("order_id", ["6507", "6523"], ids=["a reduction", "by replacement alone"])
async def test_tab_walks_the_panel_in_the_order_it_is_read(
    order_id: str, qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "alphapoint") as at:
        panel = await at.open(at.lineage(order_id))
        if order_id == "6507":
            panel.type(PRICE, "95100")
            panel.choose_route("Replace, loses its place")
        widget = panel.widget
        wanted = [widget.fields.routes.button(widget.fields.routes.value() or "replace")]
        wanted += [panel.editor(field) for field in (PRICE, QUANTITY, FieldName.STOP)]
        wanted += [widget.wire.text]
        wanted += [widget.box.consent, widget.box.revert] if order_id == "6507" else []
        at.view.view.setFocus()
        at.press(Key.Key_Tab)
        assert QApplication.focusWidget() is wanted[0], "from the list into its panel"
        walked = [wanted[0]]
        while widget.isAncestorOf(QApplication.focusWidget()) and len(walked) < 40:
            at.press(Key.Key_Tab)
            walked.append(QApplication.focusWidget())
        stops = [walked.index(each) if each in walked else -1 for each in wanted]
        assert stops == sorted(stops), [each.accessibleName() for each in walked]
        assert -1 not in stops, [each.accessibleName() for each in walked]
        assert not widget.isAncestorOf(walked[-1]), "Tab leaves the panel at its end, and only there"
        at.press(Key.Key_Backtab, SHIFT)
        assert widget.isAncestorOf(QApplication.focusWidget()), "and comes back by the same door"


async def test_the_focus_stays_in_the_panel_when_an_amendment_leaves(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        row = at.lineage(SPOT)
        panel = await at.open(row)
        panel.type(PRICE, "59850.00")
        at.walk_to(panel.widget.box.send)
        at.press(Key.Key_Space)
        await at.stage(row, CONFIRMED)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert panel.widget.isAncestorOf(focus)
        assert len(at.sent("bitget")) == 1


async def test_the_window_may_be_closed_while_an_amendment_is_under_way(
    qloop: QtLoop, theme: Theme, tmp_path: Path
) -> None:
    async with at_practice(theme, tmp_path, "bitget") as at:
        at.server("bitget").faults.add("delay", "amend", ms=800)
        panel = await at.open(at.lineage(SPOT))
        panel.type(PRICE, "59850.00")
        panel.send()
        await at.until(lambda: at.sent("bitget"), "the request")
