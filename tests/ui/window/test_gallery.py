"""Draw every part in both themes at 100 % and 200 %. Set REDLINE_SHOTS to a folder to keep the pictures."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.market import LinkState
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import PALETTES, Theme, Tone
from app.ui.orders.row import Chip
from app.ui.orders.view import OrderView
from app.ui.widgets.decimal_edit import DecimalEdit
from tests.helpers.paper_desk import SECOND
from tests.helpers.shots import ink, save, shoot
from tests.ui.conftest import make_row
from tests.ui.orders.test_list import Rows
from tests.ui.window.test_window import Bench

D = Decimal
# Read at import: a fixture clears REDLINE_* before the tests run.
KEEP = os.environ.get("REDLINE_SHOTS")


def keep_in(tmp_path: Path) -> Path:
    return Path(KEEP) if KEEP else tmp_path


def _rows() -> Rows:
    work = Chip("●", "Working", Tone.NEUTRAL)
    return Rows(
        make_row("1", amendment=Chip("✓", "Confirmed 0.4 s", Tone.GOOD)),
        make_row(
            "2",
            symbol="ETHUSDT",
            market="perp",
            buy=False,
            kind="Limit post",
            price="3 412.10",
            touch="+9 bp",
            quantity="4.0000",
            remaining="2.7000",
            filled_permille=325,
            filled="32%",
            order=Chip("◐", "Part filled", Tone.NEUTRAL),
        ),
        make_row(
            "3",
            venue="QFEX",
            symbol="AAPL-USD",
            market="",
            price="200.00",
            price_to="200.40",
            order=work,
            amendment=Chip("◌", "Sent 0.1 s", Tone.PENDING),
            order_id="8888-4444-2222",
            ids=3,
        ),
        make_row(
            "4",
            venue="AlphaPoint",
            symbol="BTCCAD",
            market="",
            buy=False,
            quantity="1.0000",
            quantity_to="0.6000",
            amendment=Chip("?", "Received, not confirmed", Tone.UNKNOWN),
            order_id="15067",
        ),
        make_row(
            "5",
            venue="Bitso",
            symbol="btc_usd",
            market="",
            price="120 000.00",
            price_to="130 000.00",
            quantity="0.83333333",
            quantity_to="1",
            remaining="0.83333333",
            amendment=Chip("✎", "Draft", Tone.DRAFT),
            order_id="qlbga6b600n3xta7",
        ),
        make_row(
            "6",
            venue="Bitso",
            symbol="eth_mxn",
            market="",
            kind="Stop-limit",
            order=Chip("◇", "Untriggered", Tone.NEUTRAL),
            amendment=Chip("✕", "Refused 0379", Tone.BAD),
            stale=True,
        ),
    )


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_the_list_and_the_fields(qtbot: QtBot, theme: Theme, colours: object, scale: int, tmp_path: Path) -> None:
    theme.use(colours)  # type: ignore[arg-type]
    rows = _rows()
    house = QWidget()
    house.setProperty("role", "window")
    qtbot.addWidget(house)
    layout = QVBoxLayout(house)
    layout.setContentsMargins(0, 0, 0, 0)
    view = OrderView(rows.model, theme, house)
    layout.addWidget(view)
    line = QHBoxLayout()
    line.setContentsMargins(12, 12, 12, 12)
    plain, edited, wrong, locked = (DecimalEdit(theme) for _ in range(4))
    for edit in (plain, edited, wrong, locked):
        edit.set_grid(D("0.01"))
        edit.set_base(D("120000.00"))
        edit.set_suffix("tick 0.01")
        line.addWidget(edit)
    edited.set_value(D("130000.00"))
    wrong.set_value(D("130000.005"))
    locked.set_suffix("locked")
    locked.set_locked("Only an untriggered stop order has a stop to change.", "—")
    layout.addLayout(line)
    house.resize(1246, 340)
    house.show()
    qtbot.waitExposed(house)
    house.activateWindow()
    view.choose("5")
    edited.setFocus()
    QApplication.processEvents()
    image = shoot(house, scale)
    save(image, keep_in(tmp_path) / f"list-{theme.colours.name}-{scale}00.png")
    assert ink(image) > 60
    rows.model.deleteLater()


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("colours", PALETTES.values(), ids=PALETTES)
def test_what_is_not_certain(
    qtbot: QtBot, theme: Theme, qloop: QtLoop, colours: object, scale: int, tmp_path: Path
) -> None:
    """A stale row with its age, an unreadable row, a card whose list is incomplete, and lines nobody can dismiss."""
    theme.use(colours)  # type: ignore[arg-type]
    bench = Bench(qtbot, theme)
    paper, now = bench.paper, bench.paper.clock.now()
    raw = '{"oid":"qlbga6b600n3xta7","price":"-5","book":"btc_usd","side":"buy","status":"open"}'
    text = "its price is below zero (-5)"
    paper.happen(
        ev.OpenOrdersListed("bitget", now, now, (), unreadable=("1204718825", "1204718826")),
        ev.OrderUnreadable("bitget", now, "1204718825", "its quantity is 0 while it works", raw, Source.LISTING),
        ev.OrderUnreadable("bitget", now, "1204718826", text, raw, Source.LISTING),
        ev.OrderUnreadable("bitso", now, "qlbga6b600n3xta7", text, raw, Source.LOOKUP),
        ev.Noticed("qfex", now, "Reads wait for the limit.", False, ev.Condition.READS, until=now + 40 * SECOND),
    )
    fault = "qfex: an unforeseen fault ended the link (ValueError: x). Other accounts are not touched."
    paper.clock.pass_time(53)
    paper.happen(ev.LinkChanged("qfex", now, LinkState.DOWN, fault))
    bench.look()
    for name, key in (("unreadable", bench.buy), ("stale", bench.qfex)):
        bench.ticket.view.choose(key)
        bench.ticket.dock.show_attention()
        for _ in range(3):
            QApplication.processEvents()  # words that wrap settle their height in a second pass
        image = shoot(bench.window, scale)
        save(image, keep_in(tmp_path) / f"{name}-{theme.colours.name}-{scale}00.png")
        assert ink(image) > 60
    bench.open(bench.buy)
    save(shoot(bench.window, scale), keep_in(tmp_path) / f"locked-{theme.colours.name}-{scale}00.png")
    paper.desk.ended = "Following the venues ended (RuntimeError: x); nothing shown is kept true. Start Redline again."
    bench.ticket.feed.tick.emit()
    QApplication.processEvents()
    bench.window.resize(1000, 700)
    QApplication.processEvents()
    save(shoot(bench.window, scale), keep_in(tmp_path) / f"ended-{theme.colours.name}-{scale}00.png")
    bench.ticket.stop()
    bench.life.allow_close()
