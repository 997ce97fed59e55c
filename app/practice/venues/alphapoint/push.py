"""Events: account events, order states, Level1, Level2 and trades, to whoever subscribed.

Source: AlphaPoint API documentation, "SubscribeAccountEvents" (no filtering, irregular times, any order),
"SubscribeLevel1", "SubscribeLevel2", "SubscribeTrades", v4 "SubscribeOrderStateEvents", and captures in public client
code, read 2026-11-21. The `i` of an event is one more than that of the subscription it answers: the documents say it
echoes that, a capture shows 2 after 1. It is never that of a waiting call, or the operators' own clients, which look at
nothing else, would take the event for the reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.orders import (
    CROWD,
    TRADER,
    ZERO,
    BalanceChanged,
    BookChanged,
    ExchangeEvent,
    Execution,
    OrderChanged,
    OrdersTraded,
    PriceChanged,
    SessionChanged,
    Side,
    TriggerSource,
)
from app.practice.server.faults import Operation
from app.practice.server.gate import FaultOrders
from app.practice.server.server import VenueServer
from app.practice.server.socket import SocketSession
from app.practice.server.wire import write_json
from app.practice.venues.alphapoint.directory import Directory
from app.practice.venues.alphapoint.fields import Payload
from app.practice.venues.alphapoint.reference import iso
from app.practice.venues.alphapoint.rows import Row, Writer
from app.practice.venues.alphapoint.ticker import Tickers

_DEPTH = 100
#: Event to the subscription it answers; every other answers that to account events.
_ANSWERS = {
    "Level1UpdateEvent": "subscribelevel1",
    "Level2UpdateEvent": "subscribelevel2",
    "TradeDataUpdateEvent": "subscribetrades",
    "TickerDataUpdateEvent": "subscribeticker",
}


class Subscriber:
    """Subscriptions of one connection.

    Attributes:
        account: all private events.
        orders: symbols whose order states are told, all if there are none; None for no order states.
        market: symbols by kind of market data.
        tickers: length in milliseconds of a symbol's intervals.
    """

    def __init__(self, session: SocketSession) -> None:
        self.session = session
        self.account = False
        self.orders: set[str] | None = None
        self.market: dict[str, set[str]] = {"level1": set(), "level2": set(), "trades": set()}
        self.tickers: dict[str, int] = {}
        self._numbers: dict[str, int] = {}

    def asked(self, name: str, number: int) -> None:
        """Note the number of a call, should it be a subscription."""
        if name.lower().startswith("subscribe"):
            self._numbers[name.lower()] = number

    def event(self, name: str, payload: object, operation: str, order_id: str = "") -> None:
        """Push one event."""
        asked = _ANSWERS.get(name, "subscribeaccountevents")
        if name == "OrderStateEvent" and not self.account:
            asked = "subscribeorderstateevents"
        frame = {"m": 3, "i": self._numbers.get(asked, 0) + 1, "n": name, "o": write_json(payload)}
        self.session.push_json(frame, operation, order_id)

    def leave_account(self) -> None:
        """Stop private events; the user is gone."""
        self.account = False
        self.orders = None


class EventPush:
    """Turns what happens on the exchange into events."""

    def __init__(self, server: VenueServer, writer: Writer, directory: Directory) -> None:
        self._server = server
        self._writer = writer
        self._directory = directory
        self._exchange = server.exchange
        self.tickers = Tickers(writer, directory, server.clock)
        self._subscribers: list[Subscriber] = []
        self._levels: dict[tuple[str, Side], set[Decimal]] = {}
        self._touch: dict[str, tuple[Decimal, ...]] = {}
        self._updates = 97_244_115
        server.exchange.subscribe(self._happened)

    def join(self, session: SocketSession) -> Subscriber:
        """A connection that may subscribe."""
        subscriber = Subscriber(session)
        self._subscribers.append(subscriber)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """The connection is gone."""
        self._subscribers.remove(subscriber)

    # -- subscribing and asking ----------------------------------------------------------------------------------------

    def level1(self, payload: Payload) -> tuple[str, Row]:
        """Symbol and Level1 of the instrument asked for."""
        self._directory.check_oms(payload)
        symbol = self._directory.instrument(payload).symbol
        return symbol, self._level1(symbol)

    def level2(self, payload: Payload) -> tuple[str, list[list[Any]]]:
        """Symbol and a snapshot of the book of the instrument asked for."""
        self._directory.check_oms(payload)
        symbol = self._directory.instrument(payload).symbol
        depth = payload.maybe_whole("Depth") or _DEPTH
        rows = [
            self._level(symbol, side, level.price, level.quantity, level.orders, 0)
            for side in (Side.BUY, Side.SELL)
            for level in self._exchange.book(symbol).depth(side, depth)
        ]
        return symbol, rows

    def trades(self, payload: Payload) -> tuple[str, list[list[Any]]]:
        """Symbol and the last public trades of the instrument asked for, oldest first."""
        self._directory.check_oms(payload)
        symbol = self._directory.instrument(payload).symbol
        count = payload.maybe_whole("IncludeLastCount", "Count") or _DEPTH
        return symbol, [self._trade(done) for done in self._exchange.trades(symbol)[-count:]]

    # -- what happened -------------------------------------------------------------------------------------------------

    def tell(self, name: str, fields: Mapping[str, Any], order_id: str = "") -> None:
        """Tell an account event that no change of the exchange brings about, such as a rejection."""
        self._to_account(name, self._writer.numbers(dict(fields)), Operation.PUSH_ORDER, order_id)

    def _happened(self, event: ExchangeEvent) -> None:
        action = self._note_level(event) if isinstance(event, BookChanged) else 0
        if not self._subscribers:
            return
        match event:
            case OrderChanged() if event.order.owner == TRADER:
                self._order_changed(event)
            case OrdersTraded():
                self._traded(event)
            case BalanceChanged() if event.account == TRADER:
                balance = self._exchange.ledger.balance(TRADER, event.currency)
                row = self._writer.position(event.currency, balance)
                self._to_account("AccountPositionEvent", row, Operation.PUSH_BALANCE)
            case BookChanged():
                self._book_changed(event, action)
            case PriceChanged() if event.source is TriggerSource.LAST:
                self._touched(event.symbol)
            case SessionChanged():
                self._session_changed(event)
            case _:
                return

    def _to_account(self, name: str, row: Row, operation: str, order_id: str = "") -> None:
        for subscriber in list(self._subscribers):
            if subscriber.account:
                subscriber.event(name, row, operation, order_id)

    def _order_changed(self, event: OrderChanged) -> None:
        order = event.order
        planned: FaultOrders = self._server.gate.before_push(Operation.PUSH_ORDER, order)
        row = self._writer.revision(order, event.revision)
        if planned.unknown_status is not None:
            row["OrderState"] = planned.unknown_status
        told = self._writer.short(row) if self._writer.switches.choice("event_shape") == "short" else row
        for subscriber in list(self._subscribers):
            narrow = subscriber.orders is not None and (not subscriber.orders or order.symbol in subscriber.orders)
            if subscriber.account or narrow:
                subscriber.event("OrderStateEvent", told, Operation.PUSH_ORDER, order.order_id)

    def _traded(self, event: OrdersTraded) -> None:
        done = event.execution
        for order in (event.maker, event.taker):
            if order.owner == TRADER:
                row = self._writer.order_trade(done, order)
                self._to_account("OrderTradeEvent", row, Operation.PUSH_FILL, order.order_id)
        for subscriber in list(self._subscribers):
            if done.symbol in subscriber.market["trades"]:
                subscriber.event("TradeDataUpdateEvent", [self._trade(done)], Operation.PUSH_TRADE)
            if done.symbol in subscriber.tickers:
                rows = self.tickers.rows(done.symbol, subscriber.tickers[done.symbol])
                subscriber.event("TickerDataUpdateEvent", rows[-1:], Operation.PUSH_TICKER)

    def _note_level(self, event: BookChanged) -> int:
        """The ActionType of a changed level: 0 new, 1 update, 2 delete."""
        known = self._levels.setdefault((event.symbol, event.side), set())
        if event.orders == 0:
            known.discard(event.price)
            return 2
        action = 1 if event.price in known else 0
        known.add(event.price)
        return action

    def _book_changed(self, event: BookChanged, action: int) -> None:
        self._updates += 1
        row = self._level(event.symbol, event.side, event.price, event.quantity, event.orders, action)
        for subscriber in list(self._subscribers):
            if event.symbol in subscriber.market["level2"]:
                subscriber.event("Level2UpdateEvent", [row], Operation.PUSH_BOOK)
        self._touched(event.symbol)

    def _touched(self, symbol: str) -> None:
        """Tell Level1 when the touch or the last price is another one."""
        if not any(symbol in subscriber.market["level1"] for subscriber in self._subscribers):
            return
        inside = self._writer.tape.inside(symbol)
        now = (inside.bid, inside.bid_size, inside.ask, inside.ask_size, inside.last)
        if self._touch.get(symbol) == now:
            return
        self._touch[symbol] = now
        row = self._level1(symbol)
        for subscriber in list(self._subscribers):
            if symbol in subscriber.market["level1"]:
                subscriber.event("Level1UpdateEvent", row, Operation.PUSH_TICKER)

    def _session_changed(self, event: SessionChanged) -> None:
        running = self._writer.switches.choice("running_word")
        words = ("Paused", running) if event.is_open else (running, "Paused")
        row = {
            "ExchangeId": 1,
            "VenueAdapterId": 1,
            "VenueInstrumentId": self._number(event.symbol),
            "Action": "Resume" if event.is_open else "Pause",
            "PreviousStatus": words[0],
            "NewStatus": words[1],
            "ExchangeDateTime": iso(self._server.clock.now_ms()),
        }
        self._to_account("MarketStateUpdate", row, Operation.PUSH_STATUS)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _number(self, symbol: str) -> int:
        number: int = self._exchange.instrument(symbol).attributes["id"]
        return number

    def _level(self, symbol: str, side: Side, price: Decimal, quantity: Decimal, orders: int, action: int) -> list[Any]:
        """Quantity is what is shown at the price now; an iceberg shows its display size only."""
        hidden = ZERO
        accounts = 0
        for entry in self._exchange.book(symbol).queue(side, price):
            accounts += entry.owner == CROWD
            display = self._exchange.by_uid(entry.uid).attributes.get("display")
            if isinstance(display, Decimal):
                hidden += max(ZERO, entry.quantity - display)
        return [
            self._updates,
            max(accounts, 1) if orders else 0,
            self._server.clock.now_ms(),
            action,
            self._exchange.price(symbol),
            orders,
            price,
            self._number(symbol),
            quantity - hidden,
            0 if side is Side.BUY else 1,
        ]

    def _trade(self, done: Execution) -> list[Any]:
        return [
            int(done.trade_id),
            self._number(done.symbol),
            done.quantity,
            done.price,
            int(done.maker_order_id),
            int(done.taker_order_id),
            done.time_ns // 1_000_000,
            0,
            0 if done.taker_side is Side.BUY else 1,
            0,
            0,
        ]

    def _level1(self, symbol: str) -> Row:
        """Best prices and the day; numbers as they are, unlike order rows."""
        inside = self._writer.tape.inside(symbol)
        trades = self._exchange.trades(symbol)
        prices = [done.price for done in trades] or [inside.last]
        volume = sum((done.quantity for done in trades), ZERO)
        value = sum((done.value for done in trades), ZERO)
        now = self._server.clock.now_ms()
        return {
            "OMSId": self._writer.oms_id,
            "InstrumentId": self._number(symbol),
            "BestBid": inside.bid,
            "BestOffer": inside.ask if inside.ask_size else ZERO,
            "LastTradedPx": inside.last,
            "LastTradedQty": trades[-1].quantity if trades else ZERO,
            "LastTradeTime": trades[-1].time_ns // 1_000_000 if trades else now,
            "SessionOpen": prices[0],
            "SessionHigh": max(prices),
            "SessionLow": min(prices),
            "SessionClose": inside.last,
            "Volume": volume,
            "CurrentDayVolume": volume,
            "CurrentDayNotional": value,
            "CurrentDayNumTrades": len(trades),
            "CurrentDayPxChange": prices[-1] - prices[0],
            "Rolling24HrVolume": volume,
            "Rolling24HrNotional": value,
            "Rolling24NumTrades": len(trades),
            "Rolling24HrPxChange": ZERO,
            "TimeStamp": str(now),
            "BidQty": inside.bid_size,
            "AskQty": inside.ask_size,
            "BidOrderCt": 0,
            "AskOrderCt": 0,
            "Rolling24HrPxChangePercent": ZERO,
        }
