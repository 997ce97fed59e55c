"""What the window's tests share: the shipped fonts, a theme, and rows to look at."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication

from app.runtime.resources import resource_path
from app.ui.look.fonts import load_fonts
from app.ui.look.style import apply_theme
from app.ui.look.theme import DARK, Theme, Tone
from app.ui.orders.row import Chip, OrderRow


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


def make_row(lineage: str, **changes: object) -> OrderRow:
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
    return OrderRow(**values)  # type: ignore[arg-type]
