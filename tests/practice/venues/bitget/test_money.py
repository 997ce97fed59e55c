"""Coin-settled contracts, and a long day: the ledger always adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.practice.exchange.orders import TRADER, NewOrder, Side, SimKind
from app.practice.venues.bitget.day import ORDERS
from app.practice.venues.bitget.markets import CATEGORIES, key_for, listing_of
from app.practice.venues.bitget.server import BitgetServer
from app.practice.world import PracticeWorld
from tests.practice.venues.bitget.desk import COIN, COIN_CM, PARTLY, SPOT


def server(seed: int = 1) -> BitgetServer:
    found = PracticeWorld(seed, ["bitget"], quiet=True).venues["bitget"]
    assert isinstance(found, BitgetServer)
    return found


def total(venue: BitgetServer, coin: str) -> Decimal:
    return venue.exchange.ledger.balance(TRADER, coin).total


def test_a_coin_position_pays_in_the_coin() -> None:
    venue = server()
    exchange = venue.exchange
    venue.market.fill(exchange.order(COIN), Decimal("0.0100"))
    fee = Decimal("0.01") * Decimal("0.0002")
    assert total(venue, "BTC") == Decimal("0.75") - fee
    position = venue.account.positions()[-1]
    assert (position["symbol"], position["total"], position["marginCoin"]) == ("BTCUSD", Decimal("0.0100"), "BTC")
    exchange.place(
        NewOrder(TRADER, "COIN-FUTURES:BTCUSD", Side.SELL, SimKind.LIMIT, Decimal("0.0100"), Decimal("60100.0"))
    )
    (order,) = exchange.open_orders(TRADER, "COIN-FUTURES:BTCUSD")
    venue.market.fill(order, Decimal("0.0100"))
    gain = (Decimal("1600") * Decimal("0.01") / Decimal("60100")).quantize(Decimal("0.00000001"))
    assert total(venue, "BTC") == Decimal("0.75") - 2 * fee + gain
    exchange.ledger.check()


def test_a_position_counted_in_dollars_pays_in_the_coin_too() -> None:
    venue = server()
    exchange = venue.exchange
    venue.market.fill(exchange.order(COIN_CM), Decimal(500))
    after_fee = total(venue, "BTC")
    assert Decimal("0.75") - after_fee == (500 / Decimal("61800") * Decimal("0.0002")).quantize(Decimal("0.00000001"))
    key = "COIN-FUTURES:BTCUSD_CM"
    exchange.place(NewOrder(TRADER, key, Side.BUY, SimKind.LIMIT, Decimal(800), Decimal("59000.0")))
    (order,) = exchange.open_orders(TRADER, key)
    venue.market.fill(order, Decimal(800))
    gain = 500 * (1 / Decimal("59000") - 1 / Decimal("61800"))
    fee = 800 / Decimal("59000") * Decimal("0.0002")
    assert abs(total(venue, "BTC") - (after_fee + gain - fee)) < Decimal("0.00000002")
    (row,) = [each for each in venue.account.positions() if each["symbol"] == "BTCUSD_CM"]
    assert (row["posSide"], row["total"], row["avgPrice"]) == ("long", Decimal(300), Decimal(59000))
    exchange.ledger.check()


def test_a_losing_coin_position_pays_what_there_is() -> None:
    venue = server()
    exchange = venue.exchange
    venue.market.fill(exchange.order(COIN), Decimal("0.0050"))
    venue.market.fill(exchange.order(COIN), Decimal("0.0050"))
    order = exchange.place(
        NewOrder(TRADER, "COIN-FUTURES:BTCUSD", Side.SELL, SimKind.LIMIT, Decimal("0.0040"), Decimal("60100.0"))
    )
    before = total(venue, "BTC")
    venue.foreign_amend(order, Decimal("60050.0"), None)
    venue.move_price("COIN-FUTURES:BTCUSD", Decimal("60060.0"))
    assert total(venue, "BTC") > before
    exchange.ledger.check()


def test_every_market_is_listed_once_and_orders_lie_on_its_grid() -> None:
    venue = server()
    listings = [listing_of(each) for each in venue.exchange.instruments]
    assert len({each.key for each in listings}) == len(listings)
    assert {each.category for each in listings} | {"MARGIN"} == set(CATEGORIES)
    assert key_for("MARGIN", "BTCUSDT") == "SPOT:BTCUSDT"
    for start in ORDERS:
        listing = listing_of(venue.exchange.instrument(start.symbol))
        assert start.price is not None
        assert start.price % listing.tick == 0
        assert start.quantity % listing.step == 0
        assert listing.value(start.price, start.quantity) >= listing.min_amount
        assert start.quantity >= listing.min_qty


@pytest.mark.parametrize("seed", [1, 7])
def test_a_day_keeps_the_book_and_the_books(seed: int) -> None:
    venue = server(seed)
    venue.market.quiet = False
    for _ in range(600):
        venue.market.tick()
    venue.exchange.ledger.check()
    assert venue.exchange.order(SPOT).filled == 0, "it rests away from the touch and is left alone"
    assert venue.exchange.order(PARTLY).is_open
    assert venue.exchange.order(PARTLY).filled > Decimal("1.3"), "this one fills over the minutes"
