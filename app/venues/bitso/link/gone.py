"""Orders that are gone: since when, and when each is asked about again. Pure; times are arguments.

Bitso keeps no history of orders, and no document says how soon trades are recorded. What tells how an order ended:

* its state in a look-up, which may still show it for up to an hour ("Look Up Orders", documented);
* its id in the answer to a cancel of ours, which names those really cancelled ("Cancel an Order", documented);
* its state in the public feed, once a look-up shows it no longer ("General: WebSocket", documented);
* its trades, where they add up to its size: it filled ("List User Trades", documented);
* no trade at all, in a reading asked for an hour after it was found gone: it was cancelled. The hour is the longest
  that Bitso says an ended order may still be worked on; that no trade comes later is inferred from it.

Balances tell nothing: other orders, deposits and withdrawals move them as well. Until one of these is there, an order
has ended and nobody tells how, and it is asked about again: soon at first, then ever less often.
Source: https://docs.bitso.com/bitso-api/docs, read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.order import Order

#: All in seconds. An order gone this long has all the trades it will ever have.
SETTLED_AFTER = 3600.0
#: The shortest wait between two questions about one order; later ones wait half as long as the order has been gone.
FIRST_WAIT = 1.0
#: The wait between two questions once it is settled and something still contradicts.
LATE_WAIT = 600.0
#: Cases kept; beyond that the oldest stays as it was told.
KEPT = 2000


@dataclass(slots=True)
class Case:
    """One order that is gone.

    Attributes:
        order: as last seen before.
        asked_at: when the look-up left that first found it gone, nanoseconds UTC.
        since: the same in seconds of the monotonic clock. due: when to ask again, None when all is told.
        told: its end as last told, None before. said: the last sentence on what is missing.
    """

    order: Order
    asked_at: int
    since: float
    due: float | None
    told: Order | None = None
    said: str = ""

    def is_settled(self, now: float) -> bool:
        """Whether a reading asked for now has all its trades."""
        return now - self.since >= SETTLED_AFTER


class Gone:
    """Every order that was found gone."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._cases

    def found(self, order: Order, asked_at: int, now: float) -> Case:
        """A look-up that left at `asked_at` does not show the order: the case of it, a new one if it is the first."""
        case = self._cases.get(order.order_id)
        if case is None:
            case = self._cases[order.order_id] = Case(order, asked_at, now, now + FIRST_WAIT)
            if len(self._cases) > KEPT:
                del self._cases[next(iter(self._cases))]
        return case

    def shown(self, order_id: str, asked_at: int) -> None:
        """A reading that left at `asked_at` shows the order: if that is the newer news, it is not gone."""
        case = self._cases.get(order_id)
        if case is not None and asked_at > case.asked_at:
            del self._cases[order_id]

    def asked(self, case: Case, now: float, *, final: bool) -> None:
        """It was asked about; `final` if nothing more can be learnt."""
        age = now - case.since
        if final:
            case.due = None
        elif age < SETTLED_AFTER:
            # One question falls on the moment from which its trades are complete.
            case.due = min(now + max(FIRST_WAIT, age / 2), case.since + SETTLED_AFTER)
        else:
            case.due = now + LATE_WAIT

    def hurry(self, order_id: str, now: float) -> None:
        """Something new was said about it: ask again at once."""
        case = self._cases.get(order_id)
        if case is not None and case.due is not None:
            case.due = now

    def next_due(self, now: float) -> Case | None:
        """The case that has waited longest for its question, None if none is due."""
        due = [(case.due, order_id) for order_id, case in self._cases.items() if case.due is not None]
        first = min(due, default=None)
        return self._cases[first[1]] if first is not None and first[0] <= now else None
