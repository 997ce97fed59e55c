"""Orders that are gone: since when, and when each is asked about again. Times are arguments.

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
#: Orders kept; beyond that the oldest stays as it was reported.
KEPT = 2000


@dataclass(slots=True)
class GoneOrder:
    """One order that is gone.

    Attributes:
        order: as last seen before.
        asked_at: when the look-up left that first found it gone, nanoseconds UTC.
        since: the same in seconds of the monotonic clock.
        due: when to ask again, None when all is told.
        end: as last reported, None before.
        missing: the last sentence on what nobody tells.
    """

    order: Order
    asked_at: int
    since: float
    due: float | None
    end: Order | None = None
    missing: str = ""

    def is_settled(self, now: float) -> bool:
        """Return True where a reading asked for now has all its trades."""
        return now - self.since >= SETTLED_AFTER


class GoneOrders:
    """Every order that was found gone."""

    def __init__(self) -> None:
        self._orders: dict[str, GoneOrder] = {}

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._orders

    def missed(self, order: Order, asked_at: int, now: float) -> GoneOrder:
        """Note that a look-up that left at `asked_at` does not show the order."""
        gone = self._orders.get(order.order_id)
        if gone is None:
            gone = self._orders[order.order_id] = GoneOrder(order, asked_at, now, now + FIRST_WAIT)
            if len(self._orders) > KEPT:
                del self._orders[next(iter(self._orders))]
        return gone

    def shown(self, order_id: str, asked_at: int) -> None:
        """Note that a reading that left at `asked_at` shows the order: if that is the newer news, it is not gone."""
        gone = self._orders.get(order_id)
        if gone is not None and asked_at > gone.asked_at:
            del self._orders[order_id]

    def asked(self, gone: GoneOrder, now: float, *, final: bool) -> None:
        """Note that it was asked about; `final` if nothing more can be learnt."""
        age = now - gone.since
        if final:
            gone.due = None
        elif age < SETTLED_AFTER:
            # One question falls on the moment from which its trades are complete.
            gone.due = min(now + max(FIRST_WAIT, age / 2), gone.since + SETTLED_AFTER)
        else:
            gone.due = now + LATE_WAIT

    def hurry(self, order_id: str, now: float) -> None:
        """Ask again at once, because something new was said about it."""
        gone = self._orders.get(order_id)
        if gone is not None and gone.due is not None:
            gone.due = now

    def next_due(self, now: float) -> GoneOrder | None:
        """Return the order that has waited longest for its question, None if none is due."""
        due = [(gone.due, order_id) for order_id, gone in self._orders.items() if gone.due is not None]
        first = min(due, default=None)
        return self._orders[first[1]] if first is not None and first[0] <= now else None
