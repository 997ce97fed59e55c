"""Frames of the market socket to and from exact text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.venues.common.failures import Malformed
from app.venues.qfex.wire import market
from app.venues.qfex.wire.market import Band, Mark, Touch


def test_the_subscription() -> None:
    assert market.subscribe(("bbo",), ("AAPL-USD",)) == (
        '{"type":"subscribe","channels":["bbo"],"symbols":["AAPL-USD"]}'
    )


def test_market_messages() -> None:
    bbo = '{"type":"bbo","symbol":"A-USD","bid":[["201.95","3"]],"ask":[],"sequence":1,"time":"x"}'
    assert market.decode(bbo) == Touch("A-USD", Decimal("201.95"), None)
    mark = '{"type":"mark_price","symbol":"A-USD","price":"202.00"}'
    assert market.decode(mark) == Mark("A-USD", Decimal("202.00"))
    band = '{"type":"minmax_price","symbol":"A-USD","min_price":"1","max_price":"2"}'
    assert market.decode(band) == Band("A-USD", Decimal(1), Decimal(2))
    assert market.decode('{"type":"subscribed"}') is None
    for broken in ('{"type":"bbo","symbol":"A","bid":[[]]}', '{"type":"mark_price","symbol":"A","price":"x"}'):
        with pytest.raises(Malformed):
            market.decode(broken)
