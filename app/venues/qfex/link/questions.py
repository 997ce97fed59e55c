"""Questions on the trade socket: lists of open orders, which several may share, and executions; one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.venues.common.reporter import Reporter
from app.venues.qfex.link.pace import Pace
from app.venues.qfex.wire import codec
from app.venues.qfex.wire.codec import PAGE, OrdersPage, TradesPage
from app.venues.qfex.wire.values import text_of
from app.venues.transport.limiter import Limiter, Window
from app.venues.transport.socket import SocketFault

Page = TypeVar("Page", OrdersPage, TradesPage)
Rows = tuple[Any, ...]

#: Pages are cut at a multiple of this, by every venue that was seen to cut them.
_ROUND = 10

#: Pages of a list after which it is taken for one without an end.
_MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """Rows of a list of open orders, as received.

    Attributes:
        rows: one for each order id; those without a readable one are all there.
        asked_at: when the first page was asked for, in nanoseconds of our clock.
        whole: QFEX's own end of the list was seen: an empty page. A page that repeats what was there before shows that
            the offset is not followed, or not that far; what lies behind it is not known, unless it is the first page
            and too short to have been cut.
    """

    rows: Rows
    asked_at: int
    whole: bool


class Questions:
    """Asks, and waits for the answers that the session hands in. Replies carry no request id.

    Attributes:
        limiter: of lists.
        listed_at: when the last list came to its end, in seconds of the monotonic clock.
    """

    def __init__(
        self,
        reporter: Reporter,
        pace: Pace,
        send: Callable[[str, str], Awaitable[None]],
        drop: Callable[[str], None],
    ) -> None:
        """Ask nothing yet.

        Args:
            reporter: has the clock.
            pace: patience.
            send: hands over a frame, given with the name of its request.
            drop: breaks the connection, for the reason given.
        """
        self._reporter = reporter
        self._pace = pace
        self._send = send
        self._drop = drop
        self.limiter = Limiter([Window(pace.lists, pace.lists_window)], reporter.clock.monotonic)
        self.listed_at = float("-inf")
        self._open: tuple[type[OrdersPage | TradesPage], asyncio.Future[Any]] | None = None
        self._asking = asyncio.Lock()
        self._listing = asyncio.Lock()
        self._next_list: asyncio.Task[OpenOrders] | None = None
        self._tasks: set[asyncio.Task[OpenOrders]] = set()
        self._connections = 0

    # -- asking ----------------------------------------------------------------------------------------------------

    async def open_orders(self) -> OpenOrders:
        """List all open orders from now on; those who wait for the same list share it.

        Raises:
            SocketFault: if no whole list came.
        """
        if self._next_list is None:
            self._next_list = asyncio.create_task(self._list(), name=f"{self._reporter.account} list")
            self._tasks.add(self._next_list)
            self._next_list.add_done_callback(self._list_over)
        shared, asking = self._next_list, asyncio.current_task()
        try:
            return await asyncio.shield(shared)
        except asyncio.CancelledError:
            if shared.cancelled() and asking is not None and not asking.cancelling():
                raise SocketFault("The list of open orders was given up: this ticket lets go of QFEX.") from None
            raise

    async def trades(self, order_id: str) -> Rows:
        """List the executions of one order.

        Raises:
            SocketFault: if they did not come.
        """
        async with self._asking:
            return (await self._ask(codec.list_trades(order_id), codec.TRADES, TradesPage)).rows

    async def _list(self) -> OpenOrders:
        async with self._listing:
            await self.limiter.acquire()
            self._next_list = None
            async with self._asking:
                return await self._all_pages()

    async def _all_pages(self) -> OpenOrders:
        asked_at, connection = self._reporter.now(), self._connections
        rows: list[Any] = []
        ids: set[str] = set()
        offset, whole = 0, True
        for _ in range(_MOST_PAGES):
            if self._connections != connection:
                raise SocketFault("The connection to QFEX changed while the orders were being listed.")
            page = await self._ask(codec.list_orders(offset), codec.LIST, OrdersPage)
            fresh = [row for row in page.rows if not (named := _id_of(row)) or named not in ids]
            # What has no readable id cannot be told from what was there before.
            is_new = any(_id_of(row) for row in fresh) or (bool(fresh) and not rows)
            rows += fresh if is_new else []
            ids.update(_id_of(row) for row in fresh)
            offset += page.length
            whole = whole and page.whole
            if page.length == 0 or not page.whole:
                break
            if not is_new:
                whole = whole and _is_all(page, offset - page.length)
                break
        else:
            whole = False
        self.listed_at = self._reporter.clock.monotonic()
        return OpenOrders(tuple(rows), asked_at, whole)

    async def _ask(self, text: str, head: str, kind: type[Page]) -> Page:
        answer: asyncio.Future[Page] = asyncio.get_running_loop().create_future()
        self._open = (kind, answer)
        try:
            await self._send(text, head)
            async with asyncio.timeout(self._pace.page_within):
                return await answer
        except TimeoutError:
            complaint = f"QFEX did not answer {head} within {self._pace.page_within:g} s"
            # Its answer might still come, and would be taken for that of the next question.
            self._drop(f"{complaint}; connecting again.")
            raise SocketFault(f"{complaint}.") from None
        finally:
            self._open = None

    def _list_over(self, task: asyncio.Task[OpenOrders]) -> None:
        self._tasks.discard(task)
        if self._next_list is task:
            self._next_list = None
        if not task.cancelled():
            task.exception()  # each waiter has it; a list nobody waits for any more may fail unheard

    # -- what the session hands in ---------------------------------------------------------------------------------

    def answer(self, page: OrdersPage | TradesPage) -> None:
        """Take a page for the answer to the question that is open, if it is one of its kind."""
        if self._open is not None and isinstance(page, self._open[0]) and not self._open[1].done():
            self._open[1].set_result(page)

    def fail(self, text: str) -> None:
        """Let the question that is open fail."""
        if self._open is not None and not self._open[1].done():
            self._open[1].set_exception(SocketFault(text))

    def broken(self, text: str) -> None:
        """Take in that the connection ended: a list that has begun on it can no more be whole."""
        self._connections += 1
        self.fail(text)

    async def aclose(self) -> None:
        """Stop every list under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _is_all(repeated: OrdersPage, before: int) -> bool:
    """Return True if a page that came once more is all there is: the first one, and not cut by any limit.

    Args:
        repeated: the page.
        before: orders on the pages before it.
    """
    return repeated.length == before and repeated.length < PAGE and repeated.length % _ROUND != 0


def _id_of(row: Any) -> str:
    return text_of(row, "order_id") if isinstance(row, dict) else ""
