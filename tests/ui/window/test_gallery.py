"""Draw every part in both themes at 100 % and 200 %. Set REDLINE_SHOTS to a folder to keep the pictures."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.look.theme import PALETTES, Theme, Tone
from app.ui.orders.row import Chip
from app.ui.orders.view import OrderView
from app.ui.widgets.decimal_edit import DecimalEdit
from tests.helpers.shots import ink, save, shoot
from tests.ui.conftest import make_row
from tests.ui.orders.test_list import Rows

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
