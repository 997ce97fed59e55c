"""Instruments and products.

Source: AlphaPoint API documentation, "GetInstruments", "GetProducts", and captures of both in public client code, read
2026-11-21.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from app.practice.exchange.clock import PracticeClock
from app.practice.exchange.orders import ZERO, SimInstrument
from app.practice.venues.alphapoint.day import PRODUCTS
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.rows import Row, Writer


class Reference:
    """Public facts about the venue, apart from the market's state."""

    def __init__(self, writer: Writer, directory: Directory, clock: PracticeClock) -> None:
        self._writer = writer
        self._directory = directory
        self._since = iso(clock.now_ms())

    def instruments(self, payload: Payload) -> list[Row]:
        self._directory.check_oms(payload)
        if self._writer.switches.choice("market_rules") == "none":
            return []
        return [self._instrument(each) for each in self._writer.exchange.instruments]

    def instrument(self, payload: Payload) -> Row:
        self._directory.check_oms(payload)
        return self._instrument(self._directory.instrument(payload))

    def _instrument(self, instrument: SimInstrument) -> Row:
        running = self._writer.exchange.is_trading(instrument.symbol)
        number = instrument.attributes["id"]
        has_grid = self._writer.switches.choice("market_rules") == "full"
        return self._writer.numbers(
            {
                "OMSId": self._writer.oms_id,
                "InstrumentId": number,
                "Symbol": instrument.symbol,
                "Product1": self._writer.products[instrument.base],
                "Product1Symbol": instrument.base,
                "Product2": self._writer.products[instrument.quote],
                "Product2Symbol": instrument.quote,
                "InstrumentType": "Standard",
                "VenueInstrumentId": number,
                "VenueId": 1,
                "SortIndex": 0,
                "SessionStatus": self._writer.switches.choice("running_word") if running else "Paused",
                "PreviousSessionStatus": "Stopped" if running else "Running",
                "SessionStatusDateTime": self._since,
                "SelfTradePrevention": True,
                "QuantityIncrement": instrument.step if has_grid else ZERO,
                "PriceIncrement": instrument.tick if has_grid else ZERO,
                "MinimumQuantity": instrument.attributes["minimum_quantity"],
                "MinimumPrice": instrument.attributes["minimum_price"],
                "VenueSymbol": instrument.symbol,
                "IsDisable": False,
                "MasterDataId": 0,
                "PriceCollarThreshold": ZERO,
                "PriceCollarPercent": ZERO,
                "PriceCollarEnabled": False,
                "PriceFloorLimit": ZERO,
                "PriceFloorLimitEnabled": False,
                "PriceCeilingLimit": ZERO,
                "PriceCeilingLimitEnabled": False,
                "CreateWithMarketRunning": True,
                "AllowOnlyMarketMakerCounterParty": False,
                "PriceCollarIndexDifference": ZERO,
                "PriceCollarConvertToOtcEnabled": False,
                "PriceCollarConvertToOtcClientUserId": 0,
                "PriceCollarConvertToOtcAccountId": 0,
                "PriceCollarConvertToOtcThreshold": ZERO,
                "OtcConvertSizeThreshold": ZERO,
                "OtcConvertSizeEnabled": False,
                "OtcTradesPublic": True,
                "PriceTier": 0,
            }
        )

    def products(self, payload: Payload) -> list[Row]:
        self._directory.check_oms(payload)
        return [self._product(symbol) for symbol in PRODUCTS]

    def _product(self, symbol: str) -> Row:
        number, name, kind, places = PRODUCTS[symbol]
        return {
            "OMSId": self._writer.oms_id,
            "ProductId": number,
            "Product": symbol,
            "ProductFullName": name,
            "MasterDataUniqueProductSymbol": "",
            "ProductType": kind,
            "DecimalPlaces": places,
            "TickSize": self._writer.number(Decimal(1).scaleb(-places)),
            "DepositEnabled": True,
            "WithdrawEnabled": True,
            "NoFees": False,
            "IsDisabled": False,
            "MarginEnabled": False,
        }


def iso(time_ms: int) -> str:
    """UTC with milliseconds and Z."""
    moment = datetime.fromtimestamp(time_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"
