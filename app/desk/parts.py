"""Long lists of orders taken in part by part, a part a turn of the event loop: everything else goes on between them.

What a fold gives must not depend on it. So whatever else is reported meanwhile waits its turn behind the list, in
order; quotes alone go past it, which no order depends on and no journal keeps. What a person does, what becomes of an
amendment and a link that is lost do not wait: the rest of the list is taken in at once then, and they come after it.
"""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from collections.abc import Callable, Iterator

from app.domain import events as ev
from app.domain.market import LinkState

#: Orders of a list from which on it is taken in parts.
LONG = 1_000

_PATIENT = (
    ev.OpenOrdersListed, ev.OrderSeen, ev.OrderUnreadable, ev.OrderMissing, ev.LookUpFailed, ev.FillSeen,
    ev.LinkChanged, ev.WireSeen, ev.BalancesSeen, ev.InstrumentsLoaded, ev.Noticed,
)  # fmt: skip


class Parts:
    """The list that is being taken in, and what waits behind it."""

    def __init__(
        self, taking: Callable[[ev.OpenOrdersListed], Iterator[None]], dispatch: Callable[[ev.Event], None]
    ) -> None:
        """Take nothing in yet.

        Args:
            taking: takes a list in, a part a step; it raises nothing.
            dispatch: takes a whole event in.
        """
        self._taking, self._dispatch = taking, dispatch
        self._steps: Iterator[None] | None = None
        self._behind: deque[ev.Event] = deque()
        self._turn: asyncio.Handle | None = None
        self._busy = False
        self._longest: dict[str, int] = {}
        self._fills = False

    def take(self, event: ev.Event) -> bool:
        """Take an event in by and by, where that is needed; False where it is to be taken in now."""
        if self._steps is None:
            return self._begin(event)
        if self._busy or isinstance(event, ev.QuoteSeen):
            return False  # an effect of the list itself is its last step, and no order depends on a quote
        if isinstance(event, _PATIENT) and not (isinstance(event, ev.LinkChanged) and event.state is not LinkState.UP):
            self._behind.append(event)
            return True
        self.finish()
        return False

    def _begin(self, event: ev.Event) -> bool:
        if not isinstance(event, ev.OpenOrdersListed) or len(event.orders) < LONG:
            return False
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False  # a replay, or a test: there is nothing to go on beside it
        # A list that fills the desk, rather than one that comes again: only then do many objects come that stay.
        known = self._longest.get(event.account, 0)
        self._fills = len(event.orders) > 2 * known
        self._longest[event.account] = max(known, len(event.orders))
        self._steps = self._taking(event)
        self._turn = loop.call_soon(self._step)
        return True

    def _step(self) -> None:
        self._turn = None
        if self._go_on():
            if self._fills:
                # Looking through hundreds of thousands of objects that stay takes the collector a second.
                gc.freeze()
            self._turn = asyncio.get_running_loop().call_soon(self._step)
        else:
            self._end()

    def _go_on(self) -> bool:
        """Take the next part in; False after the last."""
        self._busy = True
        try:
            return self._steps is not None and next(self._steps, self) is not self
        finally:
            self._busy = False

    def _end(self) -> None:
        self._steps = None
        while self._behind and self._steps is None:
            self._dispatch(self._behind.popleft())

    def finish(self) -> None:
        """Take the rest in now, and what waits behind it."""
        while self._steps is not None:
            if self._turn is not None:
                self._turn.cancel()
                self._turn = None
            while self._go_on():
                pass
            self._end()
