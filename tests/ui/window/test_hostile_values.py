"""Whatever a record holds: nothing that can stand in the state makes the window raise, paint nothing, or copy nothing.

The doors of the venues let none of this in; a journal of an earlier version may have it, and so may a door with a gap.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desk.state import Doubt, HistoryLine, Lineage
from app.domain import events as ev
from app.domain.amendment import AmendmentStage, Rung, Source
from app.domain.market import Balance, Instrument, LinkState, Quote
from app.domain.order import Fill, Order, OrderKind, OrderStatus, Side
from app.runtime.qtloop import QtLoop
from app.ui.detail.bottom_dock import Page
from app.ui.look.theme import Theme
from app.ui.orders.row import Column
from tests.helpers.logfail import AnnouncedLogs
from tests.helpers.paper_desk import BTC_USD, T0, resting
from tests.helpers.toy_venue import amendment
from tests.ui.window.test_window import Bench

D = Decimal
HALF = "a\ud800b"
BASE = resting("bitso", "odd", "btc_usd", "120000.00", "0.5")
NUMBERS = [D("1e9999"), D("-1e9999"), D("1e-9999"), D("0E-9999"), D("1" * 200), D("0." + "3" * 300), D("-5"), D(0)]
TIMES = [-1, 0, 10**15, 10**25, -(10**25), 10**400]
TEXTS = ["", HALF, "\udfff" * 50, "<b>bold</b><img src=x>", "x" * 5000, "a\nb\tc", "\x00\x1b[2J", "²٣", "\u202egnp"]

ODD: list[dict[str, object]] = [
    *({name: each} for each in NUMBERS for name in ("price", "quantity", "filled")),
    *({"price": each, "quantity": each, "filled": each, "value": each, "stop": each} for each in NUMBERS),
    *({"created_at": each, "updated_at": each} for each in TIMES),
    *({name: each} for each in TEXTS for name in ("order_id", "symbol", "market", "client_id", "raw_kind")),
    {"price": None},
    {"price": None, "kind": OrderKind.LIMIT, "quantity": D(0)},
    *({"raw_status": each, "status": OrderStatus.UNRECOGNISED} for each in TEXTS),
    *({"raw_kind": each, "kind": OrderKind.OTHER} for each in TEXTS),
    {"reason": HALF, "attributes": ((HALF, HALF),)},
]


class Odd(Bench):
    """The window, and a way to put anything at all into its state, as a replayed journal would."""

    def plant(self, order: Order, number: int = 0, *, stale: bool = True) -> str:
        key = f"bitso/{order.order_id}/{number}"
        history = [HistoryLine(T0, Source.PUSH, f"seen as {order.order_id}")]
        lineage = Lineage(key, "bitso", order, [order.order_id], T0, Source.PUSH, stale=stale, history=history)
        self.paper.desk.state.lineages[key] = lineage
        self.paper.desk.state.by_id["bitso", order.order_id] = key
        self.touch(key)
        return key

    def touch(self, *keys: str) -> None:
        self.paper.desk._listeners.tell(frozenset(keys), frozenset({"bitso"}))

    def walk(self, key: str) -> None:
        """Everything a person does with a row: look, read, open, copy, ask for the menu, leave."""
        self.look()
        self.ticket.feed.tick.emit()
        view = self.ticket.view
        assert view.choose(key), key
        row = self.ticket.model.row_at(self.ticket.model.position_of(key) or 0)
        for column in Column:
            view.tooltip(row, column)
            self.ticket.model.data(self.ticket.model.index_of(key, column), int(Qt.ItemDataRole.AccessibleTextRole))
        for page in Page:
            self.ticket.dock.tabs.setCurrentIndex(page)
            self.ticket.dock.grab()
        self.window.grab()
        view.setFocus()
        self.qtbot.keyClick(view, Qt.Key.Key_F2)
        self.window.grab()
        view.setFocus()
        self.qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        QGuiApplication.clipboard().text().encode()
        self.ticket.menu.ask_cancel(key).reject()
        for column in (Column.PRICE, Column.AGE, Column.ORDER):
            self.ticket.model.sort(column)
        if self.ticket.panels.open_lineage:
            self.ticket.panels.close(self.ticket.panels.open_lineage)
        QApplication.processEvents()
        assert self.sink.problems == (), self.sink.problems[-1].sentence


@pytest.fixture
def odd(qtbot: QtBot, theme: Theme, qloop: QtLoop, announced_logs: AnnouncedLogs) -> Iterator[Odd]:
    # A form or plan that cannot be worked out locks the order and says so; the desk logs why.
    announced_logs.allow("^the (form|plan) ", logging.ERROR)
    bench = Odd(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


def test_orders_of_every_shape_stand_in_one_list(odd: Odd) -> None:
    keys = [odd.plant(replace(BASE, **changes), number) for number, changes in enumerate(ODD)]  # type: ignore[arg-type]
    odd.look()
    odd.ticket.feed.tick.emit()
    for column in Column:
        odd.ticket.model.sort(column)
        odd.window.grab()
    assert set(keys) <= set(odd.ticket.model.lineages())
    assert odd.sink.problems == ()


def test_half_of_a_surrogate_pair_survives_f2_a_repaint_and_a_copy(odd: Odd) -> None:
    odd.walk(odd.plant(replace(BASE, order_id=HALF, symbol=HALF, client_id=HALF, raw_kind=HALF)))
    assert "a\\ud800b" in QGuiApplication.clipboard().text(), "as the escape that wrote it"


@pytest.mark.slow
def test_an_order_of_any_shape_is_shown_opened_and_copied(odd: Odd) -> None:
    for number, changes in enumerate(ODD):
        odd.walk(odd.plant(replace(BASE, **changes), number))  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_a_market_of_any_shape_is_shown(odd: Odd, number: Decimal) -> None:
    key = odd.plant(BASE, stale=False)
    now = odd.paper.clock.now()
    account = odd.paper.desk.state.accounts["bitso"]
    rules = replace(BTC_USD, tick=number, lot=number, min_price=number, max_quantity=number)
    account.instruments["btc_usd", ""] = rules
    account.balances["usd"] = Balance("usd", number, number, number, now)
    account.balances[HALF] = Balance(HALF, number, number, number, 10**25)
    for at in (now, -1, 10**25):
        account.quotes["btc_usd", ""] = Quote("btc_usd", "", number, number, number, at)
        odd.touch(key)
        odd.walk(key)


def test_a_currency_that_cannot_be_written_is_shown(odd: Odd) -> None:
    account = odd.paper.desk.state.accounts["bitso"]
    account.instruments["btc_usd", ""] = Instrument("btc_usd", HALF, HALF, tick=D("0.01"), lot=D("0.01"))
    odd.walk(odd.plant(BASE))


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:30])
def test_what_is_told_of_an_order_may_be_any_text(odd: Odd, text: str) -> None:
    key = odd.plant(BASE)
    state, now = odd.paper.desk.state, odd.paper.clock.now()
    lineage = state.lineages[key]
    lineage.doubt = Doubt(now, Source.LISTING, text, text)
    lineage.ids.append(text)
    lineage.history.append(HistoryLine(10**25, Source.PUSH, text))
    lineage.fills[text] = Fill("bitso", text, text, "btc_usd", Side.BUY, D("1e9999"), D("1e-9999"), 10**25)
    made = replace(amendment(BASE), lineage=key, outcome=text, missing=text, code=text, new_order_id=text)
    rungs = [Rung(stage, at, Source.REPLY, text) for stage, at in zip(AmendmentStage, TIMES * 2, strict=False)]
    rungs = [*rungs, *(replace(rung, late=True) for rung in rungs)]
    made = replace(made, rungs=tuple(rungs), stage=AmendmentStage.UNKNOWN)
    state.amendments[made.amendment_id] = made
    lineage.amendments.append(made.amendment_id)
    state.accounts["bitso"].unreadable[text] = Doubt(now, Source.LISTING, text, text)
    odd.paper.happen(
        ev.LinkChanged("bitso", now, LinkState.DOWN, text),
        ev.Noticed("bitso", now, text),
        ev.WireSeen("bitso", now, "in", "http", text, text, made.amendment_id),
    )
    odd.walk(key)


def test_a_row_that_cannot_be_shown_says_so_once_and_the_others_go_on(
    odd: Odd, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "redline.errors"):
        key = odd.plant(replace(BASE, quantity=D("NaN")))
        for _ in range(3):
            odd.touch(key)
            odd.look()
            odd.ticket.feed.tick.emit()
    row = odd.ticket.model.row_at(odd.ticket.model.position_of(key) or 0)
    assert row.order.word == "Cannot be shown"
    assert len([each for each in odd.sink.problems if "the row of" in each.sentence]) == 1
    assert len(odd.ticket.model.lineages()) == 4
    odd.window.grab()
