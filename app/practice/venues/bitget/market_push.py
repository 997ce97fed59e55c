"""The public websocket: ticker, books, public trades.

`ticker`, `books1`, `books5` and `books50` push whole snapshots; `books` begins with one and goes on with updates whose
`pseq` is the `seq` before. Pushes are gathered for a moment (switches `ticker_push_ms`, `book_push_ms`). Source: Bitget
unified account documentation, websocket pages, read 2026-11-21.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.practice.exchange.clock import Timer
from app.practice.exchange.orders import BookChanged, ExchangeEvent, Execution, OrdersTraded, PriceChanged, Side
from app.practice.server.faults import Operation
from app.practice.server.server import VenueServer
from app.practice.server.socket import SocketSession
from app.practice.venues.bitget.errors import BitgetError
from app.practice.venues.bitget.market_data import MarketData
from app.practice.venues.bitget.sockets import NO_CHANNEL, TextSocket

_DEPTHS: Mapping[str, int | None] = {"books1": 1, "books5": 5, "books50": 50, "books": None}


class PublicSocket(TextSocket):
    """`/v3/ws/public`."""

    def __init__(self, server: VenueServer, market: MarketData) -> None:
        super().__init__(server.clock, server.switches)
        self._server = server
        self._market = market
        self._changed: dict[str, set[tuple[Side, Decimal]]] = defaultdict(set)
        self._stale: dict[str, set[str]] = {"ticker": set(), "books": set()}
        self._timers: dict[str, Timer] = {}
        self._sequence: dict[str, int] = defaultdict(int)
        server.exchange.subscribe(self._happened)

    def stop(self) -> None:
        """Call off what is pending."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def closed(self, session: SocketSession) -> None:
        super().closed(session)
        if not self.sessions:
            self.stop()

    # -- subscriptions -------------------------------------------------------------------------------------------------

    def check_arg(self, session: SocketSession, arg: Mapping[str, Any]) -> int:
        topic = arg.get("topic")
        known = topic in ("ticker", "publicTrade") or topic in _DEPTHS
        return 0 if known and self._key(arg) is not None else NO_CHANNEL

    def _key(self, arg: Mapping[str, Any]) -> str | None:
        inst_type = str(arg.get("instType", ""))
        if inst_type != inst_type.lower():
            return None
        try:
            return self._market.find(inst_type.upper(), str(arg.get("symbol", ""))).symbol
        except BitgetError:
            return None

    def subscribed(self, session: SocketSession, arg: dict[str, Any]) -> None:
        key = self._key(arg)
        if key is None:
            return
        if arg["topic"] == "ticker":
            self.push(session, arg, [self._ticker(key)], Operation.PUSH_TICKER)
        elif arg["topic"] in _DEPTHS:
            self.push(session, arg, [self._snapshot(key, arg["topic"])], Operation.PUSH_BOOK)

    def _interested(self, key: str, topics: frozenset[str]) -> list[tuple[SocketSession, dict[str, Any]]]:
        return [
            (session, arg)
            for session in list(self.sessions)
            for arg in session.attributes["args"]
            if arg["topic"] in topics and self._key(arg) == key
        ]

    # -- what happened -------------------------------------------------------------------------------------------------

    def _happened(self, event: ExchangeEvent) -> None:
        if not self.sessions:
            return
        if isinstance(event, BookChanged):
            self._changed[event.symbol].add((event.side, event.price))
            self._later("books", event.symbol)
            self._later("ticker", event.symbol)
        elif isinstance(event, PriceChanged):
            self._later("ticker", event.symbol)
        elif isinstance(event, OrdersTraded):
            self._traded(event.execution)

    def _later(self, what: str, key: str) -> None:
        """Push soon, once for everything that happens until then."""
        self._stale[what].add(key)
        if what not in self._timers:
            pause = self.switches.integer("ticker_push_ms" if what == "ticker" else "book_push_ms")
            self._timers[what] = self.clock.call_later(pause, lambda: self._flush(what))

    def _flush(self, what: str) -> None:
        self._timers.pop(what, None)
        keys, self._stale[what] = sorted(self._stale[what]), set()
        for key in keys:
            if what == "ticker":
                for session, arg in self._interested(key, frozenset({"ticker"})):
                    self.push(session, arg, [self._ticker(key)], Operation.PUSH_TICKER)
            else:
                self._flush_book(key)

    def _flush_book(self, key: str) -> None:
        changed = self._changed.pop(key, set())
        before = self._sequence[key]
        self._sequence[key] += 1
        for session, arg in self._interested(key, frozenset(_DEPTHS)):
            if arg["topic"] != "books":
                self.push(session, arg, [self._snapshot(key, arg["topic"])], Operation.PUSH_BOOK)
                continue
            book = self._server.exchange.book(key)
            levels: dict[str, Any] = {"a": [], "b": []}
            for side, price in sorted(changed):
                levels["a" if side is Side.SELL else "b"].append([price, book.level(side, price).quantity])
            data = {**levels, "seq": self._sequence[key], "pseq": before, "ts": str(self.clock.now_ms())}
            self.push(session, arg, [data], Operation.PUSH_BOOK, action="update")

    def _traded(self, done: Execution) -> None:
        row = {
            "p": done.price,
            "v": done.quantity,
            "S": str(done.taker_side),
            "T": str(done.time_ns // 1_000_000),
            "i": done.trade_id,
        }
        for session, arg in self._interested(done.symbol, frozenset({"publicTrade"})):
            self.push(session, arg, [row], Operation.PUSH_TRADE)

    def _ticker(self, key: str) -> dict[str, Any]:
        return self._market.ticker(self._server.exchange.instrument(key))

    def _snapshot(self, key: str, topic: str) -> dict[str, Any]:
        levels = self._market.levels(self._server.exchange.instrument(key), _DEPTHS[topic])
        return {**levels, "seq": self._sequence[key], "pseq": 0, "ts": str(self.clock.now_ms())}
