"""Rows of a practice AlphaPoint: orders, executions, positions and its numbers.

Keys and their order follow captures of live payloads in public client code (read 2026-11-21). Quantity is what remains.
No row carries a revision, a time in force or an expiry: no source shows one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.practice.exchange.exchange import Exchange
from app.practice.exchange.ledger import LedgerBalance
from app.practice.exchange.numbers import exact
from app.practice.exchange.orders import ZERO, Execution, Revision, Side, SimKind, SimOrder, Status
from app.practice.server.faults import Switches
from app.practice.venues.alphapoint.auth import User, user_of
from app.practice.venues.alphapoint.tape import RowMoment, Tape

Row = dict[str, Any]

#: .NET counts 100 ns from year 1; this is 1970.
EPOCH_TICKS = 621_355_968_000_000_000
_DIGITS = 29

SIDES = {Side.BUY: "Buy", Side.SELL: "Sell"}
TYPES = {
    SimKind.MARKET: "Market",
    SimKind.LIMIT: "Limit",
    SimKind.STOP_MARKET: "StopMarket",
    SimKind.STOP_LIMIT: "StopLimit",
}
_STATES = {
    Status.FILLED: "FullyExecuted",
    Status.CANCELLED: "Canceled",
    Status.EXPIRED: "Expired",
}
#: ChangeReason by what happened; a cancellation has its own reason below.
_CAUSES = {
    "fill": "Trade",
    "filled": "Trade",
    "modified": "UserModified",
    "expired": "Expired",
}
_CANCELLED = {
    "user": "UserModified",
    "foreign": "UserModified",
    "replaced": "UserModified",
    "no_liquidity": "SystemCanceled_NoMoreMarket",
    "fill_or_kill": "SystemCanceled_NoMoreMarket",
    "self_trade": "SystemCanceled_NoMoreMarket",
    "below_minimum": "SystemCanceled_BelowMinimum",
}
_SHORT = [
    "Side",
    "OrderId",
    "Price",
    "Quantity",
    "Instrument",
    "Account",
    "OrderType",
    "ClientOrderId",
    "OrderState",
    "ReceiveTime",
    "OrigQuantity",
    "QuantityExecuted",
    "AvgPrice",
    "ChangeReason",
]
#: Turnover of today, this month and this year; there is none here.
_TOTALS = tuple(
    f"Total{period}{what}"
    for what in ("Deposits", "DepositNotional", "Withdraws", "WithdrawNotional")
    for period in ("Day", "Month", "Year")
)


def padded(value: Decimal) -> Decimal:
    """The value with zeros up to 29 digits, as .NET decimals leave a database: 0.345 has 28 places, 19069.31 has 24."""
    whole = len(format(abs(value).to_integral_value(rounding="ROUND_DOWN"), "f"))
    with exact():
        return value.quantize(Decimal(1).scaleb(-max(0, _DIGITS - whole)))


def ticks(time_ns: int) -> int:
    """.NET ticks."""
    return EPOCH_TICKS + time_ns // 100


def camel(value: Any) -> Any:
    """The same value with keys in camelCase, as some documents print it."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel(item) for name, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes rows as the switches say at that moment.

    Attributes:
        owner: the user whose account it is.
        products: product ids by symbol.
    """

    exchange: Exchange
    tape: Tape
    switches: Switches
    owner: User
    oms_id: int
    products: Mapping[str, int]

    def number(self, value: Decimal) -> Decimal:
        return padded(value) if self.switches.choice("decimals") == "padded" else value

    def numbers(self, row: Row) -> Row:
        """The row with every decimal written as `number` does."""
        return {name: self.number(item) if isinstance(item, Decimal) else item for name, item in row.items()}

    def state(self, status: Status) -> str:
        """The OrderState; a waiting stop is Working as well."""
        word = _STATES.get(status, "Working")
        if word == "FullyExecuted" and self.switches.choice("state_words") == "spaced":
            return "Fully Executed"
        return word

    def _reason(self, text: str) -> str | None:
        return None if not text and self.switches.flag("null_strings") else text

    # -- orders --------------------------------------------------------------------------------------------------------

    def order(self, order: SimOrder) -> Row:
        """The order as it stands."""
        return self.revision(order, order.history[-1])

    def history(self, order: SimOrder) -> list[Row]:
        """The order after each of its changes, newest first."""
        return [self.revision(order, revision) for revision in reversed(order.history)]

    def revision(self, order: SimOrder, revision: Revision) -> Row:
        """The order as it was after one of its changes."""
        moment: RowMoment = self.tape.moment(order, revision)
        instrument = self.exchange.instrument(order.symbol)
        user = user_of(order, self.owner)
        remaining = revision.quantity - revision.filled if revision.status.is_open else ZERO
        rewritten = self.switches.choice("orig_quantity") == "rewritten"
        original = revision.quantity if rewritten else order.history[0].quantity
        change = _CAUSES.get(revision.cause, "NewInputAccepted")
        if revision.cause == "cancelled":
            change = _CANCELLED.get(order.reason, "Unknown")
        replaced_id, replaced_client = order.attributes.get("replaces", (revision.order_id, order.client_id))
        with exact():
            average = moment.gross / revision.filled if revision.filled else ZERO
        inside = moment.inside
        return self.numbers(
            {
                "Side": SIDES[order.side],
                "OrderId": int(revision.order_id),
                "Price": revision.price or ZERO,
                "Quantity": remaining,
                "DisplayQuantity": self._display(order, revision),
                "Instrument": instrument.attributes["id"],
                "Account": self.owner.account_id,
                "AccountName": self.owner.name,
                "OrderType": TYPES[order.placed_as],
                "ClientOrderId": int(order.client_id or 0),
                "OrderState": self.state(revision.status),
                "ReceiveTime": order.created_ns // 1_000_000,
                "ReceiveTimeTicks": ticks(order.created_ns),
                "LastUpdatedTime": revision.time_ns // 1_000_000,
                "LastUpdatedTimeTicks": ticks(revision.time_ns),
                "OrigQuantity": original,
                "QuantityExecuted": revision.filled,
                "GrossValueExecuted": moment.gross,
                "ExecutableValue": ZERO,
                "AvgPrice": average,
                "CounterPartyId": 0,
                "ChangeReason": change,
                "OrigOrderId": int(replaced_id),
                "OrigClOrdId": int(replaced_client or 0),
                "EnteredBy": user.user_id,
                "UserName": user.name,
                "IsQuote": bool(order.attributes.get("is_quote")),
                "InsideAsk": inside.ask,
                "InsideAskSize": inside.ask_size,
                "InsideBid": inside.bid,
                "InsideBidSize": inside.bid_size,
                "LastTradePrice": inside.last,
                "RejectReason": self._reason(""),
                "IsLockedIn": False,
                "CancelReason": self._reason(change if revision.status is Status.CANCELLED else ""),
                "OrderFlag": self._flags(order, revision),
                "UseMargin": False,
                "StopPrice": revision.stop or ZERO,
                "PegPriceType": "Last" if revision.stop is not None else "Unknown",
                "PegOffset": ZERO,
                "PegLimitOffset": ZERO,
                "IpAddress": None,
                "IPv6a": None,
                "IPv6b": None,
                "ClientOrderIdUuid": None,
                "OMSId": self.oms_id,
            }
        )

    def short(self, row: Row) -> Row:
        """The fewer fields an OrderStateEvent has in the 3.x documents."""
        return {name: row[name] for name in _SHORT}

    @staticmethod
    def _display(order: SimOrder, revision: Revision) -> Decimal:
        """The shown size; it lags behind fills and reductions and is 0 only when nothing is left to execute."""
        if revision.status is Status.FILLED:
            return ZERO
        shown = order.attributes.get("display", order.history[0].quantity)
        return shown if isinstance(shown, Decimal) else order.history[0].quantity

    @staticmethod
    def _flags(order: SimOrder, revision: Revision) -> str:
        if revision.status is Status.UNTRIGGERED or order.kind is SimKind.MARKET:
            return "0"
        flags = ["AddedToBook"]
        if not revision.status.is_open:
            flags.append("RemovedFromBook")
        if order.post_only:
            flags.append("PostOnly")
        return ", ".join(flags)

    # -- executions ----------------------------------------------------------------------------------------------------

    def execution(self, done: Execution, order: SimOrder) -> Row:
        """Our side of a trade, as GetAccountTrades lists it."""
        instrument = self.exchange.instrument(done.symbol)
        inside, remaining = self.tape.trade(done)
        due = done.fee_of(order.uid)
        user = user_of(order, self.owner)
        return self.numbers(
            {
                "OMSId": self.oms_id,
                "ExecutionId": done.sequence,
                "TradeId": int(done.trade_id),
                "OrderId": int(done.maker_order_id if done.is_maker(order.uid) else done.taker_order_id),
                "AccountId": self.owner.account_id,
                "AccountName": self.owner.name,
                "SubAccountId": 0,
                "ClientOrderId": int(order.client_id or 0),
                "InstrumentId": instrument.attributes["id"],
                "Side": SIDES[order.side],
                "OrderType": TYPES[order.placed_as],
                "Quantity": done.quantity,
                "RemainingQuantity": remaining,
                "Price": done.price,
                "Value": done.value,
                "CounterParty": "7",
                "OrderTradeRevision": 1,
                "Direction": "NoChange",
                "IsBlockTrade": False,
                "Fee": due.amount,
                "FeeProductId": self.products[due.currency],
                "OrderOriginator": user.user_id,
                "UserName": user.name,
                "TradeTimeMS": done.time_ns // 1_000_000,
                "MakerTaker": "Maker" if done.is_maker(order.uid) else "Taker",
                "AdapterTradeId": 0,
                "InsideBid": inside.bid,
                "InsideBidSize": inside.bid_size,
                "InsideAsk": inside.ask,
                "InsideAskSize": inside.ask_size,
                "IsQuote": bool(order.attributes.get("is_quote")),
                "CounterPartyClientUserId": 1,
                "NotionalProductId": self.products["USD"],
                "NotionalRate": Decimal(1),
                "NotionalValue": done.value,
                "NotionalHoldAmount": ZERO,
                "TradeTime": ticks(done.time_ns),
            }
        )

    def order_trade(self, done: Execution, order: SimOrder) -> Row:
        """Our side of a trade, as OrderTradeEvent tells it."""
        instrument = self.exchange.instrument(done.symbol)
        return self.numbers(
            {
                "OMSId": self.oms_id,
                "TradeId": int(done.trade_id),
                "OrderId": int(done.maker_order_id if done.is_maker(order.uid) else done.taker_order_id),
                "AccountId": self.owner.account_id,
                "ClientOrderId": int(order.client_id or 0),
                "InstrumentId": instrument.attributes["id"],
                "Side": SIDES[order.side],
                "Quantity": done.quantity,
                "Price": done.price,
                "Value": done.value,
                "TradeTime": ticks(done.time_ns),
                "ContraAcctId": 7,
                "OrderTradeRevision": 1,
                "Direction": "NoChange",
            }
        )

    # -- positions -----------------------------------------------------------------------------------------------------

    def position(self, currency: str, balance: LedgerBalance) -> Row:
        """Position of the account in one product; Amount includes Hold."""
        return self.numbers(
            {
                "OMSId": self.oms_id,
                "AccountId": self.owner.account_id,
                "ProductSymbol": currency,
                "ProductId": self.products[currency],
                "Amount": balance.total,
                "Hold": balance.locked,
                "PendingDeposits": ZERO,
                "PendingWithdraws": ZERO,
                **dict.fromkeys(_TOTALS, ZERO),
                "NotionalProductId": self.products["USD"],
                "NotionalProductSymbol": "USD",
                "NotionalValue": ZERO,
                "NotionalHoldAmount": ZERO,
                "NotionalRate": ZERO,
                "TotalDayTransferNotional": ZERO,
            }
        )
