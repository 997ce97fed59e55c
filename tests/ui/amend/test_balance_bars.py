"""Three bars of one balance: their shares, their words, and nothing where the balance is not known."""

from __future__ import annotations

from decimal import Decimal

from pytestqt.qtbot import QtBot

from app.domain.plan import BalanceForecast
from app.ui.amend.balance_bars import BalanceBars, bar_parts
from app.ui.look.theme import Theme
from tests.helpers.paper_desk import SECOND, T0

D = Decimal


def forecast(now: str, peak: str, after: str, free: str | None) -> BalanceForecast:
    left = D(free) if free is not None else None
    return BalanceForecast(
        "usd", D(now), D(peak), D(after), D(after) - D(now), D(500), left, left, left, as_of=T0 - 3 * SECOND
    )


def test_each_part_is_a_share_of_the_longest_bar() -> None:
    assert bar_parts(forecast("100", "180", "80", "20")) == [
        ("now", 0.5, 0.0, 0.1),
        ("peak", 0.5, 0.4, 0.1),
        ("after", 0.4, 0.0, 0.1),
    ]


def test_a_shortage_and_an_unknown_rest_take_no_room() -> None:
    for free in ("-5", None):
        assert bar_parts(forecast("100", "100", "50", free)) == [
            ("now", 1.0, 0.0, 0.0),
            ("peak", 1.0, 0.0, 0.0),
            ("after", 0.5, 0.0, 0.0),
        ]
    assert {part for _, *parts in bar_parts(forecast("0", "0", "0", "0")) for part in parts} == {0.0}


def test_the_numbers_are_read_out_and_an_unknown_balance_shows_nothing(qtbot: QtBot, theme: Theme) -> None:
    bars = BalanceBars(theme)
    qtbot.addWidget(bars)
    bars.show_forecast(forecast("1000", "1800", "800", "20"), T0)
    words = bars.accessibleDescription()
    assert "usd locked now 1\u202f000, peak 1\u202f800, after 800" in words
    assert words.endswith("read 3.0 s ago")
    bars.show()
    assert not bars.grab().toImage().isNull()
    bars.show_forecast(None, T0)
    assert bars.isHidden()
