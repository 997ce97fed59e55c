"""Sockets: messages to exact texts and frames to values, without any I/O. Times are arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from app.venues.bitget.wire import signing
from app.venues.bitget.wire import vocabulary as words
from app.venues.bitget.wire.signing import Keys
from app.venues.bitget.wire.values import milliseconds_of, read_object
from app.venues.common.failures import Malformed
from app.venues.transport import jsonx

PING = "ping"
PONG = "pong"

#: Arguments of one subscribe message; the venue counts messages, not arguments.
_ARGUMENTS = 40


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to our heartbeat."""


@dataclass(frozen=True, slots=True)
class Control:
    """An answer to a login or a subscription, or an error: `event`, its code ("" for none), words and topic."""

    event: str
    code: str
    text: str
    topic: str = ""
    symbol: str = ""

    @property
    def asks_to_reconnect(self) -> bool:
        """Return True for the word that the service is renewed and the connection ends within a minute."""
        return self.code == words.SERVICE_UPGRADE

    @property
    def ok(self) -> bool:
        """Return True if it reports success."""
        return self.event != "error" and (not self.code or self.code in words.SUCCESS)


@dataclass(frozen=True, slots=True)
class Push:
    """Rows of one topic; `at` is the venue's time in milliseconds, None where it gave none."""

    topic: str
    instrument_type: str
    symbol: str
    rows: tuple[Any, ...]
    at: int | None


Frame = Pong | Control | Push


def login_text(keys: Keys, timestamp_s: int) -> str:
    """The login message of the private socket."""
    return jsonx.dumps({"op": "login", "args": [signing.login_arguments(keys, timestamp_s)]})


def masked_login_text(timestamp_s: int) -> str:
    """The same message as a person may read it."""
    mask = signing.MASK
    argument = {"apiKey": mask, "passphrase": mask, "timestamp": str(timestamp_s), "sign": mask}
    return jsonx.dumps({"op": "login", "args": [argument]})


def private_subscribe_text(topics: Sequence[str]) -> str:
    """Subscribe to topics of the private socket; all of an account's categories come in one stream."""
    return jsonx.dumps({"op": "subscribe", "args": [{"instType": "UTA", "topic": topic} for topic in topics]})


def ticker_texts(op: str, markets: Iterable[tuple[str, str]]) -> list[str]:
    """Messages that subscribe to (or unsubscribe from) the tickers of (category, symbol) pairs.

    There is no margin market of its own: a margin order trades on the spot book.
    """
    args = [
        {"instType": ticker_category(category).lower(), "topic": "ticker", "symbol": symbol}
        for category, symbol in sorted(markets)
    ]
    return [
        jsonx.dumps({"op": op, "args": args[start : start + _ARGUMENTS]}) for start in range(0, len(args), _ARGUMENTS)
    ]


def ticker_category(category: str) -> str:
    """The category whose ticker serves an order's category."""
    return words.SPOT if category == words.MARGIN else category


def read_frame(text: str) -> Frame:
    """Read one frame of either socket.

    Raises:
        Malformed: if it is neither the pong nor a JSON object of a known shape.
    """
    if text.strip() == PONG:
        return Pong()
    value = read_object(text, "a message")
    argument = value.get("arg")
    topic = argument if isinstance(argument, dict) else {}
    if "event" in value:
        code = value.get("code")
        return Control(
            event=str(value["event"]),
            code="" if code is None else str(code),
            text=str(value.get("msg") or ""),
            topic=str(topic.get("topic") or ""),
            symbol=str(topic.get("symbol") or ""),
        )
    if "data" not in value or not topic.get("topic"):
        raise Malformed("a message without event, or without topic and data")
    data = value["data"]
    return Push(
        topic=str(topic["topic"]),
        instrument_type=str(topic.get("instType") or ""),
        symbol=str(topic.get("symbol") or ""),
        rows=tuple(data) if isinstance(data, list) else (data,),
        at=milliseconds_of(value.get("ts")),
    )
