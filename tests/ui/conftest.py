"""What the window's tests share: the shipped fonts, a theme, and rows to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.runtime.qtloop import QtLoop
from app.runtime.resources import resource_path
from app.ui.look.fonts import load_fonts
from app.ui.look.style import apply_theme
from app.ui.look.theme import DARK, Theme, Tone
from app.ui.orders.row import Chip, Column, OrderRow, SortKey

if TYPE_CHECKING:
    from tests.ui.window.test_window import Bench


@pytest.fixture(scope="session")
def _fonts(qapp: QApplication) -> None:
    assert load_fonts(resource_path("fonts")) == ("Inter", "JetBrains Mono")


@pytest.fixture
def theme(qapp: QApplication, _fonts: None) -> Iterator[Theme]:
    """The dark theme, put on the application."""
    theme = Theme(DARK)
    apply_theme(qapp, theme)
    yield theme
    theme.changed.disconnect()
    qapp.setStyleSheet("")


@pytest.fixture
def bench(qtbot: QtBot, theme: Theme, qloop: QtLoop) -> Iterator[Bench]:
    """The window over a paper desk; a file with a bench of its own kind has a fixture of this name."""
    from tests.ui.window.test_window import Bench  # it imports from here

    bench = Bench(qtbot, theme)
    yield bench
    bench.ticket.stop()
    bench.life.allow_close()


@dataclass(frozen=True, slots=True)
class KeyedRow(OrderRow):
    """A row that says what each column sorts by."""

    keys: tuple[SortKey, ...] = ()


class MadeRows:
    """A source of rows that are made already, and counts what it is asked for."""

    def __init__(self, get: Callable[[str], KeyedRow | None]) -> None:
        self.get = get
        self.made: list[str] = []
        self.keyed: list[str] = []

    def listed(self, lineage: str) -> bool:
        """Return True while there is such a row."""
        return self.get(lineage) is not None

    def key(self, lineage: str, column: Column) -> SortKey:
        """Return what the row says."""
        self.keyed.append(lineage)
        row = self.get(lineage)
        return row.keys[column] if row is not None else None

    def row(self, lineage: str) -> OrderRow | None:
        """Return the row."""
        self.made.append(lineage)
        return self.get(lineage)

    def ended(self, lineage: str) -> bool:
        """Return what the row says."""
        row = self.get(lineage)
        return row is not None and row.ended


def make_row(lineage: str, **changes: object) -> KeyedRow:
    """A row with everything in place; name what is different."""
    price = changes.pop("number", Decimal("59840.00"))
    values: dict[str, object] = {
        "lineage": lineage,
        "venue": "Bitget UTA",
        "symbol": "BTCUSDT",
        "market": "spot",
        "buy": True,
        "kind": "Limit GTC",
        "price": "59\u202f840.00",
        "price_to": "",
        "touch": "−27 bp",
        "quantity": "0.500000",
        "quantity_to": "",
        "remaining": "0.500000",
        "filled_permille": 0,
        "filled": "",
        "order": Chip("●", "Working", Tone.NEUTRAL),
        "amendment": None,
        "age": "12 m",
        "order_id": f"120471882{lineage}",
        "ids": 1,
        "spoken": f"Bitget UTA, buy 0.5 BTCUSDT at 59840.00, working, {lineage}",
        "keys": (*("Bitget UTA", "BTCUSDT", "buy", "Limit GTC"), price, *([None] * 8)),
    }
    values.update(changes)
    return KeyedRow(**values)  # type: ignore[arg-type]
