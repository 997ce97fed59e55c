"""Stands where the connector is, for the tests of what the trade socket says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeVar

from app.domain import events as ev
from app.domain.amendment import Command
from app.venues.common.delivery import Delivery
from app.venues.common.reporter import Reporter
from app.venues.qfex.link.listener import Listener
from app.venues.qfex.link.outcomes import Outcomes
from app.venues.qfex.link.reference import Instruments
from app.venues.qfex.rules.inflight import Sent, SentAmendments
from tests.venues.qfex.samples import ACCOUNT, NEW, NOW, row

D = Decimal
E = TypeVar("E")


class Recording(SentAmendments):
    """Reports the hand-over of every amendment once, as the delivery does."""

    def __init__(self, reporter: Reporter) -> None:
        super().__init__()
        self._reporter = reporter

    def add(
        self, command: Command, done: Callable[[], None] = lambda: None, written: Callable[[], None] | None = None
    ) -> Sent:
        sent = super().add(command, done)
        waiting = [command]
        sent.written = lambda: self._reporter.written(waiting.pop(), b"x") if waiting else None
        return sent


class Desk:
    """Stands where the connector is: collects events, counts wishes, and has a clock that ticks once a reading."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self.lists = 0
        self.limited = 0
        self.watched: set[str] = set()
        self.time = NOW
        reporter = Reporter(ACCOUNT, self.events.append, self)
        self.reports = Listener(
            reporter,
            Delivery(reporter, "QFEX"),
            Instruments(reporter),
            want_list=self._want,
            watch=self._watch,
            limited=self._limited,
        )
        self.reports.orders.inflight = Recording(reporter)
        self.reports.listed([row()], NOW)
        self.events.clear()

    def now(self) -> int:
        self.time += 1
        return self.time

    def monotonic(self) -> float:
        return 0.0

    @property
    def outcomes(self) -> Outcomes:
        return self.reports.outcomes

    def _want(self) -> None:
        self.lists += 1

    def _watch(self, symbols: Iterable[str]) -> None:
        self.watched.update(symbols)

    def _limited(self, seconds: float) -> None:
        self.limited += 1

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.events]

    def only(self, kind: type[E]) -> E:
        found = [event for event in self.events if isinstance(event, kind)]
        assert len(found) == 1, self.events
        return found[0]

    def cancel(self, order_id: str, *, stop: bool = False) -> list[tuple[bool, str]]:
        answers: list[tuple[bool, str]] = []
        if stop:
            self.outcomes.stops.add(order_id)
        self.outcomes.cancels[order_id] = lambda taken, text: answers.append((taken, text))
        return answers


def modified(order_id: str = NEW, **changes: Any) -> dict[str, Any]:
    later = {"status": "MODIFIED", "price": D(200), "quantity": D(2), "quantity_remaining": D(2)}
    return row(order_id=order_id, **{"update_time": D("1758208771.5"), **later, **changes})


def fill(order_id: str, **changes: Any) -> dict[str, Any]:
    push = {"trade_id": "t1", "order_id": order_id, "symbol": "AAPL-USD", "side": "BUY", "price": D(200)}
    return {**push, "quantity": D(1), "timestamp": D("1758208771.6"), **changes}
