"""The market-data socket: flat subscriptions, no login, values as strings."""

from __future__ import annotations

from typing import Any

from app.practice.exchange.clock import Timer
from app.practice.exchange.orders import ExchangeEvent, OrdersTraded, Side, TriggerSource
from app.practice.server.faults import Operation
from app.practice.server.messages import Identity
from app.practice.server.server import VenueServer
from app.practice.server.socket import BaseSocketHandler, SocketMessage, SocketSession
from app.practice.server.wire import WireError, parse_json
from app.practice.venues.qfex import rows
from app.practice.venues.qfex.errors import bands

_PULSED = ("bbo", "level2", "mark_price", "minmax_price")


class MarketDataSocket(BaseSocketHandler):
    """One handler for every connection to the market-data address."""

    heartbeat_ms = 20_000

    def __init__(self, server: VenueServer) -> None:
        self._server = server
        self._sessions: list[SocketSession] = []
        self._sequence = 0
        self._timer: Timer | None = None
        server.exchange.subscribe(self._happened)

    def opened(self, session: SocketSession) -> None:
        session.attributes["wanted"] = set()
        self._sessions.append(session)
        if self._timer is None:
            self._schedule()

    def closed(self, session: SocketSession) -> None:
        self._sessions.remove(session)
        if not self._sessions and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def identify(self, session: SocketSession, text: str) -> Identity:
        return Identity(Operation.SUBSCRIBE)

    async def message(self, session: SocketSession, message: SocketMessage) -> None:
        try:
            asked = parse_json(message.text)
            channels, symbols = asked["channels"], asked["symbols"]
            known = {each.symbol for each in self._server.exchange.instruments}
            chosen = known if "*" in symbols else known & set(symbols)
            wanted = {(str(channel), symbol) for channel in channels for symbol in chosen}
        except (WireError, KeyError, TypeError):
            session.reply_json({"type": "error", "error_code": "InvalidJSONFormat"})
            return
        if asked.get("type") == "unsubscribe":
            session.attributes["wanted"] -= wanted
        else:
            session.attributes["wanted"] |= wanted
            session.reply_json({"type": "subscribed", "channels": channels, "symbols": symbols})
            for channel, symbol in sorted(wanted):
                self._push(session, channel, symbol)

    def _schedule(self) -> None:
        def beat() -> None:
            self._schedule()
            for session in list(self._sessions):
                for channel, symbol in sorted(session.attributes["wanted"]):
                    self._push(session, channel, symbol)

        self._timer = self._server.clock.call_later(self._server.switches.integer("bbo_ms"), beat)

    def _push(self, session: SocketSession, channel: str, symbol: str) -> None:
        if channel in _PULSED:
            session.push_json(self._message(channel, symbol), Operation.PUSH_TICKER, decimals="string")

    def _message(self, channel: str, symbol: str) -> dict[str, Any]:
        exchange = self._server.exchange
        time = rows.rfc3339(self._server.clock.now_ns())
        base = {"type": channel, "symbol": symbol}
        mark = exchange.price(symbol, TriggerSource.MARK)
        if channel == "mark_price":
            return {**base, "price": mark, "time": time}
        if channel == "minmax_price":
            low, high = bands(exchange, exchange.instrument(symbol))
            return {**base, "min_price": low, "max_price": high, "time": time}
        self._sequence += 1
        depth = 1 if channel == "bbo" else 20
        sides = {
            name: [[level.price, level.quantity] for level in exchange.book(symbol).depth(side, depth)]
            for name, side in (("bid", Side.BUY), ("ask", Side.SELL))
        }
        return {**base, **sides, "sequence": self._sequence, "time": time}

    def _happened(self, event: ExchangeEvent) -> None:
        if not isinstance(event, OrdersTraded):
            return
        done = event.execution
        self._sequence += 1
        frame = {
            "type": "trade",
            "trade_id": done.trade_id,
            "symbol": done.symbol,
            "size": done.quantity,
            "price": done.price,
            "side": str(done.taker_side).upper(),
            "execution_type": "NEW",
            "sequence": self._sequence,
            "time": rows.rfc3339(done.time_ns),
        }
        for session in list(self._sessions):
            if ("trade", done.symbol) in session.attributes["wanted"]:
                session.push_json(frame, Operation.PUSH_TRADE, decimals="string")
