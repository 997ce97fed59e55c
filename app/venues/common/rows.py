"""The door for rows of orders, on every venue: what cannot be read, or cannot be as read, costs that row alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.domain.amendment import Source
from app.domain.order import Order
from app.domain.plausible import why_implausible
from app.venues.common.failures import Malformed
from app.venues.common.reporter import Reporter
from app.venues.transport.jsonx import JsonError

log = logging.getLogger("redline.venues")

#: Characters of a row that are shown and kept.
SHOWN = 600

#: Reads a row as an order. Raises Malformed or JsonError, one clause on why it cannot be read.
Read = Callable[[Any], Order]


@dataclass(slots=True)
class Listing:
    """Orders of a list.

    Attributes:
        orders: the readable ones.
        unreadable: ids of those that are in the list and cannot be read.
        nameless: whether a row has not even a readable id: then nobody can say which order is absent.
    """

    orders: list[Order] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    nameless: bool = False


class OrderDoor:
    """Reads the rows of one account; each that is turned away is told with its raw text."""

    def __init__(self, reporter: Reporter, read: Read, id_name: str) -> None:
        """Take in nothing yet.

        Args:
            reporter: tells of rows that are turned away.
            read: the venue's reader of one row.
            id_name: the venue's name of the order id, in any case of letters.
        """
        self._reporter = reporter
        self._read = read
        self._id_name = id_name.lower()

    def one(self, row: Any, source: Source, asked_at: int | None = None) -> Order | None:
        """Return one row as an order, None if it was turned away.

        Args:
            row: as decoded.
            source: what shows it.
            asked_at: when the question left, None for a push.
        """
        try:
            order = self._read(row)
            text = why_implausible(order)
        except (Malformed, JsonError) as error:
            text = str(error).rstrip(".")
        except Exception as error:
            # A value nobody thought of costs its row, not the connector.
            log.exception("a row of %s could not be read", self._reporter.account)
            text = f"{type(error).__name__}: {error}"
        if not text:
            return order
        self._reporter.order_unreadable(self.id_of(row), text, str(row)[:SHOWN], source, asked_at=asked_at)
        return None

    def listing(self, rows: Iterable[Any], asked_at: int, source: Source = Source.LISTING) -> Listing:
        """Return the rows of a list as orders, with the ids of those that were turned away."""
        result = Listing()
        for row in rows:
            order = self.one(row, source, asked_at)
            if order is not None:
                result.orders.append(order)
            elif order_id := self.id_of(row):
                result.unreadable.append(order_id)
            else:
                result.nameless = True
        return result

    def id_of(self, row: Any) -> str:
        """Return the order id of a row as text, "" where it has none that can be read."""
        if not isinstance(row, dict):
            return ""
        value = next((each for name, each in row.items() if str(name).lower() == self._id_name), "")
        return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
