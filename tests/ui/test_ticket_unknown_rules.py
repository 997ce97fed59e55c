"""What a venue does not tell of a market is said in the panel, takes a consent, and stops nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.desk.state import Lineage
from app.domain.form import FieldName
from app.domain.order import Order, OrderKind, Side
from app.runtime.qtloop import QtLoop
from app.ui.look.theme import Theme
from tests.helpers.ticket_at_practice import at_practice

PRICE, QUANTITY = FieldName.PRICE, FieldName.QUANTITY

#: By venue: an order's symbol, the switches of a practice venue that tells less, a number, and what is said of it.
UNKNOWN: list[tuple[str, str, dict[str, Any], FieldName, str, str]] = [
    ("bitget", "BTCUSDT", {"market_rules": "no_grid"}, PRICE, "59850.004", "tick of this market is not known"),
    ("bitget", "BTCUSDT", {"market_rules": "no_grid"}, QUANTITY, "0.4", "quantity step of this market is not known"),
    ("bitget", "BTCUSDT", {"market_rules": "none"}, PRICE, "59850", "rules of this market are not known"),
    ("qfex", "AAPL-USD", {"bare_refdata": True}, PRICE, "200.104", "QFEX gives no tick for AAPL-USD"),
    ("qfex", "AAPL-USD", {"bare_refdata": True}, QUANTITY, "1.5", "QFEX gives no lot for AAPL-USD"),
    ("alphapoint", "BTCUSD", {"market_rules": "no_grid"}, QUANTITY, "0.1", "gives no step of quantities for BTCUSD"),
    ("alphapoint", "", {"market_rules": "none"}, QUANTITY, "0.1", "step, minimum and limits are not checked"),
    ("bitso", "btc_usd", {"books_told": "no_tick"}, PRICE, "99000.004", "tick of btc_usd is not known"),
    ("bitso", "btc_usd", {"books_told": "none"}, PRICE, "99000", "limits of btc_usd are not known"),
]


def is_plain(order: Order) -> bool:
    """Return True for an untouched limit order that shows all of itself."""
    return order.kind is OrderKind.LIMIT and not (order.filled or order.post_only or order.display_quantity)


@pytest.mark.parametrize("venue, symbol, switches, field, number, words", UNKNOWN)
async def test_what_is_not_known_of_a_market_is_said_and_stops_nothing(
    qloop: QtLoop,
    theme: Theme,
    tmp_path: Path,
    venue: str,
    symbol: str,
    switches: dict[str, Any],
    field: FieldName,
    number: str,
    words: str,
) -> None:
    async with at_practice(theme, tmp_path, venue, listed="none" not in switches.values(), **switches) as at:

        def listed() -> list[Lineage]:
            every = [each for each in at.desk.state.lineages.values() if each.order.symbol == symbol or not symbol]
            plain = [each for each in every if each.order.side is Side.BUY and is_plain(each.order)]
            return [each for each in plain if at.view.model.position_of(each.key) is not None]

        await at.until(lambda: at.ticket.desk is not None and listed(), "the order in the list")
        panel = await at.open(listed()[0])
        panel.type(field, number)
        assert words in panel.words
        # The order may be shown before all is in step; that the link is not up yet stops it, and it alone.
        await at.until(lambda: panel.problems == "", "a draft that nothing stops")
        assert not panel.can_send, "not without the consent"
        panel.consent()
        assert panel.can_send
