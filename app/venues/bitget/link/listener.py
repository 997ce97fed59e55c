"""Bitget's lists and pushes as events; late rows are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import Any

from app.domain.account import Account
from app.domain.amendment import Command, Source
from app.domain.evidence import MILLISECOND, compare
from app.domain.money import ZERO, tidy
from app.domain.order import Fill, Order
from app.domain.terms import changed_terms
from app.venues.bitget import profile
from app.venues.bitget.link.extras import each_of
from app.venues.bitget.link.rest import Rest
from app.venues.bitget.rules.newest import LAG, Newest
from app.venues.bitget.wire import codec
from app.venues.bitget.wire.rows import balances_of, fill_of, read_order
from app.venues.bitget.wire.values import list_of, object_of
from app.venues.common.failures import Malformed, ReadFailed
from app.venues.common.reporter import Reporter
from app.venues.common.rounds import as_error
from app.venues.common.rows import OrderDoor

#: Pages of one list at the most, were they as short as four rows; a longer list is cut and said to be incomplete.
MOST_PAGES = 100

#: Amendments remembered, the newest one of each order.
_MOST_SENT = 1_000


class Listener:
    """Reads one account's state and reports it.

    Attributes:
        newest: the newest row of every order.
        door: reads rows of orders, and tells of those that cannot be read or cannot be as read.
    """

    def __init__(
        self,
        account: Account,
        rest: Rest,
        reporter: Reporter,
        changed: Callable[[], None],
    ) -> None:
        """Start with nothing known.

        Args:
            account: checked.
            rest: towards the venue.
            reporter: tells what is read.
            changed: called when an order's terms, fills or state moved; balances and tickers may follow.
        """
        self.newest = Newest()
        self.door = OrderDoor(reporter, partial(_order, reporter.account), "orderId", strips=True)
        self._categories = profile.categories_of(account)
        self._rest = rest
        self._reporter = reporter
        self._changed = changed
        self._sent: dict[str, Command] = {}
        #: The largest size each order may have had by changes that were sent.
        self.sizes: dict[str, Decimal] = {}

    def sent(self, command: Command) -> None:
        """Note that a change is about to leave: from now on the order may be of the size it asks for."""
        order_id, size = command.order.order_id, command.target.quantity
        if size is not None:
            self.sizes[order_id] = max(size, self.sizes.get(order_id, ZERO))
        self._sent.pop(order_id, None)
        self._sent[order_id] = command
        if len(self._sent) > _MOST_SENT:
            del self._sent[next(iter(self._sent))]

    # -- lists -----------------------------------------------------------------------------------------------------

    async def open_orders(self, *, routine: bool = False) -> None:
        """List the open orders of every category, page by page.

        A category that Bitget does not list is said once; what the others hold is told, and the list is incomplete.

        A row older than what is known is left out. Either a push overtook the list, or the list lacks what was known
        when it was asked for. Then it shows an older state of the account: it is not called complete, and told as if it
        had been asked for before what it lacks, so that none of its rows passes for a late reading.

        Raises:
            ReadFailed: if Bitget gave no usable answer for any category.
        """
        asked_at = self._reporter.now()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(as_error(self._category(each, routine=routine))) for each in self._categories]
        answers = [task.result() for task in tasks]
        failures = [each for each in answers if isinstance(each, ReadFailed)]
        if len(failures) == len(answers):
            raise failures[0]
        rows: dict[tuple[str, ...], Any] = {}
        complete = not failures
        for category, answer in zip(self._categories, answers, strict=True):
            if isinstance(answer, ReadFailed):
                text = f"The open orders of {category} are not listed now; what is shown may be old: {answer}"
                self._reporter.notice_once(text)
                continue
            complete = complete and answer[1]
            for place, row in enumerate(answer[0]):
                rows[_identity(category, place, row)] = row
        listing = self.door.listing(rows.values(), asked_at)
        orders: list[Order] = []
        lacks: list[int] = []
        for order in listing.orders:
            current = self.admit(order, asked_at)
            if current is None:
                # Older than what is known, and what is known was not read now: neither may pass for a reading of now.
                known = self.newest.known(order)
                if known is not None and known.seen_at <= asked_at:
                    lacks.append(known.seen_at)
            elif current.is_open:
                orders.append(current)
        if lacks:
            asked_at, complete = min(lacks) - LAG, False
        complete = complete and not listing.nameless
        self._reporter.open_orders(orders, asked_at, complete=complete, unreadable=listing.unreadable)

    async def _category(self, category: str, *, routine: bool) -> tuple[list[Any], bool] | ReadFailed:
        """Return the rows of one category and whether that is all of them, or why they cannot be had."""
        try:
            return await self._rest.rows(
                partial(codec.open_orders, category), "orderId", MOST_PAGES, routine=routine, urgent=False
            )
        except ReadFailed as error:
            return error
        except Malformed as error:
            return ReadFailed(f"Bitget sent {error} for the open orders; try again later.")

    # -- pushes ----------------------------------------------------------------------------------------------------

    def pushed_orders(self, rows: tuple[Any, ...], at_ms: int | None) -> list[Order]:
        """Take the rows of an order push; returns the open orders that were not known before."""
        fresh: list[Order] = []
        now = self._reporter.now()
        for row in rows:
            order = self.door.one(row, Source.PUSH)
            if order is None:
                continue
            new = self.newest.known(order) is None
            current = self.admit(order, now, at_ms if at_ms is not None else now // MILLISECOND)
            if current is None:
                continue
            self._reporter.order_seen(current, Source.PUSH)
            if new and current.is_open:
                fresh.append(current)
        return fresh

    def pushed_fills(self, rows: tuple[Any, ...]) -> None:
        """Take the rows of a fill push; a repeated execution is told again, which changes nothing."""
        for fill in each_of(self._reporter, rows, self._fill, "an execution")[0]:
            self._reporter.fill(fill, Source.PUSH)

    def _fill(self, row: Any) -> Fill:
        return fill_of(self._reporter.account, object_of(row, "an execution"))

    def pushed_account(self, rows: tuple[Any, ...]) -> None:
        """Take an account push; currencies it does not name are unchanged."""
        now = self._reporter.now()
        lists, _ = each_of(
            self._reporter, rows, lambda row: list_of(object_of(row, "balances").get("coin"), "balances"), "balances"
        )
        for coins in lists:
            balances, _ = each_of(self._reporter, coins, lambda row: balances_of([row], now), "a balance")
            if balances:
                self._reporter.balances(chain.from_iterable(balances), complete=False)

    def admit(self, order: Order, seen_at: int, pushed_ms: int | None = None) -> Order | None:
        """Take a row in, unless it is older than what is known; arguments and result as of `Newest.admit`."""
        before = self.newest.known(order)
        current = self.newest.admit(order, seen_at, pushed_ms)
        if current is not None and (before is None or _moved(before.order, current)):
            self._changed()
            if before is not None:
                self._put_back(before.order, current)
        return current

    def _put_back(self, before: Order, now: Order) -> None:
        """Say what an amendment put back: Bitget gets all terms, also one that somebody else changed meanwhile."""
        command = self._sent.get(now.order_id)
        if command is None or compare(command.target, now):
            return
        del self._sent[now.order_id]
        if command.behind is not None and any(not changed_terms(each, before) for each in command.behind.states()):
            return  # it came from terms that were asked for here
        for term in changed_terms(command.order, before):
            kept = term.of_terms(command.target)
            if kept is not None and kept == term.of_order(command.order):
                theirs = term.shown(before)
                self._reporter.notice(
                    f"Bitget: the amendment of order {now.order_id} put its {term.label} back to {tidy(kept)}; it had "
                    f"been changed elsewhere to {tidy(theirs) if theirs is not None else 'none'} while this was sent."
                )


def _order(account: str, row: Any) -> Order:
    return read_order(object_of(row, "an order"), account)


def _moved(before: Order, now: Order) -> bool:
    """Return True if state, fills or terms of an order differ; its balances and its market's prices may follow."""
    return bool(changed_terms(before, now)) or (before.status, before.filled) != (now.status, now.filled)


def _identity(category: str, place: int, row: Any) -> tuple[str, ...]:
    """Return what tells a row from the others: the same order on two pages is one, one id as two orders is two."""
    if not isinstance(row, dict):
        return (category, str(place))
    return (category, *(str(row.get(name)) for name in ("orderId", "symbol", "side", "category")))
