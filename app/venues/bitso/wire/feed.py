"""The public websocket's messages: subscriptions out, quotes and hints in. There is no private channel.

Source: "General: WebSocket" (https://docs.bitso.com/bitso-api/docs/general, read 2026-11-21, documented). The side flag
`t` has meant different things over the years, so it is not read; an order id in a message is a hint that our order
moved, and the order itself is then read over REST.

Messages of diff-orders carry a `sequence` that rises by one in each book; a step of more than one means that hints were
lost (same page, documented).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.money import ZERO
from app.venues.common.failures import Malformed
from app.venues.transport.jsonx import JsonError, array, dumps, loads, mapping, number, whole_or_none

CHANNELS = ("orders", "trades", "diff-orders")


@dataclass(frozen=True, slots=True)
class Touch:
    """Best prices of a book from a snapshot of its top; None for an empty side."""

    book: str
    bid: Decimal | None
    ask: Decimal | None


@dataclass(frozen=True, slots=True)
class Traded:
    """Trades of a book: the last price, and the ids of the orders that met."""

    book: str
    last: Decimal
    order_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Moved:
    """Orders of a book that changed: id and the venue's word for its state (open, cancelled, completed).

    `sequence` is the message's number in its book, None where it carries none.
    """

    book: str
    states: tuple[tuple[str, str], ...]
    sequence: int | None = None


class Sequences:
    """Counts the numbered messages of each book on one connection."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def missed(self, moved: Moved) -> int:
        """Return how many messages of the book were lost before this one; 0 for a first, repeated or unnumbered one."""
        if moved.sequence is None:
            return 0
        last = self._last.get(moved.book)
        self._last[moved.book] = moved.sequence if last is None else max(last, moved.sequence)
        return 0 if last is None else max(0, moved.sequence - last - 1)


def subscription(book: str, channel: str) -> str:
    """Make the frame that subscribes to one channel of one book."""
    return dumps({"action": "subscribe", "book": book, "type": channel})


def message(text: str) -> Touch | Traded | Moved | None:
    """Read one frame; None for acknowledgements, keep-alives and channels nobody asked for.

    Raises:
        Malformed: if it is not what the channel should carry.
    """
    try:
        frame = mapping(loads(text))
        if frame.get("payload") is None or "action" in frame:
            return None
        book, kind = frame.get("book"), frame.get("type")
        if not isinstance(book, str):
            return None
        match kind:
            case "orders":
                sides = mapping(frame["payload"])
                return Touch(book, _best(sides.get("bids"), max), _best(sides.get("asks"), min))
            case "trades":
                return _trades(book, array(frame["payload"]))
            case "diff-orders":
                changes = [mapping(row) for row in array(frame["payload"])]
                states = tuple((str(row["o"]), str(row.get("s", ""))) for row in changes)
                return Moved(book, states, whole_or_none(frame.get("sequence")))
            case _:
                return None
    except (JsonError, KeyError) as error:
        raise Malformed(f"Bitso's market data cannot be read: {error}") from error


def _best(side: Any, pick: Any) -> Decimal | None:
    prices = [number(mapping(row)["r"]) for row in array(side or [])]
    above = [price for price in prices if price > ZERO]
    return pick(above) if above else None


def _trades(book: str, rows: list[Any]) -> Traded | None:
    if not rows:
        return None
    trades = [mapping(row) for row in rows]
    ids = frozenset(str(row[name]) for row in trades for name in ("mo", "to") if row.get(name))
    return Traded(book, number(trades[-1]["r"]), ids)
