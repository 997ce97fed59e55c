"""The door for rows of orders, on every venue: what cannot be read, or cannot be as read, costs that row alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.domain.amendment import Source
from app.domain.order import Order
from app.domain.plausible import AGREEING_READS, why_implausible
from app.venues.common.failures import Contradiction, Malformed
from app.venues.common.reporter import Reporter
from app.venues.transport.jsonx import JsonError

log = logging.getLogger("redline.venues")

#: Characters of a row that are shown and kept.
SHOWN = 600

#: Orders whose contradictions are counted; the longest without one are forgotten first.
_COUNTED = 1_000

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
    """Reads the rows of one account; each that is turned away is told with its raw text.

    What is known of an order can be wrong too, where it was read wrong first: a row that contradicts it is turned away
    until so many direct reads, each asked for after the one before, agree on another order.
    """

    def __init__(
        self, reporter: Reporter, read: Read, id_name: str, *, anew: Read | None = None, strips: bool = False
    ) -> None:
        """Take in nothing yet.

        Args:
            reporter: tells of rows that are turned away.
            read: the venue's reader of one row.
            id_name: the venue's name of the order id, in any case of letters.
            strips: whether the venue's reader takes blanks around an id away; else an id is what stands there, so that
                it is the same in every sentence and matches what was read.
            anew: reads a row against nothing that is known, for a reader that holds it against something and raises
                Contradiction.
        """
        self._anew, self._strips = anew, strips
        self._others: dict[str, tuple[tuple[str, ...], int, int]] = {}
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
            order = self.believed(row, asked_at)
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

    def believed(self, row: Any, asked_at: int | None) -> Order:
        """Return one row as an order.

        Args:
            asked_at: when the question left, None for a push: what is pushed overrules nothing.

        Raises:
            Malformed, JsonError: one clause on why it cannot be read, or not be believed yet.
        """
        try:
            order = self._read(row)
        except Contradiction:
            if self._anew is None or asked_at is None:
                raise
            order = self._anew(row)
            if not self._agrees(order, asked_at):
                raise
            self.overrule(order)
            return order
        if asked_at is not None:
            self._others.pop(order.order_id, None)
        return order

    def overrule(self, order: Order) -> None:
        """Take an order for what is known by its id from now on; for doors that keep what is known themselves."""

    def _agrees(self, order: Order, asked_at: int) -> bool:
        """Count a read that contradicts what is known; return True if enough of them agree."""
        identity = (order.symbol, order.market, order.side.value)
        before = self._others.pop(order.order_id, None)
        count = 1
        if before is not None and before[0] == identity:
            count = before[2] + 1 if asked_at > before[1] else before[2]
        if count >= AGREEING_READS:
            return True
        self._others[order.order_id] = (identity, asked_at, count)
        if len(self._others) > _COUNTED:
            del self._others[next(iter(self._others))]
        return False

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
        if not isinstance(value, str | int) or isinstance(value, bool):
            return ""
        text = str(value)
        return text.strip() if self._strips or not text.strip() else text
