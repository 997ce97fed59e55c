"""Looking orders up: what one shows now and, for one that is gone, how it ended, asked again until that is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from app.domain import events as ev
from app.domain.amendment import Source
from app.domain.order import Order
from app.domain.ports import Clock
from app.venues.bitso.link.gone import Case, Gone
from app.venues.bitso.link.listener import Ended, Reader
from app.venues.bitso.wire.codec import ErrorReply, Malformed
from app.venues.transport.failures import NotSent, Unanswered

#: Seconds between two questions about orders that are gone, however many there are. Each takes two requests.
ASK_EVERY = 2.0


class LookUps:
    """Answers the desk's questions about single orders, and goes on asking about those that are gone."""

    def __init__(
        self,
        reader: Reader,
        account: str,
        sink: Callable[[ev.Event], None],
        clock: Clock,
        is_live: Callable[[], bool],
    ) -> None:
        """Args: as the connector has them; is_live: whether anything may be asked now."""
        self._reader = reader
        self._account = account
        self._sink = sink
        self._clock = clock
        self._is_live = is_live
        self._gone = Gone()

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._gone

    async def run(self) -> None:
        """Ask about orders that are gone, one at a time, until cancelled."""
        while True:
            await asyncio.sleep(ASK_EVERY)
            case = self._gone.next_due(self._clock.monotonic())
            if case is not None and self._is_live():
                await self._ask_again(case)

    def listed(self, order_ids: Iterable[str], asked_at: int) -> None:
        """A list that left at `asked_at` shows these orders."""
        for order_id in order_ids:
            self._gone.shown(order_id, asked_at)

    def hinted(self, order_id: str) -> None:
        """Something was said about how an order ended."""
        self._gone.hurry(order_id, self._clock.monotonic())

    async def look_up(self, order: Order) -> int | None:
        """Read one order and tell what was found; answers when the question left if Bitso still shows the order."""
        try:
            return await self._ask(order, again=False)
        except (NotSent, Unanswered, ErrorReply, Malformed) as error:
            self._sink(ev.LookUpFailed(self._account, self._clock.now(), order.order_id, str(error)))
            return None

    async def _ask_again(self, case: Case) -> None:
        try:
            await self._ask(case.order, again=True)
        except (NotSent, Unanswered, ErrorReply, Malformed):
            # Whether Bitso can be reached is the lists' business; this question is asked again.
            self._gone.asked(case, self._clock.monotonic(), final=False)

    async def _ask(self, order: Order, *, again: bool) -> int | None:
        asked_at, began = self._clock.now(), self._clock.monotonic()
        seen, answer = await self._reader.one(order.order_id, routine=again)
        if seen is not None and answer is not None:
            self._gone.shown(order.order_id, answer.asked_at)
            self._sink(ev.OrderSeen(self._account, self._clock.now(), seen, Source.LOOKUP, asked_at=answer.asked_at))
            return answer.asked_at
        case = self._gone.found(order, asked_at, began)
        ended = await self._reader.became(case.order, settled=case.is_settled(began), again=again)
        for fill in ended.new_fills:
            self._sink(ev.FillSeen(self._account, self._clock.now(), fill, Source.HISTORY))
        self._tell(case, ended, asked_at, again=again)
        self._gone.asked(case, self._clock.monotonic(), final=ended.final)
        return None

    def _tell(self, case: Case, ended: Ended, asked_at: int, *, again: bool) -> None:
        """Tell the end as far as it is known; an answer to a question of our own only where it is news."""
        now, order_id = self._clock.now(), case.order.order_id
        if ended.order is not None:
            if not again or ended.order != case.told:
                self._sink(ev.OrderSeen(self._account, now, ended.order, Source.HISTORY, asked_at=asked_at))
            case.told = ended.order
        elif not ended.missing and not again:
            text = "Bitso no longer shows this order and has no trades of it."
            self._sink(ev.OrderMissing(self._account, now, asked_at, order_id, text))
        if ended.missing and (ended.order is None or ended.missing != case.said):
            self._sink(ev.LookUpFailed(self._account, now, order_id, ended.missing))
            case.said = ended.missing
