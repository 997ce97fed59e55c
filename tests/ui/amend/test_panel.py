"""The amend panel on Bitso's real rules: what it shows, what it lets go, and what never happens by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.amendment import AmendmentStage
from app.domain.events import LinkChanged
from app.domain.form import FieldName
from app.domain.market import LinkState
from app.domain.order import OrderStatus
from app.runtime.qtloop import QtLoop
from app.ui.amend.change_table import _Cell, line_words
from app.ui.amend.field_line import FieldLine
from app.ui.amend.panel import AmendPanel
from app.ui.look.theme import Theme
from app.ui.orders.rows import DraftShown
from tests.helpers.paper_desk import PaperDesk, bitso_buy
from tests.helpers.shots import ink, shoot

D = Decimal
PRICE, QUANTITY, VALUE, STOP = FieldName.PRICE, FieldName.QUANTITY, FieldName.VALUE, FieldName.STOP


class Bench:
    """A panel in a window, on a paper desk."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.qtbot = qtbot
        self.paper = PaperDesk("bitso")
        self.key = bitso_buy(self.paper)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.panel = AmendPanel(self.key, self.paper.desk, theme, self.window)
        self.window.resize(1260, 500)
        self.panel.setGeometry(0, 0, 1246, self.panel.heightForWidth(1246))
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.panel.focus_field()
        QApplication.processEvents()

    @property
    def sent(self) -> int:
        return len(self.paper.connectors["bitso"].sent)

    def line(self, name: FieldName) -> FieldLine:
        return self.panel.fields.lines[name]

    def type(self, name: FieldName, text: str) -> None:
        """Type over a field, key by key."""
        edit = self.line(name).number
        edit.setFocus()
        edit.lineEdit().selectAll()
        self.qtbot.keyClicks(edit, text)

    def note(self, role: str) -> str:
        """All visible notes of a role."""
        labels = self.panel.findChildren(QLabel)
        return " ".join(each.text() for each in labels if each.property("role") == role and each.isVisible())

    def key_into(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        widget = QApplication.focusWidget()
        assert widget is not None
        self.qtbot.keyClick(widget, key, modifier)

    def after(self, label: str) -> str:
        """A value of the table's last column."""
        return next(line_words(line)[3] for line in self.panel.changes.lines() if line.label == label)


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Bench]:
    bench = Bench(qtbot, theme)
    yield bench
    bench.paper.desk._effects.timers.clear()


async def settle(bench: Bench) -> None:
    """Let the desk's tasks run, then look again."""
    for _ in range(3):
        await asyncio.sleep(0)
    bench.panel.refresh()


async def close(bench: Bench) -> None:
    await bench.paper.desk.close()


def test_every_field_is_there_and_a_locked_one_says_why(bench: Bench) -> None:
    names = list(bench.panel.fields.lines)
    assert set(names) >= {PRICE, QUANTITY, VALUE, STOP, FieldName.ON_FAILURE, FieldName.WHEN_REPRICED}
    stop = bench.line(STOP)
    assert stop.number.locked
    assert stop.number.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "untriggered" in bench.note("why")
    assert "untriggered" in stop.number.accessibleDescription()


def test_with_nothing_typed_nothing_can_be_sent(bench: Bench) -> None:
    assert not bench.panel.box.send.isEnabled()
    assert not bench.panel.box.revert.isEnabled()
    bench.panel.send()
    assert bench.sent == 0
    assert "nothing to send" in bench.note("problem")


def test_the_worked_example_is_forecast_to_the_digit(bench: Bench) -> None:
    bench.type(PRICE, "130000")
    bench.type(QUANTITY, "1")
    assert bench.after("Locked USD") == "130 000.00 (+30 000.00)".replace(" 000", "\u202f000")
    prepared = bench.panel._prepared
    assert prepared is not None
    balance = prepared.plan.consequence.balance if prepared.plan.consequence else None
    assert balance is not None
    assert balance.delta == D(30000)
    assert balance.locked_after == D(130000)
    assert bench.line(VALUE).number.derived
    assert bench.line(VALUE).number.number() == D(130000)
    assert '"price":"130000"' in bench.panel.wire.text.toPlainText()


