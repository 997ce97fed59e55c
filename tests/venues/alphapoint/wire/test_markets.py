"""The venue's markets, balances and quotes as domain values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.venues.alphapoint.wire.markets import read_balance, read_instrument, read_quote
from app.venues.common.failures import Malformed
from tests.venues.alphapoint.samples import NOW, SYMBOLS, instrument, raw_instrument


def test_instrument() -> None:
    """Steps and minima; a pause is told from trading."""
    seen = instrument()
    assert (seen.tick, seen.lot, seen.min_quantity, seen.min_price) == (
        Decimal("0.01"),
        Decimal("0.0001"),
        Decimal("0.001"),
        Decimal(1000),
    )
    assert (seen.base, seen.quote, seen.trading) == ("BTC", "CAD", True)
    for status in ("Paused", "Stopped", "Starting", "PostOnly", "Novelty", None):
        assert not instrument(SessionStatus=status).trading
    for status in ("Running", "running", "RunningPostOnly", "Running Post Only", "running_post_only"):
        assert instrument(SessionStatus=status).trading
        assert not instrument(SessionStatus=status, IsDisable=True).trading
    assert not instrument(IsDisable=True).trading


def test_instrument_bands() -> None:
    """A floor, a ceiling and a collar count only where they are enabled."""
    banded = instrument(
        PriceFloorLimit=2000,
        PriceFloorLimitEnabled=True,
        PriceCeilingLimit=90000,
        PriceCeilingLimitEnabled=True,
        PriceCollarPercent=10,
        PriceCollarEnabled=True,
    )
    assert (banded.min_price, banded.max_price, banded.attribute("collar_percent")) == (2000, 90000, "10")
    off = instrument(PriceFloorLimit=2000, PriceCeilingLimit=90000, PriceCollarPercent=10, PriceCollarEnabled=False)
    assert (off.min_price, off.max_price, off.attribute("collar_percent")) == (1000, None, "")


def test_balance() -> None:
    """Amount includes Hold."""
    seen = read_balance({"ProductSymbol": "BTC", "Amount": Decimal("1.5"), "Hold": Decimal("0.4")}, NOW)
    assert (seen.total, seen.available, seen.locked) == (Decimal("1.5"), Decimal("1.1"), Decimal("0.4"))


def test_quote_sides_may_be_empty() -> None:
    """Int64's largest value over 10^9, and zero, both mean that there is no price."""
    raw = {
        "InstrumentId": 8,
        "BestBid": 0,
        "BestOffer": Decimal("9223372036.854775807"),
        "LastTradedPx": Decimal("84020.5"),
    }
    seen = read_quote(raw, SYMBOLS, NOW)
    assert (seen.bid, seen.ask, seen.last, seen.mid) == (None, None, Decimal("84020.5"), None)


@pytest.mark.parametrize(
    "step,right",
    [("1e-20", True), ("1e-21", False), ("1e20", True), ("1e21", False), (-1, False), ("-1e-25", False), (0, True)],
)
def test_a_step_within_reason(step: Any, right: bool) -> None:
    """A grid that cannot be is no grid to check with; zero is how the venue writes none."""
    for name in ("PriceIncrement", "QuantityIncrement"):
        if right:
            read_instrument(raw_instrument(**{name: step}))
        else:
            with pytest.raises(Malformed):
                read_instrument(raw_instrument(**{name: step}))
