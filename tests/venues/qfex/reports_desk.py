"""Stands where the connector is, for the tests of what the trade socket says."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

from app.domain import events as ev
from app.venues.qfex.link.inflight import Sent
from app.venues.qfex.link.listener import Reports
from tests.venues.qfex.samples import ACCOUNT, NEW, NOW, row

D = Decimal
E = TypeVar("E")


class Desk:
    """Stands where the connector is: collects events, counts wishes, and has a clock that ticks once a reading."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self.lists = 0
        self.limited = 0
        self.watched: set[str] = set()
        self.time = NOW
        self.reports = Reports(
            ACCOUNT,
            self.events.append,
            self,
            want_list=self._want,
            watch=self._watch,
            written=self._written,
            limited=self._limited,
        )
        self.reports.listed([row()], NOW)
        self.events.clear()

    def now(self) -> int:
        self.time += 1
        return self.time

    def monotonic(self) -> float:
        return 0.0

    def _want(self) -> None:
        self.lists += 1

    def _watch(self, symbols: Iterable[str]) -> None:
        self.watched.update(symbols)

    def _written(self, sent: Sent) -> None:
        if not sent.told:
            sent.told = True
            self.events.append(ev.AmendmentWritten(ACCOUNT, self.now(), sent.command.amendment_id, 1))

    def _limited(self) -> None:
        self.limited += 1

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def only(self, kind: type[E]) -> E:
        found = [event for event in self.events if isinstance(event, kind)]
        assert len(found) == 1, self.events
        return found[0]

    def cancel(self, order_id: str) -> list[tuple[bool, str]]:
        answers: list[tuple[bool, str]] = []
        self.reports.cancels[order_id] = lambda taken, text: answers.append((taken, text))
        return answers


def modified(order_id: str = NEW, **changes: Any) -> dict[str, Any]:
    later = {"status": "MODIFIED", "price": D(200), "quantity": D(2), "quantity_remaining": D(2)}
    return row(order_id=order_id, **{"update_time": D("1758208771.5"), **later, **changes})


def fill(order_id: str, **changes: Any) -> dict[str, Any]:
    push = {"trade_id": "t1", "order_id": order_id, "symbol": "AAPL-USD", "side": "BUY", "price": D(200)}
    return {**push, "quantity": D(1), "timestamp": D("1758208771.6"), **changes}