async def test_enter_tab_and_leaving_send_nothing_and_control_enter_sends_once(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.key_into(Qt.Key.Key_Return)
    bench.key_into(Qt.Key.Key_Enter)
    bench.key_into(Qt.Key.Key_Tab)
    bench.window.setFocus()
    await settle(bench)
    assert bench.sent == 0
    assert bench.panel.box.send.isEnabled()
    bench.line(PRICE).number.setFocus()
    bench.key_into(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await settle(bench)
    assert bench.sent == 1
    bench.key_into(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await settle(bench)
    assert bench.sent == 1
    await close(bench)


async def test_the_ladder_goes_from_sent_to_confirmed(bench: Bench) -> None:
    told: list[tuple[str, str]] = []
    bench.panel.sent.connect(lambda lineage, amendment: told.append((lineage, amendment)))
    bench.type(PRICE, "119000")
    bench.panel.send()
    await settle(bench)
    assert [lineage for lineage, _ in told] == [bench.key]
    assert bench.line(PRICE).number.locked, "one amendment at a time"
    assert not bench.panel.keeper.dirty
    bench.paper.acknowledge("bitso")
    await settle(bench)
    assert "Received" in bench.note("moved")
    sent = bench.paper.connectors["bitso"].sent[-1]
    bench.paper.change(bench.key, price=D("119000"), quantity=sent.target.quantity or D(0), value=sent.target.value)
    await settle(bench)
    amendment = bench.paper.desk.state.last_amendment(bench.paper.desk.lineage(bench.key))
    assert amendment is not None
    assert amendment.stage is AmendmentStage.CONFIRMED
    assert "Confirmed" in bench.note("hint")
    assert bench.line(PRICE).number.number() == D(119000)
    assert not bench.line(PRICE).number.locked
    await close(bench)


async def test_an_order_locked_after_a_refusal_shows_what_was_asked_and_keeps_no_draft(bench: Bench) -> None:
    drafts: list[DraftShown | None] = []
    bench.panel.drafted.connect(lambda _, shown: drafts.append(shown))
    bench.type(PRICE, "119000")
    bench.panel.send()
    await settle(bench)
    bench.paper.refuse("bitso", "0379", "Bitso refused: not enough funds.")
    bench.panel.refresh()
    assert drafts[-1] is not None, "it comes back to be mended"
    assert drafts[-1].returned
    bench.paper.change(bench.key, status=OrderStatus.PENDING, raw_status="queued")
    bench.panel.refresh()
    assert bench.line(PRICE).number.locked
    assert drafts[-1] is None, "there is nothing to mend now"
    assert bench.line(PRICE).number.value() == D("120000.00")
    assert [line_words(line)[0::3] for line in bench.panel.changes.lines()] == [("Price", "119\u202f000 (refused)")]
    bench.paper.change(bench.key, status=OrderStatus.WORKING, raw_status="open")
    bench.panel.refresh()
    assert drafts[-1] is not None, "it comes back with the lock gone"
    assert bench.line(PRICE).number.value() == D("119000")
    bench.panel.revert()
    bench.panel.refresh()
    assert drafts[-1] is None, "what the person gave up stays given up"
    await close(bench)


async def test_a_draft_on_an_order_locked_after_a_refusal_does_not_hide_the_refusal(bench: Bench) -> None:
    drafts: list[DraftShown | None] = []
    bench.panel.drafted.connect(lambda _, shown: drafts.append(shown))
    bench.type(PRICE, "119000")
    bench.panel.send()
    await settle(bench)
    bench.paper.refuse("bitso", "0379", "Bitso refused: not enough funds.")
    bench.panel.refresh()
    bench.type(PRICE, "118000")
    assert drafts[-1] is not None
    assert not drafts[-1].returned
    bench.paper.change(bench.key, status=OrderStatus.PENDING, raw_status="queued")
    bench.panel.refresh()
    assert drafts[-1] is not None
    assert drafts[-1].returned, "the row goes on saying refused"
    await close(bench)


async def test_a_refusal_gives_the_typed_values_back(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.panel.send()
    await settle(bench)
    bench.paper.refuse("bitso", "0379", "Bitso refused: not enough funds.")
    await settle(bench)
    assert bench.line(PRICE).number.text() == "119000"
    assert bench.panel.keeper.dirty
    assert "Refused 0379" in bench.note("problem")
    assert bench.panel.box.send.isEnabled()
    await close(bench)


def test_off_the_tick_is_a_problem_with_offers_and_never_rounded(bench: Bench) -> None:
    bench.type(PRICE, "119000.005")
    assert bench.line(PRICE).number.text() == "119000.005"
    assert not bench.panel.box.send.isEnabled()
    offers = [each.text() for each in bench.line(PRICE)._offers.findChildren(QAbstractButton)]
    assert "119\u202f000.01" in offers
    bench.key_into(Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert bench.line(PRICE).number.text() in ("119000.00", "119000.01")
    assert bench.panel.box.send.isEnabled()


def test_a_word_instead_of_a_number_blocks_with_one_sentence(bench: Bench) -> None:
    bench.type(PRICE, "1e5")
    assert "1e5" in bench.note("problem")
    assert not bench.panel.box.send.isEnabled()
    assert bench.sent == 0


def test_a_feed_update_leaves_the_typed_value_and_says_what_moved(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.paper.change(bench.key, price=D("121000.00"), value=D("100833.33"))
    bench.panel.refresh()
    assert bench.line(PRICE).number.text() == "119000"
    assert "120\u202f000.00 → 121\u202f000.00" in bench.note("moved")
    assert not bench.panel.box.send.isEnabled()
    bench.panel.box.keep.click()
    assert bench.panel.box.send.isEnabled()
    assert bench.line(PRICE).number.text() == "119000"


def test_in_a_conflict_now_and_the_request_are_the_venues_present(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.paper.change(bench.key, price=D("121000.00"), value=D("100833.33"))
    bench.panel.refresh()
    assert bench.panel.keeper.conflict
    assert bench.panel.changes.lines()[0].now == D("121000.00")
    assert not bench.panel.box.send.isEnabled()
    bench.panel.send()
    assert bench.sent == 0


def test_what_stands_in_the_way_is_said_once(bench: Bench) -> None:
    bench.paper.happen(LinkChanged("bitso", bench.paper.clock.now(), LinkState.DOWN, "No route."))
    bench.type(PRICE, "119000")
    bench.panel.send()
    assert "connection" in bench.panel.box.error_text()
    assert bench.note("problem").count(bench.panel.box.error_text()) == 1


def test_nothing_typed_promises_nothing(bench: Bench) -> None:
    lines = bench.panel.changes.lines()
    assert lines
    assert all(line.peak is None and line.after is None and not line.changed for line in lines)
    assert any(line.now is not None for line in lines)


async def test_a_request_that_waits_is_shown_and_what_was_said_meanwhile_goes(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.panel.send()
    bench.panel.refresh()
    shown = bench.panel.wire.text.toPlainText()
    assert "119000" in shown
    bench.panel.send()
    assert bench.panel.box.error_text()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert bench.sent == 1
    target = bench.paper.connectors["bitso"].sent[-1].target
    bench.paper.change(bench.key, price=D("119000"), quantity=target.quantity or D(0), value=target.value)
    await settle(bench)
    amendment = bench.paper.desk.state.last_amendment(bench.paper.desk.lineage(bench.key))
    assert amendment is not None
    assert amendment.stage is AmendmentStage.CONFIRMED
    assert bench.panel.box.error_text() == ""


def test_the_venues_value_can_be_taken_instead(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.paper.change(bench.key, price=D("121000.00"), value=D("100833.33"))
    bench.panel.refresh()
    bench.line(PRICE)._take.click()
    assert bench.line(PRICE).number.number() == D(121000)
    assert not bench.panel.keeper.dirty


def test_a_fill_keeps_the_draft(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.paper.change(bench.key, filled=D("0.3"), status=OrderStatus.PARTIALLY_FILLED)
    bench.panel.refresh()
    assert bench.line(PRICE).number.text() == "119000"
    assert not bench.panel.keeper.conflict
    assert bench.panel.keeper.draft.base.filled == D("0.3")


def test_escape_steps_back_field_draft_panel(bench: Bench) -> None:
    closed: list[str] = []
    bench.panel.close_wanted.connect(closed.append)
    bench.type(QUANTITY, "0.9")
    bench.type(PRICE, "119000")
    bench.key_into(Qt.Key.Key_Escape)
    assert bench.line(PRICE).number.number() == D(120000)
    assert bench.panel.keeper.typed(QUANTITY) == D("0.9")
    bench.key_into(Qt.Key.Key_Escape)
    assert not bench.panel.keeper.dirty
    assert closed == []
    bench.key_into(Qt.Key.Key_Escape)
    assert closed == [bench.key]


def test_a_price_through_the_market_needs_consent(bench: Bench) -> None:
    bench.type(PRICE, "130000")
    assert not bench.panel.box.consent.isHidden()
    assert not bench.panel.box.send.isEnabled()
    bench.panel.send()
    assert bench.sent == 0
    bench.panel.box.consent.click()
    assert bench.panel.box.send.isEnabled()
    bench.type(PRICE, "140000")
    assert not bench.panel.box.consent.isChecked(), "another warning asks again"


def test_keep_spend_and_keep_quantity(bench: Bench) -> None:
    pills = bench.line(FieldName.WHEN_REPRICED).pills
    bench.type(PRICE, "110000")
    before = bench.panel.wire.text.toPlainText()
    other = next(value for value in pills._buttons if value != pills.value())
    pills.button(other).click()
    assert bench.panel.wire.text.toPlainText() != before


def test_quick_buttons_draft_and_never_send(bench: Bench) -> None:
    quick = {each.text(): each for each in bench.panel.fields.quick._buttons.values()}
    quick["+1 tick"].click()
    assert bench.line(PRICE).number.number() == D("120000.01")
    quick["join bid"].click()
    assert bench.line(PRICE).number.number() == D("119990.00")
    quick["mid"].click()
    assert bench.line(PRICE).number.number() == D("120020.00")
    quick["½ size"].click()
    assert bench.line(QUANTITY).number.number() == D("0.41666666")
    assert not quick["legal"].isEnabled()
    assert bench.sent == 0


async def test_a_wish_is_read_as_it_is_typed_and_sent_as_the_number_it_came_to(bench: Bench) -> None:
    bench.paper.quote("bitso", "btc_usd", "119900.50", "119950.00")
    bench.panel.refresh()
    bench.type(PRICE, "b+1")
    assert "= 119\u202f900.51  (bid 119900.5 + 1 tick)" in bench.note("hint")
    assert (bench.line(PRICE).number.text(), bench.after("Price")[:10]) == ("b+1", "119\u202f900.51")
    bench.paper.quote("bitso", "btc_usd", "119910.00", "119950.00")
    bench.panel.refresh()
    assert bench.panel.keeper.typed(PRICE) == D("119900.51"), "the market that moves afterwards changes nothing"
    bench.key_into(Qt.Key.Key_Return)
    assert bench.line(PRICE).number.text() == "119900.51"
    assert "bid" not in bench.note("hint")
    bench.key_into(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await settle(bench)
    (sent,) = bench.paper.connectors["bitso"].sent
    assert sent.target.price == D("119900.51")
    await close(bench)


async def test_a_wish_that_is_not_committed_is_sent_as_what_was_shown(bench: Bench) -> None:
    bench.type(PRICE, "-10t")
    bench.key_into(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await settle(bench)
    (sent,) = bench.paper.connectors["bitso"].sent
    assert sent.target.price == D("119999.90")
    await close(bench)


def test_a_wish_that_comes_to_nothing_is_one_sentence_and_holds_back(bench: Bench) -> None:
    bench.type(PRICE, "+2")
    assert "write +2t for steps" in bench.note("problem")
    bench.key_into(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert bench.sent == 0


def test_stop_and_read_only_hold_sending_back(bench: Bench) -> None:
    bench.type(PRICE, "119000")
    bench.paper.desk.stopped = True
    bench.panel.refresh()
    assert not bench.panel.box.send.isEnabled()
    assert "stopped" in bench.note("caution"), "it is said before anybody tries"
    bench.panel.send()
    assert "stopped" in bench.note("problem")
    assert "stopped" not in bench.note("caution"), "and not twice"
    bench.paper.desk.stopped, bench.paper.desk.read_only = False, True
    bench.panel.send()
    assert "read-only" in bench.note("problem")
    assert bench.sent == 0
    assert bench.line(PRICE).number.text() == "119000"


def test_f1_asks_for_the_rule_of_the_field(bench: Bench) -> None:
    wanted: list[str] = []
    bench.panel.rule_wanted.connect(lambda rule, near: wanted.append(rule.code))
    bench.line(STOP).number.setFocus()
    bench.key_into(Qt.Key.Key_F1)
    assert wanted
    assert wanted[0].startswith("bitso.")


def test_everything_that_takes_the_focus_has_a_name(bench: Bench) -> None:
    bench.type(PRICE, "119000.005")
    for widget in bench.panel.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
            interface = QAccessible.queryAccessibleInterface(widget)
            assert interface is not None, widget
            assert interface.text(QAccessible.Text.Name), f"{widget} has no name"


def test_the_tab_walk_goes_through_the_fields_in_order(bench: Bench) -> None:
    bench.line(PRICE).number.setFocus()
    seen: list[str] = []
    for _ in range(30):
        focus = QApplication.focusWidget()
        assert focus is not None
        name = next((each.name.value for each in bench.panel.fields.lines.values() if each.isAncestorOf(focus)), "")
        if name and name not in seen:
            seen.append(name)
        bench.key_into(Qt.Key.Key_Tab)
    assert seen[:5] == ["price", "when_repriced", "quantity", "value", "stop"]


@pytest.mark.parametrize("width", [500, 700, 939, 1246, 1900])
def test_the_panel_fits_any_width(bench: Bench, width: int) -> None:
    bench.window.resize(width, 900)
    bench.panel.setGeometry(0, 0, width, bench.panel.heightForWidth(width))
    QApplication.processEvents()
    send = bench.panel.box.send
    corner = send.mapTo(bench.panel, send.rect().bottomRight())
    assert corner.y() <= bench.panel.height()
    assert corner.x() <= max(width, 660)


@pytest.mark.parametrize("width", [850, 1014, 1149, 1150, 1246, 1600])
def test_every_number_is_whole_at_every_width(bench: Bench, width: int) -> None:
    bench.type(PRICE, "130000")
    cells = cells_at(bench, width)
    assert len(cells) >= 24
    assert [cell.text() for cell in cells if cell.shown() != cell.text()] == []


def test_a_number_too_long_for_its_column_is_shortened_visibly(bench: Bench) -> None:
    bench.paper.balance("bitso", "usd", "142400123.00000001", "142300123.00000001")
    bench.type(PRICE, "130000")
    short = [cell for cell in cells_at(bench, 850) if cell.shown() != cell.text()]
    assert short
    for cell in short:
        assert cell.shown().startswith("…")
        assert cell.text().endswith(cell.shown()[-3:]), "the last digits stay"
        assert ink(shoot(cell)) > 5


def cells_at(bench: Bench, width: int) -> list[_Cell]:
    """The cells of what will change, in a panel of that width."""
    bench.window.resize(width, 900)
    for _ in range(2):
        bench.panel.setGeometry(0, 0, width, bench.panel.heightForWidth(width))
        QApplication.processEvents()
    return [cell for row in bench.panel.changes._cells for cell in row if cell.isVisible()]
