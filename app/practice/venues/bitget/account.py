"""Rows of a practice unified account: assets over REST, the websocket's account row, settings and key.

`locked` is what spot orders hold back; futures margin shows in `imr` and lowers `available`. Equity counts unrealised
profit at the mark price. Source: Bitget unified account documentation, "Get Account Assets", "Account Channel", read
2026-11-21 (the two spell `unrealised` and `debts` differently). How `available` relates to `imr` is our inference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.ledger import LedgerBalance
from app.practice.exchange.numbers import EIGHT_PLACES, exact
from app.practice.exchange.orders import TRADER, ZERO, TriggerSource
from app.practice.exchange.policy import SimPosition
from app.practice.server.faults import Switches
from app.practice.venues.bitget.errors import invalid
from app.practice.venues.bitget.markets import CATEGORIES, MARGIN, SPOT, MarketListing, Sizing, listing_of
from app.practice.venues.bitget.policy import UnifiedPolicy
from app.practice.venues.bitget.rows import trimmed

USER_ID = "7000000001"
_MAINTENANCE = Decimal("0.005")
_DOLLARS = frozenset({"USDT", "USDC"})


@dataclass(frozen=True, slots=True)
class _Coin:
    """One coin of the account."""

    coin: str
    balance: LedgerBalance
    spot_locked: Decimal
    unrealised: Decimal
    price: Decimal

    @property
    def equity(self) -> Decimal:
        return self.balance.total + self.unrealised

    @property
    def usd(self) -> Decimal:
        return self.equity * self.price


class AccountReport:
    """Reads one account out of the exchange."""

    def __init__(self, exchange: Exchange, policy: UnifiedPolicy, switches: Switches) -> None:
        self._exchange = exchange
        self._policy = policy
        self._switches = switches

    def assets(self) -> dict[str, Any]:
        """`data` of `GET /api/v3/account/assets`; only coins that are not zero."""
        with exact():
            coins = self._coins()
            totals = self._totals(coins)
            return {
                "accountEquity": totals["equity"],
                "usdtEquity": totals["equity"],
                "btcEquity": totals["btc"],
                "unrealisedPnl": totals["unrealised"],
                "usdtUnrealisedPnl": totals["unrealised"],
                "btcUnrealizedPnl": totals["btc_unrealised"],
                "effEquity": totals["equity"],
                "mmr": totals["mmr"],
                "imr": totals["imr"],
                "mgnRatio": totals["ratio"],
                "positionMgnRatio": totals["ratio"],
                "assets": [
                    {
                        "coin": each.coin,
                        "equity": _eight(each.equity),
                        "usdValue": _eight(each.usd),
                        "balance": _eight(each.balance.total),
                        "available": _eight(each.balance.available),
                        "debt": ZERO,
                        "locked": _eight(each.spot_locked),
                    }
                    for each in coins
                ],
            }

    def push_row(self) -> dict[str, Any]:
        """The row of the websocket's account topic."""
        with exact():
            coins = self._coins()
            totals = self._totals(coins)
            return {
                "unrealisedPnL": totals["unrealised"],
                "totalEquity": totals["equity"],
                "positionMgnRatio": totals["ratio"],
                "mmr": totals["mmr"],
                "effEquity": totals["equity"],
                "imr": totals["imr"],
                "mgnRatio": totals["ratio"],
                "coin": [
                    {
                        "coin": each.coin,
                        "balance": _eight(each.balance.total),
                        "available": _eight(each.balance.available),
                        "locked": _eight(each.spot_locked),
                        "equity": _eight(each.equity),
                        "usdValue": _eight(each.usd),
                        "borrow": ZERO,
                        "debts": ZERO,
                    }
                    for each in coins
                ],
            }

    def info(self) -> dict[str, Any]:
        """`data` of `GET /api/v3/account/info`: what the key may do."""
        scope = self._switches.choice("key_scope")
        return {
            "userId": USER_ID,
            "inviterId": "",
            "parentId": "",
            "channelCode": "",
            "channel": "",
            "ips": "",
            "permType": "read_only" if scope == "read_only" else "read_and_write",
            "permissions": ["uta_trade"] if scope == "trade_only" else ["uta_trade", "uta_mgt"],
            "regisTime": "1609459200000",
        }

    def settings(self) -> dict[str, Any]:
        """`data` of `GET /api/v3/account/settings`."""
        return {
            "uid": USER_ID,
            "accountMode": "unified",
            "assetMode": "union",
            "accountLevel": "advanced",
            "holdMode": self._switches.choice("hold_mode"),
            "stpMode": "none",
            "symbolConfigList": [
                {
                    "category": listing.category,
                    "symbol": listing.symbol,
                    "marginMode": "crossed",
                    "leverage": listing.leverage,
                }
                for listing in self._listings()
                if not listing.is_spot
            ],
            "coinConfigList": [],
        }

    def positions(self) -> list[dict[str, Any]]:
        """Rows of `GET /api/v3/position/current-position` and of the position topic."""
        found = []
        for listing in self._listings():
            held = ZERO if listing.is_spot else self._policy.position(TRADER, listing.key).quantity
            if held == 0:
                continue
            position = self._policy.position(TRADER, listing.key)
            mark = self._mark(listing)
            found.append(
                {
                    "category": listing.category,
                    "symbol": listing.symbol,
                    "marginCoin": self._policy.margin_currency(self._exchange, listing.key),
                    "holdMode": self._switches.choice("hold_mode"),
                    "posSide": "long" if held > 0 else "short",
                    "marginMode": "crossed",
                    "size": abs(held),
                    "total": abs(held),
                    "available": abs(held),
                    "leverage": listing.leverage,
                    "avgPrice": trimmed(position.average),
                    "markPrice": mark,
                    "curRealisedPnl": trimmed(position.realised),
                    "unrealisedPnl": trimmed(self._gain(listing, position, mark)),
                }
            )
        return found

    def fee_rate(self, params: Mapping[str, str]) -> dict[str, Any]:
        """`data` of `GET /api/v3/account/fee-rate`; rates are the same for every symbol of a category."""
        category, symbol = params.get("category", ""), params.get("symbol", "")
        if category not in CATEGORIES:
            raise invalid("category")
        row = next((row for row in self.fee_rates(params) if row["symbol"] == symbol), None)
        if row is None:
            raise invalid("symbol")
        return {name: row[name] for name in ("makerFeeRate", "takerFeeRate")}

    def fee_rates(self, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """`data` of `GET /api/v3/account/all-fee-rate`."""
        category = params.get("category", "")
        if category not in CATEGORIES:
            raise invalid("category")
        shared = SPOT if category == MARGIN else category
        listings = [each for each in self._listings() if each.category == shared]
        return [{"symbol": each.symbol, **self._policy.rates(is_spot=each.is_spot)} for each in listings]

    # -- sums ----------------------------------------------------------------------------------------------------------

    def _listings(self) -> list[MarketListing]:
        return [listing_of(each) for each in self._exchange.instruments]

    def _mark(self, listing: MarketListing) -> Decimal:
        return self._exchange.price(listing.key, TriggerSource.MARK)

    def _gain(self, listing: MarketListing, position: SimPosition, mark: Decimal) -> Decimal:
        return self._policy.gain(self._exchange, listing.key, position, abs(position.quantity), mark)

    def _price(self, coin: str) -> Decimal:
        """Dollars a coin."""
        if coin in _DOLLARS:
            return Decimal(1)
        return self._exchange.price(f"{SPOT}:{coin}USDT")

    def _coins(self) -> list[_Coin]:
        coins = []
        for coin, balance in sorted(self._exchange.ledger.balances(TRADER).items()):
            if balance.total:
                coins.append(_Coin(coin, balance, self._spot_locked(coin), self._unrealised(coin), self._price(coin)))
        return coins

    def _spot_locked(self, coin: str) -> Decimal:
        locks = self._exchange.ledger.locks(TRADER, coin)
        return sum((amount for key, amount in locks.items() if self._is_spot_order(key)), ZERO)

    def _is_spot_order(self, key: object) -> bool:
        if not isinstance(key, int):
            return False
        return listing_of(self._exchange.instrument(self._exchange.by_uid(key).symbol)).is_spot

    def _unrealised(self, coin: str) -> Decimal:
        total = ZERO
        for listing in self._listings():
            if listing.is_spot or self._policy.margin_currency(self._exchange, listing.key) != coin:
                continue
            position = self._policy.position(TRADER, listing.key)
            total += self._gain(listing, position, self._mark(listing))
        return total

    def _totals(self, coins: list[_Coin]) -> dict[str, Decimal]:
        equity = sum((each.usd for each in coins), ZERO)
        unrealised = sum((each.unrealised * each.price for each in coins), ZERO)
        imr = sum(((each.balance.locked - each.spot_locked) * each.price for each in coins), ZERO)
        mmr = sum((self._value(listing) for listing in self._listings()), ZERO) * _MAINTENANCE
        bitcoin = self._price("BTC")
        return {
            "equity": _eight(equity),
            "btc": _eight(equity / bitcoin),
            "unrealised": _eight(unrealised),
            "btc_unrealised": _eight(unrealised / bitcoin),
            "imr": _eight(imr),
            "mmr": _eight(mmr),
            "ratio": _eight(mmr / equity if equity > 0 else ZERO),
        }

    def _value(self, listing: MarketListing) -> Decimal:
        """Dollars a futures position is worth."""
        if listing.is_spot:
            return ZERO
        held = abs(self._policy.position(TRADER, listing.key).quantity)
        return held if listing.sizing is Sizing.COIN_IN_QUOTE else held * self._mark(listing)


def _eight(value: Decimal) -> Decimal:
    return trimmed(value.quantize(EIGHT_PLACES, rounding=ROUND_HALF_UP))
